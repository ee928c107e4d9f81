package tomledit

import "bytes"

// pairStart goes back from a pair's last key part to the first.
func (s *snapshot) pairStart(n *node) uint32 {
	if n.expr >= 0 {
		return s.exprs[n.expr].start
	}
	start := n.keyStart
	for p := n; ; {
		parent := &s.nodes[p.parent]
		if parent.origin != Dotted {
			return start
		}
		start, p = s.partBefore(start, parent), parent
	}
}

// partBefore is where the key part before the one at start begins, which
// names the dotted table n.
func (s *snapshot) partBefore(start uint32, n *node) uint32 {
	i := int(start) - 1
	for s.src[i] == ' ' || s.src[i] == '\t' {
		i--
	}
	i-- // the dot
	for s.src[i] == ' ' || s.src[i] == '\t' {
		i--
	}
	switch q := s.src[i]; q {
	case '\'':
		i = bytes.LastIndexByte(s.src[:i], q)
	case '"':
		for i--; s.src[i] != '"' || s.escapedAt(i); i-- {
		}
	default:
		for i > 0 && isBare(s.src[i-1]) {
			i--
		}
	}
	return uint32(i)
}

// escapedAt reports whether an odd number of backslashes stands before i.
func (s *snapshot) escapedAt(i int) bool {
	n := 0
	for i > n && s.src[i-n-1] == '\\' {
		n++
	}
	return n%2 == 1
}

func isBare(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_'
}

func skipBlank(src []byte, i int) int {
	for i < len(src) && (src[i] == ' ' || src[i] == '\t') {
		i++
	}
	return i
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
