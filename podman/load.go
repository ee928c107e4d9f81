package podman

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/mirrorcfg/mirrorcfg/internal/nodefs"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// loadedFile is one file that the engine reads.
type loadedFile struct {
	source
	data []byte
	doc  *RegistriesFile // nil where the bytes are no TOML
}

// node is what the files of a node say together.
type node struct {
	paths    Paths
	resolved resolved
	lookup   *lookup
	files    []*loadedFile
	// entries are the effective ones; each prefix is there once.
	entries  []effective
	byPrefix map[string]int32

	search     []string
	searchFrom *loadedFile
	mode       string
	modeFrom   *loadedFile
	aliases    map[string]aliasOrigin
	// faults keep the configuration from loading; notes do not.
	faults mirror.Diagnostics
	notes  mirror.Diagnostics
	// aliasFault keeps short names from being resolved.
	aliasFault mirror.Diagnostics
	// logins are the names that credentials are kept for.
	logins map[string]bool
}

// effective is an entry that counts, with the file it is from. at is the
// entry's place in its file, or -1 for one that was made of the V1 form.
type effective struct {
	*entry
	key  string
	file *loadedFile
	at   int
}

type aliasOrigin struct {
	value string
	file  *RegistriesFile
	entry aliasEntry
}

// load reads and merges a node's files (system_registries_v2.go
// tryUpdatingCache, updateWithConfigurationFrom).
func (e Engine) load(fsys fs.FS, r resolved) *node {
	p := e.Paths.withDefaults()
	l := p.lookup(fsys, r)
	n := &node{paths: p, resolved: r, lookup: l, aliases: map[string]aliasOrigin{}}
	for _, d := range l.faults {
		n.report(d)
	}
	for _, s := range l.sources {
		n.loadFile(fsys, s)
	}
	n.loadAliasCache(fsys)
	if e.Logins != nil {
		n.logins = readLogins(fsys, p, e.Logins)
	}
	return n
}

func (n *node) report(d mirror.Diagnostic) {
	if d.Severity == mirror.Error {
		n.faults = append(n.faults, d)
	} else {
		n.notes = append(n.notes, d)
	}
}

func (n *node) loadFile(fsys fs.FS, s source) {
	data, found, err := nodefs.ReadFile(fsys, s.path)
	pos := mirror.Position{File: s.path}
	switch {
	case err != nil:
		n.report(ruleUnreadable.At(pos, "", fmt.Sprintf("loading registries configuration %q: %v", s.path, err)))
		return
	case !found && s.explicit:
		n.report(ruleMissing.At(pos, "", fmt.Sprintf("loading registries configuration %q: no such file or directory", s.path)))
		return
	case !found:
		return
	}
	f := &loadedFile{source: s, data: data}
	n.files = append(n.files, f)
	f.doc, err = ParseRegistries(s.path, data)
	if err != nil {
		var d mirror.Diagnostic
		errors.As(err, &d)
		n.report(d)
		return
	}
	for _, d := range f.doc.refusals(n.resolved.library, s.dropIn) {
		n.report(d)
	}
	n.merge(f)
}

// merge lets a file's settings replace those of earlier files: an entry as a
// whole by its prefix, an alias by its name, lists when they are there, and
// texts when they are not empty.
func (n *node) merge(f *loadedFile) {
	d := f.doc.decoded()
	entries, search := d.entries, d.search
	inFile := true
	if d.v1 != nil && !d.v2Keys {
		entries, search, inFile = v1Entries(f.doc, d.v1), d.v1.Search, false
	}
	if n.byPrefix == nil {
		n.byPrefix = make(map[string]int32, len(entries))
		n.entries = make([]effective, 0, len(entries))
	}
	for i := range entries {
		e := effective{entry: &entries[i], key: entries[i].Key(), file: f, at: i}
		if !inFile {
			e.at = -1
		}
		id, known := n.byPrefix[e.key]
		switch {
		case !known:
			n.byPrefix[e.key] = int32(len(n.entries))
			n.entries = append(n.entries, e)
		case n.entries[id].file != f:
			n.entries[id] = e
		}
		// Within a file the first entry of a prefix counts.
	}
	if search != nil {
		n.search, n.searchFrom = search, f
	}
	if d.mode != "" {
		n.mode, n.modeFrom = d.mode, f
	}
	n.mergeAliases(f.doc)
}

func (n *node) mergeAliases(f *RegistriesFile) {
	for _, a := range f.decoded().aliases {
		n.aliases[a.Name] = aliasOrigin{a.Value, f, a}
	}
}

// loadAliasCache reads the file in which the tools record a user's choices;
// it overrides the aliases of the configuration.
func (n *node) loadAliasCache(fsys fs.FS) {
	p := n.paths.aliasCache()
	if p == "" || n.resolved.tool == Skopeo {
		return
	}
	data, found, err := nodefs.ReadFile(fsys, p)
	if err != nil || !found {
		return
	}
	f, err := ParseRegistries(p, data)
	if err != nil {
		var d mirror.Diagnostic
		errors.As(err, &d)
		n.aliasFault = append(n.aliasFault, d)
		return
	}
	f.checkTOML(&n.aliasFault, n.resolved.library)
	n.mergeAliases(f)
}

// v1Entries makes entries of the V1 form: blocked ones first, then insecure
// ones (system_registries_v2.go ConvertToV2).
func v1Entries(f *RegistriesFile, v1 *V1) []entry {
	var out []entry
	at := map[string]int{}
	add := func(list []string, table string, set func(*Registry)) {
		item := f.v1List(table).First()
		for _, s := range list {
			s = trimSlash(s)
			id, known := at[s]
			if !known {
				id = len(out)
				at[s] = id
				out = append(out, entry{Registry: Registry{Prefix: s, Location: s}, node: item, place: item.Span().Start})
			}
			set(&out[id].Registry)
			item = item.Next()
		}
	}
	add(v1.Block, "block", func(r *Registry) { r.Blocked = mirror.On })
	add(v1.Insecure, "insecure", func(r *Registry) { r.Insecure = mirror.On })
	return out
}
