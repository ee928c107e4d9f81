package tomledit

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// there is how to find a node again after an edit elsewhere: its places among
// the children, from the root.
func there(n Node) []int {
	var way []int
	for ; n.id != 0; n = n.Parent() {
		way = append(way, n.Index())
	}
	slices.Reverse(way)
	return way
}

func follow(doc *Document, way []int) Node {
	n := doc.Root()
	for _, i := range way {
		n = n.At(i)
	}
	return n
}

// TestInverse undoes random edits by their opposites and looks for the
// original bytes.
func TestInverse(t *testing.T) {
	rounds := 6000
	if testing.Short() {
		rounds = 1000
	}
	for seed := range rounds {
		r := rand.New(rand.NewPCG(uint64(seed), 3))
		src := randomDoc(r)
		doc, err := Parse([]byte(src))
		require.NoError(t, err)
		x := newEditor(t, r, doc)
		n := x.node()
		way := there(n)
		undo := x.invertible(t, n, way)
		if undo == nil || x.e.Err() != nil {
			continue
		}
		require.NoError(t, x.e.Apply())
		between := string(doc.Bytes())
		e := doc.Edit()
		undo(e)
		require.NoError(t, e.Apply(), "%s\n%s", src, between)
		require.Equal(t, src, string(doc.Bytes()), "%s between:\n%s", x.log, between)
	}
}

// invertible makes one edit, and gives the one that undoes it.
func (x *editor) invertible(t *testing.T, n Node, way []int) func(e *Edit) {
	doc := x.doc
	switch x.IntN(6) {
	case 0:
		if n.Origin() != Pair && n.Origin() != Item || n.Kind() == Array || n.Kind() == InlineTable {
			return nil
		}
		x.log = append(x.log, "set")
		old, err := RawValue(n.RawValue())
		require.NoError(t, err)
		x.e.SetValue(n, x.value(1))
		return func(e *Edit) { e.SetValue(follow(doc, way), old) }
	case 1:
		if !n.IsTable() || n.Kind() == InlineTable && n.Len() == 0 || n.Origin() == Implicit {
			return nil
		}
		x.log = append(x.log, "insert key in "+n.Name())
		var pairs []Node
		for c := range n.Children() {
			if c.Origin() == Pair {
				pairs = append(pairs, c)
			}
		}
		x.e.Insert(n, x.place(pairs), Field{Key: "neu", Value: x.value(1)})
		return func(e *Edit) { e.Delete(follow(doc, way).Child("neu")) }
	case 2:
		if n.Kind() != Table || n.Origin() == Dotted {
			return nil
		}
		x.log = append(x.log, "insert table in "+n.Name())
		var tables []Node
		for c := range n.Children() {
			if c.Kind() == Table && c.Origin() != Dotted || c.Kind() == TableArray {
				tables = append(tables, c)
			}
		}
		x.e.InsertTable(n, x.place(tables), Section{Key: "neu", Array: x.IntN(2) == 0, Fields: []Field{{Key: "f", Value: x.value(1)}}})
		return func(e *Edit) { e.Delete(follow(doc, way).Child("neu")) }
	case 3:
		if n.Kind() != Array {
			return nil
		}
		at := x.place(slices.Collect(n.Children()))
		i := 0
		switch at.kind {
		case placeLast:
			i = n.Len()
		case placeBefore:
			i = at.node.Index()
		case placeAfter:
			i = at.node.Index() + 1
		}
		x.log = append(x.log, "insert item")
		x.e.InsertItem(n, at, IntValue(1))
		return func(e *Edit) { e.Delete(follow(doc, way).At(i)) }
	case 4:
		if n.Parent().Kind() != TableArray && n.Parent().Kind() != Array || n.Parent().Len() < 2 {
			return nil
		}
		p := n.Parent()
		for c := range p.Children() {
			if s := doc.snap; c.Origin() == Header && s.isCommentLine(s.lineStart(c.Extent().End-1)) {
				return nil // a comment that ends a table may come to stand above a header
			}
		}
		from, to := n.Index(), x.IntN(p.Len())
		if from == to {
			return nil
		}
		move := func(e *Edit, p Node, from, to int) {
			if from < to {
				e.Move(p.At(from), After(p.At(to)))
			} else {
				e.Move(p.At(from), Before(p.At(to)))
			}
		}
		x.log = append(x.log, "move in "+p.Name())
		move(x.e, p, from, to)
		up := way[:len(way)-1]
		return func(e *Edit) { move(e, follow(doc, up), to, from) }
	case 5:
		if n.raw().keyEnd == 0 || n.Key() != n.RawKey() || n.Kind() == TableArray {
			return nil
		}
		for _, s := range n.keySpans() {
			if string(doc.Bytes()[s.Start:s.End]) != n.Key() {
				return nil
			}
		}
		x.log = append(x.log, "rename "+n.Name())
		old := n.Key()
		x.e.Rename(n, "neu")
		return func(e *Edit) { e.Rename(follow(doc, way), old) }
	}
	return nil
}
