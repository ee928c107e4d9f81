package tomledit

import (
	"bytes"
	"slices"
)

// spliceList makes the splice for the elements of an array value or the keys
// of an inline table: it puts the stretch from the first to the last together
// again out of old and new pieces.
func (e *Edit) spliceList(g *group) {
	l := &list{Edit: e, g: g, depth: e.depthOf(g), open: int(g.parent.raw().start), close: int(g.parent.raw().end) - 1}
	for i := range g.old {
		l.spans = append(l.spans, Node{e.snap, g.old[i].id}.Span())
	}
	for x := g.head.next; x != &g.head; x = x.next {
		if !x.deleted && !e.isLost(x) {
			l.want = append(l.want, x)
		}
	}
	switch {
	case len(l.spans) == 0:
		l.fill()
	case len(l.want) == 0:
		l.clear()
	case l.readRows():
		l.spliceRows()
	default:
		l.spliceInline()
	}
}

// list is an array value or inline table that changes.
type list struct {
	*Edit
	g           *group
	depth       int32
	open, close int    // offsets of the brackets
	spans       []Span // of the old elements
	want        []*entry
	rows        []row
}

// row is an element with a line, or several, of its own.
type row struct {
	lead  int // where its comment block begins, or its line
	comma int // offset of the comma behind it, -1: none
	end   int // end of its line, before the break
}

// text writes a new element.
func (l *list) text(x *entry) []byte {
	st := l.snap.styleOf()
	if x.field != nil {
		equals := " = "
		if len(l.g.old) > 0 {
			equals = l.snap.equalsOf(&l.snap.nodes[l.g.old[0].id])
		}
		dst := l.appendDottedPrefix(nil, x.parent)
		return st.appendPair(dst, x.field.Key, x.field.Value, equals)
	}
	return st.appendValue(nil, *x.value, l.quote())
}

// quote is the quote of the array's first string, or of the file's.
func (l *list) quote() byte {
	for i := range l.g.old {
		if n := &l.snap.nodes[l.g.old[i].id]; n.kind == String {
			return l.snap.src[n.start]
		}
	}
	return l.snap.styleOf().quote
}

func (l *list) piece(x *entry) part {
	if x.id != 0 {
		return part{from: l.spans[x.index]}
	}
	return part{text: l.text(x)}
}

func (l *list) replace(start, end int, parts []part) {
	l.splice(splice{start: start, end: end, class: replace, depth: l.depth, parts: parts})
}

// fill writes into empty brackets.
func (l *list) fill() {
	if len(l.want) == 0 {
		return
	}
	s := l.snap
	inside := s.src[l.open+1 : l.close]
	line := s.lineStart(l.close)
	if l.g.key.kind == itemGroup && line > l.open && skipBlank(s.src, line) == l.close {
		indent := s.indentAt(l.close) + "  "
		var parts []part
		for _, x := range l.want {
			parts = append(parts, part{text: []byte(indent)}, l.piece(x), part{text: []byte("," + s.styleOf().newline)})
		}
		l.replace(line, line, parts)
		return
	}
	pad := ""
	if len(bytes.Trim(inside, " \t")) == 0 {
		pad = string(inside)
	}
	end := ""
	if l.g.key.kind == inlineGroup && len(inside) == 0 {
		pad, end = " ", " "
	}
	parts := []part{{text: []byte(pad)}}
	for i, x := range l.want {
		if i > 0 {
			parts = append(parts, part{text: []byte(", ")})
		}
		parts = append(parts, l.piece(x))
	}
	l.replace(l.open+1, l.open+1, append(parts, part{text: []byte(end)}))
}

// clear takes all elements out and leaves comments in.
func (l *list) clear() {
	s := l.snap
	if l.readRows() {
		var parts []part
		for i := range l.rows {
			if o := l.orphan(i); bytes.IndexByte(o, '#') >= 0 {
				parts = append(parts, part{text: o})
			}
		}
		last := l.rows[len(l.rows)-1]
		l.replace(l.rows[0].lead, s.lineEnd(last.end), parts)
		return
	}
	last := l.spans[len(l.spans)-1].End
	comma := l.commaAfter(last, l.close)
	start := l.spans[0].Start
	if len(bytes.Trim(s.src[l.open+1:start], " \t")) == 0 {
		start = l.open + 1
	}
	end := last
	if comma >= 0 && len(bytes.Trim(s.src[last:comma], " \t")) == 0 {
		end = comma + 1
	} else if comma >= 0 {
		l.replace(comma, comma+1, nil)
	}
	if l.g.key.kind == inlineGroup && len(bytes.Trim(s.src[end:l.close], " \t")) == 0 {
		end = l.close
	}
	l.replace(start, end, nil)
}

// commaAfter finds the comma between i and limit, outside of comments.
func (l *list) commaAfter(i, limit int) int {
	for ; i < limit; i++ {
		switch l.snap.src[i] {
		case ',':
			return i
		case '#':
			i = l.snap.lineEnd(i) - 1
		}
	}
	return -1
}

