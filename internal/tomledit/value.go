package tomledit

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"strconv"
	"unicode/utf8"
)

// Value is something to write. How it is written, with which quotes and on
// how many lines, follows the place where it goes.
type Value struct {
	kind   Kind
	text   string // the string, or for other plain kinds the TOML spelling
	raw    bool   // text is TOML, whatever the kind is
	list   []Value
	fields []Field
}

// Field is a key with its value, in an inline table or a [Section]. Comment
// is written above the key in a section: one or more lines without #.
type Field struct {
	Key     string
	Value   Value
	Comment string
}

// Section is a table to write under a header of its own. Array makes it an
// element of an array of tables: [[header]].
type Section struct {
	Key      string
	Array    bool
	Comment  string // lines above the header, without #
	Fields   []Field
	Sections []Section // sub-tables, written behind the fields
}

// StringValue is a string.
func StringValue(s string) Value { return Value{kind: String, text: s} }

// BoolValue is a boolean.
func BoolValue(v bool) Value { return Value{kind: Bool, text: strconv.FormatBool(v)} }

// IntValue is an integer.
func IntValue(v int64) Value { return Value{kind: Integer, text: strconv.FormatInt(v, 10)} }

// FloatValue is a float.
func FloatValue(v float64) Value {
	switch {
	case math.IsNaN(v):
		return Value{kind: Float, text: "nan"}
	case math.IsInf(v, 0):
		return Value{kind: Float, text: map[bool]string{true: "inf", false: "-inf"}[v > 0]}
	}
	text := strconv.FormatFloat(v, 'g', -1, 64)
	if !bytes.ContainsAny([]byte(text), ".e") {
		text += ".0"
	}
	return Value{kind: Float, text: text}
}

// StringsValue is an array of strings.
func StringsValue(list ...string) Value {
	v := Value{kind: Array, list: make([]Value, len(list))}
	for i, s := range list {
		v.list[i] = StringValue(s)
	}
	return v
}

// ArrayValue is an array.
func ArrayValue(list ...Value) Value { return Value{kind: Array, list: list} }

// TableValue is an inline table.
func TableValue(fields ...Field) Value { return Value{kind: InlineTable, fields: fields} }

// RawValue is a value as it shall stand in the file. The error says what is
// wrong with it as TOML 1.0.
func RawValue(raw string) (Value, error) {
	doc, err := Parse([]byte("v=" + raw + "\n"))
	if err != nil {
		return Value{}, fmt.Errorf("tomledit: raw value: %w", err)
	}
	v := doc.Lookup("v")
	if v.RawValue() != raw || len(doc.snap.exprs) != 1 || doc.Root().Len() != 1 {
		return Value{}, errors.New("tomledit: raw value holds more than a value")
	}
	if f := doc.Faults(); len(f) > 0 {
		return Value{}, fmt.Errorf("tomledit: raw value: %s", f[0].Kind)
	}
	return Value{kind: v.Kind(), text: raw, raw: true}, nil
}

// check refuses what cannot be written.
func (v Value) check() error {
	switch v.kind {
	case Invalid, Table, TableArray:
		return errors.New("tomledit: value is not set")
	case String:
		if !utf8.ValidString(v.text) {
			return ErrInvalidUTF8
		}
	}
	for _, item := range v.list {
		if err := item.check(); err != nil {
			return err
		}
	}
	return checkFields(v.fields)
}

func checkFields(fields []Field) error {
	for i, f := range fields {
		if !utf8.ValidString(f.Key) {
			return ErrInvalidUTF8
		}
		for _, g := range fields[:i] {
			if g.Key == f.Key {
				return fmt.Errorf("tomledit: key %q: %w", f.Key, ErrExists)
			}
		}
		if err := checkComment(f.Comment); err != nil {
			return err
		}
		if err := f.Value.check(); err != nil {
			return err
		}
	}
	return nil
}

func (s *Section) check() error {
	if !utf8.ValidString(s.Key) {
		return ErrInvalidUTF8
	}
	if err := checkComment(s.Comment); err != nil {
		return err
	}
	for i := range s.Sections {
		sub := &s.Sections[i]
		if err := sub.check(); err != nil {
			return err
		}
		for _, f := range s.Fields {
			if f.Key == sub.Key {
				return fmt.Errorf("tomledit: key %q: %w", f.Key, ErrExists)
			}
		}
		for _, other := range s.Sections[:i] {
			if other.Key == sub.Key && !(other.Array && sub.Array) {
				return fmt.Errorf("tomledit: key %q: %w", sub.Key, ErrExists)
			}
		}
	}
	return checkFields(s.Fields)
}

func checkComment(text string) error {
	if !utf8.ValidString(text) {
		return ErrInvalidUTF8
	}
	for _, c := range []byte(text) {
		if c < ' ' && c != '\t' && c != '\n' || c == 0x7f {
			return errors.New("tomledit: control character in a comment")
		}
	}
	return nil
}
