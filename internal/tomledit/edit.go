package tomledit

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

var (
	// ErrStale is the error for a node that was found before the document's
	// last change, or in another document.
	ErrStale = errors.New("node is not of the document's current state")
	// ErrExists is the error for a key that would stand twice in a table.
	ErrExists = errors.New("key exists already")
	// ErrKind is the error for an edit that the kind of node does not allow.
	ErrKind = errors.New("not possible for this kind of node")
)

// Edit collects changes to a document. They all refer to the document as it
// was when the Edit was begun, and take effect together in [Edit.Apply] or
// [Edit.Bytes]. A change inside something that is deleted or replaced as a
// whole is lost with it. The zero Edit cannot be used; see [Document.Edit].
type Edit struct {
	doc     *Document
	snap    *snapshot
	errs    []error
	groups  map[groupKey]*group
	order   []*group // as they were begun
	values  map[int32]Value
	splices []splice
	names   map[nameKey]*entry   // keys that this edit adds
	tables  map[nameKey]*Section // tables that SetPath creates
	renamed map[int32][]byte     // new spelling of keys
	dropped map[int32]bool       // deleted tables that dotted keys define

	changed     []int32 // nodes with changes in them, ascending
	deletedUpTo int     // while splices are made: nothing stays above this offset
}

// Edit begins a batch of changes. The nodes it is given must come from the
// current state of the document.
func (d *Document) Edit() *Edit { return &Edit{doc: d, snap: d.loaded()} }

// Err joins the errors of the changes so far.
func (e *Edit) Err() error { return errors.Join(e.errs...) }

func (e *Edit) fail(what string, n Node, err error) {
	where := ""
	if n.IsValid() {
		where = fmt.Sprintf(" %s at %s", n.Name(), n.Position())
	}
	e.errs = append(e.errs, fmt.Errorf("tomledit: %s%s: %w", what, where, err))
}

// ok reports whether n can be used in this edit.
func (e *Edit) ok(what string, n Node) bool {
	if n.snap != e.snap || !n.IsValid() {
		e.fail(what, Node{}, ErrStale)
		return false
	}
	return true
}

// Set gives a key of a table its value. A key that exists keeps its place,
// its spelling and its comments; a new one goes behind the table's last key.
// A key whose value is already equal is left as it is written.
func (e *Edit) Set(table Node, key string, v Value) {
	if !e.ok("set "+key, table) {
		return
	}
	if table.Kind() == TableArray {
		table = table.Last()
	}
	if !table.IsTable() {
		e.fail("set "+key, table, ErrKind)
		return
	}
	if old := table.Child(key); old.IsValid() && !e.isDeleted(old) {
		e.SetValue(old, v)
		return
	}
	if x := e.names[nameKey{table.id, key}]; x != nil {
		if err := v.check(); err != nil {
			e.fail("set "+key, table, err)
		} else if x.field == nil {
			e.fail("set "+key, table, ErrExists)
		} else {
			x.field.Value = v
		}
		return
	}
	e.Insert(table, Last(), Field{Key: key, Value: v})
}

// SetValue replaces the value of a key or of an element of an array.
func (e *Edit) SetValue(n Node, v Value) {
	if !e.ok("set", n) {
		return
	}
	if n.Origin() != Pair && n.Origin() != Item {
		e.fail("set", n, ErrKind)
		return
	}
	if err := v.check(); err != nil {
		e.fail("set", n, err)
		return
	}
	if e.values == nil {
		e.values = make(map[int32]Value)
	}
	e.values[n.id] = v
}

// SetPath gives the key at a path of decoded keys its value, and creates the
// tables on the way that do not exist yet, under one header. An array of
// tables on the way stands for its last element.
func (e *Edit) SetPath(path []string, v Value) {
	table, i := e.doc.Root(), 0
	for ; i < len(path)-1; i++ {
		next := table.Child(path[i])
		if !next.IsValid() || e.isDeleted(next) {
			break
		}
		if next.Kind() == TableArray {
			next = next.Last()
		}
		if !next.IsTable() {
			e.fail("set "+strings.Join(path, "."), next, ErrKind)
			return
		}
		table = next
	}
	rest := path[i:]
	switch {
	case len(rest) == 0:
		e.fail("set", table, errors.New("empty path"))
	case len(rest) == 1:
		e.Set(table, rest[0], v)
	case table.Kind() == InlineTable || table.Origin() == Dotted:
		for len(rest) > 1 {
			v = TableValue(Field{Key: rest[len(rest)-1], Value: v})
			rest = rest[:len(rest)-1]
		}
		e.Set(table, rest[0], v)
	default:
		key := rest[len(rest)-1]
		e.setInNewTable(table, Node{}, rest, Field{Key: key, Value: v})
	}
}

