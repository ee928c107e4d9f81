package distribution

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// inline reads a value that stands on one line.
func (r *yamlReader) inline(text string, line, column int) (Value, error) {
	f := flowReader{yamlReader: r, text: text, line: line, column: column}
	v, err := f.value(false, 0)
	if err != nil {
		return Value{}, err
	}
	if f.at < len(text) {
		return Value{}, r.fail(line, column+f.at, "%q follows a value that has ended", text[f.at:])
	}
	return v, nil
}

// flowReader reads one line from left to right.
type flowReader struct {
	*yamlReader
	text         string
	line, column int
	at           int
}

func (f *flowReader) failHere(format string, arguments ...any) error {
	return f.fail(f.line, f.column+f.at, format, arguments...)
}

func (f *flowReader) blanks() {
	for f.at < len(f.text) && (f.text[f.at] == ' ' || f.text[f.at] == '\t') {
		f.at++
	}
}

func (f *flowReader) value(inFlow bool, depth int) (Value, error) {
	f.blanks()
	pos := mirror.Position{File: f.file, Line: f.line, Column: f.column + f.at}
	if f.at == len(f.text) {
		return Value{Kind: Null, At: pos}, nil
	}
	if depth > maxDepth {
		return Value{}, f.failHere("nested deeper than %d levels", maxDepth)
	}
	switch f.text[f.at] {
	case '[':
		return f.collection(pos, ']', depth)
	case '{':
		return f.collection(pos, '}', depth)
	case '"', '\'':
		v, err := f.quoted()
		v.At = pos
		return v, err
	case '&', '*', '!', '|', '>', '%', '@', '`', '?':
		return Value{}, f.failHere("%q starts an anchor, tag or block that this reader does not know; write the value itself, quoted where it is a string", f.text[f.at:f.at+1])
	}
	v, err := f.plain(inFlow)
	v.At = pos
	return v, err
}

// collection reads [a, b] or {a: b}.
func (f *flowReader) collection(pos mirror.Position, end byte, depth int) (Value, error) {
	out := Value{Kind: List, At: pos}
	if end == '}' {
		out.Kind = Mapping
	}
	f.at++
	for {
		f.blanks()
		if f.at == len(f.text) {
			return Value{}, f.failHere("%q is missing; flow collections over several lines are not understood", string(end))
		}
		if f.text[f.at] == end {
			f.at++
			f.blanks()
			return out, nil
		}
		at := mirror.Position{File: f.file, Line: f.line, Column: f.column + f.at}
		v, err := f.value(true, depth+1)
		if err != nil {
			return Value{}, err
		}
		f.blanks()
		if end == '}' {
			if v.Kind != Scalar || f.at == len(f.text) || f.text[f.at] != ':' {
				return Value{}, f.failHere("a key and a colon were expected")
			}
			f.at++
			key := v.Text
			if v, err = f.value(true, depth+1); err != nil {
				return Value{}, err
			}
			out.Entries = append(out.Entries, Entry{Key: key, Value: v, At: at})
		} else {
			out.Items = append(out.Items, v)
		}
		f.blanks()
		switch {
		case f.at < len(f.text) && f.text[f.at] == ',':
			f.at++
		case f.at < len(f.text) && f.text[f.at] == end:
		default:
			return Value{}, f.failHere("a comma or %q was expected", string(end))
		}
	}
}

func (f *flowReader) quoted() (Value, error) {
	rest := f.text[f.at:]
	end := quotedEnd(rest)
	if end < 0 {
		return Value{}, f.failHere("the quote does not end on this line")
	}
	body := rest[1 : end-1]
	if rest[0] == '\'' {
		body = strings.ReplaceAll(body, "''", "'")
	} else {
		var ok bool
		if body, ok = unescape(body); !ok {
			return Value{}, f.failHere("an escape that YAML does not have")
		}
	}
	f.at += end
	f.blanks()
	return Value{Kind: Scalar, Text: body, Quoted: true}, nil
}

// unescape resolves the escapes of a double-quoted scalar.
func unescape(s string) (string, bool) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' {
			b.WriteByte(s[i])
			continue
		}
		if i++; i == len(s) {
			return "", false
		}
		if k := strings.IndexByte(`0abtnvfre"/\ `, s[i]); k >= 0 {
			b.WriteByte("\x00\a\b\t\n\v\f\r\x1b\"/\\ "[k])
			continue
		}
		width := map[byte]int{'x': 2, 'u': 4, 'U': 8}[s[i]]
		if width == 0 || i+width >= len(s) {
			return "", false
		}
		n, err := strconv.ParseUint(s[i+1:i+1+width], 16, 32)
		if err != nil || !utf8.ValidRune(rune(n)) {
			return "", false
		}
		b.WriteRune(rune(n))
		i += width
	}
	return b.String(), true
}

// plain reads a scalar without quotes.
func (f *flowReader) plain(inFlow bool) (Value, error) {
	start := f.at
	for f.at < len(f.text) {
		c := f.text[f.at]
		if inFlow && strings.IndexByte(",[]{}", c) >= 0 {
			break
		}
		if c == ':' && (f.at+1 == len(f.text) || strings.IndexByte(" \t,]}", f.text[f.at+1]) >= 0) {
			if inFlow {
				break
			}
			if f.at+1 == len(f.text) || f.text[f.at+1] == ' ' || f.text[f.at+1] == '\t' {
				return Value{}, f.failHere("a colon inside a value; quote the value")
			}
		}
		f.at++
	}
	text := strings.TrimRight(f.text[start:f.at], " \t")
	switch {
	case text == "":
		return Value{}, f.failHere("a value was expected")
	case text == "-" || strings.HasPrefix(text, "- "):
		return Value{}, f.failHere("a list inside a line")
	case text == "~" || text == "null" || text == "Null" || text == "NULL":
		return Value{Kind: Null}, nil
	}
	return Value{Kind: Scalar, Text: text}, nil
}
