package tomledit

import (
	"bytes"
	"hash/maphash"
	"math"

	"github.com/pelletier/go-toml/v2/unstable"
)

// tree is the index over one snapshot: all nodes in one slice, linked by
// their places in it. Node 0 is the root; as a link, 0 means none.
type tree struct {
	nodes   []node
	exprs   []expr
	headers []header
	faults  []Fault
	decoded [][]byte // texts of strings and keys that hold escapes
	seed    maphash.Seed
	large   map[uint64]int32 // children of tables with more than smallTable of them
}

// smallTable is the number of children up to which a search walks them.
const smallTable = 8

// node is one entry of the tree, kept small: there is one for each key, value
// and table.
type node struct {
	parent, next int32
	first, last  int32 // children
	count        int32
	expr         int32 // the expression that defines it, -1 for none
	hash         uint32
	keyStart     uint32 // the key part under which it stands
	keyEnd       uint32
	start, end   uint32 // the value, or the header from [ to ]
	keyText      int32  // decoded key, 1-based, 0: as written
	text         int32  // decoded string, 1-based; for a header table its place in headers
	kind         Kind
	origin       Origin
	duplicate    bool
}

// expr is one line of meaning at the top level: a header or a key = value.
type expr struct {
	start, end uint32 // without comments
	node       int32
}

// header is one table expression.
type header struct {
	expr int32
	node int32
}

type builder struct {
	*snapshot
	parser unstable.Parser
	table  int32 // the table that key = value lines now go to
}

func (s *snapshot) build() error {
	if len(s.src) > math.MaxInt32 {
		return s.syntaxError(0, "file is larger than 2 GiB")
	}
	b := &builder{snapshot: s}
	lines := bytes.Count(s.src, []byte{'\n'})
	s.seed = maphash.MakeSeed()
	s.exprs = make([]expr, 0, lines+1)
	s.nodes = make([]node, 1, lines+bytes.Count(s.src, []byte{','})+8)
	s.headers = make([]header, 0, bytes.Count(s.src, []byte{'['}))
	s.nodes[0] = node{kind: Table, origin: Root, expr: -1}
	b.parser.Reset(s.src[s.bom:])
	for b.parser.NextExpression() {
		e := b.parser.Expression()
		switch e.Kind {
		case unstable.KeyValue:
			b.pair(e)
		case unstable.Table, unstable.ArrayTable:
			b.header(e)
		}
	}
	if err := b.parser.Error(); err != nil {
		offset := len(s.src)
		if pe, ok := err.(*unstable.ParserError); ok {
			offset = cap(s.src) - cap(pe.Highlight)
		}
		s.tree = tree{nodes: []node{{kind: Table, origin: Root, expr: -1}}, seed: s.seed}
		return s.syntaxError(offset, err.Error())
	}
	return nil
}

// offset is where a part of the source begins.
func (b *builder) offset(r unstable.Range) uint32 { return r.Offset + uint32(b.bom) }

func (b *builder) pair(e *unstable.Node) {
	start := b.offset(e.Raw)
	x := int32(len(b.exprs))
	b.exprs = append(b.exprs, expr{start: start, end: start + e.Raw.Length})
	b.exprs[x].node = b.keyValue(b.table, e, x)
}

// keyValue adds a key = value of a table or an inline table.
func (b *builder) keyValue(table int32, e *unstable.Node, x int32) int32 {
	var key *unstable.Node
	it := e.Key()
	for it.Next() {
		key = it.Node()
		if !it.IsLast() {
			table = b.dottedTable(table, key, x)
		}
	}
	earlier := b.find(table, key.Data)
	id := b.child(table, key, x)
	n := &b.nodes[id]
	n.origin = Pair
	if earlier != 0 {
		n.duplicate = true
		b.fault(b.duplicateKind(earlier), n.keyStart, id, earlier)
	}
	pos := skipBlank(b.src, int(n.keyEnd))
	pos = skipBlank(b.src, pos+1)
	b.value(id, e.Value(), uint32(pos))
	return id
}

func (b *builder) duplicateKind(earlier int32) FaultKind {
	if b.nodes[earlier].kind == TableArray {
		return ArrayClash
	}
	return DuplicateKey
}

// dottedTable is the table that a part of a dotted key names. Dotted keys may
// only add to tables that dotted keys have made.
func (b *builder) dottedTable(table int32, key *unstable.Node, x int32) int32 {
	earlier := b.find(table, key.Data)
	if earlier != 0 {
		n := &b.nodes[earlier]
		kind := ExtendsHeader
		switch {
		case n.kind == Table && n.origin == Dotted:
			return earlier
		case n.kind == Table:
			b.fault(kind, b.offset(key.Raw), earlier, earlier)
			return earlier
		case n.kind == TableArray:
			kind = ArrayClash
		case n.kind == InlineTable:
			kind = ExtendsInline
		default:
			kind = ValueClash
		}
		id := b.child(table, key, x)
		b.nodes[id].kind, b.nodes[id].origin, b.nodes[id].duplicate = Table, Dotted, true
		b.fault(kind, b.offset(key.Raw), id, earlier)
		return id
	}
	id := b.child(table, key, x)
	b.nodes[id].kind, b.nodes[id].origin = Table, Dotted
	return id
}

