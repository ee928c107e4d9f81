package tomledit

import (
	"iter"
	"strings"
)

// Kind tells what a node is.
type Kind uint8

const (
	// Invalid is the kind of a node that does not exist.
	Invalid Kind = iota
	// Table is the root, a table defined by a header or by dotted keys, or one
	// element of an array of tables.
	Table
	// TableArray is an array of tables made of [[header]] lines; its children
	// are of kind Table.
	TableArray
	// InlineTable is a value in braces.
	InlineTable
	// Array is a value in brackets.
	Array
	// String and the kinds below are plain values.
	String
	Integer
	Float
	Bool
	OffsetDateTime
	LocalDateTime
	LocalDate
	LocalTime
)

var kindText = [...]string{"invalid", "table", "array of tables", "inline table", "array", "string",
	"integer", "float", "boolean", "offset date-time", "local date-time", "local date", "local time"}

// String names the kind as the TOML specification does.
func (k Kind) String() string {
	if int(k) < len(kindText) {
		return kindText[k]
	}
	return "unknown"
}

// Origin tells how the file defines a node.
type Origin uint8

const (
	// Root is the document itself.
	Root Origin = iota
	// Header: by a [header] or [[header]] line of its own.
	Header
	// Implicit: only as a part of a longer header.
	Implicit
	// Dotted: only as a part of a dotted key.
	Dotted
	// Pair: as the last (or only) part of a key = value expression.
	Pair
	// Item: as an element of an array value.
	Item
)

// Node is a place in a document's tree. It is a small value; the zero Node
// and the result of a search without success are not valid, and every method
// of such a node gives a zero value. A node keeps showing the state of the
// document in which it was found.
type Node struct {
	snap *snapshot
	id   int32
}

func (n Node) raw() *node {
	if n.snap == nil || int(n.id) >= len(n.snap.nodes) {
		return &node{expr: -1}
	}
	return &n.snap.nodes[n.id]
}

// IsValid reports whether the node exists.
func (n Node) IsValid() bool { return n.snap != nil && int(n.id) < len(n.snap.nodes) }

// Kind is what the node is.
func (n Node) Kind() Kind { return n.raw().kind }

// Origin is how the file defines the node.
func (n Node) Origin() Origin { return n.raw().origin }

// IsTable reports whether the node holds keys: a Table or an InlineTable.
func (n Node) IsTable() bool { k := n.Kind(); return k == Table || k == InlineTable }

// IsDuplicate reports whether an earlier sibling has the same key, which TOML
// forbids. [Node.Child] finds the earliest.
func (n Node) IsDuplicate() bool { return n.raw().duplicate }

// Key is the decoded key under which the node stands in its parent: the last
// part of a header or of a dotted key. Elements of arrays have none.
func (n Node) Key() string {
	if !n.IsValid() {
		return ""
	}
	return string(n.snap.keyOf(n.id))
}

// RawKey is the key as it is written, with its quotes.
func (n Node) RawKey() string { return n.text(n.KeySpan()) }

// Path is the list of decoded keys from the root to the node. Elements of
// arrays add nothing to it.
func (n Node) Path() []string {
	var path []string
	for ; n.IsValid() && n.id != 0; n = n.Parent() {
		if n.raw().keyEnd > 0 {
			path = append(path, n.Key())
		}
	}
	for i, j := 0, len(path)-1; i < j; i, j = i+1, j-1 {
		path[i], path[j] = path[j], path[i]
	}
	return path
}

// Name is the path as a dotted key, for messages: host."https://a".ca
func (n Node) Name() string {
	var b strings.Builder
	for i, key := range n.Path() {
		if i > 0 {
			b.WriteByte('.')
		}
		b.Write(AppendKey(nil, strings.ToValidUTF8(key, "\uFFFD")))
	}
	return b.String()
}

// Parent is the table or array that holds the node.
func (n Node) Parent() Node {
	if !n.IsValid() || n.id == 0 {
		return Node{}
	}
	return Node{n.snap, n.raw().parent}
}

