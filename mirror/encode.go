package mirror

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/mirrorcfg/mirrorcfg/internal/tomledit"
)

// Encoder writes a Config as mirrors.toml or as its JSON form. The zero
// Encoder writes secrets as "***".
type Encoder struct {
	// RevealSecrets writes header values as they are. Set it only for output
	// that is kept as safe as the secrets.
	RevealSecrets bool
}

// TOML returns c as mirrors.toml: LF, keys in a fixed order, registries and
// mirrors in theirs. DecodeTOML gives c back, secrets permitting. The error
// names a text that is not UTF-8.
func (e Encoder) TOML(c Config) ([]byte, error) {
	w := tomlWriter{reveal: e.RevealSecrets}
	if c.Search != nil {
		w.strings("", "search", c.Search)
	}
	for i := range c.Registries {
		r := &c.Registries[i]
		if len(w.out) > 0 {
			w.out = append(w.out, '\n')
		}
		w.out = append(w.out, "[[registry]]\n"...)
		w.string("", "prefix", r.Prefix)
		w.toggle("", "fallback", r.Fallback)
		if r.Blocked {
			w.toggle("", "blocked", On)
		}
		if up := r.Upstream; up != nil {
			if up.isURLOnly() {
				w.string("", "upstream", up.URL)
			} else {
				w.out = append(w.out, "  [registry.upstream]\n"...)
				w.endpoint(up, "registry.upstream.header")
			}
		}
		for j := range r.Mirrors {
			w.out = append(w.out, "  [[registry.mirror]]\n"...)
			w.endpoint(&r.Mirrors[j], "registry.mirror.header")
		}
	}
	return w.out, w.err
}

// isURLOnly reports whether the URL is all that is set.
func (e Endpoint) isURLOnly() bool {
	return e.Repository == "" && !e.Capabilities.IsSet() && e.TLS.SkipVerify == Unset && e.TLS.CA == nil &&
		e.TLS.Client == nil && e.Headers == nil && e.DialTimeout == nil && e.Namespace == ""
}

type tomlWriter struct {
	out    []byte
	reveal bool
	err    error
}

func (w *tomlWriter) quote(s string) {
	out, err := tomledit.AppendString(w.out, s)
	if err != nil && w.err == nil {
		w.err = fmt.Errorf("%q: %w", s, err)
	}
	w.out = out
}

func (w *tomlWriter) key(indent, key string) {
	w.out = append(w.out, indent...)
	w.out = append(tomledit.AppendKey(w.out, key), " = "...)
}

func (w *tomlWriter) string(indent, key, value string) {
	w.key(indent, key)
	w.quote(value)
	w.out = append(w.out, '\n')
}

func (w *tomlWriter) strings(indent, key string, values []string) {
	w.key(indent, key)
	out, err := tomledit.AppendStringArray(w.out, values)
	if err != nil && w.err == nil {
		w.err = fmt.Errorf("%s: %w", key, err)
	}
	w.out = append(out, '\n')
}

func (w *tomlWriter) toggle(indent, key string, t Toggle) {
	if t.IsSet() {
		w.key(indent, key)
		w.out = append(append(w.out, t.String()...), '\n')
	}
}

func (w *tomlWriter) endpoint(e *Endpoint, headerTable string) {
	const indent = "  "
	w.string(indent, "url", e.URL)
	if e.Repository != "" {
		w.string(indent, "repository", e.Repository)
	}
	if e.Capabilities.IsSet() {
		w.strings(indent, "capabilities", e.Capabilities.Names())
	}
	w.toggle(indent, "skip_verify", e.TLS.SkipVerify)
	if e.TLS.CA != nil {
		w.strings(indent, "ca", e.TLS.CA)
	}
	if e.TLS.Client != nil {
		w.key(indent, "client")
		w.out = append(w.out, '[')
		for i, c := range e.TLS.Client {
			if i > 0 {
				w.out = append(w.out, ", "...)
			}
			w.out = append(w.out, '[')
			w.quote(c.Cert)
			if c.Key != "" {
				w.out = append(w.out, ", "...)
				w.quote(c.Key)
			}
			w.out = append(w.out, ']')
		}
		w.out = append(w.out, "]\n"...)
	}
	if e.DialTimeout != nil {
		w.string(indent, "dial_timeout", e.DialTimeout.String())
	}
	if e.Namespace != "" {
		w.string(indent, "namespace", e.Namespace)
	}
	if e.Headers == nil {
		return
	}
	w.out = append(append(append(w.out, "    ["...), headerTable...), "]\n"...)
	for _, h := range e.Headers {
		w.strings("    ", h.Name, h.texts(w.reveal))
	}
}

