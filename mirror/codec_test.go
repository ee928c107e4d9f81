package mirror_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

const sample = `search = ["docker.io", "quay.io"]

[[registry]]
prefix = "docker.io"
fallback = false
upstream = "https://registry-1.docker.io"
  [[registry.mirror]]
  url = "https://docker.m.daocloud.io"
  capabilities = ["pull", "resolve"]
  [[registry.mirror]]
  url = "https://harbor.example/base"
  repository = "hub"
  capabilities = []
  skip_verify = false
  ca = ["/etc/ssl/harbor.pem"]
  client = [["/etc/ssl/c.pem", "/etc/ssl/k.pem"], ["/etc/ssl/both.pem"]]
  dial_timeout = "3s"
  namespace = "docker.io"
    [registry.mirror.header]
    Authorization = ["Basic Zm9v"]
    X-Two = ["a", "b"]

[[registry]]
prefix = "*"
blocked = true
`

func TestTOMLRoundTrip(t *testing.T) {
	c, ds := mirror.DecodeTOML("mirrors.toml", []byte(sample))
	require.NoError(t, ds.Err())
	assert.Empty(t, ds)
	out, err := mirror.Encoder{RevealSecrets: true}.TOML(c)
	require.NoError(t, err)
	assert.Equal(t, sample, string(out))

	m := c.Registries[0].Mirrors[1]
	assert.Equal(t, mirror.NoCapabilities, m.Capabilities)
	assert.Equal(t, mirror.Off, m.TLS.SkipVerify)
	assert.Equal(t, 3*time.Second, *m.DialTimeout)
	assert.Equal(t, "Basic Zm9v", m.Headers[0].Values[0].Reveal())
}

func TestJSONRoundTripAndRedaction(t *testing.T) {
	c, ds := mirror.DecodeTOML("mirrors.toml", []byte(sample))
	require.NoError(t, ds.Err())
	out, err := mirror.Encoder{RevealSecrets: true}.JSON(c)
	require.NoError(t, err)
	back, ds := mirror.DecodeJSON("mirrors.json", out)
	require.NoError(t, ds.Err(), string(out))
	assert.Equal(t, c, back)

	for _, shown := range []string{
		fmt.Sprintf("%v %+v %#v %q %x", c, c, c, c.Registries[0].Mirrors[1].Headers, c.Registries[0].Mirrors[1].Headers),
		string(must(json.Marshal(c))), string(must(mirror.Encoder{}.TOML(c))),
	} {
		assert.NotContains(t, shown, "Zm9v")
		assert.Contains(t, shown, "***")
	}
}

func must(b []byte, err error) []byte {
	if err != nil {
		panic(err)
	}
	return b
}

func TestDecodeFaults(t *testing.T) {
	tests := []struct {
		name, toml string
		line, col  int
		code, want string
	}{
		{"unknown root key", "registries = []\n", 1, 1, "mirror/unknown-key", `did you mean "registry"`},
		{"unknown mirror key", "[[registry]]\nprefix=\"docker.io\"\n[[registry.mirror]]\nurl=\"https://m.io\"\ncapability=[]\n", 5, 1, "mirror/unknown-key", `did you mean "capabilities"`},
		{"far from any key", "[[registry]]\nprefix=\"docker.io\"\nzzzzz=1\n", 3, 1, "mirror/unknown-key", "known keys are prefix"},
		{"wrong type", "[[registry]]\nprefix=3\n", 2, 8, "mirror/wrong-type", "want a string"},
		{"string for list", "search=\"docker.io\"\n", 1, 8, "mirror/wrong-type", "want a list of strings, have the string"},
		{"not a table", "registry=[1]\n", 1, 11, "mirror/wrong-type", "want a table"},
		{"syntax", "search = [\n\n[[registry]]", 3, 0, "mirror/syntax", ""},
		{"twice", "search=[]\nsearch=[]\n", 2, 1, "mirror/duplicate-key", ""},
		{"capability", "[[registry]]\nprefix=\"docker.io\"\n[[registry.mirror]]\nurl=\"https://m.io\"\ncapabilities=[\"pull\",\"resolv\"]\n", 5, 22, "mirror/capabilities", `did you mean "resolve"`},
		{"duration", "[[registry]]\nprefix=\"docker.io\"\n[[registry.mirror]]\nurl=\"https://m.io\"\ndial_timeout=\"5\"\n", 5, 14, "mirror/dial-timeout", `write a duration`},
		{"bad URL has its place", "[[registry]]\nprefix=\"docker.io\"\n[[registry.mirror]]\nurl=\"m.io:5000\"\n", 4, 5, "mirror/url", `https://m.io:5000`},
		{"missing URL points at the table", "[[registry]]\nprefix=\"docker.io\"\n\n[[registry.mirror]]\nrepository=\"x\"\n", 4, 1, "mirror/url", `the URL is empty`},
		{"bad prefix", "[[registry]]\nprefix=\"../etc\"\n", 2, 8, "mirror/prefix", ``},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, ds := mirror.DecodeTOML("m.toml", []byte(tt.toml))
			found := ds.WithCode(tt.code)
			require.NotEmpty(t, found, "%v", ds)
			require.Error(t, ds.Err())
			assert.Equal(t, "m.toml", found[0].File)
			assert.Equal(t, tt.line, found[0].Line)
			if tt.col > 0 {
				assert.Equal(t, tt.col, found[0].Column)
			}
			assert.Contains(t, found[0].Error(), tt.want)
		})
	}
}

