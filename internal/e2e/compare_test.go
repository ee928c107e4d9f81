package e2e_test

import (
	"slices"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/internal/e2e/recorder"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// predictedLines are attempts as "METHOD URL". Where an engine tries https and then http, the line has the
// scheme which the host speaks, since a registry sees nothing of the other try.
func predictedLines(attempts []mirror.Attempt) []string {
	lines := make([]string, 0, len(attempts))
	for _, a := range attempts {
		_, rest, _ := strings.Cut(a.URL, "://")
		scheme := "https"
		switch a.TLS {
		case mirror.PlainHTTP:
			scheme = "http"
		case mirror.TLSThenPlain, mirror.TLSSkipVerifyThenPlain:
			if speaksHTTP(a.Host) {
				scheme = "http"
			}
		}
		lines = append(lines, a.Method+" "+scheme+"://"+rest)
	}
	return lines
}

// recordedLines are the manifest requests for a tag or digest as "METHOD URL". Of several to the same URL in
// a row it is the first: the others repeat it, with credentials or with another method. Requests to the hosts
// aside do not count.
func recordedLines(requests recorder.Requests, object string, aside ...string) []string {
	lines := []string{}
	last := ""
	for _, r := range requests.Manifests() {
		if !strings.HasSuffix(r.Path, "/manifests/"+object) || r.URL() == last || slices.Contains(aside, r.Host) {
			continue
		}
		last = r.URL()
		lines = append(lines, r.Method+" "+r.URL())
	}
	return lines
}

// without drops the lines of hosts that cannot be reached, given as in a URL with or without a scheme, and of
// equal lines in a row all but one, as recordedLines does.
func without(lines []string, hosts ...string) []string {
	kept := []string{}
	for i, host := range hostsOf(lines) {
		dead := false
		for _, h := range hosts {
			dead = dead || h == host || strings.Contains(lines[i], " "+h+"/")
		}
		if !dead {
			kept = append(kept, lines[i])
		}
	}
	return slices.Compact(kept)
}
