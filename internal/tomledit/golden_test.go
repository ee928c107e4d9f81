package tomledit

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func mirror(url string) Section {
	return Section{Key: url, Fields: []Field{{Key: "capabilities", Value: StringsValue("pull")}}}
}

func TestEditHosts(t *testing.T) {
	const hosts = "server = \"https://docker.io\"\n\n[host.\"https://a\"]\n  capabilities = [\"pull\"]\n  [host.\"https://a\".header]\n    x = \"y\"\n\n# second\n[host.\"https://b\"]\n  ca = \"b.pem\"\n"
	runEdits(t, []editCase{
		{"append", hosts, func(e *Edit, r Node) { e.AppendTable(r.Child("host"), mirror("https://c")) },
			hosts + "\n[host.\"https://c\"]\n  capabilities = [\"pull\"]\n"},
		{"insert first", hosts, func(e *Edit, r Node) { e.InsertTable(r.Child("host"), First(), mirror("https://c")) },
			strings.Replace(hosts, "[host.\"https://a\"]", "[host.\"https://c\"]\n  capabilities = [\"pull\"]\n\n[host.\"https://a\"]", 1)},
		{"delete with sub-table", hosts, func(e *Edit, r Node) { e.Delete(r.Get("host", "https://a")) },
			"server = \"https://docker.io\"\n\n# second\n[host.\"https://b\"]\n  ca = \"b.pem\"\n"},
		{"delete last", hosts, func(e *Edit, r Node) { e.Delete(r.Get("host", "https://b")) },
			strings.Replace(hosts, "\n# second\n[host.\"https://b\"]\n  ca = \"b.pem\"\n", "", 1)},
		{"swap", hosts, func(e *Edit, r Node) { e.Move(r.Get("host", "https://b"), First()) },
			"server = \"https://docker.io\"\n\n# second\n[host.\"https://b\"]\n  ca = \"b.pem\"\n\n[host.\"https://a\"]\n  capabilities = [\"pull\"]\n  [host.\"https://a\".header]\n    x = \"y\"\n"},
		{"set in sub-table", hosts, func(e *Edit, r Node) { e.SetPath([]string{"host", "https://b", "header", "k"}, StringValue("v")) },
			hosts + "  [host.\"https://b\".header]\n    k = \"v\"\n"},
		{"scattered host is put together by a move", "[host.a]\n[host.b]\n[host.a.header]\nx = 1\n", func(e *Edit, r Node) {
			e.Move(r.Get("host", "b"), First())
		}, "[host.b]\n[host.a]\n[host.a.header]\nx = 1\n"},
		{"first host of a file", "# c\nserver = 'x'\n", func(e *Edit, r Node) {
			e.AppendTable(r, Section{Key: "host"})
			e.AppendTable(r, Section{Key: "header", Fields: []Field{{Key: "a", Value: StringValue("b")}}})
		}, "# c\nserver = 'x'\n\n[host]\n\n[header]\na = 'b'\n"},
		{"root key above the first header", "# c\n\n[host.a]\n", func(e *Edit, r Node) { e.Set(r, "server", StringValue("x")) },
			"# c\n\nserver = \"x\"\n\n[host.a]\n"},
		{"key of an implied table", "[host.a]\n", func(e *Edit, r Node) { e.Set(r.Child("host"), "k", IntValue(1)) },
			"[host]\nk = 1\n\n[host.a]\n"},
	})
}

