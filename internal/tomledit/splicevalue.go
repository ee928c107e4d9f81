package tomledit

import (
	"maps"
	"math"
	"slices"
)

// spliceValues makes the splices for the values that are set.
func (e *Edit) spliceValues() {
	if len(e.values) == 0 {
		return
	}
	ids := slices.Sorted(maps.Keys(e.values))
	e.changed = slices.Clone(ids)
	for _, g := range e.order {
		if g.touched {
			e.changed = append(e.changed, g.key.parent)
		}
	}
	for id := range e.renamed {
		e.changed = append(e.changed, id)
	}
	slices.Sort(e.changed)
	for _, id := range ids {
		e.spliceValue(Node{e.snap, id}, e.values[id])
	}
}

// changedInside reports whether other changes are made in an array or inline
// table that gets a new value.
func (e *Edit) changedInside(n Node) bool {
	if n.Kind() != Array && n.Kind() != InlineTable {
		return false
	}
	for _, kind := range []groupKind{itemGroup, inlineGroup} {
		if g := e.groups[groupKey{n.id, kind}]; g != nil && g.touched {
			return true
		}
	}
	i, _ := slices.BinarySearch(e.changed, n.id+1)
	return i < len(e.changed) && e.snap.nodes[e.changed[i]].start < n.raw().end
}

// spliceValue replaces one value, and as little of it as will do.
func (e *Edit) spliceValue(n Node, v Value) {
	if !e.changedInside(n) {
		switch {
		case n.equals(v):
			return
		case v.raw || n.Kind() != v.kind:
		case v.kind == Array:
			e.spliceArray(n, v.list)
			return
		case v.kind == InlineTable && !n.hasDotted():
			e.spliceInlineTable(n, v.fields)
			return
		}
	}
	st := e.snap.styleOf()
	quote := st.quote
	span := n.ValueSpan()
	if n.Kind() == String {
		quote = e.snap.src[span.Start]
	}
	depth := int32(0)
	for p := n.Parent(); p.IsValid(); p = p.Parent() {
		depth++
	}
	e.splice(splice{start: span.Start, end: span.End, class: replace, depth: depth, text: st.appendValue(nil, v, quote)})
}

// hasDotted reports whether a table has keys that dotted keys make up.
func (n Node) hasDotted() bool {
	for c := range n.Children() {
		if c.Origin() == Dotted {
			return true
		}
	}
	return false
}

// equals reports whether the node holds the value already.
func (n Node) equals(v Value) bool {
	if v.raw {
		return n.RawValue() == v.text
	}
	if n.Kind() != v.kind {
		return false
	}
	switch v.kind {
	case String:
		s, _ := n.AsString()
		return s == v.text
	case Integer:
		a, _ := n.AsInt()
		b, _ := parseInt([]byte(v.text))
		return a == b
	case Float:
		a, _ := n.AsFloat()
		b, _ := parseFloat([]byte(v.text))
		return math.Float64bits(a) == math.Float64bits(b) || a != a && b != b
	case Array:
		if n.Len() != len(v.list) {
			return false
		}
		c := n.First()
		for _, item := range v.list {
			if !c.equals(item) {
				return false
			}
			c = c.Next()
		}
		return true
	case InlineTable:
		if n.Len() != len(v.fields) {
			return false
		}
		c := n.First()
		for _, f := range v.fields {
			if c.Key() != f.Key || !c.equals(f.Value) {
				return false
			}
			c = c.Next()
		}
		return true
	}
	return n.RawValue() == v.text
}

// spliceArray leaves the elements alone that are equal at both ends.
func (e *Edit) spliceArray(n Node, list []Value) {
	g := e.group(n.id, itemGroup)
	mark := &g.head
	old := g.old
	node := func(i int) Node { return Node{e.snap, old[i].id} }
	for len(old) > 0 && len(list) > 0 && node(0).equals(list[0]) {
		mark, old, list = &old[0], old[1:], list[1:]
	}
	for len(old) > 0 && len(list) > 0 && node(len(old)-1).equals(list[len(list)-1]) {
		old, list = old[:len(old)-1], list[:len(list)-1]
	}
	for len(old) > 0 && len(list) > 0 {
		e.spliceValue(node(0), list[0])
		mark, old, list = &old[0], old[1:], list[1:]
	}
	g.touched = g.touched || len(old)+len(list) > 0
	for i := range old {
		old[i].deleted = true
	}
	for i := range list {
		x := &entry{value: &list[i]}
		x.linkAt(mark, false)
		mark = x
	}
}

// spliceInlineTable leaves the keys alone that stay, and their order.
func (e *Edit) spliceInlineTable(n Node, fields []Field) {
	g := e.group(n.id, inlineGroup)
	stays := make(map[int32]bool, len(fields))
	for i, f := range fields {
		if c := n.Child(f.Key); c.IsValid() {
			stays[c.id] = true
			e.spliceValue(c, f.Value)
			continue
		}
		g.touched = true
		x := &entry{field: &fields[i], parent: n}
		x.linkAt(&g.head, true)
	}
	for i := range g.old {
		if x := &g.old[i]; !stays[x.id] {
			x.deleted, g.touched = true, true
		}
	}
}
