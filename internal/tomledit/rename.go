package tomledit

import "math"

// rename respells the key of a node wherever the file has it.
func (e *Edit) rename(n Node, key string) {
	s := e.snap
	st := s.styleOf()
	raw := st.appendKey(nil, key)
	if q := s.src[n.raw().keyStart]; q == '"' || q == '\'' {
		raw = st.appendString(nil, key, q)
	}
	if e.renamed == nil {
		e.renamed = make(map[int32][]byte)
	}
	e.renamed[n.id] = raw
	for _, span := range n.keySpans() {
		e.splice(splice{start: span.Start, end: span.End, class: replace, depth: math.MaxInt32, text: raw})
	}
}

// keySpans are all places where the node's key is written.
func (n Node) keySpans() []Span {
	s := n.snap
	if n.Origin() == Pair {
		return []Span{n.KeySpan()}
	}
	level := 0 // key parts above the node in a header
	for p := n.Parent(); p.id != 0; p = p.Parent() {
		if p.raw().keyEnd > 0 {
			level++
		}
	}
	type place struct {
		id     int32
		dotted int // key parts below n, if all between are dotted; else -1
	}
	top := place{n.id, -1}
	if n.Origin() == Dotted {
		top.dotted = 0
	}
	var spans []Span
	for todo := []place{top}; len(todo) > 0; {
		p := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		r := &s.nodes[p.id]
		if r.kind == Table && r.origin == Header {
			spans = append(spans, s.keyPart(int(r.start), level))
		}
		if r.origin == Pair && p.dotted >= 0 {
			start := int(s.pairStart(r))
			spans = append(spans, s.keyPart(start, s.countParts(start)-1-p.dotted))
		}
		if r.origin == Pair || r.origin == Item {
			continue
		}
		for c := r.first; c != 0; c = s.nodes[c].next {
			next := place{c, -1}
			if o := s.nodes[c].origin; p.dotted >= 0 && (o == Dotted || o == Pair) {
				next.dotted = p.dotted + 1
			}
			todo = append(todo, next)
		}
	}
	return spans
}

// countParts is how many parts the dotted key at pos has.
func (s *snapshot) countParts(pos int) int {
	for n := 1; ; n++ {
		pos = skipBlank(s.src, s.keyPartEnd(pos))
		if s.src[pos] != '.' {
			return n
		}
		pos = skipBlank(s.src, pos+1)
	}
}

// keyPart finds the i-th part of the dotted key or header that begins at pos.
func (s *snapshot) keyPart(pos, i int) Span {
	for pos < len(s.src) && (s.src[pos] == '[' || s.src[pos] == ' ' || s.src[pos] == '\t') {
		pos++
	}
	for ; ; i-- {
		end := s.keyPartEnd(pos)
		if i == 0 {
			return Span{pos, end}
		}
		pos = skipBlank(s.src, skipBlank(s.src, end)+1)
	}
}

func (s *snapshot) keyPartEnd(i int) int {
	switch q := s.src[i]; q {
	case '\'', '"':
		for i++; s.src[i] != q || q == '"' && s.escapedAt(i); i++ {
		}
		return i + 1
	}
	for i < len(s.src) && isBare(s.src[i]) {
		i++
	}
	return i
}