// readRows reports whether each element has lines to itself, and finds them.
func (l *list) readRows() bool {
	s := l.snap
	if l.rows != nil {
		return true
	}
	rows := make([]row, 0, len(l.spans))
	floor := s.lineEnd(l.open)
	for _, span := range l.spans {
		start := s.lineStart(span.Start)
		if start < floor || skipBlank(s.src, start) != span.Start {
			return false
		}
		r := row{lead: start, comma: -1}
		for r.lead > floor && s.isCommentLine(s.lineStart(r.lead-1)) {
			r.lead = s.lineStart(r.lead - 1)
		}
		i := skipBlank(s.src, span.End)
		if s.src[i] == ',' {
			r.comma = i
			i = skipBlank(s.src, i+1)
		}
		if c := s.src[i]; c != '#' && c != '\n' && c != '\r' {
			return false
		}
		floor = s.lineEnd(i)
		r.end = s.trimBreak(i, floor)
		rows = append(rows, r)
	}
	last := rows[len(rows)-1]
	if last.comma < 0 && l.commaAfter(last.end, l.close) >= 0 {
		return false // the comma stands on a line of its own
	}
	for _, r := range rows[:len(rows)-1] {
		if r.comma < 0 {
			return false
		}
	}
	l.rows = rows
	return true
}

// orphan is what stands between row i and the row before it: blank lines and
// comments apart.
func (l *list) orphan(i int) []byte {
	if i == 0 {
		return nil
	}
	return l.snap.src[l.snap.lineEnd(l.rows[i-1].end):l.rows[i].lead]
}

// breakBehind is the line break at the end of a row.
func (l *list) breakBehind(x *entry) part {
	s := l.snap
	if x == nil || x.id == 0 {
		return part{text: []byte(s.styleOf().newline)}
	}
	end := l.rows[x.index].end
	return part{text: s.src[end:s.lineEnd(end)]}
}

func (l *list) spliceRows() {
	s := l.snap
	first, last := l.rows[0], l.rows[len(l.rows)-1]
	indent := s.indentAt(l.spans[0].Start)
	stay := make([]int32, 0, len(l.want)) // places of old elements that stay
	kept := make([]bool, len(l.rows))
	for _, x := range l.want {
		if x.id != 0 {
			stay = append(stay, x.index)
			kept[x.index] = true
		}
	}
	slices.Sort(stay)
	var parts []part
	next := 0 // row whose orphans come next
	for k, x := range l.want {
		if k > 0 {
			parts = append(parts, l.breakBehind(l.want[k-1]))
		}
		if x.id == 0 {
			parts = append(parts, part{text: []byte(indent)}, l.piece(x))
		} else {
			for ; next <= int(stay[0]); next++ {
				if o := l.orphan(next); len(o) > 0 && (kept[next] || bytes.IndexByte(o, '#') >= 0) {
					parts = append(parts, part{text: o})
				}
			}
			stay = stay[1:]
			parts = append(parts, part{text: s.src[l.rows[x.index].lead:l.spans[x.index].Start]}, l.piece(x))
		}
		if k < len(l.want)-1 || last.comma >= 0 {
			if x.id != 0 && l.rows[x.index].comma >= 0 {
				parts = append(parts, part{text: s.src[l.spans[x.index].End:l.rows[x.index].comma]})
			}
			parts = append(parts, part{text: []byte(",")})
		}
		if x.id != 0 {
			r := l.rows[x.index]
			parts = append(parts, part{text: s.src[max(l.spans[x.index].End, r.comma+1):r.end]})
		}
	}
	for ; next < len(l.rows); next++ {
		if o := l.orphan(next); bytes.IndexByte(o, '#') >= 0 {
			parts = append(parts, l.breakBehind(nil), part{text: bytes.TrimRight(o, "\r\n")})
		}
	}
	l.replace(first.lead, last.end, parts)
}

// spliceInline keeps the separators of elements that stay neighbours.
func (l *list) spliceInline() {
	s := l.snap
	sep := func(i int) []byte { return s.src[l.spans[i].End:l.spans[i+1].Start] }
	hasComment := func(b []byte) bool { return bytes.IndexByte(b, '#') >= 0 }
	plain := func(b []byte) []byte {
		if hasComment(b) {
			return []byte(", ")
		}
		return b
	}
	outer := []byte(", ")
	if len(l.spans) > 1 {
		outer = plain(sep(0))
	}
	var stay []int32
	for _, x := range l.want {
		if x.id != 0 {
			stay = append(stay, x.index)
		}
	}
	slices.Sort(stay)
	var parts []part
	seen := 0 // how many that stay have been written
	for k, x := range l.want {
		if k > 0 {
			var between []byte
			switch {
			case seen == 0:
				between = outer
			case seen < len(stay):
				from, to := int(stay[seen-1]), int(stay[seen])
				between = sep(from)
				for i := from; i < to; i++ {
					if hasComment(sep(i)) {
						between = sep(i)
						break
					}
				}
				if x.id == 0 {
					between = plain(between)
				}
			case len(l.spans) > 1:
				between = plain(sep(len(l.spans) - 2))
			default:
				between = outer
			}
			parts = append(parts, part{text: between})
		}
		parts = append(parts, l.piece(x))
		if x.id != 0 {
			seen++
		}
	}
	if len(stay) > 0 { // comments behind the last that stays
		for i := int(stay[len(stay)-1]); i < len(l.spans)-1; i++ {
			if hasComment(sep(i)) {
				parts = append(parts, part{text: bytes.Replace(sep(i), []byte(","), nil, 1)})
			}
		}
	}
	l.replace(l.spans[0].Start, l.spans[len(l.spans)-1].End, parts)
}
