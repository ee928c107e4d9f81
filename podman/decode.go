package podman

import (
	"strings"

	"github.com/mirrorcfg/mirrorcfg/internal/tomledit"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// decoded is what the engine's decoder makes of one file, whatever its
// version: the typed value, where each part of it stands, and what did not
// fit.
type decoded struct {
	search, helpers []string
	mode, layer     string
	entries         []entry
	aliases         []aliasEntry
	v1              *V1
	// v2Keys is true when any V2 key is there, be it empty: that is what
	// clashes with V1.
	v2Keys bool

	searchAt, modeAt, v1At tomledit.Node
	// tables is the node of each [[registry]] array, more than one where
	// they differ in case.
	tables []tomledit.Node

	wrong       []typeFault
	unknown     []unknownKey
	replacement replacement
}

// entry is a [[registry]] table.
type entry struct {
	Registry
	node tomledit.Node
	// place is the offset of the location's key, or of the table where there
	// is none.
	place   int
	mirrors []mirrorAt
}

// mirrorAt is where a [[registry.mirror]] table stands.
type mirrorAt struct {
	node  tomledit.Node
	place int
}

type aliasEntry struct {
	Alias
	node tomledit.Node
}

// typeFault is a value of a type that the decoder refuses.
type typeFault struct {
	node tomledit.Node
	want string
	// namespaceProxy marks the one key that versions before 5.41 do not look
	// at.
	namespaceProxy bool
}

// tableKind tells apart the tables whose keys are known.
type tableKind uint8

const (
	rootTable tableKind = iota
	registryTable
	mirrorTable
	v1Table
	v1ListTable
)

// unknownKey is a key that the decoder passes over.
type unknownKey struct {
	node tomledit.Node
	in   tableKind
}

// knownKeys are the keys of each table in the spelling of the documentation.
var knownKeys = [...][]string{
	rootTable: {"unqualified-search-registries", "credential-helpers", "short-name-mode",
		"additional-layer-store-auth-helper", "aliases", "registry", "registries"},
	registryTable: {"prefix", "location", "insecure", "blocked", "mirror-by-digest-only", "mirror", "pull-from-mirror", "namespace-proxy"},
	mirrorTable:   {"location", "insecure", "pull-from-mirror", "namespace-proxy"},
	v1Table:       {"search", "insecure", "block"},
	v1ListTable:   {"registries"},
}

// decoder walks a document once.
type decoder struct {
	decoded
	text    string
	mirrors []Mirror
	places  []mirrorAt
}

func decode(doc *tomledit.Document) *decoded {
	d := &decoder{text: string(doc.Bytes())}
	d.replacement = replacements(doc)
	for n := d.first(doc.Root()); n.IsValid(); n = d.next(n) {
		switch key := d.key(n, rootTable); key {
		case "unqualified-search-registries":
			d.v2Keys = true
			d.search, d.searchAt = d.strings(n), n
		case "credential-helpers":
			d.v2Keys = true
			d.helpers = d.strings(n)
		case "short-name-mode":
			d.mode, d.modeAt = d.string(n), n
			d.v2Keys = d.v2Keys || d.mode != ""
		case "additional-layer-store-auth-helper":
			d.layer = d.string(n)
			d.v2Keys = d.v2Keys || d.layer != ""
		case "aliases":
			d.aliasTable(n)
		case "registry":
			d.v2Keys = true
			d.tables = append(d.tables, n)
			d.registries(n)
		case "registries":
			d.v1Form(n)
		default:
			d.unknown = append(d.unknown, unknownKey{n, rootTable})
		}
	}
	return &d.decoded
}

// key returns the documented spelling of a node's key, "" where there is
// none. The decoder does not mind case (BurntSushi/toml unifyStruct).
func (d *decoder) key(n tomledit.Node, in tableKind) string {
	span := n.KeySpan()
	raw := d.text[span.Start:span.End]
	for _, k := range knownKeys[in] {
		if k == raw {
			return k
		}
	}
	name := n.Key()
	for _, k := range knownKeys[in] {
		if strings.EqualFold(k, name) {
			return k
		}
	}
	return ""
}

func (d *decoder) registries(array tomledit.Node) {
	if array.Kind() != tomledit.TableArray && array.Kind() != tomledit.Array {
		d.wrong = append(d.wrong, typeFault{node: array, want: "an array of tables: [[registry]]"})
		return
	}
	if d.entries == nil {
		d.entries = make([]entry, 0, array.Len())
		d.mirrors = make([]Mirror, 0, 2*array.Len())
		d.places = make([]mirrorAt, 0, 2*array.Len())
	}
	for t := range array.Children() {
		if !t.IsTable() {
			d.wrong = append(d.wrong, typeFault{node: t, want: "a table"})
			continue
		}
		d.registry(t)
	}
}

func (d *decoder) registry(t tomledit.Node) {
	d.entries = append(d.entries, entry{node: t, place: t.Span().Start})
	e := &d.entries[len(d.entries)-1]
	first := len(d.mirrors)
	for n := d.first(t); n.IsValid(); n = d.next(n) {
		switch d.key(n, registryTable) {
		case "prefix":
			e.Prefix = d.string(n)
		case "location":
			e.Location = d.string(n)
			e.place = n.Span().Start
		case "insecure":
			e.Insecure = d.toggle(n)
		case "blocked":
			e.Blocked = d.toggle(n)
		case "mirror-by-digest-only":
			e.MirrorByDigestOnly = d.toggle(n)
		case "pull-from-mirror":
			e.PullFromMirror = d.string(n)
		case "namespace-proxy":
			e.NamespaceProxy = d.namespaceProxy(n)
		case "mirror":
			d.mirrorArray(n)
		default:
			d.unknown = append(d.unknown, unknownKey{n, registryTable})
		}
	}
	if last := len(d.mirrors); last > first {
		e.Mirrors = d.mirrors[first:last:last]
		e.mirrors = d.places[first:last:last]
	}
}

func (d *decoder) mirrorArray(array tomledit.Node) {
	if array.Kind() != tomledit.TableArray && array.Kind() != tomledit.Array {
		d.wrong = append(d.wrong, typeFault{node: array, want: "an array of tables: [[registry.mirror]]"})
		return
	}
	for t := range array.Children() {
		if !t.IsTable() {
			d.wrong = append(d.wrong, typeFault{node: t, want: "a table"})
			continue
		}
		m, at := Mirror{}, mirrorAt{node: t, place: t.Span().Start}
		for n := d.first(t); n.IsValid(); n = d.next(n) {
			switch d.key(n, mirrorTable) {
			case "location":
				m.Location = d.string(n)
				at.place = n.Span().Start
			case "insecure":
				m.Insecure = d.toggle(n)
			case "pull-from-mirror":
				m.PullFromMirror = d.string(n)
			case "namespace-proxy":
				m.NamespaceProxy = d.namespaceProxy(n)
			default:
				d.unknown = append(d.unknown, unknownKey{n, mirrorTable})
			}
		}
		d.mirrors = append(d.mirrors, m)
		d.places = append(d.places, at)
	}
}

// aliasTable reads [aliases]. A value that is no table is passed over
// without a word.
func (d *decoder) aliasTable(n tomledit.Node) {
	if !n.IsTable() {
		d.unknown = append(d.unknown, unknownKey{n, rootTable})
		return
	}
	d.v2Keys = true
	for c := d.first(n); c.IsValid(); c = d.next(c) {
		d.aliases = append(d.aliases, aliasEntry{Alias{Name: c.Key(), Value: d.string(c)}, c})
	}
}

// v1Form reads the tables below [registries].
func (d *decoder) v1Form(n tomledit.Node) {
	if !n.IsTable() {
		d.wrong = append(d.wrong, typeFault{node: n, want: "a table (the V1 form), or [[registry]]"})
		return
	}
	for t := d.first(n); t.IsValid(); t = d.next(t) {
		kind := d.key(t, v1Table)
		if kind == "" {
			d.unknown = append(d.unknown, unknownKey{t, v1Table})
			continue
		}
		if !t.IsTable() {
			d.wrong = append(d.wrong, typeFault{node: t, want: "a table with registries = […]"})
			continue
		}
		for l := d.first(t); l.IsValid(); l = d.next(l) {
			if d.key(l, v1ListTable) == "" {
				d.unknown = append(d.unknown, unknownKey{l, v1ListTable})
				continue
			}
			if d.v1 == nil {
				d.v1, d.v1At = &V1{}, t
			}
			list := d.strings(l)
			switch kind {
			case "search":
				d.v1.Search = list
			case "insecure":
				d.v1.Insecure = list
			case "block":
				d.v1.Block = list
			}
		}
	}
}

// string reads a text. One without escapes shares the file's memory.
func (d *decoder) string(n tomledit.Node) string {
	if n.Kind() != tomledit.String {
		d.wrong = append(d.wrong, typeFault{node: n, want: "a string"})
		return ""
	}
	span := n.ValueSpan()
	raw := d.text[span.Start:span.End]
	if len(raw) >= 2 && !strings.HasPrefix(raw, `"""`) && !strings.HasPrefix(raw, "'''") {
		if inner := raw[1 : len(raw)-1]; raw[0] == '\'' || strings.IndexByte(inner, '\\') < 0 {
			return inner
		}
	}
	if raw == `""` || raw == "''" {
		return ""
	}
	s, _ := n.AsString()
	return s
}

func (d *decoder) namespaceProxy(n tomledit.Node) string {
	if n.Kind() != tomledit.String {
		d.wrong = append(d.wrong, typeFault{node: n, want: "a string", namespaceProxy: true})
		return ""
	}
	return d.string(n)
}

func (d *decoder) toggle(n tomledit.Node) mirror.Toggle {
	b, ok := n.AsBool()
	if !ok {
		d.wrong = append(d.wrong, typeFault{node: n, want: "true or false"})
		return mirror.Unset
	}
	return mirror.ToggleOf(b)
}

// strings reads a list. An empty one is not nil.
func (d *decoder) strings(n tomledit.Node) []string {
	if n.Kind() != tomledit.Array {
		d.wrong = append(d.wrong, typeFault{node: n, want: "an array of strings"})
		return nil
	}
	list := make([]string, 0, n.Len())
	for item := range n.Children() {
		list = append(list, d.string(item))
	}
	return list
}
