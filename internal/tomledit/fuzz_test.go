package tomledit

import (
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/pelletier/go-toml/v2"
	"github.com/stretchr/testify/require"
)

// oddFiles are the shapes in which engines differ (containerd's hosts.toml,
// registries.conf), and TOML's own corners.
var oddFiles = []string{
	"",
	"\n\n",
	"\xef\xbb\xbf",
	"\xef\xbb\xbfserver = 'a'\n",
	"[host.\"https://a\"]\n[host.'https://b']\n[ host . \"https://c\" ]\n",
	"[host.\"a\"]\n[host.b]\n[host.\"a\".header]\nx = [\"y\"]\n",
	"[host.\"a\".header]\n[host.b]\n[host.\"a\"]\n",
	"host.\"https://a\".capabilities = [\"pull\"]\nhost.b.ca = 'x'\n",
	"[host]\n\"https://a\".capabilities = ['pull']\n\"https://b\" = { ca = 'x' }\n",
	"host = { \"https://a\" = { capabilities = ['pull'] } }\n",
	"[host.\"a\"]\n[host.\"a\"]\n",
	"[host.\"http://[fd00::1]:5000\"]\n",
	"[host.\"https://\\u0061\"]\nclient = [[\"a\", \"b\"], 'c',]\r\n",
	"[host.\"\"]\n[host.mirror.local]\n[host.\"a\".host.\"b\"]\n",
	"server = 1\r\n\r\n# c\r\n[header] # d\r\nx.y = 1\r\n",
	"[[registry]]\nprefix='a'\n[[registry.mirror]]\n[[registry]]\n[[registry.mirror]]\n",
	"[registry]\n[[registry]]\n",
	"[[registry]]\n[registry]\n",
	"[[registry.mirror]]\n[[registry]]\n",
	"a = 1\na = 2\n[a.b]\n[[a]]\n",
	"a = {x = 1}\n[a.y]\na.z = 1\n",
	"a.b = 1\n[a]\n[a.c]\n",
	"[a.b]\n[a]\nb.c = 1\n",
	"x = { a = 1, }\ny = {\n a = 1, # c\n b = [ # d\n 1, ], }\n",
	"x = \"\\e \\x41 \\\\e \\\\x\"\ny = \"\"\"\\\n  a \\x41\"\"\"\n\"\\x41\" = 1\n",
	"t = [07:32, 1979-05-27 07:32Z, 1979-13-01, 99999999999999999999, 1e999]\n",
	"a = [1, # x\n 2 # y\n , 3\n]\n\n# z",
	"a=[[],[[]],[[],[]],{},{x={}}]",
	"[a]\n# dangling\n\n[b]\n# dangling",
	"k = '''\n# no comment\n'''\n[t]\n",
	"\"a\\\"b\".'c.d'.e = 1\n[\"a\\\"b\".x]\n",
	"a = 1",
	"[[a]]\n[a.b.c]\n[[a.b.d]]\n[x]\n[a.b.e]\n[[a]]\n",
}

func isOnlyNewer(f Fault) bool { return f.Kind.IsNewerSyntax() }

func FuzzParse(f *testing.F) {
	for _, s := range oddFiles {
		f.Add([]byte(s))
	}
	r := rand.New(rand.NewPCG(1, 1))
	for range 20 {
		f.Add([]byte(randomDoc(r)))
	}
	f.Fuzz(checkParse)
}

func TestOddFiles(t *testing.T) {
	for _, s := range oddFiles {
		checkParse(t, []byte(s))
		checkEdit(t, []byte(s), 1)
	}
}

