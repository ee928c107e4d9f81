package tomledit

import (
	"bytes"
	"hash/maphash"
)

func (b *builder) remember(parent, id int32) {
	if b.large == nil {
		b.large = make(map[uint64]int32)
	}
	for k := largeKey(parent, b.nodes[id].hash); ; k++ {
		other, taken := b.large[k]
		if !taken {
			b.large[k] = id
			return
		}
		if n := &b.nodes[other]; n.parent == parent && bytes.Equal(b.keyOf(other), b.keyOf(id)) {
			return // a duplicate; many of them must not make a long chain
		}
	}
}

func largeKey(parent int32, hash uint32) uint64 {
	return uint64(uint32(parent))<<32 | uint64(hash)
}

// find gives the earliest child of a table under a key, or 0.
func (s *snapshot) find(table int32, key []byte) int32 {
	p := &s.nodes[table]
	if p.count == 0 {
		return 0
	}
	hash := uint32(maphash.Bytes(s.seed, key))
	if p.count > smallTable {
		for k := largeKey(table, hash); ; k++ {
			id, ok := s.large[k]
			if !ok {
				return 0
			}
			if n := &s.nodes[id]; n.parent == table && n.hash == hash && bytes.Equal(s.keyOf(id), key) {
				return id
			}
		}
	}
	for id := p.first; id != 0; id = s.nodes[id].next {
		if s.nodes[id].hash == hash && bytes.Equal(s.keyOf(id), key) {
			return id
		}
	}
	return 0
}

// keyOf is a node's decoded key.
func (s *snapshot) keyOf(id int32) []byte {
	n := &s.nodes[id]
	if n.keyText != 0 {
		return s.decoded[n.keyText-1]
	}
	return unquote(s.src[n.keyStart:n.keyEnd])
}
