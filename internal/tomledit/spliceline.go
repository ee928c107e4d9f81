package tomledit

import (
	"slices"
	"sort"
)

// spliceGroup turns the changes of one group into splices.
func (e *Edit) spliceGroup(g *group) {
	switch g.key.kind {
	case pairGroup, tableGroup:
		e.spliceLines(g)
	default:
		e.spliceList(g)
	}
}

// depthOf is how deep in the tree the members of a group are.
func (e *Edit) depthOf(g *group) int32 {
	depth := int32(0)
	for id := g.key.parent; id != 0; id = e.snap.nodes[id].parent {
		depth++
	}
	return depth
}

// block is the stretch of whole lines that defines a member of a group of
// lines, and the further stretches if there are several.
func (e *Edit) block(g *group, id int32) (first Span, more []Span) {
	s := e.snap
	if g.key.kind == pairGroup {
		x := s.nodes[id].expr
		return Span{s.leadStart(x), s.exprEnd(x)}, nil
	}
	ext := s.extentsOf()
	lo, hi := ext.min[id], ext.max[id]
	if hi-lo+1 == ext.count[id] {
		return Span{s.sectionStart(lo), s.sectionEnd(hi)}, nil
	}
	runs := Node{s, id}.sectionRuns()
	return runs[0], runs[1:]
}

// spliceLines makes the splices for siblings that are whole lines. Old ones
// that stay are put into the places that old ones had, so that the lines
// between them do not move; new ones go in behind them.
func (e *Edit) spliceLines(g *group) {
	depth := e.depthOf(g)
	var stay, places []*entry
	var fresh [][]*entry // new ones behind the i-th that stays; 0: before the first
	fresh = append(fresh, nil)
	var gone []*entry
	for x := g.head.next; x != &g.head; x = x.next {
		switch {
		case x.deleted && x.id != 0:
			gone = append(gone, x)
		case x.id == 0 && e.isLost(x):
		case x.id == 0:
			fresh[len(fresh)-1] = append(fresh[len(fresh)-1], x)
		default:
			stay = append(stay, x)
			fresh = append(fresh, nil)
		}
	}
	places = slices.Clone(stay)
	e.sortOld(g, places)
	for i, x := range stay {
		if x != places[i] {
			e.spliceMoved(g, places[i], x, depth)
		}
	}
	e.sortOld(g, gone)
	if len(stay) == 0 && len(gone) > 0 && len(fresh[0]) > 0 {
		e.spliceReplaced(g, gone[0], fresh[0], depth)
		gone, fresh[0] = gone[1:], nil
	}
	for _, x := range gone {
		e.spliceDeleted(g, x, depth)
	}
	if len(places) == 0 {
		e.spliceAlone(g, fresh[0], depth)
		return
	}
	for i, list := range fresh {
		for _, x := range list {
			if i > 0 {
				e.spliceBehind(g, places[i-1], x, depth)
			} else {
				e.spliceBefore(g, places[0], x, depth)
			}
		}
	}
}

// sortOld puts old siblings into the order of the file.
func (e *Edit) sortOld(g *group, list []*entry) {
	place := func(x *entry) int32 { return x.index }
	if g.key.kind == tableGroup {
		ext := e.snap.extentsOf()
		place = func(x *entry) int32 { return ext.min[x.id] }
	}
	sort.Slice(list, func(i, j int) bool { return place(list[i]) < place(list[j]) })
}

// spliceMoved puts the lines of x where those of place are.
func (e *Edit) spliceMoved(g *group, place, x *entry, depth int32) {
	s := e.snap
	to, more := e.block(g, place.id)
	for _, run := range more {
		e.deleteLines(g, run, depth)
	}
	from, rest := e.block(g, x.id)
	parts := []part{{from: from, line: true}}
	for _, run := range rest {
		_, blank := s.blanksBefore(run.Start)
		parts = append(parts, part{text: e.appendGap(nil, min(blank, 1))}, part{from: run, line: true})
	}
	e.splice(splice{start: to.Start, end: to.End, class: replace, lines: g.key.kind == tableGroup, depth: depth, parts: parts})
}

