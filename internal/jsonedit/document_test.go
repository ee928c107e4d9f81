package jsonedit

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func mustParse(t testing.TB, src string) *Document {
	t.Helper()
	d, err := Parse([]byte(src))
	require.NoError(t, err)
	return d
}

func mustRaw(t testing.TB, src string) Fragment {
	t.Helper()
	f, err := Raw([]byte(src))
	require.NoError(t, err)
	return f
}

func TestParseErrors(t *testing.T) {
	for _, tc := range []struct{ name, src, want string }{
		{"missing value", "{\n  \"a\": \n}", "3:1: invalid character '}' at start of value"},
		{"no comma", "{\"a\": 1\n \"b\": 2}", "2:2: invalid character '\"' after object value (expecting ',' or '}')"},
		{"second document", "{}\n{}", "2:1: invalid character '{' after top-level value"},
		{"cut off", "{\"a\": [", "1:8: parsing value: unexpected EOF"},
		{"cut off in a string", "{\"a\": \"x\\\"", "1:11: parsing string: unexpected EOF"},
		{"bad literal", "{\n\t\"a\": treu}", "2:7: invalid literal: treu"},
		{"bad escape", `["ok", "\x"]`, `1:8: invalid literal: "\x"`},
		{"after a byte order mark", "\ufeff{\n  x}", "2:3: invalid literal: x"},
		{"after a no-break space", "\u00a0{x}", "1:4: invalid literal: x"},
		{"smart quotes", "{“a”: 1}", "1:2: invalid character '“' at start of value"},
		{"comment only", "// nothing\n", "2:1: parsing value: unexpected EOF"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := Parse([]byte(tc.src))
			var syntax *SyntaxError
			require.ErrorAs(t, err, &syntax)
			assert.Equal(t, tc.want, err.Error())
			assert.True(t, syntax.IsValid())
		})
	}
}

func TestParseDepth(t *testing.T) {
	nested := func(depth int) string { return strings.Repeat("[", depth) + strings.Repeat("]", depth) }
	for _, depth := range []int{9999, 10000, 10001, 3 << 20} {
		src := []byte(nested(depth))
		_, err := Parse(src)
		var v any
		assert.Equal(t, json.Unmarshal(src, &v) == nil, err == nil, "depth %d: %v", depth, err)
	}
	d := mustParse(t, `{"a": `+nested(9999)+`}`)
	o, _ := d.Object()
	o.Set("b", String("x"))
	assert.Equal(t, `{"a": `+nested(9999)+`, "b": "x"}`, string(d.Bytes()))
}

