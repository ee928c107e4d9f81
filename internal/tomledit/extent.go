package tomledit

import (
	"slices"
	"sort"
	"sync"
)

// extents tells for every node in which sections (a header with the pairs
// behind it) its subtree is written. Section 0 is the one before the first
// header.
type extents struct {
	once     sync.Once
	min, max []int32 // places in headers; min > max: none
	count    []int32
	maxPair  []int32 // last expression of the subtree that is a pair, or -1
}

func (s *snapshot) extentsOf() *extents {
	e := &s.ext
	e.once.Do(func() {
		n := len(s.nodes)
		all := make([]int32, 4*n)
		e.min, e.max, e.count, e.maxPair = all[:n], all[n:2*n], all[2*n:3*n], all[3*n:]
		for id := range e.min {
			e.min[id], e.max[id], e.maxPair[id] = int32(len(s.headers)), -1, -1
		}
		for id := n - 1; id > 0; id-- { // a parent comes before its children
			r := &s.nodes[id]
			switch {
			case r.kind == Table && r.origin == Header:
				e.min[id] = min(e.min[id], r.text)
				e.max[id] = max(e.max[id], r.text)
				e.count[id]++
			case r.origin == Pair && r.expr >= 0:
				e.maxPair[id] = r.expr
			}
			p := r.parent
			e.min[p] = min(e.min[p], e.min[id])
			e.max[p] = max(e.max[p], e.max[id])
			e.count[p] += e.count[id]
			if r.origin == Pair || r.origin == Dotted {
				e.maxPair[p] = max(e.maxPair[p], e.maxPair[id])
			}
		}
	})
	return e
}

// sectionStart is where the section h begins, with its comment block.
func (s *snapshot) sectionStart(h int32) int { return s.leadStart(s.headers[h].expr) }

// sectionLast is the last expression of section h.
func (s *snapshot) sectionLast(h int32) int32 {
	if int(h)+1 < len(s.headers) {
		return s.headers[h+1].expr - 1
	}
	return int32(len(s.exprs)) - 1
}

// sectionEnd is the offset behind the last line of section h. Comments that
// follow it directly belong to it, unless they stand directly above the next
// header.
func (s *snapshot) sectionEnd(h int32) int {
	end := s.exprEnd(s.sectionLast(h))
	i := end
	for i < len(s.src) && s.isCommentLine(i) {
		i = s.lineEnd(i)
	}
	if i == len(s.src) || s.isBlankLine(i) {
		return i
	}
	return end
}

// runs are the stretches of whole lines that define a node: one, unless the
// file defines its sub-tables in several places.
func (n Node) runs() []Span {
	s, r := n.snap, n.raw()
	if r.origin == Pair && r.expr >= 0 {
		return []Span{{s.leadStart(r.expr), s.exprEnd(r.expr)}}
	}
	e := s.extentsOf()
	if lo, hi := e.min[n.id], e.max[n.id]; e.maxPair[n.id] < 0 || r.origin == Header {
		if lo > hi {
			return nil
		}
		if hi-lo+1 == e.count[n.id] {
			return []Span{{s.sectionStart(lo), s.sectionEnd(hi)}}
		}
	}
	var sections, pairs []int32
	n.collect(&sections, &pairs)
	spans := s.joinSections(sections)
	for _, x := range pairs {
		spans = append(spans, Span{s.leadStart(x), s.exprEnd(x)})
	}
	sort.Slice(spans, func(i, j int) bool { return spans[i].Start < spans[j].Start })
	return spans
}

// sectionRuns are those of the runs that begin with a header.
func (n Node) sectionRuns() []Span {
	var sections, pairs []int32
	n.collect(&sections, &pairs)
	return n.snap.joinSections(sections)
}

// joinSections gives the spans of sections, neighbours as one.
func (s *snapshot) joinSections(sections []int32) []Span {
	slices.Sort(sections)
	var spans []Span
	for i := 0; i < len(sections); {
		j := i
		for j+1 < len(sections) && sections[j+1] == sections[j]+1 {
			j++
		}
		spans = append(spans, Span{s.sectionStart(sections[i]), s.sectionEnd(sections[j])})
		i = j + 1
	}
	return spans
}

// collect lists the sections and, outside of these, the pairs of a subtree.
func (n Node) collect(sections, pairs *[]int32) {
	todo := []int32{n.id}
	for len(todo) > 0 {
		id := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		r := &n.snap.nodes[id]
		if r.kind == Table && r.origin == Header {
			*sections = append(*sections, r.text)
		}
		if r.origin == Pair && r.expr >= 0 {
			if !n.inSection(r) {
				*pairs = append(*pairs, r.expr)
			}
			continue
		}
		for c := r.first; c != 0; c = n.snap.nodes[c].next {
			todo = append(todo, c)
		}
	}
}

// inSection reports whether the pair r stands behind the header of n or of a
// table below it.
func (n Node) inSection(r *node) bool {
	for id := r.parent; ; {
		p := &n.snap.nodes[id]
		if p.origin == Header {
			return true
		}
		if id == n.id || id == 0 {
			return false
		}
		id = p.parent
	}
}

// Extent is all that a node's definition covers in whole lines, comment
// blocks included: for a table from its header to the end of its last
// sub-table. Other tables may stand in between.
func (n Node) Extent() Span {
	if n.Origin() == Root || n.Origin() == Item || n.raw().expr < 0 && n.Origin() == Pair {
		return n.Span()
	}
	runs := n.runs()
	if len(runs) == 0 {
		return n.Span()
	}
	return Span{runs[0].Start, runs[len(runs)-1].End}
}
