package tomledit

import (
	"bytes"

	"github.com/pelletier/go-toml/v2/unstable"
)

// value fills in the node id with the value v, which begins at start, and
// gives its end. go-toml tells where plain values are; arrays and inline
// tables are measured here.
func (b *builder) value(id int32, v *unstable.Node, start uint32) uint32 {
	n := &b.nodes[id]
	n.start = start
	switch v.Kind {
	case unstable.Array:
		return b.array(id, v, start)
	case unstable.InlineTable:
		return b.inlineTable(id, v, start)
	}
	end := start + v.Raw.Length
	n.end = end
	switch v.Kind {
	case unstable.String:
		n.kind = String
		if b.src[start] == '"' {
			n.text = b.keepDecoded(start, end, v.Data)
		}
	case unstable.Bool:
		n.kind = Bool
	case unstable.Integer:
		n.kind = Integer
		if _, err := parseInt(b.src[start:end]); err != nil {
			b.fault(BadValue, start, id, 0)
		}
	case unstable.Float:
		n.kind = Float
		if _, err := parseFloat(b.src[start:end]); err != nil {
			b.fault(BadValue, start, id, 0)
		}
	case unstable.DateTime:
		n.kind = OffsetDateTime
	case unstable.LocalDateTime:
		n.kind = LocalDateTime
	case unstable.LocalDate:
		n.kind = LocalDate
	case unstable.LocalTime:
		n.kind = LocalTime
	}
	if n.kind >= OffsetDateTime {
		b.checkTime(id)
	}
	return end
}

func (b *builder) checkTime(id int32) {
	n := &b.nodes[id]
	raw := b.src[n.start:n.end]
	if !isTime(raw, n.kind) {
		b.fault(BadValue, n.start, id, 0)
		return
	}
	if i := bytes.IndexByte(raw, ':'); i >= 0 && (len(raw) < i+4 || raw[i+3] != ':') {
		b.fault(TimeWithoutSeconds, n.start, id, 0)
	}
}

func (b *builder) array(id int32, v *unstable.Node, start uint32) uint32 {
	b.nodes[id].kind = Array
	pos := int(start) + 1
	for it := v.Children(); it.Next(); {
		pos, _, _ = b.skipFiller(pos)
		item := b.add(id, node{origin: Item, expr: -1})
		pos = int(b.value(item, it.Node(), uint32(pos)))
	}
	pos, _, _ = b.skipFiller(pos)
	b.nodes[id].end = uint32(pos + 1)
	return uint32(pos + 1)
}

func (b *builder) inlineTable(id int32, v *unstable.Node, start uint32) uint32 {
	b.nodes[id].kind = InlineTable
	pos := int(start) + 1
	newline := false
	for it := v.Children(); it.Next(); {
		_, nl, _ := b.skipFiller(pos)
		newline = newline || nl
		pair := it.Node()
		b.keyValue(id, pair, -1)
		pos = int(b.offset(pair.Raw) + pair.Raw.Length)
	}
	end, nl, comma := b.skipFiller(pos)
	if newline || nl {
		b.fault(InlineNewline, start, id, 0)
	}
	if comma {
		b.fault(InlineTrailingComma, uint32(pos), id, 0)
	}
	b.nodes[id].end = uint32(end + 1)
	return uint32(end + 1)
}

// skipFiller goes over blanks, line breaks, comments and commas between the
// elements of an array or inline table.
func (s *snapshot) skipFiller(i int) (next int, newline, comma bool) {
	for ; i < len(s.src); i++ {
		switch s.src[i] {
		case ' ', '\t', '\r':
		case '\n':
			newline = true
		case ',':
			comma = true
		case '#':
			newline = true
			if n := bytes.IndexByte(s.src[i:], '\n'); n >= 0 {
				i += n
			} else {
				return len(s.src), newline, comma
			}
		default:
			return i, newline, comma
		}
	}
	return i, newline, comma
}

// unquote takes the quotes off a string or key that holds no escapes.
func unquote(raw []byte) []byte {
	if len(raw) == 0 || raw[0] != '"' && raw[0] != '\'' {
		return raw
	}
	if q := raw[0]; len(raw) >= 6 && raw[1] == q && raw[2] == q {
		raw = raw[3 : len(raw)-3]
		if bytes.HasPrefix(raw, []byte("\r\n")) {
			return raw[2:]
		}
		return bytes.TrimPrefix(raw, []byte("\n"))
	}
	return raw[1 : len(raw)-1]
}

// keepDecoded keeps the text of a basic string that go-toml had to unescape;
// any escape makes the text shorter than what is written.
func (b *builder) keepDecoded(start, end uint32, text []byte) int32 {
	raw := b.src[start:end]
	if len(unquote(raw)) == len(text) {
		return 0
	}
	for i := 0; i+1 < len(raw); i++ {
		if raw[i] != '\\' {
			continue
		}
		i++
		switch raw[i] {
		case 'e':
			b.fault(EscapeE, start+uint32(i)-1, 0, 0)
		case 'x':
			b.fault(EscapeX, start+uint32(i)-1, 0, 0)
		}
	}
	b.decoded = append(b.decoded, text)
	return int32(len(b.decoded))
}

func (b *builder) fault(kind FaultKind, offset uint32, id, first int32) {
	f := Fault{Kind: kind, Offset: int(offset), Node: Node{b.snapshot, id}}
	if first != 0 {
		f.First = Node{b.snapshot, first}
	}
	b.faults = append(b.faults, f)
}
