package containerd

import (
	"bytes"
	"slices"
)

// strictTOML writes a file that go-toml v1 reads, and that is no TOML, as TOML
// that means the same. 1.x takes a lone carriage return for a line break, a key
// behind a table header on the same line, a quoted key and a bare one without
// a dot between them, and a dot before a key (go-toml 1.9.5 lexer.go lexVoid,
// lexKey; keysparsing.go parseKey). What is wrong in other ways stays wrong.
func strictTOML(data []byte) []byte {
	s := strictener{in: data, out: make([]byte, 0, len(data)+16)}
	for s.at < len(s.in) {
		switch c := s.in[s.at]; c {
		case ' ', '\t', '\n':
			s.copy(1)
		case '\r':
			s.lineBreak()
		case '#':
			s.comment()
		case '[':
			s.header()
		default:
			s.assignment()
		}
	}
	return s.out
}

type strictener struct {
	in, out []byte
	at      int
}

func (s *strictener) copy(n int) {
	n = min(n, len(s.in)-s.at)
	s.out = append(s.out, s.in[s.at:s.at+n]...)
	s.at += n
}

// lineBreak copies \r\n and turns a lone \r into a line break.
func (s *strictener) lineBreak() {
	if s.at+1 < len(s.in) && s.in[s.at+1] == '\n' {
		s.copy(2)
		return
	}
	s.out = append(s.out, '\n')
	s.at++
}

// comment ends with the line; a lone \r belongs to it.
func (s *strictener) comment() {
	for s.at < len(s.in) && s.in[s.at] != '\n' && !bytes.HasPrefix(s.in[s.at:], []byte("\r\n")) {
		if s.in[s.at] == '\r' {
			s.out = append(s.out, ' ')
			s.at++
			continue
		}
		s.copy(1)
	}
}

// header is [key] or [[key]]; what follows on its line gets one of its own.
func (s *strictener) header() {
	brackets := 1
	if bytes.HasPrefix(s.in[s.at:], []byte("[[")) {
		brackets = 2
	}
	s.copy(brackets)
	s.key("]\n")
	s.copy(brackets)
	rest := bytes.TrimLeft(s.in[s.at:], " \t")
	if len(rest) > 0 && !slices.Contains([]byte("\r\n#"), rest[0]) {
		s.out = append(s.out, '\n')
	}
}

// key copies up to one of the bytes in end, with the dots that are missing.
func (s *strictener) key(end string) {
	begins, quoted := true, false
	for s.at < len(s.in) && bytes.IndexByte([]byte(end), s.in[s.at]) < 0 {
		switch c := s.in[s.at]; {
		case c == '.' && begins && s.beginsPart(s.at+1):
			s.at++
			begins = false
		case c == '"' || c == '\'':
			if quoted {
				s.out = append(s.out, '.')
			}
			s.line()
			begins, quoted = false, true
		case c == '.' || c == ' ' || c == '\t':
			quoted = quoted && c != '.' && end[0] == ']' // blanks end a key that is no header
			s.copy(1)
		default:
			if quoted {
				s.out = append(s.out, '.')
			}
			s.copy(1)
			begins, quoted = false, false
		}
	}
}

// beginsPart reports whether a part of a key begins at an offset.
func (s *strictener) beginsPart(at int) bool {
	if at >= len(s.in) {
		return false
	}
	c := s.in[at]
	return c == '"' || c == '\'' || c == '_' || c == '-' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}

// text copies a string in quotes of any kind.
func (s *strictener) text() {
	quote := s.in[s.at : s.at+1]
	if triple := bytes.Repeat(quote, 3); bytes.HasPrefix(s.in[s.at:], triple) {
		end := bytes.Index(s.in[s.at+3:], triple)
		if end < 0 {
			end = len(s.in)
		}
		s.copy(end + 6)
		return
	}
	s.line()
}

// line copies a string of one line, which is all that a key can have.
func (s *strictener) line() {
	quote := s.in[s.at : s.at+1]
	s.copy(1)
	for s.at < len(s.in) && s.in[s.at] != '\n' {
		c := s.in[s.at]
		if c == '\\' && quote[0] == '"' {
			s.copy(2)
			continue
		}
		s.copy(1)
		if c == quote[0] {
			return
		}
	}
}

// assignment is key = value.
func (s *strictener) assignment() {
	s.key("=\n")
	depth := 0
	for s.at < len(s.in) {
		switch c := s.in[s.at]; c {
		case '"', '\'':
			s.text()
		case '#':
			s.comment()
		case '[', '{':
			depth++
			s.copy(1)
		case ']', '}':
			depth--
			s.copy(1)
		case '\r', '\n':
			s.lineBreakOrCopy(c)
			if depth <= 0 {
				return
			}
		default:
			s.copy(1)
		}
	}
}

func (s *strictener) lineBreakOrCopy(c byte) {
	if c == '\r' {
		s.lineBreak()
		return
	}
	s.copy(1)
}
