package jsonedit

import (
	"bytes"
	"unicode/utf8"
)

// maxDepth is the deepest nesting that encoding/json accepts (go1.26 encoding/json/scanner.go, maxNestingDepth). A
// limit is needed here too: the parser recurses, and a goroutine's stack is not endless.
const maxDepth = 10000

// DeviationKind is a way in which a text that was parsed is not JSON.
type DeviationKind int

// The kinds of deviation.
const (
	// Comment is a // or /* comment.
	Comment DeviationKind = iota + 1
	// TrailingComma is a comma with no value after it.
	TrailingComma
	// InvalidUTF8 is a byte inside a string that is not UTF-8.
	InvalidUTF8
)

// String returns what the deviation is called in a sentence.
func (k DeviationKind) String() string {
	switch k {
	case Comment:
		return "comment"
	case TrailingComma:
		return "trailing comma"
	case InvalidUTF8:
		return "byte that is not UTF-8"
	}
	return "no deviation"
}

// Deviation is the place where a text leaves JSON.
type Deviation struct {
	Kind DeviationKind
	Position
}

// FirstDeviation returns the first place where the text, as it was parsed, is not JSON. White space around the document
// that JSON does not know and byte order marks are not counted.
func (d *Document) FirstDeviation() (first Deviation, ok bool) {
	at := -1
	consider := func(kind DeviationKind, offset int) {
		if offset >= 0 && (at < 0 || offset < at) {
			at = offset
			first = Deviation{Kind: kind, Position: d.Position(d.base + offset)}
		}
	}
	if !d.hasRoot {
		return Deviation{}, false
	}
	consider(Comment, d.scan.comment)
	consider(TrailingComma, d.scan.trailingComma)
	consider(InvalidUTF8, d.scan.invalidUTF8)
	return first, at >= 0
}

// IsStandard reports whether the text, as it was parsed, is JSON without comments, trailing commas and invalid UTF-8.
func (d *Document) IsStandard() bool {
	_, deviates := d.FirstDeviation()
	return !deviates
}

// scanResult has offsets of first occurrences, -1 when there is none.
type scanResult struct {
	tooDeep, comment, trailingComma, invalidUTF8 int
}

// scan finds in one pass what the parser does not tell. Its answers matter only for texts that parse.
func scan(b []byte) scanResult {
	r := scanResult{tooDeep: -1, comment: -1, trailingComma: -1, invalidUTF8: -1}
	depth, comma := 0, -1 // comma is the offset of a comma with only white space and comments after it
	for n := 0; n < len(b); n++ {
		switch b[n] {
		case ' ', '\t', '\r', '\n':
		case '"':
			comma = -1
			n = stringEnd(b, n+1)
		case '/':
			if r.comment < 0 {
				r.comment = n
			}
			n += max(commentLength(b[n:]), 1) - 1
		case ',':
			comma = n
		case '[', '{':
			comma = -1
			if depth++; depth > maxDepth && r.tooDeep < 0 {
				r.tooDeep = n
				return r
			}
		case ']', '}':
			depth--
			if comma >= 0 && r.trailingComma < 0 {
				r.trailingComma = comma
			}
			comma = -1
		default:
			comma = -1
		}
	}
	if !utf8.Valid(b) {
		r.invalidUTF8 = invalidOffset(b)
	}
	return r
}

// stringEnd returns the offset of the quote that ends the string whose content starts at n, or len(b).
func stringEnd(b []byte, n int) int {
	for n < len(b) {
		i := bytes.IndexByte(b[n:], '"')
		if i < 0 {
			break
		}
		n += i
		backslashes := 0
		for b[n-1-backslashes] == '\\' {
			backslashes++
		}
		if backslashes%2 == 0 {
			return n
		}
		n++
	}
	return len(b)
}

// commentLength returns the length of the comment at the start of b, with the newline that ends it; 0 when there is
// no comment. A comment that does not end reaches to the end of b.
func commentLength(b []byte) int {
	var end string
	switch {
	case bytes.HasPrefix(b, []byte("//")):
		end = "\n"
	case bytes.HasPrefix(b, []byte("/*")):
		end = "*/"
	default:
		return 0
	}
	if i := bytes.Index(b[2:], []byte(end)); i >= 0 {
		return 2 + i + len(end)
	}
	return len(b)
}

func invalidOffset(b []byte) int {
	for n := 0; n < len(b); {
		r, size := utf8.DecodeRune(b[n:])
		if r == utf8.RuneError && size == 1 {
			return n
		}
		n += size
	}
	return -1
}