// checkParse compares with what go-toml decodes.
func checkParse(t *testing.T, src []byte) {
	doc, err := Parse(src)
	if err != nil {
		var syntax *SyntaxError
		require.True(t, errors.As(err, &syntax))
		require.GreaterOrEqual(t, syntax.Line, 1)
		require.GreaterOrEqual(t, syntax.Column, 1)
		require.LessOrEqual(t, syntax.Offset, len(src))
	}
	body := src
	if doc != nil && doc.HasBOM() {
		body = src[3:]
	}
	want, wantErr := unmarshal(body)
	if err != nil {
		if !(len(src) >= 3 && string(src[:3]) == "\xef\xbb\xbf") {
			require.Error(t, wantErr)
		}
		return
	}
	out, err := doc.Edit().Bytes()
	require.NoError(t, err)
	require.Equal(t, string(src), string(out))
	faults := slices.DeleteFunc(slices.Clone(doc.Faults()), isOnlyNewer)
	if wantErr != nil {
		require.NotEmpty(t, faults, "go-toml: %s\n%s", wantErr, src)
	} else {
		require.Empty(t, faults, "%s", src)
		m, _ := modelOf(t, doc.Root())
		require.Equal(t, want, m.plainValue())
	}
	checkNodes(t, doc)
}

// checkNodes looks at what every node says about itself.
func checkNodes(t *testing.T, doc *Document) {
	n := int32(len(doc.snap.nodes))
	for id := range n {
		x := Node{doc.snap, id}
		span := x.Span()
		require.LessOrEqual(t, span.Start, span.End)
		extent := x.Extent()
		require.LessOrEqual(t, extent.Start, span.Start)
		require.GreaterOrEqual(t, extent.End, span.End)
		if id != 0 && !x.IsDuplicate() && x.raw().keyEnd > 0 {
			require.Equal(t, x, x.Parent().Child(x.Key()))
			require.Equal(t, x, x.Parent().ChildFold(x.Key()))
		}
		checkScalar(t, x)
		if e := x.raw().expr; x.Origin() == Pair && e >= 0 {
			require.Equal(t, doc.snap.exprs[e].end, x.raw().end, "our measure and go-toml's")
		}
		if x.raw().keyEnd > 0 {
			for _, k := range x.keySpans() {
				var v map[string]any
				require.NoError(t, toml.Unmarshal([]byte(string(doc.Bytes()[k.Start:k.End])+"=1"), &v))
				require.Contains(t, v, x.Key())
			}
		}
	}
}

// checkScalar compares the accessors with go-toml's decoding.
func checkScalar(t *testing.T, x Node) {
	if x.Kind() < String {
		return
	}
	var v map[string]any
	if toml.Unmarshal([]byte("v="+x.RawValue()), &v) != nil {
		return
	}
	switch want := v["v"].(type) {
	case string:
		got, ok := x.AsString()
		require.True(t, ok)
		require.Equal(t, want, got)
	case int64:
		got, ok := x.AsInt()
		require.True(t, ok)
		require.Equal(t, want, got)
	case bool:
		got, ok := x.AsBool()
		require.True(t, ok)
		require.Equal(t, want, got)
	case float64:
		got, ok := x.AsFloat()
		require.True(t, ok)
		require.Equal(t, plain(want), plain(got))
	}
}

func FuzzEdit(f *testing.F) {
	for i, s := range oddFiles {
		f.Add([]byte(s), uint64(i))
	}
	r := rand.New(rand.NewPCG(2, 2))
	for i := range 20 {
		f.Add([]byte(randomDoc(r)), uint64(i))
	}
	f.Fuzz(checkEdit)
}

// checkEdit makes random edits; of a file with faults it only asks that
// nothing breaks.
func checkEdit(t *testing.T, src []byte, seed uint64) {
	doc, err := Parse(src)
	if err != nil {
		return
	}
	for _, fault := range doc.Faults() {
		if fault.Kind == BadValue {
			return
		}
	}
	r := rand.New(rand.NewPCG(seed, 7))
	x := newEditor(t, r, doc)
	for range 1 + r.IntN(6) {
		x.step()
	}
	if len(doc.Faults()) > 0 {
		_, err := x.e.Bytes()
		require.NoError(t, err)
		return
	}
	x.check(t)
}