// header adds the table of a [header] or [[header]].
func (b *builder) header(e *unstable.Node) {
	x := int32(len(b.exprs))
	b.exprs = append(b.exprs, expr{})
	table := int32(0)
	it := e.Key()
	var key *unstable.Node
	start := b.headerStart(b.offset(e.Child().Raw), e.Kind)
	for it.Next() {
		key = it.Node()
		if !it.IsLast() {
			table = b.impliedTable(table, key)
		}
	}
	end := skipBlank(b.src, int(b.offset(key.Raw)+key.Raw.Length)) + 1
	if e.Kind == unstable.ArrayTable {
		end++
		b.table = b.arrayElement(table, key, x)
	} else {
		b.table = b.headerTable(table, key, x)
	}
	n := &b.nodes[b.table]
	n.start, n.end, n.expr = start, uint32(end), x
	n.text = int32(len(b.headers))
	b.exprs[x] = expr{start: start, end: uint32(end), node: b.table}
	b.headers = append(b.headers, header{expr: x, node: b.table})
}

// headerStart goes back from a header's first key to its bracket.
func (b *builder) headerStart(key uint32, kind unstable.Kind) uint32 {
	i := key - 1
	for b.src[i] != '[' {
		i--
	}
	if kind == unstable.ArrayTable {
		i--
	}
	return i
}

// impliedTable is the table that a part of a header other than the last names.
func (b *builder) impliedTable(table int32, key *unstable.Node) int32 {
	earlier := b.find(table, key.Data)
	if earlier != 0 {
		n := &b.nodes[earlier]
		switch n.kind {
		case Table:
			return earlier
		case TableArray:
			return n.last
		}
	}
	id := b.child(table, key, -1)
	n := &b.nodes[id]
	n.kind, n.origin = Table, Implicit
	if earlier != 0 {
		n.duplicate = true
		kind := ValueClash
		switch b.nodes[earlier].kind {
		case InlineTable:
			kind = ExtendsInline
		case Array:
			kind = ArrayClash
		}
		b.fault(kind, n.keyStart, id, earlier)
	}
	return id
}

func (b *builder) headerTable(table int32, key *unstable.Node, x int32) int32 {
	earlier := b.find(table, key.Data)
	if earlier != 0 {
		if n := &b.nodes[earlier]; n.kind == Table && n.origin == Implicit {
			n.origin = Header
			n.keyStart = b.offset(key.Raw)
			n.keyEnd = n.keyStart + key.Raw.Length
			b.setKeyText(n, key.Data)
			return earlier
		}
	}
	id := b.child(table, key, x)
	n := &b.nodes[id]
	n.kind, n.origin = Table, Header
	if earlier != 0 {
		n.duplicate = true
		kind := ValueClash
		switch e := &b.nodes[earlier]; {
		case e.kind == Table && e.origin == Dotted:
			kind = ExtendsDotted
		case e.kind == Table:
			kind = DuplicateTable
		case e.kind == TableArray, e.kind == Array:
			kind = ArrayClash
		case e.kind == InlineTable:
			kind = ExtendsInline
		}
		b.fault(kind, n.keyStart, id, earlier)
	}
	return id
}

func (b *builder) arrayElement(table int32, key *unstable.Node, x int32) int32 {
	array := b.find(table, key.Data)
	if array == 0 || b.nodes[array].kind != TableArray {
		earlier := array
		array = b.child(table, key, x)
		n := &b.nodes[array]
		n.kind, n.origin = TableArray, Header
		if earlier != 0 {
			n.duplicate = true
			b.fault(ArrayClash, n.keyStart, array, earlier)
		}
	}
	id := b.add(array, node{kind: Table, origin: Header, expr: x})
	return id
}

// child adds a node under a key.
func (b *builder) child(parent int32, key *unstable.Node, x int32) int32 {
	n := node{keyStart: b.offset(key.Raw), expr: x}
	n.keyEnd = n.keyStart + key.Raw.Length
	n.hash = uint32(maphash.Bytes(b.seed, key.Data))
	b.setKeyText(&n, key.Data)
	id := b.add(parent, n)
	p := &b.nodes[parent]
	switch {
	case p.count == smallTable+1:
		for c := p.first; c != 0; c = b.nodes[c].next {
			b.remember(parent, c)
		}
	case p.count > smallTable:
		b.remember(parent, id)
	}
	return id
}

func (b *builder) setKeyText(n *node, text []byte) {
	n.keyText = 0
	if b.src[n.keyStart] == '"' {
		n.keyText = b.keepDecoded(n.keyStart, n.keyEnd, text)
	}
}

// add links a node behind its parent's other children.
func (b *builder) add(parent int32, n node) int32 {
	id := int32(len(b.nodes))
	n.parent = parent
	b.nodes = append(b.nodes, n)
	p := &b.nodes[parent]
	if p.last == 0 {
		p.first = id
	} else {
		b.nodes[p.last].next = id
	}
	p.last = id
	p.count++
	return id
}