// Insert adds a key to a table, at a place among the table's keys.
func (e *Edit) Insert(table Node, at Place, f Field) {
	what := "insert " + f.Key
	if !e.ok(what, table) {
		return
	}
	if !table.IsTable() {
		e.fail(what, table, ErrKind)
		return
	}
	if table.Child(f.Key).IsValid() && !e.isDeleted(table.Child(f.Key)) || e.names[nameKey{table.id, f.Key}] != nil {
		e.fail(what, table, ErrExists)
		return
	}
	if err := checkFields([]Field{f}); err != nil {
		e.fail(what, table, err)
		return
	}
	kind := pairGroup
	if table.Kind() == InlineTable || table.Origin() == Dotted && e.kindOf(table) == inlineGroup {
		kind = inlineGroup
	}
	if table.Origin() == Implicit {
		e.setInNewTable(table.Parent(), table, []string{table.Key(), f.Key}, f)
		return
	}
	e.insert(what, table, kind, at, &entry{field: &f})
}

// InsertItem adds an element to an array value.
func (e *Edit) InsertItem(array Node, at Place, v Value) {
	if !e.ok("insert", array) {
		return
	}
	if array.Kind() != Array {
		e.fail("insert", array, ErrKind)
		return
	}
	if err := v.check(); err != nil {
		e.fail("insert", array, err)
		return
	}
	e.insert("insert", array, itemGroup, at, &entry{value: &v})
}

// AppendItem adds an element to the end of an array value.
func (e *Edit) AppendItem(array Node, v Value) { e.InsertItem(array, Last(), v) }

// InsertTable adds a table with a header of its own to a table: [parent.key],
// or [[parent.key]] if the section says so. The place refers to other
// tables of the parent, or to elements of the same array of tables.
func (e *Edit) InsertTable(parent Node, at Place, sec Section) {
	what := "insert table " + sec.Key
	if !e.ok(what, parent) {
		return
	}
	if parent.Kind() == TableArray {
		parent = parent.Last()
	}
	if parent.Kind() != Table || parent.Origin() == Dotted {
		e.fail(what, parent, ErrKind)
		return
	}
	if err := sec.check(); err != nil {
		e.fail(what, parent, err)
		return
	}
	old := parent.Child(sec.Key)
	group, owner := parent, Node{}
	switch {
	case !old.IsValid() || e.isDeleted(old):
		if x := e.names[nameKey{parent.id, sec.Key}]; x != nil && !(sec.Array && x.section != nil && x.section.Array) {
			e.fail(what, parent, ErrExists)
			return
		}
	case sec.Array && old.Kind() == TableArray:
		group, owner = old, old
	case !sec.Array && old.Origin() == Implicit:
		at, owner = Before(old), old
	default:
		e.fail(what, old, ErrExists)
		return
	}
	e.insert(what, group, tableGroup, at, &entry{section: &sec, parent: parent, owner: owner})
}

// AppendTable adds a table behind the parent's other tables, or behind the
// other elements of its array of tables.
func (e *Edit) AppendTable(parent Node, sec Section) { e.InsertTable(parent, Last(), sec) }

// Delete removes a key, a table with its sub-tables, an array of tables or
// one of its elements, or an element of an array value. The comment block
// directly above and the comment behind go too.
func (e *Edit) Delete(n Node) {
	if !e.ok("delete", n) {
		return
	}
	if n.Origin() == Root {
		e.fail("delete", n, ErrKind)
		return
	}
	if n.Origin() == Dotted {
		if e.dropped == nil {
			e.dropped = make(map[int32]bool)
		}
		e.dropped[n.id] = true
	}
	for _, x := range e.entriesOf(n) {
		x.deleted, x.group.touched = true, true
	}
}

// Move puts a node at another place among its siblings: a key of a table
// among keys, a table or an element of an array of tables among its like, an
// element of an array value among the elements. Blank lines and separators
// stay where they are.
func (e *Edit) Move(n Node, to Place) {
	if !e.ok("move", n) {
		return
	}
	if n.Origin() == Root {
		e.fail("move", n, ErrKind)
		return
	}
	if to.node == n {
		return
	}
	list := e.entriesOf(n)
	if len(list) == 0 {
		e.fail("move", n, ErrKind)
		return
	}
	g := list[0].group
	for _, x := range list {
		if x.group != g {
			e.fail("move", n, ErrKind)
			return
		}
	}
	mark, before, ok := e.mark("move", g, to)
	if !ok {
		return
	}
	for _, x := range list {
		if x == mark {
			return
		}
		x.unlink()
		x.linkAt(mark, before)
		mark, before, g.touched = x, false, true
	}
}

// Rename gives a key or a table another key; all headers and dotted keys that
// name it follow.
func (e *Edit) Rename(n Node, key string) {
	what := "rename to " + key
	if !e.ok(what, n) {
		return
	}
	if n.raw().keyEnd == 0 {
		if n.Parent().Kind() != TableArray {
			e.fail(what, n, ErrKind)
			return
		}
		n = n.Parent()
	}
	if n.Key() == key {
		return
	}
	if !utf8.ValidString(key) {
		e.fail(what, n, ErrInvalidUTF8)
		return
	}
	if n.Parent().Child(key).IsValid() || e.names[nameKey{n.raw().parent, key}] != nil {
		e.fail(what, n, ErrExists)
		return
	}
	e.name(n.raw().parent, key, &entry{id: n.id})
	e.rename(n, key)
}
