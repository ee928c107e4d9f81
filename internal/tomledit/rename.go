package tomledit

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
		e.splice(splice{start: span.Start, end: span.End, class: replace, depth: int32(len(n.Path())), text: raw})
	}
}

// keySpans are all places where the node's key is written.
func (n Node) keySpans() []Span {
	s := n.snap
	var spans []Span
	level := 0 // key parts above the node
	for p := n.Parent(); p.id != 0; p = p.Parent() {
		if p.raw().keyEnd > 0 {
			level++
		}
	}
	base := 0 // key parts above the table whose keys name the node
	for p := n.Parent(); ; p = p.Parent() {
		if p.Origin() != Dotted {
			base = len(p.Path())
			break
		}
	}
	todo := []int32{n.id}
	for len(todo) > 0 {
		id := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		r := &s.nodes[id]
		switch {
		case r.kind == Table && r.origin == Header:
			spans = append(spans, s.keyPart(int(r.start), level))
		case r.origin == Pair && (id == n.id || n.Origin() == Dotted && n.dots(r)):
			spans = append(spans, s.keyPart(int(s.pairStart(r)), level-base))
			continue
		}
		if r.origin == Pair || r.origin == Item {
			continue
		}
		for c := r.first; c != 0; c = s.nodes[c].next {
			todo = append(todo, c)
		}
	}
	return spans
}

// dots reports whether only dotted tables are between n and its descendant r.
func (n Node) dots(r *node) bool {
	for id := r.parent; id != n.id; id = n.snap.nodes[id].parent {
		if n.snap.nodes[id].origin != Dotted {
			return false
		}
	}
	return true
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