// Index is the place of the node among its parent's children, from 0.
func (n Node) Index() int {
	i := 0
	for c := range n.Parent().Children() {
		if c.id == n.id {
			return i
		}
		i++
	}
	return -1
}

// Len is the number of children.
func (n Node) Len() int { return int(n.raw().count) }

// Children are the keys of a table or the elements of an array, in the order
// in which the file first mentions them.
func (n Node) Children() iter.Seq[Node] {
	return func(yield func(Node) bool) {
		for c := n.First(); c.IsValid(); c = c.Next() {
			if !yield(c) {
				return
			}
		}
	}
}

// First is the first child.
func (n Node) First() Node { return n.sibling(n.raw().first) }

// Last is the last child.
func (n Node) Last() Node { return n.sibling(n.raw().last) }

// Next is the next child of the same parent.
func (n Node) Next() Node { return n.sibling(n.raw().next) }

func (n Node) sibling(id int32) Node {
	if id == 0 {
		return Node{}
	}
	return Node{n.snap, id}
}

// At is the i-th child, counted from 0; it takes time in proportion to i.
func (n Node) At(i int) Node {
	if i < 0 {
		return Node{}
	}
	c := n.First()
	for ; i > 0 && c.IsValid(); i-- {
		c = c.Next()
	}
	return c
}

// Child finds the child with exactly this decoded key.
func (n Node) Child(key string) Node {
	if !n.IsTable() {
		return Node{}
	}
	return n.sibling(n.snap.find(n.id, []byte(key)))
}

// ChildFold is the first child whose key is equal under Unicode case-folding,
// for decoders that do not mind case; an exact match comes first.
func (n Node) ChildFold(key string) Node {
	if c := n.Child(key); c.IsValid() || !n.IsTable() {
		return c
	}
	for c := range n.Children() {
		if strings.EqualFold(c.Key(), key) {
			return c
		}
	}
	return Node{}
}

// Get follows a path of decoded keys. An array of tables on the way stands
// for its last element, as it does in a header.
func (n Node) Get(path ...string) Node {
	for _, key := range path {
		if n.Kind() == TableArray {
			n = n.Last()
		}
		n = n.Child(key)
	}
	return n
}

// Position is where the node begins: its key, its header line, or for an
// element of an array its value.
func (n Node) Position() Position {
	if !n.IsValid() {
		return Position{}
	}
	return n.snap.position(n.Span().Start)
}

// KeySpan is where the key under which the node stands is written first; it
// is empty for elements of arrays and for the root.
func (n Node) KeySpan() Span {
	r := n.raw()
	return Span{int(r.keyStart), int(r.keyEnd)}
}

// ValueSpan is where the value stands. A table has none, except an inline one.
func (n Node) ValueSpan() Span {
	r := n.raw()
	if r.origin == Pair || r.origin == Item {
		return Span{int(r.start), int(r.end)}
	}
	return Span{}
}

// Span is the whole definition without comments: key = value, the [header] (of
// an array of tables the first), the element's value, or for tables that are
// only implied the key.
func (n Node) Span() Span {
	r := n.raw()
	switch r.origin {
	case Header:
		if r.kind == TableArray {
			return n.First().Span()
		}
		return Span{int(r.start), int(r.end)}
	case Pair:
		return Span{int(n.snap.pairStart(r)), int(r.end)}
	case Item:
		return n.ValueSpan()
	case Root:
		if n.IsValid() {
			return Span{n.snap.bom, len(n.snap.src)}
		}
	}
	return n.KeySpan()
}

// Raw is the node's definition as it is written (see [Node.Span]).
func (n Node) Raw() string { return n.text(n.Span()) }

// RawValue is the value as it is written (see [Node.ValueSpan]).
func (n Node) RawValue() string { return n.text(n.ValueSpan()) }

func (n Node) text(s Span) string {
	if n.snap == nil {
		return ""
	}
	return string(n.snap.src[s.Start:s.End])
}
