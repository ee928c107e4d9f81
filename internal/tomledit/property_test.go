package tomledit

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// editor makes random edits of a document and of its model.
type editor struct {
	*rand.Rand
	e     *Edit
	doc   *Document
	root  *model
	byID  map[int32]*model
	fresh int
	log   []string
	spans []Span // where the file may change
	moved bool
}

func newEditor(t testing.TB, r *rand.Rand, doc *Document) *editor {
	x := &editor{Rand: r, doc: doc, e: doc.Edit()}
	x.root, x.byID = modelOf(t, doc.Root())
	return x
}

func (x *editor) node() Node {
	return Node{x.doc.snap, int32(x.IntN(len(x.doc.snap.nodes)))}
}

func (x *editor) newKey() string {
	x.fresh++
	return []string{"new%d", "new.%d", "neu \"%d"}[x.IntN(3)] // the number makes it unique
}

func (x *editor) value(depth int) Value {
	n := 6
	if depth == 0 {
		n = 4
	}
	switch x.IntN(n) {
	case 0:
		return BoolValue(x.IntN(2) == 0)
	case 1:
		return IntValue(int64(x.IntN(100)))
	case 2, 3:
		return StringValue([]string{"s", "it's", "tab\t\"\\", "line\nbreak", "\x7f\x00"}[x.IntN(5)])
	case 4:
		var list []Value
		for range x.IntN(4) {
			list = append(list, x.value(depth-1))
		}
		return ArrayValue(list...)
	}
	var fields []Field
	for i := range x.IntN(3) {
		fields = append(fields, Field{Key: []string{"i0", "f", "g h"}[i], Value: x.value(depth - 1)})
	}
	return TableValue(fields...)
}

// place chooses among the siblings for which accept holds.
func (x *editor) place(siblings []Node) Place {
	switch i := x.IntN(4); {
	case i == 0 || len(siblings) == 0:
		return Last()
	case i == 1:
		return First()
	case i == 2:
		return Before(siblings[x.IntN(len(siblings))])
	default:
		return After(siblings[x.IntN(len(siblings))])
	}
}

// insertAt does to the model what inserting or moving does to an array.
func (x *editor) insertAt(m, k *model, at Place) {
	switch at.kind {
	case placeFirst:
		m.add(k, 0)
	case placeLast:
		m.add(k, len(m.kids))
	case placeBefore:
		m.add(k, m.index(x.byID[at.node.id]))
	case placeAfter:
		m.add(k, m.index(x.byID[at.node.id])+1)
	}
}

func (x *editor) step() {
	n := x.node()
	m := x.byID[n.id]
	errs := len(x.e.errs)
	what, commit := x.try(n, m)
	if len(x.e.errs) > errs {
		what += ": " + x.e.errs[errs].Error()
		x.e.errs = x.e.errs[:errs]
	} else if commit != nil {
		commit()
	}
	if what != "" {
		x.log = append(x.log, what)
	}
}

