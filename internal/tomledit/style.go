package tomledit

import (
	"bytes"
	"strings"
	"sync"
)

// style is how a file writes what new text has to fit in with.
type style struct {
	once       sync.Once
	newline    string
	equals     string // between key and value
	quote      byte
	pairIndent string // of a pair, more than its header's
	subIndent  string // of a sub-table's header, more than its parent's
	subGap     int    // blank lines above a sub-table's header
	gap        int    // blank lines above other headers
}

func (s *snapshot) styleOf() *style {
	st := &s.style
	st.once.Do(func() {
		st.newline, st.equals, st.quote, st.gap, st.subGap = "\n", " = ", '"', 1, 1
		from := 0
		if len(s.exprs) > 0 && bytes.IndexByte(s.src[:s.exprs[0].start], '\n') < 0 {
			from = int(s.exprs[0].end) // a multi-line string may break lines in another way
		}
		if i := bytes.IndexByte(s.src[from:], '\n') + from; i > from && s.src[i-1] == '\r' {
			st.newline = "\r\n"
		}
		s.learnPairs(st)
		s.learnHeaders(st)
	})
	return st
}

// sampleSize bounds how far into a file its style is looked for.
const sampleSize = 256

func (s *snapshot) learnPairs(st *style) {
	equals, quote, indent := false, false, false
	for _, n := range s.nodes[1:] {
		if n.origin == Pair && n.expr >= 0 {
			if !equals {
				equals = true
				st.equals = s.equalsOf(&n)
			}
			if p := &s.nodes[n.parent]; !indent && p.origin == Header {
				indent = true
				own, above := s.indentAt(int(n.keyStart)), s.indentAt(int(p.start))
				if strings.HasPrefix(own, above) {
					st.pairIndent = own[len(above):]
				}
			}
		}
		if n.kind == String && !quote {
			quote = true
			st.quote = s.src[n.start]
		}
		if equals && quote && indent {
			return
		}
	}
}

func (s *snapshot) learnHeaders(st *style) {
	sub, top := false, false
	for i, h := range s.headers {
		if i > sampleSize || sub && top {
			return
		}
		id := s.nodes[h.node].parent
		for id != 0 && s.nodes[id].origin != Header || s.nodes[id].kind == TableArray {
			id = s.nodes[id].parent
		}
		start := s.leadStart(h.expr)
		_, gap := s.blanksBefore(start)
		if id == 0 {
			if i > 0 && !top {
				top = true
				st.gap = gap
			}
			continue
		}
		if !sub {
			sub = true
			st.subGap = gap
			own, above := s.indentAt(int(s.nodes[h.node].start)), s.indentAt(int(s.nodes[id].start))
			if strings.HasPrefix(own, above) {
				st.subIndent = own[len(above):]
			}
		}
	}
}

// equalsOf is what stands between the key and the value of a pair, unless it
// aligns columns.
func (s *snapshot) equalsOf(n *node) string {
	eq := string(s.src[n.keyEnd:n.start])
	if len(eq) > 3 {
		return " = "
	}
	return eq
}

// appendKey writes a key in the file's way of quoting.
func (st *style) appendKey(dst []byte, key string) []byte {
	if isBareKey(key) {
		return append(dst, key...)
	}
	return st.appendString(dst, key, st.quote)
}

// appendString writes a string as a literal if quote says so and it can be
// one, else as a basic string.
func (st *style) appendString(dst []byte, text string, quote byte) []byte {
	if quote == '\'' && isLiteral(text) {
		dst = append(dst, '\'')
		dst = append(dst, text...)
		return append(dst, '\'')
	}
	return appendBasic(dst, text)
}

func isLiteral(text string) bool {
	for i := 0; i < len(text); i++ {
		if c := text[i]; c < ' ' && c != '\t' || c == '\'' || c == 0x7f {
			return false
		}
	}
	return true
}

// appendValue writes a value on one line.
func (st *style) appendValue(dst []byte, v Value, quote byte) []byte {
	switch {
	case v.raw:
		return append(dst, v.text...)
	case v.kind == String:
		return st.appendString(dst, v.text, quote)
	case v.kind == Array:
		dst = append(dst, '[')
		for i, item := range v.list {
			if i > 0 {
				dst = append(dst, ", "...)
			}
			dst = st.appendValue(dst, item, quote)
		}
		return append(dst, ']')
	case v.kind == InlineTable:
		if len(v.fields) == 0 {
			return append(dst, "{}"...)
		}
		for i, f := range v.fields {
			if i == 0 {
				dst = append(dst, "{ "...)
			} else {
				dst = append(dst, ", "...)
			}
			dst = st.appendPair(dst, f.Key, f.Value, " = ")
		}
		return append(dst, " }"...)
	}
	return append(dst, v.text...)
}

func (st *style) appendPair(dst []byte, key string, v Value, equals string) []byte {
	dst = st.appendKey(dst, key)
	dst = append(dst, equals...)
	return st.appendValue(dst, v, st.quote)
}

func (st *style) appendComment(dst []byte, indent, text string) []byte {
	if text == "" {
		return dst
	}
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n") {
		dst = append(dst, indent...)
		dst = append(dst, '#')
		if line != "" {
			dst = append(dst, ' ')
			dst = append(dst, line...)
		}
		dst = append(dst, st.newline...)
	}
	return dst
}

// appendSection writes a table with its header, given as raw dotted key.
func (st *style) appendSection(dst []byte, sec *Section, rawPath, indent, pairIndent string, gap int) []byte {
	dst = st.appendComment(dst, indent, sec.Comment)
	dst = append(dst, indent...)
	if sec.Array {
		dst = append(dst, "[["...)
	} else {
		dst = append(dst, '[')
	}
	dst = append(dst, rawPath...)
	if sec.Array {
		dst = append(dst, "]]"...)
	} else {
		dst = append(dst, ']')
	}
	dst = append(dst, st.newline...)
	for _, f := range sec.Fields {
		dst = st.appendComment(dst, pairIndent, f.Comment)
		dst = append(dst, pairIndent...)
		dst = st.appendPair(dst, f.Key, f.Value, st.equals)
		dst = append(dst, st.newline...)
	}
	for i := range sec.Sections {
		sub := &sec.Sections[i]
		for range gap {
			dst = append(dst, st.newline...)
		}
		path := string(st.appendKey([]byte(rawPath+"."), sub.Key))
		in := indent + st.subIndent
		dst = st.appendSection(dst, sub, path, in, in+st.pairIndent, st.subGap)
	}
	return dst
}
