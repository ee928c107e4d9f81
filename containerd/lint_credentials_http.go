package containerd

import (
	"strings"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var _ = lintFile(mirror.Rule{Code: "containerd/credentials-over-http", Severity: mirror.Warning,
	Summary: "credentials in a header to a plain http host", Consequence: "they cross the network in the clear", Fix: "write https",
	Evidence: "containerd#4950, containerd#5330"}, checkCredentialsHTTP)

func checkCredentialsHTTP(l *fileLint) {
	for i := range l.endpoints {
		e := &l.endpoints[i]
		if e.Scheme == "http" && !isLocalhost(e.Host) && hasCredentials(&e.Settings) {
			l.atKey(e, "header", "a header with credentials is sent to a plain http host")
		}
	}
}

// hasCredentials looks at the names of headers alone.
func hasCredentials(s *Settings) bool {
	for _, h := range s.Header {
		name := strings.ToLower(h.Name)
		switch {
		case name == "authorization", name == "proxy-authorization", name == "cookie",
			strings.Contains(name, "token"), strings.Contains(name, "secret"), strings.Contains(name, "api-key"), strings.Contains(name, "password"):
			return true
		}
	}
	return false
}
