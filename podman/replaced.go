package podman

import (
	"iter"

	"github.com/mirrorcfg/mirrorcfg/internal/tomledit"
)

// replacedValues are the values that do not count because the same key is
// given another one further down, in the way that older libraries allow. Where
// it is not allowed the file does not load, and nothing in it counts.
func replacedValues(doc *tomledit.Document) map[tomledit.Node]bool {
	var out map[tomledit.Node]bool
	for _, fault := range doc.Faults() {
		if fault.Kind == tomledit.DuplicateKey && replacesValue(fault.Node) {
			if out == nil {
				out = map[tomledit.Node]bool{}
			}
			out[previous(fault.Node)] = true
		}
	}
	return out
}

// replacesValue reports whether BurntSushi/toml 1.5.0 lets a value replace an
// earlier one of its key (parse.go setValue, isArray): either must be an
// array, and no inline table may be inside the later one.
func replacesValue(n tomledit.Node) bool {
	earlier := previous(n)
	switch {
	case !earlier.IsValid() || n.Origin() == tomledit.Header:
		return false
	case n.Kind() == tomledit.Array:
		return !holdsTable(n)
	default:
		return earlier.Kind() == tomledit.Array
	}
}

// previous is the sibling that had the key before.
func previous(n tomledit.Node) tomledit.Node {
	var found tomledit.Node
	for c := range n.Parent().Children() {
		if c == n {
			return found
		}
		if c.Key() == n.Key() {
			found = c
		}
	}
	return tomledit.Node{}
}

func holdsTable(n tomledit.Node) bool {
	for c := range n.Children() {
		if c.Kind() == tomledit.InlineTable || holdsTable(c) {
			return true
		}
	}
	return false
}

// children are those that count.
func (d *decoder) children(n tomledit.Node) iter.Seq[tomledit.Node] {
	if d.replaced == nil {
		return n.Children()
	}
	return func(yield func(tomledit.Node) bool) {
		for c := range n.Children() {
			if !d.replaced[c] && !yield(c) {
				return
			}
		}
	}
}