func (x *editor) try(n Node, m *model) (string, func()) {
	switch x.IntN(8) {
	case 0: // set
		if n.Origin() != Pair && n.Origin() != Item {
			return "", nil
		}
		v := x.value(2)
		x.e.SetValue(n, v)
		x.touch(n)
		return fmt.Sprintf("set %s %s to %s", n.Name(), n.Position(), v.show()), func() {
			k := valueModel(v)
			m.kind, m.value, m.kids = k.kind, k.value, k.kids
			m.touched = true
		}
	case 1: // new key
		if !n.IsTable() {
			return "", nil
		}
		key := fmt.Sprintf(strings.ReplaceAll(x.newKey(), "%d", "%[1]d"), x.fresh)
		v := x.value(2)
		if x.IntN(2) == 0 || n.Origin() == Implicit {
			x.e.Set(n, key, v)
		} else {
			var pairs []Node
			for c := range n.Children() {
				if c.Origin() == Pair {
					pairs = append(pairs, c)
				}
			}
			x.e.Insert(n, x.place(pairs), Field{Key: key, Value: v})
		}
		x.touch(n)
		return fmt.Sprintf("add %q to %s %s", key, n.Name(), n.Position()), func() {
			k := valueModel(v)
			k.key = key
			if !m.touched {
				m.add(k, len(m.kids))
			}
		}
	case 2: // delete
		if n.id == 0 {
			return "", nil
		}
		x.e.Delete(n)
		x.touch(n)
		return fmt.Sprintf("delete %s %s", n.Name(), n.Position()), func() { m.gone = true }
	case 3: // rename
		key := fmt.Sprintf(strings.ReplaceAll(x.newKey(), "%d", "%[1]d"), x.fresh)
		if n.id == 0 || n.raw().keyEnd == 0 {
			return "", nil
		}
		if _, done := x.e.renamed[n.id]; done {
			return "", nil
		}
		x.e.Rename(n, key)
		x.spans = append(x.spans, n.keySpans()...)
		return fmt.Sprintf("rename %s %s to %q", n.Name(), n.Position(), key), func() { m.key = key }
	case 4: // insert item
		if n.Kind() != Array {
			return "", nil
		}
		v, at := x.value(1), x.place(slices.Collect(n.Children()))
		x.e.InsertItem(n, at, v)
		x.touch(n)
		return fmt.Sprintf("insert %s into %s %s at %d", v.show(), n.Name(), n.Position(), at.kind), func() {
			if !m.touched {
				x.insertAt(m, valueModel(v), at)
			}
		}
	case 5: // insert table
		return x.insertTable(n, m)
	case 6: // move
		if n.id == 0 {
			return "", nil
		}
		var like []Node
		for c := range n.Parent().Children() {
			if x.e.kindOf(c) == x.e.kindOf(n) {
				like = append(like, c)
			}
		}
		at := x.place(like)
		if at.node == n {
			return "", nil
		}
		x.e.Move(n, at)
		x.moved = true
		return fmt.Sprintf("move %s %s to %d %v", n.Name(), n.Position(), at.kind, at.node.Position()), func() {
			p := m.parent
			if p.touched || p.index(m) < 0 {
				return
			}
			p.kids = slices.Delete(p.kids, p.index(m), p.index(m)+1)
			x.insertAt(p, m, at)
		}
	}
	return "", nil
}

func (x *editor) insertTable(n Node, m *model) (string, func()) {
	parent, pm, at := n, m, Last()
	key := fmt.Sprintf("tab%d", x.fresh)
	x.fresh++
	list := (*model)(nil)
	switch {
	case n.Kind() == TableArray:
		at = x.place(slices.Collect(n.Children()))
		parent, pm, key, list = n.Parent(), m.parent, n.Key(), m
		if list.gone {
			at = Last()
		}
		if _, renamed := x.e.renamed[n.id]; renamed {
			return "", nil
		}
	case n.Kind() != Table || n.Origin() == Dotted:
		return "", nil
	}
	sec := Section{Key: key, Array: list != nil || x.IntN(2) == 0, Comment: "new", Fields: []Field{{Key: "f", Value: x.value(1)}}}
	if x.IntN(3) == 0 {
		sec.Sections = []Section{{Key: "sub", Array: x.IntN(2) == 0, Fields: []Field{{Key: "g", Value: x.value(1)}}}}
	}
	x.e.InsertTable(parent, at, sec)
	x.touch(n)
	return fmt.Sprintf("insert table %q in %s %s", key, n.Name(), n.Position()), func() {
		k := sectionModel(sec)
		if list != nil && !list.gone {
			x.insertAt(list, k, at)
			return
		}
		if again := pm.child(key); list != nil && again != nil {
			again.add(k, len(again.kids))
			return
		}
		if sec.Array {
			a := &model{key: key, kind: TableArray}
			a.add(k, 0)
			k = a
		}
		k.key = key
		pm.add(k, len(pm.kids))
	}
}

