package podman

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/internal/tomledit"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var (
	ruleNotInherited = rule(mirror.Rule{
		Code: "podman/insecure-not-inherited", Severity: mirror.Warning,
		Summary:     "a mirror without insecure, beside a registry or an entry of the mirror's host that has it",
		Consequence: "the mirror's certificate is checked: insecure holds for the table alone that it stands in",
		Fix:         "write insecure = true in the [[registry.mirror]] itself if its certificate shall not be checked",
		Evidence:    "containers/image 5.36.2 docker/docker_image_src.go newImageSourceAttempt; podman#14306",
	})
	rulePlainHTTP = rule(mirror.Rule{
		Code: "podman/insecure-endpoint", Severity: mirror.Warning,
		Summary:     "insecure = true for a host on the Internet",
		Consequence: "any certificate is accepted, and plain http is used when https fails: whoever is in between can answer with images of their own",
		Fix:         "remove insecure; put a private CA into /etc/containers/certs.d/<host:port>/",
		Evidence:    "containers/image 5.36.2 docker/docker_client.go detectProperties",
	})
)

func lintNotInherited(l *linter, f *RegistriesFile) {
	insecure := map[string]bool{}
	d := f.decoded()
	for i := range d.entries {
		if e := &d.entries[i]; e.saysInsecureOfItself() {
			insecure[e.Key()] = true
		}
	}
	f.mirrors(func(e *entry, m *Mirror, at tomledit.Node) {
		if m.Insecure.IsSet() || trimSlash(m.Location) == "" {
			return
		}
		from := ""
		switch {
		case insecure[hostOf(m.Location)] && hostOf(m.Location) != e.Key():
			from = "the entry of " + hostOf(m.Location)
		case e.Insecure == mirror.On:
			from = "the registry"
		default:
			return
		}
		n := at.ChildFold("location")
		diag := l.add(ruleNotInherited, f.position(n), "registry.mirror.insecure", fmt.Sprintf("insecure of %s does not hold for the mirror %q", from, m.Location))
		diag.Edits = f.insertBelow(n, "insecure = true")
	})
}

// saysInsecureOfItself reports whether insecure is said of the host that the
// prefix names, and not of another that takes its place.
func (r *Registry) saysInsecureOfItself() bool {
	location := trimSlash(r.Location)
	return r.Insecure == mirror.On && (location == "" || location == r.Key())
}

// lintPlainHTTP lets private and loopback addresses pass.
func lintPlainHTTP(l *linter, f *RegistriesFile) {
	check := func(table tomledit.Node, field, location string, insecure mirror.Toggle) {
		if insecure != mirror.On || trimSlash(location) == "" || isPrivate(hostOf(location)) {
			return
		}
		l.add(rulePlainHTTP, f.keyPosition(table, "insecure"), field, fmt.Sprintf("%q is asked without checking its certificate, and over plain http if https fails", location))
	}
	d := f.decoded()
	for i := range d.entries {
		check(d.entries[i].node, "registry.insecure", d.entries[i].Location, d.entries[i].Insecure)
	}
	f.mirrors(func(_ *entry, m *Mirror, at tomledit.Node) {
		check(at, "registry.mirror.insecure", m.Location, m.Insecure)
	})
}

// isPrivate reports whether a host is near: loopback, a private address, or
// a name that cannot be public.
func isPrivate(hostPort string) bool {
	host, _, _ := strings.Cut(hostPort, ":")
	if a, err := netip.ParseAddr(host); err == nil {
		return a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast()
	}
	if !strings.Contains(host, ".") {
		return true
	}
	for _, suffix := range []string{".local", ".localhost", ".internal", ".lan", ".home.arpa", ".corp", ".home", ".intranet", ".test", ".svc", ".localdomain"} {
		if strings.HasSuffix(host, suffix) {
			return true
		}
	}
	return false
}
