package tomledit

import (
	"slices"
	"sort"
)

// group is a list of siblings whose order, number or members an edit changes.
type group struct {
	key     groupKey
	parent  Node
	old     []entry // the siblings in the file, by node
	head    entry   // sentinel of the ring that holds the wanted order
	touched bool
}

type groupKey struct {
	parent int32
	kind   groupKind
}

type groupKind uint8

const (
	pairGroup   groupKind = iota // key = value lines behind one header
	tableGroup                   // sub-tables of a table, or elements of an array of tables
	inlineGroup                  // keys of an inline table
	itemGroup                    // elements of an array value
)

// entry is one sibling: an old one, or a new one to be written.
type entry struct {
	prev, next *entry
	id         int32 // 0 for a new one
	index      int32 // place among the old ones
	deleted    bool
	group      *group

	field   *Field
	value   *Value
	section *Section
	parent  Node     // of a new field or section
	path    []string // between the parent and the section's key
	owner   Node     // implied table or array of tables that the section adds to
}

func (x *entry) unlink() {
	x.prev.next, x.next.prev = x.next, x.prev
}

// linkAt puts x next to mark, which is the sentinel for both ends.
func (x *entry) linkAt(mark *entry, before bool) {
	if before {
		mark = mark.prev
	}
	x.prev, x.next = mark, mark.next
	mark.next.prev = x
	mark.next = x
}

// entryFor finds an old sibling by its node.
func (g *group) entryFor(id int32) *entry {
	i, ok := slices.BinarySearchFunc(g.old, id, func(x entry, id int32) int { return int(x.id - id) })
	if !ok {
		return nil
	}
	return &g.old[i]
}

// group gives the siblings that container holds, as this edit wants them.
func (e *Edit) group(container int32, kind groupKind) *group {
	key := groupKey{container, kind}
	if g := e.groups[key]; g != nil {
		return g
	}
	g := &group{key: key, parent: Node{e.snap, container}}
	for _, id := range e.snap.siblings(container, kind) {
		g.old = append(g.old, entry{id: id, group: g})
	}
	g.head.prev, g.head.next = &g.head, &g.head
	for i := range g.old {
		g.old[i].index = int32(i)
	}
	ring := make([]*entry, len(g.old))
	for i := range g.old {
		ring[i] = &g.old[i]
	}
	if kind == tableGroup {
		ext := e.snap.extentsOf()
		sort.SliceStable(ring, func(i, j int) bool { return ext.min[ring[i].id] < ext.min[ring[j].id] })
	}
	for _, x := range ring {
		x.linkAt(&g.head, true)
	}
	if e.groups == nil {
		e.groups = make(map[groupKey]*group)
	}
	e.groups[key] = g
	e.order = append(e.order, g)
	return g
}

// siblings lists the nodes of a group, ascending.
func (s *snapshot) siblings(container int32, kind groupKind) []int32 {
	var ids []int32
	switch kind {
	case pairGroup:
		first, last := s.sectionPairs(container)
		for x := first; x <= last; x++ {
			ids = append(ids, s.exprs[x].node)
		}
	case inlineGroup:
		ids = s.flatPairs(container, ids)
	case itemGroup:
		for c := s.nodes[container].first; c != 0; c = s.nodes[c].next {
			ids = append(ids, c)
		}
	case tableGroup:
		ext := s.extentsOf()
		for c := s.nodes[container].first; c != 0; c = s.nodes[c].next {
			if ext.min[c] <= ext.max[c] {
				ids = append(ids, c)
			}
		}
	}
	slices.Sort(ids)
	return ids
}

// sectionPairs are the first and the last expression behind a table's header.
func (s *snapshot) sectionPairs(table int32) (first, last int32) {
	n := &s.nodes[table]
	switch n.origin {
	case Root:
		last = int32(len(s.exprs)) - 1
		if len(s.headers) > 0 {
			last = s.headers[0].expr - 1
		}
		return 0, last
	case Header:
		return n.expr + 1, s.sectionLast(n.text)
	}
	return 0, -1
}

