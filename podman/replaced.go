package podman

import "github.com/mirrorcfg/mirrorcfg/internal/tomledit"

// replacement tells which values give a key another value, in the way that
// older libraries allow, and which do not count because of that. Where it is
// not allowed the file does not load, and nothing in it counts. The maps are
// nil where there are none.
type replacement struct {
	later, earlier map[tomledit.Node]bool
}

func replacements(doc *tomledit.Document) replacement {
	var r replacement
	var newest map[tomledit.Node]tomledit.Node // by the first node of the key
	for _, fault := range doc.Faults() {
		if !fault.First.IsValid() || fault.Node == fault.First {
			continue
		}
		if newest == nil {
			newest = map[tomledit.Node]tomledit.Node{}
			r.later, r.earlier = map[tomledit.Node]bool{}, map[tomledit.Node]bool{}
		}
		before, known := newest[fault.First]
		if !known {
			before = fault.First
		}
		newest[fault.First] = fault.Node
		if fault.Kind == tomledit.DuplicateKey && replaces(before, fault.Node) {
			r.later[fault.Node], r.earlier[before] = true, true
		}
	}
	return r
}

// replaces reports whether BurntSushi/toml 1.5.0 lets a value replace the one
// before (parse.go setValue, isArray): either must be an array, and no inline
// table may be inside the later one.
func replaces(before, n tomledit.Node) bool {
	if n.Kind() == tomledit.Array {
		return !holdsTable(n)
	}
	return before.Kind() == tomledit.Array
}

func holdsTable(n tomledit.Node) bool {
	for c := range n.Children() {
		if c.Kind() == tomledit.InlineTable || holdsTable(c) {
			return true
		}
	}
	return false
}

// first and next walk the children that count. An iterator would cost an
// allocation for each table.
func (d *decoder) first(n tomledit.Node) tomledit.Node { return d.counting(n.First()) }

func (d *decoder) next(n tomledit.Node) tomledit.Node { return d.counting(n.Next()) }

func (d *decoder) counting(n tomledit.Node) tomledit.Node {
	for d.replacement.earlier != nil && d.replacement.earlier[n] {
		n = n.Next()
	}
	return n
}
