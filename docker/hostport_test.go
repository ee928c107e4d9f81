package docker

import (
	"net"
	"regexp"
	"testing"

	"github.com/distribution/reference"
	"github.com/stretchr/testify/assert"
)

var domain = regexp.MustCompile("^(?:" + reference.DomainRegexp.String() + ")$")

func FuzzHostPort(f *testing.F) {
	for _, s := range []string{
		"", "a", "A.b-c.9", "-a", "a-", "a..b", "a_b", "a:5000", "a:", ":5000", "a:b", "a:1:2", "1.2.3.4", "1.2.3.4:80", "01.2.3.4", "::1", "fe80::1%eth0", "[::1]", "[::1]:80", "[::1]:", "[]:1",
		"[zz]", "[::1", "::1]", "[::1]x", "[[::1]]:1", "[a]b]:1", "[a]:[1]", "a]:1", "a:[1", "[a]:1:2", "a.b/c", "é.example", "::ffff:1.2.3.4", "a\n",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		host, port, err := net.SplitHostPort(s)
		ours, ourPort, ok := splitPort(s)
		if assert.Equal(t, err == nil, ok, "split %q", s) && ok {
			assert.Equal(t, []string{host, port}, []string{ours, ourPort})
		}
		assert.Equal(t, net.ParseIP(s) != nil, isIP(s), "address %q", s)
		assert.Equal(t, domain.MatchString(s), isDomain(s), "domain %q", s)
	})
}
