package jsonedit

import (
	"bytes"
	"errors"
	"fmt"
	"sort"
	"strings"
)

// Position is a place in the text. The zero Position means that there is none, as for a value that an edit has made.
type Position struct {
	// Offset counts bytes from 0 in the text as UTF-8, without byte order mark.
	Offset int
	// Line and Column count from 1; a column is one byte of UTF-8.
	Line, Column int
}

// IsValid reports whether p is a place.
func (p Position) IsValid() bool { return p.Line > 0 }

// String returns line:column.
func (p Position) String() string { return fmt.Sprintf("%d:%d", p.Line, p.Column) }

// SyntaxError says where and why a text is not JSON.
type SyntaxError struct {
	Position
	// Message is lower case and names neither file nor position.
	Message string
}

// Error returns line:column: message.
func (e *SyntaxError) Error() string { return e.Position.String() + ": " + e.Message }

// Position returns the place of an offset in the text as it was parsed; edits do not move it.
func (d *Document) Position(offset int) Position {
	if offset < 0 || offset > len(d.text) {
		return Position{}
	}
	line := sort.SearchInts(d.lines, offset+1) // the number of lines that start at or before offset
	return Position{Offset: offset, Line: line, Column: offset - d.lines[line-1] + 1}
}

func lineStarts(text []byte) []int {
	starts := make([]int, 1, 1+bytes.Count(text, []byte{'\n'}))
	for at := 0; ; {
		i := bytes.IndexByte(text[at:], '\n')
		if i < 0 {
			return starts
		}
		at += i + 1
		starts = append(starts, at)
	}
}

func (d *Document) syntaxError(offset int, message string) *SyntaxError {
	return &SyntaxError{Position: d.Position(offset), Message: message}
}

// fromHujson gives hujson's error, which has its place only in its text, an offset of the whole text.
func (d *Document) fromHujson(err error) *SyntaxError {
	const longest = 80
	message := strings.TrimPrefix(err.Error(), "hujson: ")
	if inner := errors.Unwrap(err); inner != nil {
		message = inner.Error()
	}
	if len(message) > longest {
		message = strings.ToValidUTF8(message[:longest], "") + "…"
	}
	body := d.text[d.base:d.end]
	var line, column int
	if _, scanErr := fmt.Sscanf(err.Error(), "hujson: line %d, column %d:", &line, &column); scanErr != nil {
		return d.syntaxError(d.base, message)
	}
	offset := 0
	for ; line > 1; line-- {
		offset += bytes.IndexByte(body[offset:], '\n') + 1
	}
	return d.syntaxError(d.base+min(offset+column-1, len(body)), message)
}
