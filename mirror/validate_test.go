package mirror_test

import (
	"crypto"
	_ "crypto/sha256"
	_ "crypto/sha512"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/distribution/reference"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

func TestValidateReportsEveryFaultAtOnce(t *testing.T) {
	zero := time.Duration(0)
	c := mirror.Config{
		Search: []string{"docker.io", "docker.io", "http://x", "myreg"},
		Registries: []mirror.Registry{
			{Prefix: "docker.io", Mirrors: []mirror.Endpoint{{URL: "https://ok.io"}}},
			{Prefix: "docker.io"},
			{Prefix: "Quay.io", Fallback: mirror.Off, Mirrors: []mirror.Endpoint{
				{URL: "httpd.local:5000"},
				{URL: "https://h.io/x", Repository: "UP", DialTimeout: &zero, Namespace: "a/b", Capabilities: 0x30},
				{URL: "https://h.io/y", TLS: mirror.TLS{CA: []string{""}, Client: []mirror.ClientCert{{Key: "/k"}}},
					Headers: []mirror.Header{{Name: "a b", Values: []mirror.Secret{mirror.NewSecret("x")}}, {Name: "Host", Values: []mirror.Secret{mirror.NewSecret("x")}},
						{Name: "X", Values: []mirror.Secret{mirror.NewSecret("top\nsecret")}}, {Name: "x"}}},
				{URL: "https://h.io/z"}, {URL: "https://h.io/z/"},
			}},
			{Prefix: "ghcr.io", Fallback: mirror.Off, Upstream: &mirror.Endpoint{URL: "ftp://x"}},
		},
	}
	want := []string{
		"mirror/duplicate-registry registries[1].prefix",
		"mirror/prefix registries[2].prefix",
		"mirror/url registries[2].mirrors[0].url",
		"mirror/repository registries[2].mirrors[1].repository",
		"mirror/capabilities registries[2].mirrors[1].capabilities",
		"mirror/dial-timeout registries[2].mirrors[1].dial_timeout",
		"mirror/namespace registries[2].mirrors[1].namespace",
		"mirror/tls-file registries[2].mirrors[2].ca[0]",
		"mirror/tls-file registries[2].mirrors[2].client[0]",
		"mirror/header registries[2].mirrors[2].header",
		"mirror/header registries[2].mirrors[2].header.Host",
		"mirror/header registries[2].mirrors[2].header.X",
		"mirror/header registries[2].mirrors[2].header.x",
		"mirror/header registries[2].mirrors[2].header.x",
		"mirror/duplicate-mirror registries[2].mirrors[4].url",
		"mirror/url registries[3].upstream.url",
		"mirror/nothing-left registries[3].fallback",
		"mirror/duplicate-search search[1]",
		"mirror/search search[2]",
		"mirror/search-bare-name search[3]",
	}
	var got []string
	ds := c.Validate()
	for _, d := range ds {
		got = append(got, d.Code+" "+d.Field)
		assert.NotContains(t, d.Error(), "secret", "a header's value must not be shown")
	}
	assert.Equal(t, want, got)
	require.Error(t, ds.Err())
}

func TestValidateRefusesAHiddenSecret(t *testing.T) {
	e := mirror.Endpoint{URL: "https://m.io", Headers: []mirror.Header{{Name: "X", Values: []mirror.Secret{mirror.NewSecret("***")}}}}
	r := mirror.Registry{Prefix: "docker.io", Mirrors: []mirror.Endpoint{e}}
	assert.NotEmpty(t, r.Validate().WithCode("mirror/header"))
}

func TestParseEndpointURL(t *testing.T) {
	good := map[string]mirror.EndpointURL{
		"https://m.io":                {Scheme: "https", Host: "m.io"},
		"https://m.io/":               {Scheme: "https", Host: "m.io"},
		"http://127.0.0.1:5000/a/b/":  {Scheme: "http", Host: "127.0.0.1:5000", BasePath: "/a/b"},
		"https://[fd00::1]:5000/base": {Scheme: "https", Host: "[fd00::1]:5000", BasePath: "/base"},
		"https://[::1]":               {Scheme: "https", Host: "[::1]"},
		"https://m.io/Base/x_y~z":     {Scheme: "https", Host: "m.io", BasePath: "/Base/x_y~z"},
	}
	for raw, want := range good {
		got, err := mirror.ParseEndpointURL(raw)
		require.NoError(t, err, raw)
		assert.Equal(t, want, got, raw)
	}
	bad := map[string]string{
		"":                         "empty",
		"httpd.local:5000":         `write "https://httpd.local:5000"`,
		"m.io":                     `write "https://m.io"`,
		"HTTP://x":                 "lower case",
		"ftp://x":                  `scheme "ftp"`,
		"oci://x":                  `scheme "oci"`,
		"https://user:pw@m.io":     "credentials",
		"https://user@m.io":        "credentials",
		"https://m.io?q":           "query",
		"https://m.io/x#f":         "fragment",
		"https://fd00::1":          "brackets",
		"https://[fd00::1":         "closing bracket",
		"https://[nope]":           "not an IPv6",
		"https://[fe80::1%25eth0]": "not an IPv6",
		"https://M.io":             `"m.io"`,
		"https://":                 "host is empty",
		"https:///x":               "host is empty",
		"https://m.io:":            "without a port",
		"https://m.io:0":           "not a port",
		"https://m.io:99999":       "not a port",
		"https://m.io:abc":         "not a port",
		" https://m.io":            "blank",
		"https://m.io ":            "blank",
		"https://m.io/a\nb":        "control",
		"https://m.io/a\"b":        "escape",
		"https://m.io//a":          "slash too many",
		"https://m.io/../etc":      `".."`,
		"https://m.io/%2e%2e":      "escape",
		"https://$MIRROR":          "no host name",
		"https://a,https://b":      "colon without a port",
		"https://-a.io":            "hyphen",
		"https://a..io":            "empty part",
	}
	for raw, want := range bad {
		_, err := mirror.ParseEndpointURL(raw)
		require.Error(t, err, raw)
		assert.Contains(t, err.Error(), want, raw)
		assert.NotContains(t, err.Error(), "pw", "credentials must not be shown")
	}
}

func TestParsePrefix(t *testing.T) {
	good := map[string]mirror.Prefix{
		"docker.io":        {Kind: mirror.PrefixHost, Host: "docker.io"},
		"reg.io:5000":      {Kind: mirror.PrefixHost, Host: "reg.io:5000"},
		"[fd00::1]:5000":   {Kind: mirror.PrefixHost, Host: "[fd00::1]:5000"},
		"quay.io/team/a-b": {Kind: mirror.PrefixPath, Host: "quay.io", Path: "team/a-b"},
		"*.example.com":    {Kind: mirror.PrefixWildcard, Host: "example.com"},
		"*":                {Kind: mirror.PrefixAny},
	}
	for text, want := range good {
		got, err := mirror.ParsePrefix(text)
		require.NoError(t, err, text)
		assert.Equal(t, want, got, text)
		assert.Equal(t, text, got.String())
	}
	for _, text := range []string{"", "https://docker.io", "../etc", "a/../b", "Docker.io", "a.*.io", "*.x.io/p", "*.x:5", "*x", "a/b:tag", "a@sha256:00",
		"quay.io/", "/x", "a//b", "a\nb", `a"b`, "a b", "fd00::1", "docker.io\x00", "a/B", "a/.x"} {
		_, err := mirror.ParsePrefix(text)
		assert.Error(t, err, "%q", text)
	}
}

// CheckRepository and CheckHostPort look at bytes for speed; the grammar of
// distribution/reference is the authority.
func FuzzNamesAgreeWithReference(f *testing.F) {
	for _, s := range []string{"a", "a/b", "a--b", "a__b", "a___b", "a.b", "a..b", "a._b", "A", "a-", "-a", "library/alpine", strings.Repeat("a", 300)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		_, err := reference.WithName("example.com/" + s)
		ours := mirror.CheckRepository(s)
		if len(s) < 200 { // reference bounds the length of the whole name
			assert.Equal(t, err == nil, ours == nil, "%q: %v, %v", s, err, ours)
		}
		if mirror.CheckHostPort(s) == nil && len(s) < 200 {
			_, err := reference.WithName(s + "/x")
			assert.NoError(t, err, "%q", s)
		}
	})
}

