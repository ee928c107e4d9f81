package jsonedit

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/tailscale/hujson"
)

var seeds = []string{
	"", " \n", "null", "{}", "[]", "{ }", "{\n}\n", "\ufeff{}", "\xff\xfe{\x00}\x00", "\u00a0{}\u2003",
	`{"a":1,"b":[1,2]}`,
	`{ "a": 1, "a" : {"x": [ ], "y": ["a" , "b"]} }`,
	"{\r\n\t\"m\": [\r\n\t\t\"a\",\r\n\t\t\"b\"\r\n\t],\r\n\t\"n\": 12345678901234567890\r\n}",
	"{\n  // section\n\n  // a\n  \"a\": [1, // one\n    // two\n    2, /* x */ 3 // three\n  ], // end of a\n  \"b\": {\"c\": [\n1,2\n,3,]}\n  // rest\n}\n",
	"{ // top\n  \"a\": [ // open\n  ], \"b\": [ /* in */ ], \"c\": [[1], [ /*1*/ 2 ]] /* z */ }",
	"{\"a\": 1 /* one\n two */, /* three */ \"b\": 2, // four\n}",
	"{\"\\u0061\": \"\\u0026\\ud800\", \"é\": -1.5e+400}",
	"[1 // x\n, 2 // y\n,\n\n// z\n]",
}

// tree is a JSON value with the order of its members, read by encoding/json's tokens.
type tree struct {
	scalar  any // a token, when the value is not a container
	kind    json.Delim
	names   []string
	members []*tree
}

func readTree(d *json.Decoder) (*tree, error) {
	token, err := d.Token()
	if err != nil {
		return nil, err
	}
	kind, ok := token.(json.Delim)
	if !ok {
		return &tree{scalar: token}, nil
	}
	t := &tree{kind: kind}
	for d.More() {
		if kind == '{' {
			name, err := d.Token()
			if err != nil {
				return nil, err
			}
			t.names = append(t.names, name.(string))
		}
		m, err := readTree(d)
		if err != nil {
			return nil, err
		}
		t.members = append(t.members, m)
	}
	_, err = d.Token()
	return t, err
}

func (t *tree) String() string {
	if t == nil {
		return ""
	}
	if t.kind == 0 {
		return fmt.Sprintf("%T:%v", t.scalar, t.scalar)
	}
	var b strings.Builder
	b.WriteString(t.kind.String())
	for i, m := range t.members {
		if t.kind == '{' {
			fmt.Fprintf(&b, "%q:", t.names[i])
		}
		b.WriteString(m.String() + ",")
	}
	return b.String() + "end"
}

// oracle reads a document with encoding/json, after hujson has blanked what JSON does not have.
func oracle(t *testing.T, src []byte) *tree {
	text, _ := decode(src)
	text = bytes.TrimSpace(text)
	if len(text) == 0 {
		return nil
	}
	standard, err := hujson.Standardize(append(bytes.Clone(text), '\n')) // which ends a comment
	require.NoError(t, err, "%q", text)
	require.True(t, json.Valid(standard), "%q", standard)
	d := json.NewDecoder(bytes.NewReader(standard))
	d.UseNumber()
	read, err := readTree(d)
	require.NoError(t, err, "%q", standard)
	return read
}

func FuzzParse(f *testing.F) {
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		d, err := Parse(src)
		text, encoding := decode(src)
		trimmed := bytes.TrimSpace(text)
		plain := json.Valid(trimmed) || len(trimmed) == 0
		if err != nil {
			require.False(t, plain, "encoding/json takes %q: %v", src, err)
			require.Positive(t, err.(*SyntaxError).Line)
			return
		}
		require.Equal(t, src, d.Bytes())
		require.Equal(t, encoding, d.Encoding())
		deviation, deviates := d.FirstDeviation()
		if deviates && deviation.Kind != InvalidUTF8 {
			require.False(t, plain, "%q has no %s", src, deviation)
		} else if !deviates {
			require.True(t, plain, "%q", src)
		}
		if !d.Empty() {
			d.edited = true // joined again from the tree
			require.Equal(t, src, d.Bytes())
		}
	})
}

// container is an object or an array of a document with its oracle.
type container struct {
	object *Object
	array  *Array
	tree   *tree
}

func containers(v Value, t *tree, found []container) []container {
	if o, ok := v.Object(); ok {
		found = append(found, container{object: o, tree: t})
		for m := range o.Members() {
			found = containers(m.Value, t.members[m.Index], found)
		}
	}
	if a, ok := v.Array(); ok {
		found = append(found, container{array: a, tree: t})
		for i, e := range a.Elements() {
			found = containers(e, t.members[i], found)
		}
	}
	return found
}