// spliceReplaced puts new siblings where an old one goes, if none stays.
func (e *Edit) spliceReplaced(g *group, place *entry, list []*entry, depth int32) {
	to, more := e.block(g, place.id)
	for _, run := range more {
		e.deleteLines(g, run, depth)
	}
	var text []byte
	for i, x := range list {
		if i > 0 && g.key.kind == tableGroup {
			text = e.appendGap(text, e.gapOf(g, place))
		}
		text = e.appendEntry(text, g, x, place)
	}
	e.splice(splice{start: to.Start, end: to.End, class: replace, lines: g.key.kind == tableGroup, depth: depth, text: text})
}

func (e *Edit) spliceDeleted(g *group, x *entry, depth int32) {
	first, more := e.block(g, x.id)
	e.deleteLines(g, first, depth)
	for _, run := range more {
		e.deleteLines(g, run, depth)
	}
}

// deleteLines takes lines out, and one side's blank lines where blank lines
// stand on both sides.
func (e *Edit) deleteLines(g *group, run Span, depth int32) {
	s := e.snap
	above, n := s.blanksBefore(run.Start)
	below, m := s.blanksAfter(run.End)
	e.splice(splice{start: run.Start, end: run.End, class: replace, lines: g.key.kind == tableGroup, depth: depth})
	switch {
	case above == s.bom || above == e.deletedUpTo:
		e.splice(splice{start: run.End, end: below, class: replace, depth: depth})
		e.deletedUpTo = below
	case n > 0 && (m > 0 || run.End == len(s.src)):
		e.splice(splice{start: above, end: run.Start, class: replace, depth: depth})
	}
}

// spliceBehind adds a new sibling below an old one.
func (e *Edit) spliceBehind(g *group, mark, x *entry, depth int32) {
	if g.key.kind == pairGroup {
		end := e.snap.exprEnd(e.snap.nodes[mark.id].expr)
		e.splice(splice{start: end, end: end, class: insertPair, depth: depth, text: e.appendEntry(nil, g, x, mark)})
		return
	}
	first, more := e.block(g, mark.id)
	end := first.End
	if len(more) > 0 {
		end = more[len(more)-1].End
	}
	e.spliceSection(g, mark, x, end, e.gapOf(g, mark), depth)
}

// spliceSection adds a new table at the end of the section that ends at end.
func (e *Edit) spliceSection(g *group, mark, x *entry, end, gap int, depth int32) {
	s := e.snap
	if s.contentEnd() == s.bom {
		end, gap = len(s.src), 0
	} else if n := len(s.headers); n == 0 || end >= s.exprEnd(s.sectionLast(int32(n)-1)) {
		end = s.contentEnd()
	} else if !s.isBlankLine(end) {
		gap = 0 // the next table follows without a blank line
	}
	if gap == 0 && end > s.bom && s.isCommentLine(s.lineStart(end-1)) && s.isBlankLine(end) {
		gap = 1 // or else the comment would seem to belong to the table
	}
	text := e.appendGap(nil, gap)
	text = e.appendEntry(text, g, x, mark)
	e.splice(splice{start: end, end: end, class: insertBehind, depth: depth, text: text})
}

// spliceBefore adds a new sibling above the first old one.
func (e *Edit) spliceBefore(g *group, mark, x *entry, depth int32) {
	first, _ := e.block(g, mark.id)
	text := e.appendEntry(nil, g, x, mark)
	class := insertPair
	if g.key.kind == tableGroup {
		class = insertBefore
		above, gap := e.snap.blanksBefore(first.Start)
		if above == e.snap.bom && gap == 0 {
			gap = e.snap.styleOf().gap
		}
		text = e.appendGap(text, gap)
	}
	e.splice(splice{start: first.Start, end: first.Start, class: class, depth: depth, text: text})
}

// spliceAlone adds new siblings where there are none.
func (e *Edit) spliceAlone(g *group, list []*entry, depth int32) {
	if len(list) == 0 {
		return
	}
	s := e.snap
	n := g.parent.raw()
	if g.key.kind == tableGroup {
		end, gap := s.contentEnd(), s.styleOf().gap
		if n.origin == Header && n.kind == Table {
			end, gap = s.sectionEnd(n.text), s.styleOf().subGap
		}
		for _, x := range list {
			e.spliceSection(g, nil, x, end, gap, depth)
		}
		return
	}
	var text []byte
	for _, x := range list {
		text = e.appendEntry(text, g, x, nil)
	}
	at := s.contentEnd()
	switch {
	case n.origin == Header:
		at = s.lineEnd(int(n.end))
	case len(s.headers) > 0:
		at = s.sectionStart(0)
		_, gap := s.blanksBefore(at)
		text = e.appendGap(text, max(gap, 1))
	case at == s.bom:
		at = len(s.src)
	default:
		text = append(e.appendGap(nil, 1), text...) // keep off the comment above
	}
	e.splice(splice{start: at, end: at, class: insertPair, depth: depth, text: text})
}

