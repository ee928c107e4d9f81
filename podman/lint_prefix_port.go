package podman

import (
	"fmt"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var rulePrefixPort = rule(mirror.Rule{
	Code: "podman/prefix-matches-port", Severity: mirror.Warning,
	Summary:     "a prefix without a port, where the same host is used with one",
	Consequence: "it matches host:port as well, and the port is appended to the new location: m.io becomes m.io:5000, m.io:8443 an invalid name",
	Fix:         "write an entry for host:port too, or the port in this one",
	Evidence:    sysregistries + "refMatchingPrefix; run against both libraries",
})

// lintPrefixPort looks for the host with a port in the files themselves.
func lintPrefixPort(l *linter) {
	ports := map[string]string{}
	see := func(name string) {
		host := hostOf(name)
		if bare, port, ok := strings.Cut(host, ":"); ok && port != "" && ports[bare] == "" {
			ports[bare] = host
		}
	}
	for _, s := range l.search {
		see(s)
	}
	for i := range l.entries {
		if e := &l.entries[i]; strings.Contains(e.key, "/") {
			see(e.key) // a path below host:port: the rest of it falls to host
		}
	}
	for _, f := range l.files {
		if f.doc == nil {
			continue
		}
		for _, a := range f.doc.decoded().aliases {
			see(a.Value)
		}
	}
	for i := range l.entries {
		e := &l.entries[i]
		with := ports[e.key]
		if with == "" || len(e.Mirrors) == 0 && trimSlash(e.Location) == e.key {
			continue
		}
		if _, own := l.byPrefix[with]; own {
			continue
		}
		l.add(rulePrefixPort, e.atKey("prefix"), "registry.prefix", fmt.Sprintf("%q also matches %s, which the files name", e.key, with))
	}
}