func TestEditStyle(t *testing.T) {
	runEdits(t, []editCase{
		{"CRLF, literal quotes, no spaces", "a='x'\r\n[t]\r\n\tb='y'\r\n", func(e *Edit, r Node) {
			e.Set(r.Child("t"), "c", StringValue("z"))
			e.Set(r, "d", StringsValue("p", "q"))
		}, "a='x'\r\nd=['p', 'q']\r\n[t]\r\n\tb='y'\r\n\tc='z'\r\n"},
		{"no final newline", "a = 1", func(e *Edit, r Node) { e.Set(r, "b", IntValue(2)) }, "a = 1\nb = 2"},
		{"empty file", "", func(e *Edit, r Node) { e.Set(r, "b", IntValue(2)) }, "b = 2\n"},
		{"BOM stays first", "\xef\xbb\xbfa = 1\n", func(e *Edit, r Node) { e.Insert(r, First(), Field{Key: "b", Value: IntValue(2)}) }, "\xef\xbb\xbfb = 2\na = 1\n"},
		{"aligned columns", "a    = 1\nlong = 2\n", func(e *Edit, r Node) { e.Set(r, "a", IntValue(3)) }, "a    = 3\nlong = 2\n"},
		{"equal value stays as written", "a = 0x10\nb = '''x'''\n", func(e *Edit, r Node) {
			e.Set(r, "a", IntValue(16))
			e.Set(r, "b", StringValue("x"))
		}, "a = 0x10\nb = '''x'''\n"},
		{"literal cannot hold it", "a = 'x'\n", func(e *Edit, r Node) { e.Set(r, "a", StringValue("it's\n")) }, "a = \"it's\\n\"\n"},
		{"array keeps equal ends", "a = [\n  'x', # x\n  'y', # y\n  'z', # z\n]\n", func(e *Edit, r Node) {
			e.Set(r, "a", StringsValue("x", "n", "m", "z"))
		}, "a = [\n  'x', # x\n  'n', # y\n  'm',\n  'z', # z\n]\n"},
		{"array becomes empty", "a = [ 'x', 'y' ]\n", func(e *Edit, r Node) { e.Set(r, "a", StringsValue()) }, "a = [ ]\n"},
		{"dotted key", "[t]\nh.x = 1\nk = 2\n", func(e *Edit, r Node) { e.Set(r.Get("t", "h"), "y", IntValue(3)) }, "[t]\nh.x = 1\nh.y = 3\nk = 2\n"},
		{"inline header", "h = {x = 1}\n", func(e *Edit, r Node) {
			e.SetPath([]string{"h", "y", "z"}, BoolValue(true))
		}, "h = {x = 1, y = { z = true }}\n"},
		{"delete key with its comments", "a = 1\n\n# about b\nb = 2 # tail\n\nc = 3\n", func(e *Edit, r Node) { e.Delete(r.Child("b")) }, "a = 1\n\nc = 3\n"},
		{"comments apart stay", "# head\n\n# about a\na = 1\n", func(e *Edit, r Node) { e.Delete(r.Child("a")) }, "# head\n"},
		{"replace all elements", "x = 1\n\n[[r]]\na = 1\n\n[[r]]\na = 2\n\n[z]\n", func(e *Edit, r Node) {
			for c := range r.Child("r").Children() {
				e.Delete(c)
			}
			e.AppendTable(r, Section{Key: "r", Array: true, Fields: []Field{{Key: "a", Value: IntValue(3)}}})
		}, "x = 1\n\n[[r]]\na = 3\n\n[z]\n"},
		{"comment with a field", "[t]\n", func(e *Edit, r Node) {
			e.Insert(r.Child("t"), Last(), Field{Key: "a", Value: IntValue(1), Comment: "one\n\ntwo"})
		}, "[t]\n# one\n#\n# two\na = 1\n"},
		{"keys that need quotes", "", func(e *Edit, r Node) {
			e.SetPath([]string{"plugins", "io.containerd.grpc.v1.cri", "registry", "x\x7f"}, BoolValue(true))
			e.SetPath([]string{"plugins", "io.containerd.grpc.v1.cri", "registry", "y"}, BoolValue(true))
		}, "[plugins.\"io.containerd.grpc.v1.cri\".registry]\n\"x\\u007F\" = true\ny = true\n"},
	})
}