func sectionModel(sec Section) *model {
	m := &model{kind: Table, origin: Header, key: sec.Key}
	for _, f := range sec.Fields {
		k := valueModel(f.Value)
		k.key = f.Key
		m.add(k, len(m.kids))
	}
	for _, sub := range sec.Sections {
		k := sectionModel(sub)
		if sub.Array {
			a := &model{key: sub.Key, kind: TableArray}
			a.add(k, 0)
			k = a
		}
		k.key = sub.Key
		m.add(k, len(m.kids))
	}
	return m
}

func (v Value) show() string {
	return string((&style{quote: '"'}).appendValue(nil, v, '"'))
}

// touch notes the lines that an edit of n may change.
func (x *editor) touch(n Node) {
	s := x.doc.snap
	if n.Origin() == Dotted && x.e.kindOf(n) == pairGroup {
		x.spans = append(x.spans, n.runs()...)
	}
	for n.Origin() == Item || n.Origin() == Pair && n.raw().expr < 0 || n.Origin() == Dotted {
		n = n.Parent()
	}
	switch n.Origin() {
	case Pair:
		x.spans = append(x.spans, Span{s.leadStart(n.raw().expr), s.exprEnd(n.raw().expr)})
	case Root:
	default:
		x.spans = append(x.spans, n.Extent())
	}
}

// check compares the edited document with the model, and the lines that no
// edit has touched with the original.
func (x *editor) check(t testing.TB) {
	src := x.doc.Bytes()
	out, err := x.e.Bytes()
	require.NoError(t, err)
	explain := func() string {
		return fmt.Sprintf("before:\n%s\nedits:\n%s\nafter:\n%s", src, strings.Join(x.log, "\n"), out)
	}
	got, err := unmarshal(out[x.doc.snap.bom:])
	require.NoError(t, err, "%s", lazy(explain))
	require.Equal(t, x.root.plainValue(), got, "%s", lazy(explain))
	again, err := Parse(out)
	require.NoError(t, err)
	require.Empty(t, again.Faults())
	if !x.moved {
		x.checkLines(t, string(out), explain)
	}
	if len(x.log) == 0 {
		require.Equal(t, string(src), string(out))
	}
}

type lazy func() string

func (f lazy) String() string { return f() }

// checkLines looks for the untouched lines of the original, in order.
func (x *editor) checkLines(t testing.TB, out string, explain func() string) {
	s := x.doc.snap
	lines := strings.Split(out, "\n")
	i := 0
	for start := s.bom; start < len(s.src); {
		end := s.lineEnd(start)
		line := strings.TrimSuffix(string(s.src[start:end]), "\n")
		free := slices.ContainsFunc(x.spans, func(sp Span) bool { return start < sp.End && sp.Start < end })
		if !free && strings.TrimSpace(line) != "" {
			for i < len(lines) && strings.TrimSuffix(strings.TrimPrefix(lines[i], "\ufeff"), "\r") != strings.TrimSuffix(line, "\r") {
				i++
			}
			require.Less(t, i, len(lines), "line %q is lost\n%s", line, lazy(explain))
			i++
		}
		start = end
	}
}

func TestRandomEdits(t *testing.T) {
	rounds := 3000
	if testing.Short() {
		rounds = 500
	}
	for seed := range rounds {
		r := rand.New(rand.NewPCG(uint64(seed), 1))
		src := randomDoc(r)
		doc, err := Parse([]byte(src))
		require.NoError(t, err, src)
		require.Empty(t, doc.Faults(), src)
		x := newEditor(t, r, doc)
		want, err := unmarshal([]byte(strings.TrimPrefix(src, "\ufeff")))
		require.NoError(t, err, src)
		require.Equal(t, want, x.root.plainValue(), src)
		for range 1 + r.IntN(8) {
			x.step()
		}
		x.check(t)
	}
}
