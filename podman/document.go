package podman

import (
	"errors"
	"sync"

	"github.com/mirrorcfg/mirrorcfg/internal/tomledit"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// RegistriesFile is one registries.conf or drop-in. It keeps the file's
// bytes: what is not edited stays as it was written. Reading is safe for
// concurrent use while nobody edits.
type RegistriesFile struct {
	name string
	doc  *tomledit.Document

	mu  sync.Mutex
	dec *decoded // of the current bytes, nil until asked for
}

// ParseRegistries reads a file. name is its path on the node, for positions
// in diagnostics. The error is a mirror.Diagnostic with line and column, and
// only comes for bytes that are not TOML. What an engine refuses or ignores
// is for [RegistriesFile.Check]. data is copied.
func ParseRegistries(name string, data []byte) (*RegistriesFile, error) {
	doc, err := tomledit.Parse(append([]byte(nil), data...))
	if err != nil {
		return nil, syntaxDiagnostic(name, err)
	}
	return &RegistriesFile{name: name, doc: doc}, nil
}

func syntaxDiagnostic(name string, err error) mirror.Diagnostic {
	pos := mirror.Position{File: name, Line: 1, Column: 1}
	message := err.Error()
	var se *tomledit.SyntaxError
	if errors.As(err, &se) {
		pos.Line, pos.Column = se.Line, se.Column
		message = se.Message
	}
	return ruleSyntax.At(pos, "", "the file is not TOML: "+message)
}

// Name returns the path that the file was parsed with.
func (f *RegistriesFile) Name() string { return f.name }

// Format returns the file's bytes: those it was parsed from, with the edits
// made since and nothing else changed.
func (f *RegistriesFile) Format() []byte { return append([]byte(nil), f.doc.Bytes()...) }

// Value returns what the file says, as every version of the decoder
// understands it.
func (f *RegistriesFile) Value() Registries {
	d := f.decoded()
	r := Registries{
		Search: d.search, CredentialHelpers: d.helpers, ShortNameMode: d.mode,
		AdditionalLayerStoreAuthHelper: d.layer, V1: d.v1,
	}
	if len(d.entries) > 0 {
		r.Registries = make([]Registry, len(d.entries))
		for i := range d.entries {
			r.Registries[i] = d.entries[i].Registry
		}
	}
	for _, a := range d.aliases {
		r.Aliases = append(r.Aliases, a.Alias)
	}
	return r.Clone()
}

// decoded returns the typed view of the current bytes.
func (f *RegistriesFile) decoded() *decoded {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.dec == nil {
		f.dec = decode(f.doc)
	}
	return f.dec
}

// position is where a node begins.
func (f *RegistriesFile) position(n tomledit.Node) mirror.Position {
	p := n.Position()
	return mirror.Position{File: f.name, Line: p.Line, Column: p.Column}
}

// valuePosition is where a node's value begins, or the node itself where it
// has none.
func (f *RegistriesFile) valuePosition(n tomledit.Node) mirror.Position {
	span := n.ValueSpan()
	if span.Len() == 0 {
		return f.position(n)
	}
	return f.at(span.Start)
}

func (f *RegistriesFile) at(offset int) mirror.Position {
	p := f.doc.Position(offset)
	return mirror.Position{File: f.name, Line: p.Line, Column: p.Column}
}
