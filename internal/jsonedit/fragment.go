package jsonedit

import (
	"errors"
	"fmt"

	"github.com/tailscale/hujson"
)

// Fragment is a JSON value to be written into a document. Each may be inserted once.
type Fragment struct {
	value hujson.ValueTrimmed
}

// String makes a JSON string. It escapes what must be escaped and nothing more; bytes that are not UTF-8 become U+FFFD.
func String(s string) Fragment { return Fragment{hujson.String(s)} }

// Raw takes a JSON value as it is written, without the white space around it. It refuses comments and trailing commas,
// which would make a document that was JSON something else.
func Raw(value []byte) (Fragment, error) {
	d, err := Parse(value)
	if err != nil {
		return Fragment{}, err
	}
	if !d.hasRoot {
		return Fragment{}, errors.New("no JSON value")
	}
	if deviation, ok := d.FirstDeviation(); ok {
		return Fragment{}, fmt.Errorf("%s: %s in a JSON value", deviation.Position, deviation.Kind)
	}
	return Fragment{d.root.Value}, nil
}

// EmptyArray makes []; elements appended to it follow the style of the file.
func EmptyArray() Fragment { return Fragment{&hujson.Array{}} }

// EmptyObject makes {}; members added to it follow the style of the file.
func EmptyObject() Fragment { return Fragment{&hujson.Object{}} }

// Bytes returns the value as it would be written.
func (f Fragment) Bytes() []byte { return f.node(nil, nil).Pack() }

// node returns the fragment as a tree node without a place in the text.
func (f Fragment) node(before, after hujson.Extra) hujson.Value {
	value := f.value
	if value == nil {
		value = hujson.Literal("null")
	}
	return hujson.Value{BeforeExtra: before, Value: value, AfterExtra: after, StartOffset: -1, EndOffset: -1}
}
