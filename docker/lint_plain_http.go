package docker

import (
	"fmt"
	"net/netip"
	"net/url"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var _ = lint(mirror.Rule{Code: "docker/plain-http", Severity: mirror.Warning,
	Summary: "a mirror over plain http", Consequence: "everybody on the way can read and change tags and manifests", Fix: "write https",
	Evidence: mirrorSource}, checkPlainHTTP)

func checkPlainHTTP(l *linter) {
	for _, m := range l.mirrors {
		u, err := url.Parse(m.Value)
		if err != nil || u.Scheme != "http" || u.Host == "" || isLoopback(u.Host) {
			continue
		}
		d := l.at(m.Position, mirrorsKey, fmt.Sprintf("%s is asked over plain http", u.Host))
		if !isPublic(u.Host) {
			d.Severity = mirror.Info
		}
	}
}

// privateDomains are last labels of names that are not on the open internet.
var privateDomains = []string{"local", "internal", "corp", "lan", "home", "intranet", "private", "svc", "test", "localdomain", "arpa"}

// isPublic reports whether host[:port] is on the open internet, as far as its name tells.
func isPublic(hostPort string) bool {
	u := url.URL{Host: hostPort}
	host := u.Hostname()
	if isLoopback(hostPort) {
		return false
	}
	if a, err := netip.ParseAddr(host); err == nil {
		return a.IsGlobalUnicast() && !a.IsPrivate()
	}
	i := strings.LastIndexByte(host, '.')
	if i < 0 {
		return false
	}
	for _, d := range privateDomains {
		if host[i+1:] == d {
			return false
		}
	}
	return true
}