func (e *Edit) appendGap(dst []byte, n int) []byte {
	for range n {
		dst = append(dst, e.snap.styleOf().newline...)
	}
	return dst
}

// gapOf is how many blank lines stand above an old table.
func (e *Edit) gapOf(g *group, x *entry) int {
	s := e.snap
	ext := s.extentsOf()
	above, gap := s.blanksBefore(s.sectionStart(ext.min[x.id]))
	if above != s.bom {
		return gap
	}
	st := s.styleOf()
	if int(ext.max[x.id])+1 < len(s.headers) {
		_, gap = s.blanksBefore(s.sectionStart(ext.max[x.id] + 1))
		return gap
	}
	return st.gap
}

// appendEntry writes a new sibling as lines; near is an old sibling whose
// style it takes, or nil.
func (e *Edit) appendEntry(dst []byte, g *group, x *entry, near *entry) []byte {
	if x.section != nil {
		return e.appendNewSection(dst, g, x, near)
	}
	s, st := e.snap, e.snap.styleOf()
	indent, equals := "", st.equals
	if near != nil {
		n := &s.nodes[near.id]
		indent, equals = s.indentAt(int(s.exprs[n.expr].start)), s.equalsOf(n)
	} else if r := g.parent.raw(); r.origin == Header {
		indent = s.indentAt(int(r.start)) + st.pairIndent
	}
	dst = st.appendComment(dst, indent, x.field.Comment)
	dst = append(dst, indent...)
	dst = e.appendDottedPrefix(dst, x.parent)
	dst = st.appendPair(dst, x.field.Key, x.field.Value, equals)
	return append(dst, st.newline...)
}

// appendDottedPrefix writes the keys of the dotted tables above a new key.
func (e *Edit) appendDottedPrefix(dst []byte, table Node) []byte {
	var keys []int32
	for ; table.Origin() == Dotted; table = table.Parent() {
		keys = append(keys, table.id)
	}
	return e.appendRawKeys(dst, keys)
}

func (e *Edit) appendNewSection(dst []byte, g *group, x *entry, near *entry) []byte {
	s, st := e.snap, e.snap.styleOf()
	path := e.appendRawPath(nil, x.parent.id)
	for _, key := range x.path {
		path = append(st.appendKey(path, key), '.')
	}
	if x.owner.IsValid() {
		path = append(path, e.rawKey(x.owner.id)...)
	} else {
		path = st.appendKey(path, x.section.Key)
	}
	var indent, pairIndent string
	switch parent := x.parent.raw(); {
	case near != nil:
		ext := s.extentsOf()
		h := &s.nodes[s.headers[ext.min[near.id]].node]
		indent = s.indentAt(int(h.start))
		pairIndent = indent + st.pairIndent
		if last := s.sectionLast(h.text); last > h.expr {
			pairIndent = s.indentAt(int(s.exprs[h.expr+1].start))
		}
	case parent.origin == Header:
		indent = s.indentAt(int(parent.start)) + st.subIndent
		pairIndent = indent + st.pairIndent
	default:
		pairIndent = st.pairIndent
	}
	return st.appendSection(dst, x.section, string(path), indent, pairIndent, st.subGap)
}

// appendRawPath writes the keys above a node of the given table, as the file
// spells them, each with a dot behind it.
func (e *Edit) appendRawPath(dst []byte, table int32) []byte {
	var keys []int32
	for ; table != 0; table = e.snap.nodes[table].parent {
		if e.snap.nodes[table].keyEnd != 0 {
			keys = append(keys, table)
		}
	}
	return e.appendRawKeys(dst, keys)
}

// appendRawKeys writes keys from the last to the first.
func (e *Edit) appendRawKeys(dst []byte, keys []int32) []byte {
	for _, id := range slices.Backward(keys) {
		dst = append(append(dst, e.rawKey(id)...), '.')
	}
	return dst
}

// rawKey is a node's key as it will be spelled.
func (e *Edit) rawKey(id int32) []byte {
	if raw, ok := e.renamed[id]; ok {
		return raw
	}
	n := &e.snap.nodes[id]
	return e.snap.src[n.keyStart:n.keyEnd]
}
