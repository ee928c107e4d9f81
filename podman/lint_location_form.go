package podman

import (
	"fmt"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/internal/tomledit"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var ruleLocationForm = rule(mirror.Rule{
	Code: "podman/location-form", Severity: mirror.Error,
	Summary:     "a location that makes no valid image name",
	Consequence: "the file loads, and every pull under the prefix fails before any source is asked, good mirrors included",
	Fix:         "write host[:port][/path]: a host with a dot, a port or localhost, and lower-case path components",
	Evidence:    sysregistries + "rewriteReference; run against 5.36.2 and 5.42.0; oc-mirror#361",
})

// lintLocationForm finds locations that load and cannot be used.
func lintLocationForm(l *linter, f *RegistriesFile) {
	check := func(table tomledit.Node, field, location string) {
		problem := locationProblem(location)
		if problem == "" || hasScheme(location) {
			return
		}
		n := table.ChildFold("location")
		d := l.add(ruleLocationForm, f.valuePosition(n), field, fmt.Sprintf("%q as a location: %s; every pull under the prefix fails", location, problem))
		if scheme, _, found := strings.Cut(location, "://"); found && (strings.EqualFold(scheme, "https") || strings.EqualFold(scheme, "http")) {
			d.Edits = f.stripScheme(table, n, location)
		}
	}
	d := f.decoded()
	for i := range d.entries {
		if e := &d.entries[i]; trimSlash(e.Location) != "" && !neverMatches(e.Key()) {
			check(e.node, "registry.location", e.Location)
		}
	}
	f.mirrors(func(_ *entry, m *Mirror, at tomledit.Node) {
		if trimSlash(m.Location) != "" {
			check(at, "registry.mirror.location", m.Location)
		}
	})
}

// locationProblem says why a location cannot be used, "" if it can.
func locationProblem(location string) string {
	location = trimSlash(location)
	host, path, hasPath := strings.Cut(location, "/")
	switch {
	case strings.Contains(location, "://"):
		return "it has a scheme"
	case strings.ContainsAny(location, " \t\r\n"):
		return "it has a blank"
	case strings.Contains(host, "@"):
		return "it holds credentials"
	case strings.HasPrefix(host, "["):
		return "IPv6 literals are not supported"
	case strings.HasPrefix(host, "*."):
		return "it is a wildcard"
	case !namesRegistry(host):
		return "its host is a single label, which is taken for a namespace of Docker Hub"
	case host == "index.docker.io":
		return "index.docker.io is another name of docker.io, which is not accepted here"
	case !isDomain(host) && strings.Contains(host, "_"):
		return "no host name has an underscore"
	case !isDomain(host):
		return "its host is no host[:port]"
	case hasPath && strings.Contains(path, "//"):
		return "its path has an empty component"
	case hasPath && strings.ToLower(path) != path:
		return "its path has upper-case letters"
	case hasPath && !isPath(path):
		return "its path has characters that no repository name has"
	default:
		return ""
	}
}
