package jsonedit

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func array(t testing.TB, d *Document) *Array {
	t.Helper()
	o, ok := d.Object()
	require.True(t, ok)
	a, ok := o.Array("m")
	require.True(t, ok)
	return a
}

func object(t testing.TB, d *Document) *Object {
	t.Helper()
	o, ok := d.Object()
	require.True(t, ok)
	return o
}

func TestEdits(t *testing.T) {
	set := func(name, raw string) func(*testing.T, *Document) {
		return func(t *testing.T, d *Document) { object(t, d).Set(name, mustRaw(t, raw)) }
	}
	remove := func(name string) func(*testing.T, *Document) {
		return func(t *testing.T, d *Document) { assert.Positive(t, object(t, d).Delete(name)) }
	}
	insert := func(i int, values ...string) func(*testing.T, *Document) {
		return func(t *testing.T, d *Document) {
			var fragments []Fragment
			for _, v := range values {
				fragments = append(fragments, String(v))
			}
			array(t, d).Insert(i, fragments...)
		}
	}
	take := func(i int) func(*testing.T, *Document) {
		return func(t *testing.T, d *Document) { array(t, d).Remove(i) }
	}
	move := func(from, to int) func(*testing.T, *Document) {
		return func(t *testing.T, d *Document) { array(t, d).Move(from, to) }
	}
	for _, tc := range []struct {
		name, src string
		edit      func(*testing.T, *Document)
		want      string
	}{
		{"replace", "{ \"a\" :\t1 , \"n\": 12345678901234567890, \"e\": \"\\u0026\" }", set("a", "2"),
			"{ \"a\" :\t2 , \"n\": 12345678901234567890, \"e\": \"\\u0026\" }"},
		{"replace the last duplicate", `{"a": 1, "a": 2}`, set("a", "3"), `{"a": 1, "a": 3}`},
		{"add, two spaces", "{\n  \"a\": 1\n}\n", set("b", "2"), "{\n  \"a\": 1,\n  \"b\": 2\n}\n"},
		{"add, tabs and CRLF, no final newline", "{\r\n\t\"a\": 1\r\n}", set("b", "2"), "{\r\n\t\"a\": 1,\r\n\t\"b\": 2\r\n}"},
		{"add, one line", `{ "a": 1 }`, set("b", "2"), `{ "a": 1, "b": 2 }`},
		{"add, compact", `{"a":1}`, set("b", "2"), `{"a":1,"b":2}`},
		{"add, after a comment", "{\n  \"a\": 1 // why\n}", set("b", "2"), "{\n  \"a\": 1, // why\n  \"b\": 2\n}"},
		{"add, after a comment on one line", `{"a": 1 /* why */ }`, set("b", "2"), `{"a": 1 /* why */, "b": 2 }`},
		{"add, trailing comma", "{\n  \"a\": 1, // why\n}", set("b", "2"), "{\n  \"a\": 1, // why\n  \"b\": 2,\n}"},
		{"add to an empty object with a comment", "{\n    // nothing\n}", set("b", "2"), "{\n    // nothing\n  \"b\": 2\n}"},
		{"add before", "{\n  \"a\": 1,\n\n  // about b\n  \"b\": 2\n}", func(t *testing.T, d *Document) {
			require.NoError(t, object(t, d).InsertBefore("b", "x", mustRaw(t, "0")))
			require.Error(t, object(t, d).InsertBefore("nobody", "x", mustRaw(t, "0")))
		}, "{\n  \"a\": 1,\n  \"x\": 0,\n\n  // about b\n  \"b\": 2\n}"},
		{"delete the first", "{\n  \"a\": 1,\n  \"b\": 2\n}", remove("a"), "{\n  \"b\": 2\n}"},
		{"delete in the middle", "{\n  \"a\": 1,\n  \"b\": 2,\n  \"c\": 3\n}", remove("b"), "{\n  \"a\": 1,\n  \"c\": 3\n}"},
		{"delete the last", "{\n  \"a\": 1,\n  \"b\": 2\n}", remove("b"), "{\n  \"a\": 1\n}"},
		{"delete the only one", "{\n  \"a\": 1\n}\n", remove("a"), "{}\n"},
		{"delete duplicates", `{"a": 1, "b": 2, "a": 3}`, remove("a"), `{"b": 2}`},
		{"delete on one line", `{ "a": 1, "b": 2 }`, remove("a"), `{ "b": 2 }`},
		{"delete with comments", "{\n  \"a\": 1, // about a\n  // about b\n  \"b\": 2, // still b\n  \"c\": 3 // about c\n}", remove("b"),
			"{\n  \"a\": 1, // about a\n  \"c\": 3 // about c\n}"},
		{"delete keeps what is detached", "{\n  // section\n\n  // about a\n  \"a\": 1,\n  \"b\": 2\n}", remove("a"), "{\n  // section\n\n  \"b\": 2\n}"},
		{"delete the last with comments", "{\n  \"a\": 1, // about a\n  \"b\": 2 // about b\n}", remove("b"), "{\n  \"a\": 1 // about a\n}"},
		{"delete the last, trailing comma", "{\n  \"a\": 1,\n  \"b\": 2,\n}", remove("b"), "{\n  \"a\": 1,\n}"},
		{"rename", "{\n  \"registry-mirror\" : []\n}", func(t *testing.T, d *Document) { object(t, d).Rename(0, "registry-mirrors") }, "{\n  \"registry-mirrors\" : []\n}"},

		{"append, lines", "{\n  \"m\": [\n    \"a\"\n  ]\n}", insert(1, "b", "c"), "{\n  \"m\": [\n    \"a\",\n    \"b\",\n    \"c\"\n  ]\n}"},
		{"append, one line", `{"m": ["a", "b"]}`, insert(2, "c", "d"), `{"m": ["a", "b", "c", "d"]}`},
		{"append, tight", `{"m": ["a","b"]}`, insert(2, "c"), `{"m": ["a","b","c"]}`},
		{"append, one of one line", "{\n  \"m\": [ \"a\" ]\n}", insert(1, "c"), "{\n  \"m\": [ \"a\", \"c\" ]\n}"},
		{"append to empty", "{\n\t\"m\": []\n}", insert(0, "a", "b"), "{\n\t\"m\": [\n\t\t\"a\",\n\t\t\"b\"\n\t]\n}"},
		{"append to empty, arrays on one line", "{\n  \"h\": [\"x\"],\n  \"m\": []\n}", insert(0, "a", "b"), "{\n  \"h\": [\"x\"],\n  \"m\": [\"a\", \"b\"]\n}"},
		{"append to empty, one line", `{"x": 1, "m": []}`, insert(0, "a", "b"), `{"x": 1, "m": ["a", "b"]}`},
		{"append to empty, compact", `{"x":1,"m":[]}`, insert(0, "a", "b"), `{"x":1,"m":["a","b"]}`},
		{"insert first, lines", "{\n  \"m\": [\n    \"a\"\n  ]\n}", insert(0, "b"), "{\n  \"m\": [\n    \"b\",\n    \"a\"\n  ]\n}"},
		{"insert first, one line", `{"m": ["a", "b"]}`, insert(0, "c"), `{"m": ["c", "a", "b"]}`},
		{"insert in the middle", `{"m": ["a", "b"]}`, insert(1, "c"), `{"m": ["a", "c", "b"]}`},
		{"remove first, lines", "{\"m\": [\n\"a\",\n\"b\"]}", take(0), "{\"m\": [\n\"b\"]}"},
		{"remove first, one line", `{"m": ["a", "b"]}`, take(0), `{"m": ["b"]}`},
		{"remove last, one line", `{"m": [ "a", "b" ]}`, take(1), `{"m": [ "a" ]}`},
		{"remove the only one", "{\"m\": [\n  \"a\"\n]}", take(0), `{"m": []}`},
		{"remove before an open comment", "{\"m\": [\"a\", // about a\n \"b\"]}", take(1), "{\"m\": [\"a\" // about a\n]}"},
		{"move down", "{\"m\": [\n  \"a\",\n  \"b\", \"c\"]}", move(0, 2), "{\"m\": [\n  \"b\",\n  \"c\", \"a\"]}"},
		{"move up with comments", "{\"m\": [\n  \"a\", // is a\n  // above b\n  \"b\" // is b\n]}", move(1, 0), "{\"m\": [\n  // above b\n  \"b\", // is b\n  \"a\" // is a\n]}"},
		{"replace all", "{\"m\": [\n  \"a\",\n  \"b\"\n]}", func(t *testing.T, d *Document) { array(t, d).Replace(String("b"), String("c"), String("d")) },
			"{\"m\": [\n  \"b\",\n  \"c\",\n  \"d\"\n]}"},
		{"replace by less", "{\"m\": [\n  \"a\",\n  \"b\"\n]}", func(t *testing.T, d *Document) { array(t, d).Replace(String("b")) }, "{\"m\": [\n  \"b\"\n]}"},
		{"replace by nothing", "{\"m\": [\n  \"a\",\n  \"b\"\n]}", func(t *testing.T, d *Document) { array(t, d).Replace() }, "{\"m\": []}"},
		{"new array in the file's style", "{\n    \"a\": 1\n}\n", func(t *testing.T, d *Document) {
			object(t, d).Set("m", EmptyArray())
			array(t, d).Append(String("x"), String("y&z"))
		}, "{\n    \"a\": 1,\n    \"m\": [\n        \"x\",\n        \"y&z\"\n    ]\n}\n"},
		{"new objects, nested", "{\n  \"a\": 1\n}\n", func(t *testing.T, d *Document) {
			o := object(t, d)
			o.Set("p", EmptyObject())
			v, _ := d.Lookup("p")
			p, _ := v.Object()
			p.Set("q", mustRaw(t, "true"))
			o.Insert(0, "first", mustRaw(t, "0"))
			p.Set("r", mustRaw(t, "false"))
		}, "{\n  \"first\": 0,\n  \"a\": 1,\n  \"p\": {\n    \"q\": true,\n    \"r\": false\n  }\n}\n"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d := mustParse(t, tc.src)
			tc.edit(t, d)
			assert.Equal(t, tc.want, string(d.Bytes()))
		})
	}
}
