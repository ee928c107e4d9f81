package distribution

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// Kind tells the forms of a Value apart.
type Kind uint8

const (
	Null Kind = iota
	Scalar
	List
	Mapping
)

// Value is a YAML value.
type Value struct {
	Kind Kind
	// Text is the scalar without quotes.
	Text string
	// Quoted scalars are strings whatever they look like.
	Quoted  bool
	Items   []Value
	Entries []Entry
	// At is where the value starts. Writers ignore it.
	At mirror.Position
}

// Entry is a key of a mapping.
type Entry struct {
	Key   string
	Value Value
	At    mirror.Position
}

// Get returns the value of a key. Of a key that is there twice the last
// counts, as for Distribution (go.yaml.in/yaml/v2, non-strict).
func (v Value) Get(key string) (Value, bool) {
	for i := len(v.Entries) - 1; i >= 0; i-- {
		if v.Entries[i].Key == key {
			return v.Entries[i].Value, true
		}
	}
	return Value{}, false
}

// Find follows keys from a mapping down.
func (v Value) Find(keys ...string) (Value, bool) {
	ok := true
	for _, k := range keys {
		if v, ok = v.Get(k); !ok {
			return Value{}, false
		}
	}
	return v, ok
}

// maxDepth bounds nesting; config.yml needs seven levels.
const maxDepth = 64

// yamlLine is a line that holds something.
type yamlLine struct {
	number, indent int
	text           string // without indentation, comment and blanks at its end
}

type yamlReader struct {
	file  string
	lines []yamlLine
	next  int
}

func (r *yamlReader) fail(line, column int, format string, arguments ...any) error {
	return ruleSyntax.At(mirror.Position{File: r.file, Line: line, Column: column}, "", fmt.Sprintf(format, arguments...))
}

// parseYAML reads one document. The error is a mirror.Diagnostic.
func parseYAML(file string, data []byte) (Value, error) {
	r := &yamlReader{file: file}
	if !utf8.Valid(data) {
		return Value{}, r.fail(1, 1, "the file is not UTF-8")
	}
	if err := r.split(strings.TrimPrefix(string(data), "\ufeff")); err != nil {
		return Value{}, err
	}
	if len(r.lines) == 0 {
		return Value{Kind: Null, At: mirror.Position{File: file, Line: 1, Column: 1}}, nil
	}
	v, err := r.block(r.lines[0].indent, 0)
	if err == nil && r.next < len(r.lines) {
		l := r.lines[r.next]
		err = r.fail(l.number, l.indent+1, "the indentation fits no level above")
	}
	return v, err
}

// split finds the lines that hold something.
func (r *yamlReader) split(text string) error {
	number := 0
	for raw := range strings.SplitSeq(text, "\n") {
		number++
		raw = strings.TrimSuffix(raw, "\r")
		body := strings.TrimLeft(raw, " ")
		indent := len(raw) - len(body)
		body = strings.TrimRight(uncomment(body), " \t")
		if body == "" {
			continue
		}
		switch {
		case body[0] == '\t':
			return r.fail(number, indent+1, "a tab in the indentation, which YAML forbids")
		case indent == 0 && (body == "---" || body == "...") && len(r.lines) == 0:
			continue
		case indent == 0 && (body == "---" || strings.HasPrefix(body, "--- ") || body == "..."):
			return r.fail(number, 1, "a second document, which is never read")
		case indent == 0 && body[0] == '%':
			return r.fail(number, 1, "a directive, which this reader does not know")
		}
		for i := 0; i < len(body); i++ {
			if body[i] < ' ' && body[i] != '\t' || body[i] == 0x7f {
				return r.fail(number, indent+i+1, "a control character")
			}
		}
		r.lines = append(r.lines, yamlLine{number, indent, body})
	}
	return nil
}

// uncomment cuts a comment off: a # at the start or after a blank, outside
// quotes.
func uncomment(s string) string {
	quote := byte(0)
	for i := 0; i < len(s); i++ {
		c := s[i]
		blankBefore := i == 0 || s[i-1] == ' ' || s[i-1] == '\t'
		switch {
		case quote == '"' && c == '\\':
			i++
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case (c == '"' || c == '\'') && (blankBefore || strings.IndexByte("[{,:", s[i-1]) >= 0):
			quote = c
		case c == '#' && blankBefore:
			return s[:i]
		}
	}
	return s
}

// block reads the mapping or list whose lines have the indentation.
func (r *yamlReader) block(indent, depth int) (Value, error) {
	first := r.lines[r.next]
	at := mirror.Position{File: r.file, Line: first.number, Column: first.indent + 1}
	switch {
	case depth > maxDepth:
		return Value{}, r.fail(first.number, first.indent+1, "nested deeper than %d levels", maxDepth)
	case isItem(first.text):
		return r.list(indent, depth, at)
	}
	if _, _, ok := splitKey(first.text); ok {
		return r.mapping(indent, depth, at)
	}
	r.next++
	v, err := r.inline(first.text, first.number, first.indent+1)
	if err == nil && r.next < len(r.lines) && r.lines[r.next].indent >= indent {
		l := r.lines[r.next]
		err = r.fail(l.number, l.indent+1, "a key with a colon was expected here; scalars over several lines are not understood")
	}
	return v, err
}

