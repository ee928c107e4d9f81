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
