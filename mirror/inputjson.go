package mirror

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sort"
)

// inputFromJSON reads JSON token by token, since encoding/json tells no
// positions and keeps no order when it decodes into values.
func inputFromJSON(name string, data []byte) (input, Diagnostics) {
	r := jsonReader{name: name, data: data, dec: json.NewDecoder(bytes.NewReader(data))}
	r.dec.UseNumber()
	in, err := r.value(0)
	if err == nil {
		if _, end := r.dec.Token(); end != io.EOF {
			err = errors.New("there is more after the document's end")
		}
	}
	if err != nil {
		offset := int(r.dec.InputOffset())
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) {
			offset = int(syntax.Offset)
		}
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			err = errors.New("the document ends too early")
		}
		return input{}, Diagnostics{ruleSyntax.At(r.position(offset), "", err.Error())}
	}
	return in, r.found
}

type jsonReader struct {
	name  string
	data  []byte
	dec   *json.Decoder
	lines []int // offsets of line starts
	found Diagnostics
}

func (r *jsonReader) position(offset int) Position {
	if r.lines == nil {
		r.lines = []int{0}
		for i, c := range r.data {
			if c == '\n' {
				r.lines = append(r.lines, i+1)
			}
		}
	}
	line := sort.SearchInts(r.lines, offset+1)
	return Position{r.name, line, offset - r.lines[line-1] + 1}
}

// next is where the next token starts.
func (r *jsonReader) next() Position {
	offset := int(r.dec.InputOffset())
	for offset < len(r.data) && bytes.IndexByte([]byte(" \t\r\n,:"), r.data[offset]) >= 0 {
		offset++
	}
	return r.position(offset)
}

func (r *jsonReader) value(depth int) (input, error) {
	if depth > maxInputDepth {
		return input{}, fmt.Errorf("nested deeper than %d levels", maxInputDepth)
	}
	at := r.next()
	in := input{at: at, valueAt: at}
	token, err := r.dec.Token()
	if err != nil {
		return input{}, err
	}
	switch t := token.(type) {
	case string:
		in.kind, in.text = inputString, t
	case bool:
		in.kind, in.truth = inputBool, t
	case nil:
		in.kind = inputNull
	case json.Delim:
		if t == '[' {
			in.kind = inputArray
			err = r.elements(&in, depth)
		} else {
			in.kind = inputTable
			err = r.members(&in, depth)
		}
	}
	return in, err
}

func (r *jsonReader) elements(in *input, depth int) error {
	for r.dec.More() {
		child, err := r.value(depth + 1)
		if err != nil {
			return err
		}
		in.children = append(in.children, child)
	}
	_, err := r.dec.Token()
	return err
}

func (r *jsonReader) members(in *input, depth int) error {
	seen := map[string]bool{}
	for r.dec.More() {
		at := r.next()
		token, err := r.dec.Token()
		if err != nil {
			return err
		}
		key, _ := token.(string)
		if seen[key] {
			r.found = append(r.found, ruleTwice.At(at, key, fmt.Sprintf("the key %q is there twice", key)))
		}
		seen[key] = true
		child, err := r.value(depth + 1)
		if err != nil {
			return err
		}
		child.key, child.at = key, at
		in.children = append(in.children, child)
	}
	_, err := r.dec.Token()
	return err
}