// FuzzReferencesAgree: distribution/reference is the authority on whole
// references too, where the hash functions are linked, as they are here.
func FuzzReferencesAgree(f *testing.F) {
	sum := strings.Repeat("0a", 32)
	for _, s := range []string{"alpine", "a:1", "a@sha256:" + sum, "a:1@sha256:" + sum, "quay.io/a@sha384:" + sum + sum[:32], "a@sha512:" + sum + sum, "a@sha256:" + sum[1:], "a@md5:" + sum,
		"a@sha256:" + strings.ToUpper(sum), "a@b@sha256:" + sum, "@sha256:" + sum, sum, sum + "@sha256:" + sum, "a@", "a@sha256", "a@:", "A@sha256:" + sum, "localhost:5000/x@sha256:" + sum, "u_y.io/a@sha256:" + sum, "u_y.io/a:1"} {
		f.Add(s)
	}
	for _, size := range []int{crypto.SHA256.New().Size(), crypto.SHA512.New().Size()} {
		require.Positive(f, size)
	}
	f.Fuzz(func(t *testing.T, s string) {
		want, err := reference.ParseNormalizedNamed(s)
		got, ours := mirror.ParseReference(s)
		require.Equal(t, err == nil, ours == nil, "%q: %v, %v", s, err, ours)
		if err == nil {
			assert.Equal(t, reference.TagNameOnly(want).String(), got.String())
		}
	})
}

