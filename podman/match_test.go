package podman

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// sum is a digest for references in tables.
const sum = "@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

const otherSum = "@sha256:fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210"

// prefixCases are the situations of containers/image 5.36.2
// TestRefMatchingPrefix: what a prefix matches in a reference, "-" for
// nothing.
const prefixCases = `
quay.io                              quay.io                        quay.io
quay.io                              reg.test                       -
reg.test:5000                        reg.test:5000                  reg.test:5000
reg.test:50000                       reg.test:5000                  -
reg.test:5000                        reg.test                       reg.test
reg.test/app                         reg.test                       reg.test
reg.test/team/app                    reg.test                       reg.test
reg.test/team/app:v1                 reg.test                       reg.test
reg.test/team/app@SUM                reg.test                       reg.test
quay.io                              quay.io/team                   -
quay.io/team                         quay.io/team                   quay.io/team
reg.test/team                        quay.io/team                   -
quay.io/teams                        quay.io/team                   -
quay.io/team/app                     quay.io/team                   quay.io/team
quay.io                              quay.io/team/app               -
quay.io/team/app                     quay.io/team/app               quay.io/team/app
reg.test/team/app                    quay.io/team/app               -
quay.io/team/app2                    quay.io/team/app               -
reg.test                             reg.test/app:v1                -
reg.test/app                         reg.test/app:v1                -
reg.test/app:v1                      reg.test/app:v1                reg.test/app:v1
reg.test/app:v11                     reg.test/app:v1                -
reg.test                             reg.test/app@SUM               -
reg.test/app                         reg.test/app@SUM               -
reg.test/app@SUM                     reg.test/app@SUM               reg.test/app@SUM
reg.test/app@OTHER                   reg.test/app@SUM               -
reg.test/app                         *                              -
`

// wildcardCases are the situations of containers/image 5.36.2
// TestRefMatchingSubdomainPrefix, and below the line what its authors left
// out: ports and repeated suffixes.
const wildcardCases = `
quay.io                              *.io                           quay.io
quay.io/app                          *.net                          -
reg.test/app                         *.tes                          -
reg.test/app                         *.reg.test                     -
reg.test/app                         *.test                         reg.test
reg.test/app:v1                      *.test                         reg.test
reg.test/team/app:v1                 *.test                         reg.test
a.b.reg.test/app                     **.reg.test                    -
a.b.reg.test/app                     ***.b.reg.test                 -
a.b.reg.test/app                     *********.b.reg.test           -
a.b.reg.test/team/app                *********.b.reg.test           -
a.b.reg.test/team/app                *.b.reg.test                   a.b.reg.test
b.reg.test/other.test/x/y/app:v1     *.reg.test                     b.reg.test
reg.net/ends-in.test/x/y/app:v1      *.test                         -
b.reg.test/other.test/x/y/app:v1     *.other.test                   -
b.reg.test/team/app                  *.test                         b.reg.test
b.reg.test/team/app                  *.reg.test                     b.reg.test
a.b.reg.test/x/y/app:v1              *.reg.test                     a.b.reg.test
a.b.reg.test/x/y/app:v1              *.b.reg.test                   a.b.reg.test
a.b.reg.test/team/app@SUM            *.reg.test                     a.b.reg.test
a.b.c.reg.test/team/app@SUM          *.c.reg.test                   a.b.c.reg.test
---
reg.test:5000/app                    *.test                         reg.test
a.test.test/app                      *.test                         -
reg.test/app                         *.                             -
`

func matchRows(table string) [][3]string {
	var rows [][3]string
	for line := range strings.Lines(table) {
		line = strings.NewReplacer("@SUM", sum, "@OTHER", otherSum).Replace(line)
		if f := strings.Fields(line); len(f) == 3 {
			rows = append(rows, [3]string{f[0], f[1], f[2]})
		}
	}
	return rows
}

func TestMatchPrefix(t *testing.T) {
	for name, table := range map[string]string{"prefix": prefixCases, "wildcard": wildcardCases} {
		for _, row := range matchRows(table) {
			ref, prefix, want := row[0], row[1], len(row[2])
			if row[2] == "-" {
				want = -1
			}
			assert.Equal(t, want, matchPrefix(ref, prefix), "%s: %s in %s", name, prefix, ref)
		}
	}
	assert.Len(t, matchRows(prefixCases), 27)
	assert.Len(t, matchRows(wildcardCases), 24)
}

// The index gives what asking every prefix in turn gives.
func TestIndexAgreesWithLinearSearch(t *testing.T) {
	prefixes := []string{"*", "*.", "*.io", "*.reg.test", "*.b.reg.test", "*.test", "quay.io", "quay.io/team", "quay.io/team/app",
		"reg.test", "reg.test:5000", "b.reg.test", "a.b.reg.test", "docker.io", "docker.io/library", "docker.io/library/alpine", "localhost",
		"localhost:5000", "*.a.*.io", "x.reg.te", "[", "a"}
	var names []string
	for _, row := range append(matchRows(prefixCases), matchRows(wildcardCases)...) {
		names = append(names, row[0])
	}
	names = append(names, "docker.io/library/alpine", "docker.io/library/alpine2", "localhost:5000/x", "x.a.y.io/z", "x.a.*.io/z", "[::1]:5000/x", "x.reg.test/y")
	for mask := range 1 << 9 {
		x := newIndex(8)
		var used []string
		for i, p := range prefixes {
			if mask>>(i%9)&1 == 1 {
				x.add(p, int32(i))
				used = append(used, p)
			}
		}
		for _, n := range names {
			want := ""
			for _, p := range sortedCopy(used) {
				if matchPrefix(n, p) >= 0 && len(p) > len(want) {
					want = p
				}
			}
			id, match := x.find(n)
			got := ""
			if id >= 0 {
				got = prefixes[id]
				assert.Equal(t, matchPrefix(n, got), match, "%s in %s", got, n)
			}
			if want != got {
				t.Fatalf("%s among %q: got %q, want %q", n, used, got, want)
			}
		}
	}
}

