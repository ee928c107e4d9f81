package jsonedit

import (
	"unicode/utf8"

	"github.com/tailscale/hujson"
)

// Kind is the kind of a JSON value.
type Kind byte

// The kinds of JSON values.
const (
	NoKind     Kind = 0 // of the zero Value
	NullKind   Kind = 'n'
	FalseKind  Kind = 'f'
	TrueKind   Kind = 't'
	StringKind Kind = '"'
	NumberKind Kind = '0'
	ObjectKind Kind = '{'
	ArrayKind  Kind = '['
)

// String returns the name encoding/json has for the kind in its messages.
func (k Kind) String() string {
	switch k {
	case NullKind:
		return "null"
	case FalseKind, TrueKind:
		return "bool"
	case StringKind:
		return "string"
	case NumberKind:
		return "number"
	case ObjectKind:
		return "object"
	case ArrayKind:
		return "array"
	}
	return "nothing"
}

// Value is a value in a document as it was when the Value was asked for. The zero Value has no kind.
type Value struct {
	doc  *Document
	node hujson.Value

	container place        // where the container stands that the value is in
	before    hujson.Extra // the extra that decides whether the value is on a line of its own
	inside    bool         // the value is in a container
}

// Kind returns the kind of the value.
func (v Value) Kind() Kind {
	if v.node.Value == nil {
		return NoKind
	}
	return Kind(v.node.Value.Kind())
}

// Position returns where the value starts in the text that was parsed; it is not valid for what edits have made.
func (v Value) Position() Position { return v.at(v.node.StartOffset) }

// End returns where the value ends in the text that was parsed; it is not valid for what edits have made.
func (v Value) End() Position { return v.at(v.node.EndOffset) }

func (v Value) at(offset int) Position {
	if v.doc == nil || v.node.EndOffset <= 0 {
		return Position{}
	}
	return v.doc.Position(v.doc.base + offset)
}

// Raw returns the value as it is written, without the white space around it.
func (v Value) Raw() []byte {
	if v.node.Value == nil {
		return nil
	}
	return hujson.Value{Value: v.node.Value}.Pack()
}

// Text returns what a string says; ok is false for other kinds.
func (v Value) Text() (s string, ok bool) {
	literal, isLiteral := v.node.Value.(hujson.Literal)
	if !isLiteral || literal.Kind() != '"' {
		return "", false
	}
	return stringText(literal), true
}

// AppendText appends what a string says to b, and nothing for other kinds: [Value.Text] for loops over many values.
func (v Value) AppendText(b []byte) []byte {
	literal, ok := v.node.Value.(hujson.Literal)
	if !ok || literal.Kind() != '"' {
		return b
	}
	if inside := literal[1 : len(literal)-1]; isPlain(inside) {
		return append(b, inside...)
	}
	return append(b, literal.String()...)
}

// Object returns the value as an object that can be edited; ok is false for other kinds.
func (v Value) Object() (o *Object, ok bool) {
	if object, isObject := v.node.Value.(*hujson.Object); isObject {
		return &Object{place: v.placed(), object: object}, true
	}
	return nil, false
}

// Array returns the value as an array that can be edited; ok is false for other kinds.
func (v Value) Array() (a *Array, ok bool) {
	if array, isArray := v.node.Value.(*hujson.Array); isArray {
		return &Array{place: v.placed(), array: array}, true
	}
	return nil, false
}

func (v Value) placed() place {
	if !v.inside {
		return place{doc: v.doc}
	}
	return v.container.within(v.before)
}

// within returns where the value stands whose container is at p, after the extra before it, among items on lines of
// their own or not.
func (p place) within(before hujson.Extra) place {
	if hasNewline(before) {
		return place{doc: p.doc, indent: lineIndent(before)}
	}
	return place{doc: p.doc, indent: p.indent, inline: true}
}

// stringText unquotes a valid JSON string.
func stringText(literal hujson.Literal) string {
	if inside := literal[1 : len(literal)-1]; isPlain(inside) {
		return string(inside)
	}
	return literal.String()
}

// isPlain reports whether the inside of a string is written as it reads.
func isPlain(inside []byte) bool {
	for _, c := range inside {
		if c == '\\' || c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// isName reports whether the string literal says name.
func isName(literal hujson.Literal, name string) bool {
	inside := literal[1 : len(literal)-1]
	if string(inside) == name {
		return utf8.ValidString(name)
	}
	return !isPlain(inside) && literal.String() == name
}