// flatPairs lists the key = value of a table; dotted keys make tables in
// between.
func (s *snapshot) flatPairs(table int32, ids []int32) []int32 {
	for todo := []int32{table}; len(todo) > 0; {
		id := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for c := s.nodes[id].first; c != 0; c = s.nodes[c].next {
			switch s.nodes[c].origin {
			case Dotted:
				todo = append(todo, c)
			case Pair:
				ids = append(ids, c)
			}
		}
	}
	slices.Sort(ids)
	return ids
}

// container is the table or array whose text a node of the given kind of
// group stands in.
func (e *Edit) container(id int32, kind groupKind) int32 {
	s := e.snap
	if n := &s.nodes[id]; kind == pairGroup && n.expr >= 0 {
		h, found := slices.BinarySearchFunc(s.headers, n.expr, func(h header, x int32) int { return int(h.expr - x) })
		if found {
			return s.headers[h].node
		}
		if h == 0 {
			return 0
		}
		return s.headers[h-1].node
	}
	parent := s.nodes[id].parent
	for kind != tableGroup && s.nodes[parent].origin == Dotted {
		parent = s.nodes[parent].parent
	}
	return parent
}

// kindOf is the kind of group that a node is a member of.
func (e *Edit) kindOf(n Node) groupKind {
	r := n.raw()
	switch {
	case r.origin == Item:
		return itemGroup
	case r.origin == Pair && r.expr >= 0:
		return pairGroup
	case r.origin == Pair:
		return inlineGroup
	case r.origin == Dotted:
		top := n.Parent()
		for top.Origin() == Dotted {
			top = top.Parent()
		}
		if top.Kind() == InlineTable {
			return inlineGroup
		}
		return pairGroup
	}
	return tableGroup
}

func (e *Edit) groupOf(n Node) *group {
	kind := e.kindOf(n)
	return e.group(e.container(n.id, kind), kind)
}

// entriesOf are the members of groups that make up a node: one, except for
// tables that dotted keys define.
func (e *Edit) entriesOf(n Node) []*entry {
	if n.Origin() != Dotted {
		if x := e.groupOf(n).entryFor(n.id); x != nil {
			return []*entry{x}
		}
		return nil
	}
	var list []*entry
	for _, id := range e.snap.flatPairs(n.id, nil) {
		list = append(list, e.entriesOf(Node{e.snap, id})...)
	}
	if ext := e.snap.extentsOf(); ext.min[n.id] <= ext.max[n.id] {
		g := e.group(n.raw().parent, tableGroup)
		if x := g.entryFor(n.id); x != nil {
			list = append(list, x)
		}
	}
	return list
}

// isDeleted reports whether this edit has deleted the node itself.
func (e *Edit) isDeleted(n Node) bool {
	if len(e.order) == 0 {
		return false
	}
	list := e.entriesOf(n)
	for _, x := range list {
		if !x.deleted {
			return false
		}
	}
	return len(list) > 0
}

// isLost reports whether a new entry goes with something that is deleted.
func (e *Edit) isLost(x *entry) bool {
	return x.owner.IsValid() && e.isGone(x.owner.id) ||
		x.field != nil && x.parent.Origin() == Dotted && e.isGone(x.parent.id)
}

// isGone reports whether this edit has deleted the node or one above it.
func (e *Edit) isGone(id int32) bool {
	for ; id != 0; id = e.snap.nodes[id].parent {
		if e.dropped[id] {
			return true
		}
		n := Node{e.snap, id}
		if n.Origin() == Dotted {
			continue
		}
		kind := e.kindOf(n)
		if g := e.groups[groupKey{e.container(id, kind), kind}]; g != nil {
			if x := g.entryFor(id); x != nil && x.deleted {
				return true
			}
		}
	}
	return false
}

// mark finds the entry beside which a place is, in a group.
func (e *Edit) mark(what string, g *group, at Place) (mark *entry, before, ok bool) {
	switch at.kind {
	case placeFirst:
		return &g.head, false, true
	case placeLast:
		return &g.head, true, true
	}
	before = at.kind == placeBefore
	if !e.ok(what, at.node) {
		return nil, false, false
	}
	if list := e.entriesOf(at.node); len(list) > 0 {
		mark = list[len(list)-1]
		if before {
			mark = list[0]
		}
		if g.entryFor(mark.id) == mark {
			return mark, before, true
		}
	}
	e.fail(what, at.node, ErrKind)
	return nil, false, false
}
