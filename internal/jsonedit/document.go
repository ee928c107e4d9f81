// Package jsonedit changes values inside JSON files and leaves every other byte as it was: key order, escapes, big
// integers, indentation, line ends, comments and a missing final newline all survive.
//
// The concrete syntax tree of github.com/tailscale/hujson holds every byte of the input. An edit changes the nodes it
// names and the white space that goes with them; [Document.Bytes] joins the rest unchanged. Any number of edits costs
// one parse and one join.
//
// Comments and trailing commas are parsed, because people write them; [Document.FirstDeviation] says where the first
// one stands, because encoding/json, and so every program built on it, refuses them.
package jsonedit

import (
	"bytes"
	"errors"
	"unicode"

	"github.com/tailscale/hujson"
)

// Document is one JSON text that can be read and edited. It is not safe for concurrent edits; concurrent reads are
// safe while nobody edits.
type Document struct {
	original []byte   // what Parse was given, private copy
	text     []byte   // original as UTF-8 without byte order mark
	encoding Encoding // how original is encoded
	base     int      // offset in text of the JSON that hujson parsed
	end      int      // offset in text after it
	lines    []int    // offsets of line starts in text
	scan     scanResult
	edited   bool
	hasRoot  bool
	root     hujson.Value

	// madeRoot is the root object that [Document.EnsureObject] made; while it is empty the document is as it was parsed.
	madeRoot *hujson.Object
	// emptyInside keeps the bytes between the brackets of a container that was empty before its first insertion, so
	// that deleting all of it again gives the same bytes.
	emptyInside map[any]hujson.Extra
}

// ErrNotObject reports that the document's root is neither an object, nor null, nor missing, so that no member can be
// added to it.
var ErrNotObject = errors.New("the JSON document is not an object")

// Parse reads JSON, tolerating comments and trailing commas, a byte order mark with UTF-8 or UTF-16, white space of any
// Unicode kind around the document, and a document of nothing but white space, which has no root. Errors are
// [*SyntaxError]. Nesting deeper than 10,000 levels is an error, as it is in encoding/json.
func Parse(src []byte) (*Document, error) {
	d := &Document{original: bytes.Clone(src)}
	d.text, d.encoding = decode(d.original)

	trimmed := bytes.TrimLeftFunc(d.text, unicode.IsSpace)
	if len(trimmed) == 0 {
		d.base, d.end = len(d.text), len(d.text)
		d.lines = lineStarts(d.text)
		return d, nil
	}
	// Only white space that JSON does not know is cut off: the rest belongs to the tree.
	d.base = foreignSpacePrefix(d.text[:len(d.text)-len(trimmed)])
	right := bytes.TrimRightFunc(d.text, unicode.IsSpace)
	d.end = len(right) + foreignSpaceStart(d.text[len(right):])
	body := d.text[d.base:d.end]
	d.lines = lineStarts(d.text)

	d.scan = scan(body)
	if d.scan.tooDeep >= 0 {
		return nil, d.syntaxError(d.base+d.scan.tooDeep, "nested deeper than 10000 levels")
	}
	root, err := hujson.Parse(body)
	if err != nil {
		return nil, d.fromHujson(err)
	}
	d.root, d.hasRoot = root, true
	return d, nil
}

// foreignSpacePrefix returns the length of the prefix of space that ends with the last byte JSON has no white space for.
func foreignSpacePrefix(space []byte) int {
	return len(bytes.TrimRight(space, " \t\r\n"))
}

// foreignSpaceStart returns where in space the first byte stands that JSON has no white space for.
func foreignSpaceStart(space []byte) int {
	return len(space) - len(bytes.TrimLeft(space, " \t\r\n"))
}

// Bytes returns the document with all edits, in the encoding it was read in. A document without edits gives the bytes
// that were parsed.
func (d *Document) Bytes() []byte {
	if !d.edited || d.isUntouchedRoot() {
		return bytes.Clone(d.original)
	}
	out := make([]byte, 0, len(d.text)+len(d.text)/8+128)
	out = append(out, d.text[:d.base]...)
	out = appendValue(out, &d.root)
	out = append(out, d.text[d.end:]...)
	return encode(out, d.text, d.original, d.encoding)
}

// isUntouchedRoot reports whether the root object was made by EnsureObject and nothing is in it.
func (d *Document) isUntouchedRoot() bool {
	return d.madeRoot != nil && d.root.Value == hujson.ValueTrimmed(d.madeRoot) && len(d.madeRoot.Members) == 0
}

// Encoding returns how the parsed bytes are encoded; [Document.Bytes] keeps it.
func (d *Document) Encoding() Encoding { return d.encoding }

// Empty reports whether the document has no value at all, only white space.
func (d *Document) Empty() bool { return !d.hasRoot }

// Root returns the document's value; ok is false when the document is empty.
func (d *Document) Root() (v Value, ok bool) {
	if !d.hasRoot {
		return Value{}, false
	}
	return Value{doc: d, node: d.root}, true
}

// Object returns the root object; ok is false when the root is something else or missing.
func (d *Document) Object() (o *Object, ok bool) {
	v, _ := d.Root()
	return v.Object()
}

// EnsureObject returns the root object. In an empty document or in place of null it makes one first; another kind of
// root is [ErrNotObject].
func (d *Document) EnsureObject() (*Object, error) {
	if o, ok := d.Object(); ok {
		return o, nil
	}
	if d.hasRoot && d.root.Value.Kind() != 'n' {
		return nil, ErrNotObject
	}
	d.madeRoot = &hujson.Object{}
	if !d.hasRoot {
		// What was there is white space only: the new text starts afresh and ends with a newline.
		d.base, d.end = 0, len(d.text)
		d.root = hujson.Value{StartOffset: -1, EndOffset: -1, AfterExtra: hujson.Extra(d.newline())}
		d.hasRoot = true
	}
	d.root.Value = d.madeRoot
	d.edited = true
	o, _ := d.Object()
	return o, nil
}

// Lookup returns the value at a path of member names from the root. Of several members of the same name it follows the
// last one, as encoding/json does.
func (d *Document) Lookup(path ...string) (v Value, ok bool) {
	v, ok = d.Root()
	for _, name := range path {
		o, isObject := v.Object()
		if !ok || !isObject {
			return Value{}, false
		}
		var m Member
		m, ok = o.Find(name)
		v = m.Value
	}
	return v, ok
}

// newline returns the line end that the file uses.
func (d *Document) newline() string {
	if i := bytes.IndexByte(d.text, '\n'); i > 0 && d.text[i-1] == '\r' {
		return "\r\n"
	}
	return "\n"
}

// appendValue writes a tree as hujson.Value.Pack does, into a buffer of the caller's.
func appendValue(b []byte, v *hujson.Value) []byte {
	b = append(b, v.BeforeExtra...)
	switch value := v.Value.(type) {
	case hujson.Literal:
		b = append(b, value...)
	case *hujson.Object:
		b = append(b, '{')
		for i := range value.Members {
			m := &value.Members[i]
			b = append(appendValue(b, &m.Name), ':')
			b = appendValue(b, &m.Value)
			if i+1 < len(value.Members) || m.Value.AfterExtra != nil {
				b = append(b, ',')
			}
		}
		b = append(append(b, value.AfterExtra...), '}')
	case *hujson.Array:
		b = append(b, '[')
		for i := range value.Elements {
			e := &value.Elements[i]
			b = appendValue(b, e)
			if i+1 < len(value.Elements) || e.AfterExtra != nil {
				b = append(b, ',')
			}
		}
		b = append(append(b, value.AfterExtra...), ']')
	}
	return append(b, v.AfterExtra...)
}
