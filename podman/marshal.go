package podman

import (
	"errors"
	"fmt"

	"github.com/mirrorcfg/mirrorcfg/internal/tomledit"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// ErrV1 is the error for writing a value that holds the V1 form, which no
// current version reads. Migrate turns it into V2.
var ErrV1 = errors.New("podman: the V1 form is not written; convert it with Migrate")

// MarshalRegistries writes a fresh file: TOML 1.0, lower-case keys, one table
// header for each registry and mirror, aliases last. The same value gives the
// same bytes. The error is ErrV1, or text that TOML cannot hold, or an alias
// named twice. Whether an engine accepts the values is for
// [RegistriesFile.Check].
func MarshalRegistries(r Registries) ([]byte, error) {
	if r.V1 != nil {
		return nil, ErrV1
	}
	w := writer{buf: make([]byte, 0, 64+160*len(r.Registries))}
	w.list("unqualified-search-registries", r.Search)
	w.list("credential-helpers", r.CredentialHelpers)
	w.text("short-name-mode", r.ShortNameMode)
	w.text("additional-layer-store-auth-helper", r.AdditionalLayerStoreAuthHelper)
	for i := range r.Registries {
		w.registry(&r.Registries[i])
	}
	w.aliases(r.Aliases)
	return w.buf, w.err
}

// UnmarshalRegistries reads a file as a value. The error holds every fault by
// which no version would take the file: bytes that are not TOML, and values
// of the wrong type.
func UnmarshalRegistries(data []byte) (Registries, error) {
	f, err := ParseRegistries("", data)
	if err != nil {
		return Registries{}, err
	}
	var ds mirror.Diagnostics
	f.checkTOML(&ds, newestLibrary)
	f.checkTypes(&ds, newestLibrary)
	if err := ds.Err(); err != nil {
		return Registries{}, err
	}
	return f.Value(), nil
}

// writer appends TOML and keeps the first error.
type writer struct {
	buf []byte
	err error
}

func (w *writer) registry(r *Registry) {
	w.header("[[registry]]\n")
	w.text("prefix", r.Prefix)
	w.text("location", r.Location)
	w.toggle("insecure", r.Insecure)
	w.toggle("blocked", r.Blocked)
	w.toggle("mirror-by-digest-only", r.MirrorByDigestOnly)
	w.text("pull-from-mirror", r.PullFromMirror)
	w.text("namespace-proxy", r.NamespaceProxy)
	for i := range r.Mirrors {
		m := &r.Mirrors[i]
		w.header("[[registry.mirror]]\n")
		w.text("location", m.Location)
		w.toggle("insecure", m.Insecure)
		w.text("pull-from-mirror", m.PullFromMirror)
		w.text("namespace-proxy", m.NamespaceProxy)
	}
}

func (w *writer) aliases(list []Alias) {
	if len(list) == 0 {
		return
	}
	w.header("[aliases]\n")
	seen := make(map[string]bool, len(list))
	for _, a := range list {
		if seen[a.Name] {
			w.fail(fmt.Errorf("podman: alias %q is named twice", a.Name))
		}
		seen[a.Name] = true
		// Quoted as in the files that distributions ship.
		w.value(a.Name)
		w.buf = append(w.buf, " = "...)
		w.value(a.Value)
		w.buf = append(w.buf, '\n')
	}
}

func (w *writer) header(h string) {
	if len(w.buf) > 0 {
		w.buf = append(w.buf, '\n')
	}
	w.buf = append(w.buf, h...)
}

func (w *writer) text(key, value string) {
	if value == "" {
		return
	}
	w.buf = append(w.buf, key...)
	w.buf = append(w.buf, " = "...)
	w.value(value)
	w.buf = append(w.buf, '\n')
}

func (w *writer) toggle(key string, t mirror.Toggle) {
	if !t.IsSet() {
		return
	}
	w.buf = append(w.buf, key...)
	w.buf = append(w.buf, " = "...)
	w.buf = append(w.buf, t.String()...)
	w.buf = append(w.buf, '\n')
}

func (w *writer) list(key string, values []string) {
	if values == nil {
		return
	}
	w.buf = append(w.buf, key...)
	w.buf = append(w.buf, " = "...)
	buf, err := tomledit.AppendStringArray(w.buf, values)
	w.buf = append(buf, '\n')
	w.fail(err)
}

func (w *writer) value(s string) {
	buf, err := tomledit.AppendString(w.buf, s)
	w.buf = buf
	w.fail(err)
}

func (w *writer) fail(err error) {
	if w.err == nil && err != nil {
		w.err = err
	}
}
