package podman

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

func sortedCopy(s []string) []string {
	s = slices.Clone(s)
	slices.Sort(s)
	return s
}

// everything sets every key of the format.
var everything = Registries{
	Search:                         []string{"docker.io", "quay.io:443"},
	CredentialHelpers:              []string{"containers-auth.json", "pass"},
	ShortNameMode:                  "enforcing",
	AdditionalLayerStoreAuthHelper: "/usr/bin/helper",
	Registries: []Registry{
		{Prefix: "docker.io", Location: "docker.io", Insecure: mirror.Off, Blocked: mirror.On, NamespaceProxy: "docker.io",
			Mirrors: []Mirror{{Location: "m.test/hub", Insecure: mirror.On, PullFromMirror: PullDigestOnly, NamespaceProxy: "docker.io"},
				{Location: "m2.test"}}},
		{Prefix: "*.corp.test", MirrorByDigestOnly: mirror.On, Mirrors: []Mirror{{Location: "m.test"}}},
		{Location: "quay.io"},
	},
	Aliases: []Alias{{"alpine", "docker.io/library/alpine"}, {"a/b", ""}},
}

const everythingText = `unqualified-search-registries = ["docker.io", "quay.io:443"]
credential-helpers = ["containers-auth.json", "pass"]
short-name-mode = "enforcing"
additional-layer-store-auth-helper = "/usr/bin/helper"

[[registry]]
prefix = "docker.io"
location = "docker.io"
insecure = false
blocked = true
namespace-proxy = "docker.io"

[[registry.mirror]]
location = "m.test/hub"
insecure = true
pull-from-mirror = "digest-only"
namespace-proxy = "docker.io"

[[registry.mirror]]
location = "m2.test"

[[registry]]
prefix = "*.corp.test"
mirror-by-digest-only = true

[[registry.mirror]]
location = "m.test"

[[registry]]
location = "quay.io"

[aliases]
"alpine" = "docker.io/library/alpine"
"a/b" = ""
`

func TestMarshal(t *testing.T) {
	got, err := MarshalRegistries(everything)
	require.NoError(t, err)
	assert.Equal(t, everythingText, string(got))
	back, err := UnmarshalRegistries(got)
	require.NoError(t, err)
	assert.Equal(t, everything, back)
}

func TestMarshalRefuses(t *testing.T) {
	for name, r := range map[string]Registries{
		"V1":             {V1: &V1{}},
		"no UTF-8":       {ShortNameMode: "\xff"},
		"repeated alias": {Aliases: []Alias{{"a", ""}, {"a", ""}}},
	} {
		_, err := MarshalRegistries(r)
		assert.Error(t, err, name)
	}
}

func TestUnmarshalReportsTypes(t *testing.T) {
	_, err := UnmarshalRegistries([]byte("[registry]\nlocation = 1\n"))
	require.Error(t, err)
	var d mirror.Diagnostic
	require.True(t, errors.As(err, &d))
	assert.Equal(t, "podman/type", d.Code)
	_, err = UnmarshalRegistries([]byte("a = \"b\nc = 1\n"))
	require.True(t, errors.As(err, &d))
	assert.Equal(t, "podman/syntax", d.Code)
	assert.Equal(t, 1, d.Line)
}