func FuzzEdit(f *testing.F) {
	for i, s := range seeds {
		f.Add([]byte(s), []byte{0, byte(i), 1, 2, 3, 1, 1, 0, 2, 2, 0, 1, 3, 1, 0, 4, 2, 1, 5, 1, 1})
	}
	f.Fuzz(func(t *testing.T, src, edits []byte) {
		d, err := Parse(src)
		if err != nil || len(src) > 2000 {
			return
		}
		want := oracle(t, src)
		if _, ok := d.Object(); ok || d.Empty() || want.scalar == nil && want.kind == 0 {
			if _, err = d.EnsureObject(); err == nil && want == nil || want.kind == 0 {
				want = &tree{kind: '{'}
			}
		}
		for step := 0; len(edits) >= 3 && step < 60; step++ {
			root, _ := d.Root()
			all := containers(root, want, nil)
			if len(all) == 0 {
				return
			}
			c := all[int(edits[1])%len(all)]
			before := d.Bytes()
			c.edit(int(edits[0]), int(edits[2]), fmt.Sprintf("k%d", step))
			edits = edits[3:]
			after := d.Bytes()
			if untouched := d.madeRoot != nil && d.isUntouchedRoot(); !untouched {
				require.Equal(t, want.String(), oracle(t, after).String(), "%q became %q", before, after)
			}
			if d.IsStandard() {
				again, err := Parse(after)
				require.NoError(t, err)
				require.True(t, again.IsStandard(), "%q became %q", before, after)
			}
		}
	})
}

func (c container) edit(operation, at int, name string) {
	n := len(c.tree.members)
	text := &tree{scalar: name}
	i := 0
	if n > 0 {
		i = at % n
	}
	insert := func(i int, value *tree) {
		c.tree.members = slices.Insert(c.tree.members, i, value)
		if c.object != nil {
			c.tree.names = slices.Insert(c.tree.names, i, name)
		}
	}
	remove := func(i int) {
		c.tree.members = slices.Delete(c.tree.members, i, i+1)
		if c.object != nil {
			c.tree.names = slices.Delete(c.tree.names, i, i+1)
		}
	}
	switch operation %= 7; {
	case operation == 0 || n == 0:
		i = at % (n + 1)
		if c.object != nil {
			c.object.Insert(i, name, String(name))
		} else {
			c.array.Insert(i, String(name), String(name))
			insert(i, text)
		}
		insert(i, text)
	case operation == 1:
		if c.object != nil {
			c.object.DeleteAt(i)
		} else {
			c.array.Remove(i)
		}
		remove(i)
	case operation == 2:
		if c.object != nil {
			c.object.SetAt(i, EmptyArray())
		} else {
			c.array.Set(i, EmptyObject())
		}
		c.tree.members[i] = &tree{kind: map[bool]json.Delim{true: '[', false: '{'}[c.object != nil]}
	case operation == 3 && c.array != nil:
		from, to := i, (at/16)%n
		c.array.Move(from, to)
		moved := c.tree.members[from]
		remove(from)
		insert(to, moved)
	case operation == 4 && c.array != nil:
		c.array.RemoveFunc(func(i int, _ Value) bool { return (i+at)%3 > 0 })
		for j := n - 1; j >= 0; j-- {
			if (j+at)%3 > 0 {
				remove(j)
			}
		}
	case operation == 5 && c.array != nil:
		values := make([]Fragment, at%5)
		c.tree.members = nil
		for j := range values {
			values[j] = String(name)
			insert(j, text)
		}
		c.array.Replace(values...)
	case c.object != nil && operation == 3:
		c.object.Rename(i, name)
		c.tree.names[i] = name
	case c.object != nil:
		gone := c.tree.names[i]
		c.object.Delete(gone)
		for j := n - 1; j >= 0; j-- {
			if c.tree.names[j] == gone {
				remove(j)
			}
		}
	}
}

// FuzzInsertDelete checks that what was inserted can be deleted without a trace.
func FuzzInsertDelete(f *testing.F) {
	for i, s := range seeds {
		f.Add([]byte(s), uint8(i), uint8(i/2))
	}
	f.Fuzz(func(t *testing.T, src []byte, which, at uint8) {
		d, err := Parse(src)
		if err != nil || len(src) > 2000 {
			return
		}
		if _, err := d.EnsureObject(); err == nil && d.madeRoot != nil {
			o, _ := d.Object()
			o.Set("new", String("x"))
			o.Delete("new")
			require.Equal(t, string(src), string(d.Bytes()))
			return
		}
		root, _ := d.Root()
		all := containers(root, oracle(t, src), nil)
		if len(all) == 0 {
			return
		}
		c := all[int(which)%len(all)]
		i := int(at) % (len(c.tree.members) + 1)
		if c.object != nil {
			c.object.Insert(i, "new", String("x"))
		} else {
			c.array.Insert(i, String("x"), String("y"))
		}
		edited := d.Bytes()
		undo := func(d *Document, c container) {
			if c.object != nil {
				c.object.DeleteAt(i)
			} else {
				c.array.RemoveFunc(func(j int, _ Value) bool { return j == i || j == i+1 })
			}
			require.Equal(t, string(src), string(d.Bytes()), "by way of %q", edited)
		}
		undo(d, c)
		if len(c.tree.members) == 0 {
			return // the white space inside an empty container is known only to the document that was edited
		}
		again, err := Parse(edited)
		require.NoError(t, err)
		root, _ = again.Root()
		undo(again, containers(root, oracle(t, edited), nil)[int(which)%len(all)])
	})
}