func TestParseLarge(t *testing.T) {
	src := []byte(`{"a": "` + strings.Repeat("x", 20<<20) + `"}`)
	d, err := Parse(src)
	require.NoError(t, err)
	o, _ := d.Object()
	o.Set("b", String("y"))
	assert.Len(t, d.Bytes(), len(src)+len(`, "b": "y"`))
	_, err = Parse(bytes.Repeat([]byte(`"\`), 10<<20))
	assert.Error(t, err)
}

func TestFirstDeviation(t *testing.T) {
	for _, tc := range []struct {
		name, src string
		kind      DeviationKind
		at        string
	}{
		{"plain", `{"a": [1, {}], "b": "//, ]"}`, 0, ""},
		{"empty", "\n", 0, ""},
		{"byte order mark", "\ufeff{}", 0, ""},
		{"line comment", "{\n  // why\n  \"a\": 1}", Comment, "2:3"},
		{"block comment", "{} /* x */", Comment, "1:4"},
		{"trailing comma", "{\"a\": [1,\n 2 , ]}", TrailingComma, "2:4"},
		{"comma before a comment", "[1, // x\n]", TrailingComma, "1:3"},
		{"comment first", "[ /**/ 1,]", Comment, "1:3"},
		{"invalid UTF-8", "{\"a\": \"x\xff\"}", InvalidUTF8, "1:9"},
		{"escaped quote", `["\\\",]", "\\"]`, 0, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d := mustParse(t, tc.src)
			deviation, ok := d.FirstDeviation()
			assert.Equal(t, tc.kind, deviation.Kind)
			assert.Equal(t, tc.kind != 0, ok)
			assert.Equal(t, !ok, d.IsStandard())
			if ok {
				assert.Equal(t, tc.at, deviation.Position.String())
			}
		})
	}
}

func TestPositionsAndLookup(t *testing.T) {
	d := mustParse(t, "\ufeff{\r\n  \"a\": 1,\r\n  \"b\": {\"x\": [true, null]},\r\n  \"\\u0061\": 2\r\n}\r\n")
	o, ok := d.Object()
	require.True(t, ok)
	require.Equal(t, 3, o.Len())
	m, ok := o.Find("a")
	require.True(t, ok)
	assert.Equal(t, 2, m.Index)
	assert.Equal(t, "a", m.Name)
	assert.Equal(t, `"\u0061"`, string(m.Key.Raw()))
	assert.Equal(t, "4:3", m.Key.Position().String())
	assert.Equal(t, "4:13", m.Value.Position().String())
	assert.Equal(t, "4:14", m.Value.End().String())
	duplicates := o.Duplicates()
	require.Len(t, duplicates, 1)
	assert.Equal(t, 0, duplicates[0].Index)

	v, ok := d.Lookup("b", "x")
	require.True(t, ok)
	array, ok := v.Array()
	require.True(t, ok)
	assert.Equal(t, "3:15", array.Element(0).Position().String())
	assert.Equal(t, TrueKind, array.Element(0).Kind())
	assert.Equal(t, NullKind, array.Element(1).Kind())
	_, ok = d.Lookup("a", "x")
	assert.False(t, ok)
	_, ok = d.Lookup("nothing")
	assert.False(t, ok)
	assert.False(t, Value{}.Position().IsValid())

	o.Set("new", String("v"))
	m, _ = o.Find("new")
	assert.False(t, m.Value.Position().IsValid(), "what an edit made has no place in the parsed text")
}

func TestEnsureObject(t *testing.T) {
	for _, tc := range []struct{ name, src, want string }{
		{"empty file", "", "{\n  \"k\": 1\n}\n"},
		{"white space", " \r\n\r\n", "{\r\n  \"k\": 1\r\n}\r\n"},
		{"null", "null\n", "{\n  \"k\": 1\n}\n"},
		{"empty object", "{}", "{\n  \"k\": 1\n}"},
		{"byte order mark alone", "\ufeff", "\ufeff{\n  \"k\": 1\n}\n"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d := mustParse(t, tc.src)
			o, err := d.EnsureObject()
			require.NoError(t, err)
			assert.Equal(t, tc.src, string(d.Bytes()), "an object without members is no change")
			o.Set("k", mustRaw(t, "1"))
			assert.Equal(t, tc.want, string(d.Bytes()))
			assert.Equal(t, 1, o.Delete("k"))
			assert.Equal(t, tc.src, string(d.Bytes()))
			o.Set("k", mustRaw(t, "1"))
			assert.Equal(t, tc.want, string(d.Bytes()))
		})
	}
	_, err := mustParse(t, `["x"]`).EnsureObject()
	assert.ErrorIs(t, err, ErrNotObject)
}

func TestEncodings(t *testing.T) {
	const text = "{\"a\": \"é😀\", \"z\": 1}\r\n"
	utf16 := func(e Encoding, s string) []byte { return encode([]byte(s), nil, marks[e], e) }
	for _, e := range []Encoding{UTF8, UTF8BOM, UTF16LE, UTF16BE} {
		src, want := append(bytes.Clone(marks[e]), text...), append(bytes.Clone(marks[e]), strings.Replace(text, "1", "\"😁\"", 1)...)
		if e >= UTF16LE {
			src, want = utf16(e, text), utf16(e, strings.Replace(text, "1", "\"😁\"", 1))
		}
		d, err := Parse(src)
		require.NoError(t, err)
		assert.Equal(t, e, d.Encoding())
		assert.Equal(t, src, d.Bytes())
		o, _ := d.Object()
		a, _ := o.Find("a")
		s, _ := a.Value.Text()
		assert.Equal(t, "é😀", s)
		o.Set("z", String("😁"))
		assert.Equal(t, want, d.Bytes(), e.String())
	}
	assert.Equal(t, []byte{0xff, 0xfe, '1', 0, 0x3d, 0xd8, 0x00, 0xde}, utf16(UTF16LE, "1😀"))

	lone := append(utf16(UTF16LE, `{"a": "`), 0x00, 0xd8, '"', 0, ',', 0, '"', 0, 'b', 0, '"', 0, ':', 0, '1', 0, '}', 0)
	d, err := Parse(lone)
	require.NoError(t, err)
	o, _ := d.Object()
	o.Set("b", mustRaw(t, "2"))
	lone[len(lone)-4] = '2'
	assert.Equal(t, lone, d.Bytes(), "half a character outside the edit survives")
}

func TestRaw(t *testing.T) {
	for _, src := range []string{"", "  ", "[1,]", "// x\n1", "{", "1 2", "\"\xff\""} {
		_, err := Raw([]byte(src))
		assert.Error(t, err, src)
	}
	f := mustRaw(t, " {\"a\": 12345678901234567890.0}\n")
	d := mustParse(t, "{}")
	o, _ := d.Object()
	o.Set("x", f)
	assert.Equal(t, "{\n  \"x\": {\"a\": 12345678901234567890.0}\n}", string(d.Bytes()))
}