// texts returns the values as they may be shown.
func (h Header) texts(reveal bool) []string {
	out := make([]string, len(h.Values))
	for i, v := range h.Values {
		out[i] = v.String()
		if reveal {
			out[i] = v.Reveal()
		}
	}
	return out
}

type configJSON struct {
	Search     *[]string      `json:"search,omitempty"`
	Registries []registryJSON `json:"registry"`
}

type registryJSON struct {
	Prefix   string         `json:"prefix"`
	Upstream any            `json:"upstream,omitempty"`
	Fallback *bool          `json:"fallback,omitempty"`
	Blocked  bool           `json:"blocked,omitempty"`
	Mirrors  []endpointJSON `json:"mirror,omitempty"`
}

type endpointJSON struct {
	URL          string          `json:"url"`
	Repository   string          `json:"repository,omitempty"`
	Capabilities *[]string       `json:"capabilities,omitempty"`
	SkipVerify   *bool           `json:"skip_verify,omitempty"`
	CA           *[]string       `json:"ca,omitempty"`
	Client       *[][]string     `json:"client,omitempty"`
	DialTimeout  string          `json:"dial_timeout,omitempty"`
	Namespace    string          `json:"namespace,omitempty"`
	Header       *headersInOrder `json:"header,omitempty"`
}

// headersInOrder marshals to an object whose members keep their order.
type headersInOrder struct {
	headers []Header
	reveal  bool
}

// MarshalJSON writes {"name": [values]}.
func (h *headersInOrder) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, header := range h.headers {
		if i > 0 {
			b.WriteByte(',')
		}
		name, err := json.Marshal(header.Name)
		if err != nil {
			return nil, err
		}
		values, err := json.Marshal(header.texts(h.reveal))
		if err != nil {
			return nil, err
		}
		b.Write(name)
		b.WriteByte(':')
		b.Write(values)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// JSON returns c in the JSON form of mirrors.toml, indented by two spaces.
func (e Encoder) JSON(c Config) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(e.shape(c)); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// MarshalJSON writes the JSON form of mirrors.toml, secrets as "***".
func (c Config) MarshalJSON() ([]byte, error) { return json.Marshal(Encoder{}.shape(c)) }

// UnmarshalJSON reads the JSON form of mirrors.toml, strictly.
func (c *Config) UnmarshalJSON(data []byte) error {
	decoded, ds := DecodeJSON("", data)
	if err := ds.Err(); err != nil {
		return err
	}
	*c = decoded
	return nil
}

func (e Encoder) shape(c Config) configJSON {
	out := configJSON{Registries: make([]registryJSON, len(c.Registries))}
	if c.Search != nil {
		out.Search = &c.Search
	}
	for i := range c.Registries {
		r := &c.Registries[i]
		j := registryJSON{Prefix: r.Prefix, Fallback: r.Fallback.pointer(), Blocked: r.Blocked}
		if up := r.Upstream; up != nil {
			j.Upstream = up.URL
			if !up.isURLOnly() {
				j.Upstream = e.endpoint(up)
			}
		}
		for k := range r.Mirrors {
			j.Mirrors = append(j.Mirrors, e.endpoint(&r.Mirrors[k]))
		}
		out.Registries[i] = j
	}
	return out
}

func (t Toggle) pointer() *bool {
	if t == Unset {
		return nil
	}
	b := t == On
	return &b
}

func (e Encoder) endpoint(p *Endpoint) endpointJSON {
	j := endpointJSON{URL: p.URL, Repository: p.Repository, SkipVerify: p.TLS.SkipVerify.pointer(), Namespace: p.Namespace}
	if p.Capabilities.IsSet() {
		names := p.Capabilities.Names()
		j.Capabilities = &names
	}
	if p.TLS.CA != nil {
		j.CA = &p.TLS.CA
	}
	if p.TLS.Client != nil {
		pairs := make([][]string, len(p.TLS.Client))
		for i, c := range p.TLS.Client {
			pairs[i] = []string{c.Cert}
			if c.Key != "" {
				pairs[i] = append(pairs[i], c.Key)
			}
		}
		j.Client = &pairs
	}
	if p.DialTimeout != nil {
		j.DialTimeout = p.DialTimeout.String()
	}
	if p.Headers != nil {
		j.Header = &headersInOrder{p.Headers, e.RevealSecrets}
	}
	return j
}
