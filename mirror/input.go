package mirror

import (
	"fmt"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/internal/tomledit"
)

// Faults of mirrors.toml and its JSON form.
var (
	ruleSyntax     = fault("mirror/syntax", Error, "bytes that are not TOML or JSON", "")
	ruleUnknownKey = fault("mirror/unknown-key", Error, "a key that mirrors.toml does not have", "")
	ruleWrongType  = fault("mirror/wrong-type", Error, "a value of the wrong type", "")
	ruleTwice      = fault("mirror/duplicate-key", Error, "a key that is there twice", "keep one of them")
)

// inputKind is what a value of the input is.
type inputKind uint8

const (
	inputOther inputKind = iota
	inputString
	inputBool
	inputArray
	inputTable
	inputNull
)

var inputKindNames = [...]string{"another type", "a string", "true or false", "a list", "a table", "null"}

// input is a value of mirrors.toml or of its JSON form. Both are turned into
// this tree, so that one decoder knows the shape.
type input struct {
	kind     inputKind
	key      string
	at       Position // of the key where there is one
	valueAt  Position
	text     string
	truth    bool
	children []input
}

func inputFromTOML(name string, data []byte) (input, Diagnostics) {
	doc, err := tomledit.Parse(data)
	if err != nil {
		d := ruleSyntax.At(Position{File: name}, "", err.Error())
		if syntax, ok := err.(*tomledit.SyntaxError); ok {
			d.Line, d.Column, d.Message = syntax.Line, syntax.Column, syntax.Message
		}
		return input{}, Diagnostics{d}
	}
	var ds Diagnostics
	for _, f := range doc.Faults() {
		p := doc.Position(f.Offset)
		ds = append(ds, ruleTwice.At(Position{name, p.Line, p.Column}, f.Node.Name(), f.Kind.String()))
	}
	return tomlInput(name, doc, doc.Root(), 0), ds
}

// maxInputDepth bounds nesting; the shape itself needs seven levels.
const maxInputDepth = 100

func tomlInput(name string, doc *tomledit.Document, n tomledit.Node, depth int) input {
	p := n.Position()
	v := doc.Position(n.ValueSpan().Start)
	in := input{key: n.Key(), at: Position{name, p.Line, p.Column}, valueAt: Position{name, v.Line, v.Column}}
	switch n.Kind() {
	case tomledit.String:
		in.kind = inputString
		in.text, _ = n.AsString()
	case tomledit.Bool:
		in.kind = inputBool
		in.truth, _ = n.AsBool()
	case tomledit.Array, tomledit.TableArray:
		in.kind = inputArray
	case tomledit.Table, tomledit.InlineTable:
		in.kind = inputTable
	}
	if depth < maxInputDepth && (in.kind == inputArray || in.kind == inputTable) {
		if n.Kind() == tomledit.Table || n.Kind() == tomledit.TableArray {
			in.valueAt = in.at
		}
		in.children = make([]input, 0, n.Len())
		for c := range n.Children() {
			in.children = append(in.children, tomlInput(name, doc, c, depth+1))
		}
	}
	return in
}

// describe says what stands there, for "want a string, have …".
func (in input) describe() string {
	if in.kind == inputString {
		return fmt.Sprintf("the string %q", in.text)
	}
	return inputKindNames[in.kind]
}

func joinField(parent, key string) string {
	if parent == "" {
		return key
	}
	return parent + "." + strings.TrimPrefix(key, ".")
}