func TestEditErrors(t *testing.T) {
	doc, err := Parse([]byte("a = 1\nb = [1]\n[t]\n[[r]]\n"))
	require.NoError(t, err)
	other, err := Parse([]byte("a = 1\n"))
	require.NoError(t, err)
	r := doc.Root()
	for name, c := range map[string]struct {
		edit func(e *Edit)
		want error
	}{
		"other document":  {func(e *Edit) { e.Set(other.Root(), "a", IntValue(1)) }, ErrStale},
		"no node":         {func(e *Edit) { e.Delete(r.Child("none")) }, ErrStale},
		"set a table":     {func(e *Edit) { e.Set(r, "t", IntValue(1)) }, ErrKind},
		"set in a value":  {func(e *Edit) { e.Set(r.Child("a"), "t", IntValue(1)) }, ErrKind},
		"insert existing": {func(e *Edit) { e.Insert(r, Last(), Field{Key: "a", Value: IntValue(1)}) }, ErrExists},
		"insert twice": {func(e *Edit) {
			e.Insert(r, Last(), Field{Key: "n", Value: IntValue(1)})
			e.Insert(r, Last(), Field{Key: "n", Value: IntValue(1)})
		}, ErrExists},
		"table twice":      {func(e *Edit) { e.AppendTable(r, Section{Key: "n"}); e.AppendTable(r, Section{Key: "n"}) }, ErrExists},
		"table exists":     {func(e *Edit) { e.AppendTable(r, Section{Key: "t"}) }, ErrExists},
		"rename to other":  {func(e *Edit) { e.Rename(r.Child("a"), "b") }, ErrExists},
		"rename the root":  {func(e *Edit) { e.Rename(r, "b") }, ErrKind},
		"delete the root":  {func(e *Edit) { e.Delete(r) }, ErrKind},
		"move to others":   {func(e *Edit) { e.Move(r.Child("a"), After(r.Child("t"))) }, ErrKind},
		"item of no array": {func(e *Edit) { e.AppendItem(r.Child("a"), IntValue(1)) }, ErrKind},
		"not UTF-8":        {func(e *Edit) { e.Set(r, "a", StringValue("\xff")) }, ErrInvalidUTF8},
		"key not UTF-8":    {func(e *Edit) { e.Set(r, "\xff", IntValue(1)) }, ErrInvalidUTF8},
	} {
		t.Run(name, func(t *testing.T) {
			e := doc.Edit()
			c.edit(e)
			require.ErrorIs(t, e.Apply(), c.want)
			require.Equal(t, "a = 1\nb = [1]\n[t]\n[[r]]\n", string(doc.Bytes()))
		})
	}
	e := doc.Edit()
	e.Set(r, "a", IntValue(2))
	require.NoError(t, e.Apply())
	require.ErrorIs(t, e.Apply(), ErrStale)
	require.Equal(t, "1", r.Child("a").RawValue())
	for _, raw := range []string{"1\nb=2", "1 # c", "[1", "{a=1,}", "", " 1", `"\x41"`} {
		_, err := RawValue(raw)
		require.Error(t, err, raw)
	}
}

func TestWriter(t *testing.T) {
	for _, s := range []string{"", "plain", "tab\t nl\n cr\r bs\b ff\f \"q\" \\ \x00\x1f\x7f", "é 漢 😀 \u2028", strings.Repeat("long", 100)} {
		out, err := AppendString(nil, s)
		require.NoError(t, err)
		require.Equal(t, s, decode(t, string(out)))
		v, err := unmarshal(append(AppendKey(nil, s), "=1"...))
		require.NoError(t, err)
		require.Contains(t, v, s)
		for _, c := range out {
			require.True(t, c >= ' ' && c != 0x7f)
		}
	}
	dst := []byte("x = ")
	out, err := AppendStringArray(dst, []string{"a", "\xff"})
	require.ErrorIs(t, err, ErrInvalidUTF8)
	require.Equal(t, "x = ", string(out))
	require.Equal(t, "[host.\"https://a:5000\".header]\n", string(AppendHeader(nil, "host", "https://a:5000", "header")))
	require.Equal(t, "[[registry.mirror]]\n", string(AppendArrayHeader(nil, "registry", "mirror")))
	buf := make([]byte, 0, 1024)
	require.Zero(t, testing.AllocsPerRun(100, func() {
		b := AppendHeader(buf, "host", "https://mirror.example.com", "header")
		b, _ = AppendString(b, "x \n é")
		_, _ = AppendStringArray(b, []string{"pull", "resolve"})
	}))
}
