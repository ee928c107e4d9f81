// Package tables expresses the tables of upstream's own tests as cases about
// files and requests, so that they can be put to upstream's parsers and to
// this project's engines alike. Inputs and expectations are upstream's; the
// cases are written anew, each with its source. The tables of other projects
// that configure registries are among them, as files that those write and as
// what they are asked for.
package tables

import (
	"strings"

	"github.com/mirrorcfg/mirrorcfg/mirror/verify/internal/upstream"
)

// Case is one set of files and what an engine makes of it.
type Case struct {
	Name string
	// Source is the upstream test that the case comes from.
	Source    string
	Files     []upstream.File
	Reference string
	Operation upstream.Operation
	// Store is set for Docker only.
	Store upstream.DockerStore
	// Want are the manifest requests, "METHOD URL", one for each endpoint.
	Want []string
	// TLS are the settings of these endpoints, nil where nothing is asked
	// about them. A plain http endpoint has none.
	TLS []upstream.TLS
	// Err is a part of the error that the engine gives. It is upstream's
	// text; only whether there is an error is asked of this project.
	Err string
	// Logged is a part of the error that the engine merely logs.
	Logged string
	// Only names the versions that the case holds for, all when empty.
	Only []string
}

func file(path, data string) upstream.File {
	return upstream.File{Path: path, Data: []byte(data)}
}

// HoldsFor reports whether the case is about this version.
func (c Case) HoldsFor(version string) bool {
	if len(c.Only) == 0 {
		return true
	}
	for _, v := range c.Only {
		if v == version {
			return true
		}
	}
	return false
}

// Requests are an answer's manifest requests, the first one of each endpoint,
// as a Case wants them.
func Requests(a upstream.Answer) []string {
	var out []string
	seen := map[int]bool{}
	for _, r := range a.Requests {
		if seen[r.Endpoint] || !strings.Contains(r.URL, "/manifests/") {
			continue
		}
		seen[r.Endpoint] = true
		out = append(out, r.Method+" "+r.URL)
	}
	return out
}

// Settings are the TLS settings of the endpoints that Requests are made to.
func Settings(a upstream.Answer) []upstream.TLS {
	var out []upstream.TLS
	seen := map[int]bool{}
	for _, r := range a.Requests {
		if seen[r.Endpoint] || !strings.Contains(r.URL, "/manifests/") {
			continue
		}
		seen[r.Endpoint] = true
		out = append(out, a.Endpoints[r.Endpoint].TLS)
	}
	return out
}

const digest = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