func isItem(text string) bool { return text == "-" || strings.HasPrefix(text, "- ") }

func (r *yamlReader) list(indent, depth int, at mirror.Position) (Value, error) {
	out := Value{Kind: List, At: at}
	for r.next < len(r.lines) && r.lines[r.next].indent == indent && isItem(r.lines[r.next].text) {
		l := &r.lines[r.next]
		rest := strings.TrimLeft(l.text[1:], " ")
		var item Value
		var err error
		if rest == "" {
			r.next++
			item, err = r.nested(indent, depth, l.number, indent+1, false)
		} else {
			// What follows the dash is a block of its own, as far in as it stands.
			l.indent, l.text = indent+len(l.text)-len(rest), rest
			item, err = r.block(l.indent, depth+1)
		}
		if err != nil {
			return Value{}, err
		}
		out.Items = append(out.Items, item)
	}
	return out, r.ended(indent)
}

func (r *yamlReader) mapping(indent, depth int, at mirror.Position) (Value, error) {
	out := Value{Kind: Mapping, At: at}
	for r.next < len(r.lines) && r.lines[r.next].indent == indent && !isItem(r.lines[r.next].text) {
		l := r.lines[r.next]
		rawKey, rest, ok := splitKey(l.text)
		if !ok {
			return Value{}, r.fail(l.number, l.indent+1, "a key with a colon was expected here; scalars over several lines are not understood")
		}
		key, err := r.inline(rawKey, l.number, l.indent+1)
		if err != nil {
			return Value{}, err
		}
		if key.Kind != Scalar {
			return Value{}, r.fail(l.number, l.indent+1, "a key that is not a plain name")
		}
		r.next++
		entry := Entry{Key: key.Text, At: mirror.Position{File: r.file, Line: l.number, Column: l.indent + 1}}
		trimmed := strings.TrimLeft(rest, " \t")
		column := l.indent + len(l.text) - len(trimmed) + 1
		if trimmed == "" {
			entry.Value, err = r.nested(indent, depth, l.number, column, true)
		} else {
			entry.Value, err = r.inline(trimmed, l.number, column)
		}
		if err != nil {
			return Value{}, err
		}
		out.Entries = append(out.Entries, entry)
	}
	return out, r.ended(indent)
}

// nested reads what stands below a key or dash that has nothing beside it. A
// list below a key may stand as far in as the key.
func (r *yamlReader) nested(indent, depth, line, column int, key bool) (Value, error) {
	if r.next < len(r.lines) {
		l := r.lines[r.next]
		if l.indent > indent || key && l.indent == indent && isItem(l.text) {
			return r.block(l.indent, depth+1)
		}
	}
	return Value{Kind: Null, At: mirror.Position{File: r.file, Line: line, Column: column}}, nil
}

// ended checks that what follows a block is further out.
func (r *yamlReader) ended(indent int) error {
	if r.next < len(r.lines) && r.lines[r.next].indent > indent {
		l := r.lines[r.next]
		return r.fail(l.number, l.indent+1, "the indentation fits no level above")
	}
	return nil
}

// splitKey cuts "key: rest" at the colon that ends the key.
func splitKey(text string) (key, rest string, ok bool) {
	if text[0] == '"' || text[0] == '\'' {
		end := quotedEnd(text)
		if end < 0 || !strings.HasPrefix(strings.TrimLeft(text[end:], " "), ":") {
			return "", "", false
		}
		after := strings.TrimLeft(text[end:], " ")[1:]
		return text[:end], after, after == "" || after[0] == ' ' || after[0] == '\t'
	}
	if strings.IndexByte("[{", text[0]) >= 0 {
		return "", "", false
	}
	for i := 0; i < len(text); i++ {
		if text[i] == ':' && (i+1 == len(text) || text[i+1] == ' ' || text[i+1] == '\t') {
			return strings.TrimRight(text[:i], " \t"), text[i+1:], i > 0
		}
	}
	return "", "", false
}

// quotedEnd is where the quoted scalar at the start ends, or -1.
func quotedEnd(s string) int {
	for i := 1; i < len(s); i++ {
		switch {
		case s[0] == '"' && s[i] == '\\':
			i++
		case s[i] == s[0] && s[0] == '\'' && i+1 < len(s) && s[i+1] == '\'':
			i++
		case s[i] == s[0]:
			return i + 1
		}
	}
	return -1
}
