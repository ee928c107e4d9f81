package tomledit

import (
	"bytes"
	"slices"
	"sort"
)

// splice replaces the bytes from start to end.
type splice struct {
	start, end int
	depth      int32 // of the group, where two splices have the same range
	class      spliceClass
	seq        int
	text       []byte
	parts      []part // instead of text
	lines      bool   // whole lines that make up a node
}

// spliceClass orders what goes in at the same offset: keys belong to the
// table above, so they come before new tables.
type spliceClass uint8

const (
	insertPair spliceClass = iota
	insertBehind
	insertBefore
	replace
)

// part is new text, or old text with the edits made inside of it.
type part struct {
	text []byte
	from Span
	line bool // ends with a line break, in the file or not
}

func (e *Edit) splice(sp splice) {
	sp.seq = len(e.splices)
	e.splices = append(e.splices, sp)
}

func compareSplices(a, b *splice) int {
	switch {
	case a.start != b.start:
		return a.start - b.start
	case (a.class == replace) != (b.class == replace):
		return int(a.class) - int(b.class)
	case a.class == replace:
		if a.end != b.end {
			return b.end - a.end
		}
		if a.depth != b.depth {
			return int(a.depth - b.depth)
		}
	case a.class != b.class:
		return int(a.class) - int(b.class)
	case a.depth != b.depth:
		if a.class == insertBefore {
			return int(a.depth - b.depth)
		}
		return int(b.depth - a.depth)
	}
	return a.seq - b.seq
}

// render gives the document's bytes with all splices done.
func (e *Edit) render() []byte {
	src := e.snap.src
	sort.Slice(e.splices, func(i, j int) bool { return compareSplices(&e.splices[i], &e.splices[j]) < 0 })
	size := len(src)
	for _, sp := range e.splices {
		size += len(sp.text)
		for _, p := range sp.parts {
			size += len(p.text)
		}
	}
	out := make([]byte, 0, size)
	out = e.renderRange(out, 0, len(e.splices), Span{0, len(src)})
	if len(src) > e.snap.bom && src[len(src)-1] != '\n' && bytes.HasSuffix(out, []byte("\n")) {
		out = bytes.TrimSuffix(out[:len(out)-1], []byte("\r"))
	}
	return out
}

// renderRange appends the bytes of a span with the splices from lo to hi.
func (e *Edit) renderRange(out []byte, lo, hi int, span Span) []byte {
	src, pos := e.snap.src, span.Start
	var block *splice // the whole node that ends at pos
	for i := lo; i < hi; i++ {
		sp := &e.splices[i]
		if sp.start < pos {
			if len(sp.text) == 0 && len(sp.parts) == 0 && sp.end > pos {
				pos = sp.end
			}
			continue
		}
		if block != nil && sp.start == block.end && sp.belongsTo(block) {
			continue
		}
		out = append(out, src[pos:sp.start]...)
		if sp.class < replace {
			out = e.endLine(out)
		}
		out = append(out, sp.text...)
		for _, p := range sp.parts {
			out = append(out, p.text...)
			if p.from.Len() > 0 {
				from, to := e.inside(p.from, sp)
				out = e.renderRange(out, from, to, p.from)
			}
			if p.line {
				out = e.endLine(out)
			}
		}
		pos = sp.end
		if sp.lines {
			block = sp
		}
	}
	if pos < span.End {
		out = append(out, src[pos:span.End]...)
	}
	return out
}

// belongsTo reports whether sp, which goes in at the end of a node's lines,
// adds to that node.
func (sp *splice) belongsTo(block *splice) bool {
	return sp.class < insertBefore && sp.depth > block.depth
}

func (e *Edit) endLine(out []byte) []byte {
	if len(out) > e.snap.bom && out[len(out)-1] != '\n' {
		out = append(out, e.snap.styleOf().newline...)
	}
	return out
}

// inside finds the splices within a span that the splice sp moves.
func (e *Edit) inside(span Span, sp *splice) (lo, hi int) {
	list := e.splices
	lo = sort.Search(len(list), func(i int) bool { return list[i].start >= span.Start })
	for lo < len(list) && list[lo].start == span.Start &&
		(list[lo].class < replace || list[lo].end > span.End || list[lo].end == span.End && list[lo].depth <= sp.depth) {
		lo++
	}
	hi = lo + sort.Search(len(list)-lo, func(i int) bool { return list[lo+i].start >= span.End })
	for sp.lines && hi < len(list) && list[hi].start == span.End && list[hi].belongsTo(sp) {
		hi++
	}
	return lo, hi
}

// Bytes gives the document as it is with the changes, and leaves the document
// alone. The error joins the errors of all changes; then there are no bytes.
func (e *Edit) Bytes() ([]byte, error) {
	if e.doc.snap != e.snap {
		e.fail("edit", Node{}, ErrStale)
	}
	if err := e.Err(); err != nil {
		return nil, err
	}
	renames := slices.Clone(e.splices)
	e.deletedUpTo = -1
	e.spliceValues()
	for i := 0; i < len(e.order); i++ {
		if g := e.order[i]; g.touched && !e.isGone(g.key.parent) {
			e.spliceGroup(g)
		}
	}
	if len(e.splices) == 0 {
		return e.snap.src, nil
	}
	out := e.render()
	e.splices = renames
	return out, nil
}

// Apply changes the document. On an error, which joins the errors of all
// changes, nothing is changed.
func (e *Edit) Apply() error {
	out, err := e.Bytes()
	if err != nil {
		return err
	}
	if len(out) != len(e.snap.src) || !bytes.Equal(out, e.snap.src) {
		e.doc.snap = newSnapshot(out)
	}
	return nil
}