// rewriteCases are the situations of containers/image 5.36.2
// TestRewriteReferenceSuccess: reference, prefix, location ("-" for none),
// result.
const rewriteCases = `
reg.test/app                          reg.test          reg.test          reg.test/app
reg.test/app:v1                       reg.test          reg.test          reg.test/app:v1
reg.test:5000/app                     reg.test:5000     reg.test:5000     reg.test:5000/app
reg.test:5000/app:v1                  reg.test:5000     reg.test:5000     reg.test:5000/app:v1
reg.test/app@SUM                      reg.test          reg.test          reg.test/app@SUM
reg.test/team/app:v1                  reg.test/team     reg.test          reg.test/app:v1
reg.test/team/app:v1                  reg.test/team     reg.test/x        reg.test/x/app:v1
docker.io/library/app:v1              docker.io         docker.io         docker.io/library/app:v1
docker.io/library/app                 docker.io/library reg.test          reg.test/app
docker.io/library/app                 docker.io         reg.test          reg.test/library/app
docker.io/library/x/app               docker.io/library/x reg.test        reg.test/app
docker.io/team/app                    *.io              reg.test          reg.test/team/app
docker.io/library/x/app               *.io              reg.test          reg.test/library/x/app
a.quay.io/library/x/app               *.quay.io         reg.test          reg.test/library/x/app
b.a.quay.io:5000/library/x/app:v1     *.a.quay.io       reg.test          reg.test:5000/library/x/app:v1
a.quay.io/n1/n2/n3/n4                 *.quay.io         m.test/hub        m.test/hub/n1/n2/n3/n4
a.in.reg.test/app:v1                  *.in.reg.test     -                 a.in.reg.test/app:v1
a.b.reg.test/app:v1                   *.test            -                 a.b.reg.test/app:v1
a.b.quay.io:5000/app                  *.quay.io         -                 a.b.quay.io:5000/app
a.b.quay.io:5000/app@SUM              *.quay.io         -                 a.b.quay.io:5000/app@SUM
a.b.quay.io:5000/app:v1               *.quay.io         -                 a.b.quay.io:5000/app:v1
`

// refusedRewrites are those of TestRewriteReferenceFailedDuringParseNamed,
// and below the line names that only fail when they are normalised.
const refusedRewrites = `
reg.test/team/app:v1    reg.test/team     reg.test/x/
reg.test/app@SUM        reg.test/app      reg.test
reg.test:5000/app:v1    reg.test          -
reg.test:5000/app:v1    reg.test          reg.test:5000
reg.test/team/app:v1    reg.test//team    reg.test/x
reg.test/app:v1         app               other
reg.test/team/app:v1    reg.test/team/    reg.test
reg.test/team/app       reg.test/t        reg.test/team
reg.test/app:v1         reg.test/a        reg.test/app
reg.test/app@SUM        reg.test/a        reg.test/app
docker.io/library/app   reg.test          reg.test
docker.io/library/app   *.test            reg.test
a.docker.io/library/app *.reg.test        reg.test/app
a.docker.io/library/app *.docker.test     reg.test/app
---
docker.io/library/app   docker.io         nexus
docker.io/library/app   docker.io         index.docker.io
docker.io/library/app   docker.io/library docker.io
docker.io/library/app   docker.io         [::1]:5000
docker.io/library/app   docker.io         m.test/Hub
`

func TestRewrite(t *testing.T) {
	expand := strings.NewReplacer("@SUM", sum)
	good, bad := 0, 0
	for line := range strings.Lines(rewriteCases) {
		f := strings.Fields(expand.Replace(line))
		if len(f) != 4 {
			continue
		}
		good++
		got, verdict := rewrite(f[0], f[1], strings.TrimPrefix(f[2], "-"))
		assert.Empty(t, verdict, line)
		assert.Equal(t, f[3], got)
	}
	for line := range strings.Lines(refusedRewrites) {
		f := strings.Fields(expand.Replace(line))
		if len(f) != 3 {
			continue
		}
		bad++
		got, verdict := rewrite(f[0], f[1], strings.TrimPrefix(f[2], "-"))
		assert.NotEmpty(t, verdict, line)
		assert.Empty(t, got, line)
	}
	assert.Equal(t, 21, good)
	assert.Equal(t, 19, bad)
}

func TestRewriteVerdicts(t *testing.T) {
	for location, want := range map[string]string{
		"nexus":                   "rewriting reference: repository name must be canonical",
		"m.test/Hub":              "rewriting reference: invalid reference format: repository name must be lowercase",
		"m.test//hub":             "rewriting reference: invalid reference format",
		"m.test/" + longPath(250): "rewriting reference: repository name must not be more than 255 characters",
		"nexus:5000":              "",
		"localhost":               "",
		"under_score.test":        "",
		"user:pw@m.test":          "rewriting reference: invalid reference format",
		"m.test/a__b/c---d/e.f":   "",
		"m.test/a___b":            "rewriting reference: invalid reference format",
		"m.test/a..b":             "rewriting reference: invalid reference format",
		"m.test/-a":               "rewriting reference: invalid reference format",
	} {
		_, verdict := rewrite("docker.io/library/app:v1", "docker.io", location)
		assert.Equal(t, want, verdict, location)
	}
}

func longPath(n int) string { return strings.Repeat("a", n) }
