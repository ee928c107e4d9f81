package containerd

import (
	"strings"

	"github.com/mirrorcfg/mirrorcfg/internal/release"
	"github.com/mirrorcfg/mirrorcfg/internal/tomledit"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// refusals are what a version's TOML library does not read in a file that
// parses here. containerd does not start with such a file.
func (f *ConfigFile) refusals(v release.Version) mirror.Diagnostics {
	var ds mirror.Diagnostics
	if f.doc.HasBOM() && byteOrderMarkRefused.Has(v) {
		ds = append(ds, ruleConfigSyntax.At(mirror.Position{File: f.name, Line: 1, Column: 1}, "", "the file begins with a byte order mark"))
	}
	for _, fault := range f.doc.Faults() {
		if !refusesFault(f.doc, fault, v) {
			continue
		}
		rl := ruleConfigDuplicate
		if fault.Kind.IsNewerSyntax() {
			rl = ruleConfigSyntax
		}
		p := f.doc.Position(fault.Offset)
		ds = append(ds, rl.At(mirror.Position{File: f.name, Line: p.Line, Column: p.Column}, fault.Node.Name(), fault.Kind.String()))
	}
	if !headerOrder.Has(v) {
		for h := range bracketHeaders(f.doc) {
			ds = append(ds, ruleConfigSyntax.At(f.at(h), h.Name(), "a table header cannot hold a bracket"))
		}
	}
	return ds
}

// refusesFault reports whether a version's TOML library refuses a file for a
// fault. go-toml v1 adds to tables, as long as no header is repeated.
func refusesFault(doc *tomledit.Document, fault tomledit.Fault, v release.Version) bool {
	switch {
	case (fault.Kind == tomledit.ExtendsDotted || fault.Kind == tomledit.ExtendsHeader) && !headerOrder.Has(v):
		return headerBefore(doc, fault.Node)
	case !fault.Kind.IsNewerSyntax():
		return true
	default:
		return !toml11.Has(v) && (fault.Kind != tomledit.EscapeE || !headerOrder.Has(v))
	}
}

// headerBefore reports whether an earlier header is written the same.
func headerBefore(doc *tomledit.Document, n tomledit.Node) bool {
	for h := range doc.Headers() {
		if h == n {
			return false
		}
		if n.Origin() == tomledit.Header && h.Raw() == n.Raw() {
			return true
		}
	}
	return false
}

// bracketHeaders are the headers that go-toml v1 does not read (1.9.5 lexer.go
// lexInsideTableKey).
func bracketHeaders(doc *tomledit.Document) func(yield func(tomledit.Node) bool) {
	return func(yield func(tomledit.Node) bool) {
		for h := range doc.Headers() {
			bracket := strings.ContainsAny(strings.Trim(h.Raw(), "[]"), "[]") || h.Kind() == tomledit.Table && strings.HasSuffix(h.Raw(), "]]") && !strings.HasPrefix(h.Raw(), "[[")
			if bracket && !yield(h) {
				return
			}
		}
	}
}
