package podman

import (
	// The parser that is compared with wants them linked.
	_ "crypto/sha256"
	_ "crypto/sha512"
	"strings"
	"testing"

	"github.com/distribution/reference"
	"github.com/stretchr/testify/assert"
)

var aliasTexts = []string{
	"", "@", "a", "a:v1", "a.test/b", "A", "a.test/B", "a@", "@" + sum[1:], "a" + sum, "a:v1" + sum, "A" + sum, "a.test/b" + sum, "a:" + sum,
	"a@sha256:" + strings.Repeat("a", 32), "a@sha256:" + strings.Repeat("A", 64), "a@sha256:" + strings.Repeat("a", 31), "a@sha256:" + strings.Repeat("g", 64),
	"a@sha512:" + strings.Repeat("0", 128), "a@sha384:" + strings.Repeat("0", 96), "a@md5:" + strings.Repeat("0", 32), "a@SHA256:" + strings.Repeat("0", 64),
	"a@x+y.z:" + strings.Repeat("0", 32), "a@x+:" + strings.Repeat("0", 32), "a@+x:" + strings.Repeat("0", 32), "a@x++y:" + strings.Repeat("0", 32),
	"a@x.1:" + strings.Repeat("0", 32), "a@1:" + strings.Repeat("0", 32), "a@:" + strings.Repeat("0", 32), "a" + sum + sum, "a" + sum + ":v1",
	strings.Repeat("a", 256) + sum, "localhost/a" + sum, "[::1]:5000/a" + sum, "a__b" + sum, "a..b" + sum,
}

func sameReference(t *testing.T, s string) {
	want, wantErr := reference.Parse(s)
	got, digested, err := parseReference(s)
	assert.Equal(t, wantErr, err, "%q", s)
	if wantErr != nil {
		return
	}
	_, ok := want.(reference.Digested)
	assert.Equal(t, ok, digested, "%q", s)
	head, _, _ := strings.Cut(want.String(), "@")
	assert.Equal(t, head, got.String(), "%q", s)
}

func TestReferencesAreThoseOfTheParser(t *testing.T) {
	for _, s := range aliasTexts {
		sameReference(t, s)
	}
}

func FuzzParseReference(f *testing.F) {
	for _, s := range aliasTexts {
		f.Add(s)
	}
	f.Fuzz(sameReference)
}
