package tomledit

import (
	"bytes"
	"fmt"
	"sort"
)

// Position is a place in a file. Line and Column count from 1; Column counts
// bytes, and a byte order mark counts for none.
type Position struct {
	Offset, Line, Column int
}

// String gives line:column.
func (p Position) String() string { return fmt.Sprintf("%d:%d", p.Line, p.Column) }

// Span is the half-open range of offsets [Start, End).
type Span struct {
	Start, End int
}

// Len is the number of bytes in the span.
func (s Span) Len() int { return s.End - s.Start }

// SyntaxError says where and why bytes are not TOML.
type SyntaxError struct {
	Offset, Line, Column int
	Message              string
}

// Error gives line:column: message.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("%d:%d: %s", e.Line, e.Column, e.Message)
}

func (s *snapshot) position(offset int) Position {
	offset = max(0, min(offset, len(s.src)))
	s.lineOnce.Do(func() {
		s.lines = make([]uint32, 1, bytes.Count(s.src, []byte{'\n'})+1)
		for i := 0; ; {
			n := bytes.IndexByte(s.src[i:], '\n')
			if n < 0 {
				break
			}
			i += n + 1
			s.lines = append(s.lines, uint32(i))
		}
	})
	line := sort.Search(len(s.lines), func(i int) bool { return int(s.lines[i]) > offset }) - 1
	col := offset - int(s.lines[line])
	if line == 0 {
		col = max(0, col-s.bom)
	}
	return Position{Offset: offset, Line: line + 1, Column: col + 1}
}

func (s *snapshot) syntaxError(offset int, message string) *SyntaxError {
	p := s.position(offset)
	return &SyntaxError{Offset: p.Offset, Line: p.Line, Column: p.Column, Message: message}
}
