package tomledit

import "strings"

// insert adds a new entry to the group of a table or array.
func (e *Edit) insert(what string, parent Node, kind groupKind, at Place, x *entry) {
	container := parent.id
	if kind == pairGroup || kind == inlineGroup {
		x.parent = parent
		container = e.pairContainer(parent)
		if parent.Origin() == Dotted && at.kind != placeBefore && at.kind != placeAfter {
			at = e.insideDotted(parent, at)
		}
	}
	g := e.group(container, kind)
	mark, before, ok := e.mark(what, g, at)
	if !ok {
		return
	}
	g.touched = true
	x.linkAt(mark, before)
	switch {
	case x.field != nil:
		e.name(parent.id, x.field.Key, x)
	case x.section != nil && !x.section.Array && len(x.path) == 0:
		e.name(x.parent.id, x.section.Key, x)
	}
}

// pairContainer is the table whose text the keys of table stand in.
func (e *Edit) pairContainer(table Node) int32 {
	for table.Origin() == Dotted {
		if first := e.snap.flatPairs(table.id, nil); len(first) > 0 && e.snap.nodes[first[0]].expr >= 0 {
			return e.container(first[0], pairGroup)
		}
		table = table.Parent()
	}
	return table.id
}

// insideDotted is the place beside the first or last key of a dotted table.
func (e *Edit) insideDotted(table Node, at Place) Place {
	pairs := e.snap.flatPairs(table.id, nil)
	switch {
	case len(pairs) == 0:
		return at
	case at.kind == placeFirst:
		return Before(Node{e.snap, pairs[0]})
	}
	return After(Node{e.snap, pairs[len(pairs)-1]})
}

// nameKey is a key that this edit adds to a table.
type nameKey struct {
	table int32
	key   string
}

func (e *Edit) name(table int32, key string, x *entry) {
	if e.names == nil {
		e.names = make(map[nameKey]*entry)
	}
	e.names[nameKey{table, key}] = x
}

// setInNewTable sets a key of a table that has to be written first, and in
// which earlier calls may have set keys already. If the table is implied by
// others, it is the owner of what is written.
func (e *Edit) setInNewTable(table, owner Node, rest []string, f Field) {
	what := "set " + strings.Join(rest, ".")
	path := rest[:len(rest)-1]
	if err := checkFields([]Field{f}); err != nil {
		e.fail(what, table, err)
		return
	}
	name := nameKey{table.id, strings.Join(path, "\x00")}
	if owner.IsValid() {
		name = nameKey{owner.id, ""}
	}
	if sec := e.tables[name]; sec != nil {
		for i := range sec.Fields {
			if sec.Fields[i].Key == f.Key {
				sec.Fields[i].Value = f.Value
				return
			}
		}
		sec.Fields = append(sec.Fields, f)
		return
	}
	sec := &Section{Key: path[len(path)-1], Fields: []Field{f}}
	if err := sec.check(); err != nil {
		e.fail(what, table, err)
		return
	}
	if e.tables == nil {
		e.tables = make(map[nameKey]*Section)
	}
	e.tables[name] = sec
	x := &entry{section: sec, parent: table, path: path[:len(path)-1], owner: owner}
	at := Last()
	if owner.IsValid() {
		at = Before(owner)
	}
	e.insert(what, table, tableGroup, at, x)
}