// What the decoder takes in any spelling, order and form.
func TestDecodeTolerance(t *testing.T) {
	want := []Registry{{Prefix: "docker.io", Location: "docker.io", Mirrors: []Mirror{{Location: "m.test", Insecure: mirror.On}}}}
	for name, text := range map[string]string{
		"headers":      "[[registry]]\nprefix='docker.io'\nlocation=\"docker.io\"\n[[registry.mirror]]\nlocation='m.test'\ninsecure=true\n",
		"case":         "[[Registry]]\nPREFIX='docker.io'\nLocation=\"docker.io\"\n[[Registry.Mirror]]\nLOCATION='m.test'\nInsecure=true\n",
		"inline":       `registry = [{prefix="docker.io", location="docker.io", mirror=[{location="m.test", insecure=true}]}]`,
		"quoted keys":  "[[\"registry\"]]\n\"prefix\"='docker.io'\n'location'='docker.io'\nmirror=[{\"location\"='m.test',insecure=true}]\n",
		"multi-line":   "[[registry]]\nprefix='''docker.io'''\nlocation=\"\"\"\ndocker.io\"\"\"\nmirror = [\n  {location = \"m\\u002etest\", insecure = true}, # c\n]\n",
		"BOM and CRLF": "\xef\xbb\xbf[[registry]]\r\nprefix='docker.io'\r\nlocation='docker.io'\r\n[[registry.mirror]]\r\nlocation='m.test'\r\ninsecure=true\r\n",
	} {
		f, err := ParseRegistries("r.conf", []byte(text))
		require.NoError(t, err, name)
		assert.Equal(t, want, f.Value().Registries, name)
		assert.Equal(t, text, string(f.Format()), name)
	}
}

func TestDecodeV1(t *testing.T) {
	f, err := ParseRegistries("r.conf", []byte("[registries.search]\nregistries = ['docker.io']\n[Registries.Block]\nREGISTRIES = []\n[registries.insecure]\n"))
	require.NoError(t, err)
	assert.Equal(t, &V1{Search: []string{"docker.io"}, Block: []string{}}, f.Value().V1)
}

func FuzzParseRegistries(f *testing.F) {
	files, _ := filepath.Glob("testdata/*/*.conf")
	for _, name := range files {
		data, err := os.ReadFile(name)
		require.NoError(f, err)
		f.Add(data)
	}
	f.Add([]byte(everythingText))
	f.Add([]byte("registry = " + strings.Repeat("[", 10000)))
	f.Add([]byte("\xef\xbb\xbf[[registry]]\r\nlocation='x'\r\n"))
	f.Add([]byte("a.b=1\n[a]\nb=2\n[[a]]\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		doc, err := ParseRegistries("f", data)
		if err != nil {
			return
		}
		if string(doc.Format()) != string(data) {
			t.Fatal("untouched file changed")
		}
		for _, v := range []string{"5.8", "6.0"} {
			if _, err := doc.Check(Engine{Version: v}); err != nil {
				t.Fatal(err)
			}
		}
		value := doc.Value()
		value.V1 = nil
		text, err := MarshalRegistries(value)
		if err != nil {
			return
		}
		back, err := UnmarshalRegistries(text)
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		if !assert.ObjectsAreEqual(normalValue(value), normalValue(back)) {
			t.Fatalf("%#v became %#v", value, back)
		}
	})
}

// normalValue removes what has no meaning: nothing so far but the nil of
// empty lists of tables.
func normalValue(r Registries) Registries {
	if len(r.Registries) == 0 {
		r.Registries = nil
	}
	for i := range r.Registries {
		if len(r.Registries[i].Mirrors) == 0 {
			r.Registries[i].Mirrors = nil
		}
	}
	if len(r.Aliases) == 0 {
		r.Aliases = nil
	}
	return r
}

func FuzzMarshalRegistries(f *testing.F) {
	f.Add("docker.io", "m.test/hub", "digest-only", "alpine", byte(1), byte(2))
	f.Add("\"\\\x00\n\u2028", "'''", "\t", "a.b", byte(0), byte(0))
	f.Fuzz(func(t *testing.T, a, b, c, d string, x, y byte) {
		r := Registries{
			Search: []string{a, b}, ShortNameMode: c,
			Registries: []Registry{{Prefix: a, Location: b, Insecure: mirror.Toggle(x % 3), Blocked: mirror.Toggle(y % 3),
				Mirrors: []Mirror{{Location: c, PullFromMirror: d, Insecure: mirror.Toggle(y % 3)}, {}}}, {}},
			Aliases: []Alias{{d, a}},
		}
		text, err := MarshalRegistries(r)
		if err != nil {
			return
		}
		back, err := UnmarshalRegistries(text)
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		if !assert.ObjectsAreEqual(normalValue(r), normalValue(back)) {
			t.Fatalf("%#v became %#v by\n%s", r, back, text)
		}
	})
}
