package probe

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestParseChallenges(t *testing.T) {
	for header, want := range map[string][]challenge{
		`Bearer realm="https://auth.example/token",service="hub",scope="repository:a:pull"`: {
			{"bearer", map[string]string{"realm": "https://auth.example/token", "service": "hub", "scope": "repository:a:pull"}}},
		`Basic realm="a, \"b\"", Bearer realm=x , error=insufficient_scope`: {
			{"basic", map[string]string{"realm": `a, "b"`}}, {"bearer", map[string]string{"realm": "x", "error": "insufficient_scope"}}},
		`Negotiate`:          {{"negotiate", map[string]string{}}},
		`BEARER Realm = "x"`: {{"bearer", map[string]string{"realm": "x"}}},
		``:                   nil,
		`=x`:                 nil,
		`Bearer realm="open`: {{"bearer", map[string]string{"realm": "open"}}},
	} {
		assert.Equal(t, want, parseChallenges([]string{header}), header)
	}
}

func FuzzParseChallenges(f *testing.F) {
	f.Add(`Bearer realm="https://auth.example/token",service="hub"`)
	f.Add(`Basic realm="a\`)
	f.Add(`a=b, c="d" e, , ,=`)
	f.Fuzz(func(t *testing.T, header string) {
		for _, c := range parseChallenges([]string{header}) {
			if c.scheme == "" || c.parameters == nil {
				t.Fatalf("a challenge without a scheme in %q", header)
			}
		}
	})
}

func FuzzParseManifest(f *testing.F) {
	f.Add([]byte(`{"layers":[{"digest":"sha256:4bcff63911fcb4448bd4fdacec207030997caf25e9bea4045fa6c8c44de311d1","size":3}]}`))
	f.Add([]byte(`{"manifests":[{"digest":"../../etc","platform":{"os":"linux"}}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := parseManifest(data)
		if err != nil {
			return
		}
		if d, ok := m.platform(); ok && !isDigest(d.Digest) {
			t.Fatalf("%q would go into a URL", d.Digest)
		}
		if d, ok := m.largestLayer(); ok && !isDigest(d.Digest) {
			t.Fatalf("%q would go into a URL", d.Digest)
		}
	})
}