func TestParseReference(t *testing.T) {
	tests := []struct {
		in   string
		want mirror.Reference
	}{
		{"alpine", mirror.Reference{Short: true, Domain: "docker.io", Path: "library/alpine", Tag: "latest"}},
		{"team/app:1", mirror.Reference{Short: true, Domain: "docker.io", Path: "team/app", Tag: "1"}},
		{"docker.io/alpine", mirror.Reference{Domain: "docker.io", Path: "library/alpine", Tag: "latest"}},
		{"localhost/x", mirror.Reference{Domain: "localhost", Path: "x", Tag: "latest"}},
		{"localhost:5000/x", mirror.Reference{Domain: "localhost:5000", Path: "x", Tag: "latest"}},
		{"quay.io/a/b@sha256:" + strings.Repeat("0", 64), mirror.Reference{Domain: "quay.io", Path: "a/b", Digest: "sha256:" + strings.Repeat("0", 64)}},
		{"quay.io/a:t@sha256:" + strings.Repeat("0", 64), mirror.Reference{Domain: "quay.io", Path: "a", Tag: "t", Digest: "sha256:" + strings.Repeat("0", 64)}},
		{"[fd00::1]:5000/x:1", mirror.Reference{Domain: "[fd00::1]:5000", Path: "x", Tag: "1"}},
	}
	for _, tt := range tests {
		tt.want.Original = tt.in
		got, err := mirror.ParseReference(tt.in)
		require.NoError(t, err)
		assert.Equal(t, tt.want, got)
	}
	for _, bad := range []string{"", "A", "a:b:c", "docker.io/", "a@sha256:0", "../x"} {
		_, err := mirror.ParseReference(bad)
		assert.Error(t, err, bad)
	}
}

func TestSettleLowersAcceptedLossesOnly(t *testing.T) {
	opts := mirror.NewPlanOptions(mirror.Accept("loss/blocked", "mirror/url"))
	ds := opts.Settle(mirror.Diagnostics{
		mirror.Lost(mirror.LossBlocked, "docker@28", "registries[0].blocked", ""),
		mirror.Lost(mirror.LossMirrorOnly, "docker@28", "registries[0].fallback", ""),
		{Severity: mirror.Error, Code: "mirror/url"},
	})
	assert.Equal(t, []mirror.Severity{mirror.Warning, mirror.Error, mirror.Error}, []mirror.Severity{ds[0].Severity, ds[1].Severity, ds[2].Severity})
}

func ExampleConfig_Validate() {
	c := mirror.Config{Registries: []mirror.Registry{{
		Prefix:  "docker.io",
		Mirrors: []mirror.Endpoint{{URL: "mirror.example.com"}},
	}}}
	fmt.Println(c.Validate().Err())
	// Output: error: registries[0].mirrors[0].url: URL "mirror.example.com": the URL has no scheme; write "https://mirror.example.com" [mirror/url]
}

func ExampleDecodeTOML() {
	_, ds := mirror.DecodeTOML("mirrors.toml", []byte("[[registry]]\nprefix = \"docker.io\"\nmirrors = []\n"))
	fmt.Println(ds.Err())
	// Output: mirrors.toml:3:1: error: registries[0].mirrors: unknown key "mirrors"; did you mean "mirror"? [mirror/unknown-key]
}

func ExampleParseReference() {
	ref, _ := mirror.ParseReference("alpine:3.20")
	fmt.Println(ref, ref.Short)
	// Output: docker.io/library/alpine:3.20 true
}