func TestDecodeJSONFaults(t *testing.T) {
	tests := []struct {
		name, json string
		line, col  int
		code       string
	}{
		{"comment", "{\n // no\n}", 2, 0, "mirror/syntax"},
		{"empty", "", 1, 0, "mirror/syntax"},
		{"cut", `{"registry":[`, 1, 0, "mirror/syntax"},
		{"second document", "{}\n{}", 2, 0, "mirror/syntax"},
		{"list", "[]", 1, 1, "mirror/wrong-type"},
		{"null", `{"search":null}`, 1, 11, "mirror/wrong-type"},
		{"unknown", "{\n  \"mirrors\": []\n}", 2, 3, "mirror/unknown-key"},
		{"twice", "{\"search\":[],\n\"search\":[]}", 2, 1, "mirror/duplicate-key"},
		{"deep", strings.Repeat("[", 20000), 1, 0, "mirror/syntax"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, ds := mirror.DecodeJSON("m.json", []byte(tt.json))
			found := ds.WithCode(tt.code)
			require.NotEmpty(t, found, "%v", ds)
			assert.Equal(t, tt.line, found[0].Line)
			if tt.col > 0 {
				assert.Equal(t, tt.col, found[0].Column)
			}
		})
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(sample))
	f.Add([]byte(`{"registry":[{"prefix":"docker.io","mirror":[{"url":"https://m.io","header":{"A":["b"]}}]}]}`))
	f.Add([]byte("\xef\xbb\xbfsearch=[]\r\n"))
	f.Add([]byte(strings.Repeat("a.", 1000) + "b=1"))
	f.Fuzz(func(t *testing.T, data []byte) {
		reveal := mirror.Encoder{RevealSecrets: true}
		if c, ds := mirror.DecodeTOML("x", data); ds.Err() == nil {
			out, err := reveal.TOML(c)
			require.NoError(t, err)
			back, ds := mirror.DecodeTOML("x", out)
			require.NoError(t, ds.Err(), "%s", out)
			require.Equal(t, normal(c), normal(back))
		}
		if c, ds := mirror.DecodeJSON("x", data); ds.Err() == nil {
			out, err := reveal.JSON(c)
			require.NoError(t, err)
			back, ds := mirror.DecodeJSON("x", out)
			require.NoError(t, ds.Err(), "%s", out)
			require.Equal(t, normal(c), normal(back))
		}
	})
}

// normal makes the two spellings of nothing equal: a registry without mirrors
// may hold an empty list.
func normal(c mirror.Config) mirror.Config {
	c = c.Clone()
	if len(c.Registries) == 0 {
		c.Registries = nil
	}
	for i := range c.Registries {
		if len(c.Registries[i].Mirrors) == 0 {
			c.Registries[i].Mirrors = nil
		}
		for _, e := range append(pointers(c.Registries[i].Mirrors), c.Registries[i].Upstream) {
			if e != nil && len(e.TLS.Client) == 0 {
				e.TLS.Client = nil
			}
		}
	}
	return c
}

func pointers(es []mirror.Endpoint) []*mirror.Endpoint {
	out := make([]*mirror.Endpoint, len(es))
	for i := range es {
		out[i] = &es[i]
	}
	return out
}

func TestRandomConfigsRoundTrip(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	reveal := mirror.Encoder{RevealSecrets: true}
	for range 2000 {
		c := randomConfig(r)
		require.NoError(t, c.Validate().Err())
		out, err := reveal.TOML(c)
		require.NoError(t, err)
		back, ds := mirror.DecodeTOML("x", out)
		require.NoError(t, ds.Err(), "%s", out)
		require.Equal(t, c, back, "%s", out)
		out, err = reveal.JSON(c)
		require.NoError(t, err)
		back, ds = mirror.DecodeJSON("x", out)
		require.NoError(t, ds.Err(), "%s", out)
		require.Equal(t, c, back, "%s", out)
	}
}

func randomConfig(r *rand.Rand) mirror.Config {
	var c mirror.Config
	for i := range r.IntN(6) {
		reg := mirror.Registry{Prefix: fmt.Sprintf("r%d.example.com", i), Blocked: r.IntN(5) == 0}
		for j := range r.IntN(4) {
			m := mirror.Endpoint{URL: fmt.Sprintf("https://m%d.io:%d/b", j, 1+r.IntN(65535)), Capabilities: mirror.Capabilities(r.IntN(16))}
			if r.IntN(2) == 0 {
				m.Repository = "team/x"
				m.TLS.SkipVerify = mirror.Toggle(r.IntN(3))
				m.TLS.CA = []string{"/a \"quoted\"\\.pem"}
			}
			if r.IntN(3) == 0 {
				m.Headers = []mirror.Header{{Name: "X-A", Values: []mirror.Secret{mirror.NewSecret("ü\t\"")}}}
				m.TLS.Client = []mirror.ClientCert{{Cert: "/c"}, {Cert: "/c", Key: "/k"}}
			}
			reg.Mirrors = append(reg.Mirrors, m)
		}
		if len(reg.Mirrors) > 0 {
			reg.Fallback = mirror.Toggle(r.IntN(3))
		}
		c.Registries = append(c.Registries, reg)
	}
	if r.IntN(2) == 0 {
		c.Search = []string{}
	}
	return c
}
