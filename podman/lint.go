package podman

import (
	"strings"

	"github.com/mirrorcfg/mirrorcfg/internal/tomledit"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// linter is one run over a node. Each rule is a function in a file of its
// own, lint_*.go.
type linter struct {
	*node
	tool Tool
	ds   mirror.Diagnostics
}

// fileRules look at one file; nodeRules at what the files make together.
var (
	fileRules = []func(*linter, *RegistriesFile){
		lintMisplacedKey, lintNotYet, lintMirrorPrefix, lintKeyCase, lintLocationForm, lintLocationV2, lintPrefixMatches,
		lintDuplicatePrefix, lintDuplicateMirror, lintSelfMirror, lintNotInherited, lintPlainHTTP, lintOtherMirror, lintDeadMirror,
		lintWildcardMirror, lintSearch, lintResolve,
	}
	nodeRules = []func(*linter){
		lintBlocked, lintMirrorOnly, lintPullKinds, lintShadowedMirrors, lintReplacedEntry, lintPlacement, lintVendorLast,
		lintPrefixPort, lintSharedMirror, lintSearchMirror, lintCredentials, lintBlobFallback, lintSkopeoReads, lintCRIOReload,
	}
)

// Lint returns everything that is wrong or silently useless in the files.
func (v *view) Lint() mirror.Diagnostics {
	l := &linter{node: v.node, tool: v.engine.Tool, ds: v.Diagnostics()}
	for _, f := range v.node.files {
		if f.doc == nil {
			continue
		}
		lintUnknownKeys(f.doc, &l.ds)
		for _, rule := range fileRules {
			rule(l, f.doc)
		}
	}
	for _, rule := range nodeRules {
		rule(l)
	}
	l.ds.Sort()
	return l.ds
}

// add reports a finding and returns it for edits.
func (l *linter) add(rule mirror.Rule, pos mirror.Position, field, message string) *mirror.Diagnostic {
	l.ds = append(l.ds, rule.At(pos, field, message))
	return &l.ds[len(l.ds)-1]
}

// mirrors walks the mirrors of a file's entries.
func (f *RegistriesFile) mirrors(visit func(e *entry, m *Mirror, at tomledit.Node)) {
	d := f.decoded()
	for i := range d.entries {
		e := &d.entries[i]
		for j := range e.Mirrors {
			visit(e, &e.Mirrors[j], e.mirrors[j].node)
		}
	}
}

// hostOf is the host[:port] of a location.
func hostOf(location string) string {
	host, _, _ := strings.Cut(trimSlash(location), "/")
	return host
}

// atKey is where a key of an effective entry stands, or its table.
func (e *effective) atKey(key string) mirror.Position {
	if e.at < 0 {
		return e.file.doc.at(e.place)
	}
	return e.file.doc.keyPosition(e.node, key)
}
