package tables

import (
	"slices"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/mirror/verify/internal/upstream"
)

// peerHosts are the host directories that other projects write in their own
// tests, in a layout of ours, and what containerd makes of them. Where a
// project expects something else than the engine does, the engine counts and
// the case says so.
func peerHosts() []Case {
	return slices.Concat(spegelHosts(), talosHosts(), carenHosts(), bottlerocketHosts(), dragonflyHosts(), nerdctlHosts())
}

// tree are files below the host directory: names and contents in turn.
func tree(namesAndTexts ...string) []upstream.File {
	var out []upstream.File
	for pair := range slices.Chunk(namesAndTexts, 2) {
		out = append(out, file(CertsRoot+"/"+pair[0], pair[1]))
	}
	return out
}

// with adds files that hold a certificate and its key.
func with(files []upstream.File, paths ...string) []upstream.File {
	pair := Certificate()
	for _, path := range paths {
		files = append(files, upstream.File{Path: path, Data: slices.Concat(pair.Cert, pair.Key)})
	}
	return files
}

// pulls are containerd's requests for a reference, one at each base, which is
// a URL down to /v2 and what it puts after that.
func pulls(reference string, bases ...string) []string {
	domain, rest, _ := strings.Cut(reference, "/")
	var out []string
	for _, base := range bases {
		out = append(out, "HEAD "+base+"/"+manifestPath(rest)+namespaceQuery(base, domain))
	}
	return out
}

// hubV2 is where docker.io is.
const hubV2 = "https://registry-1.docker.io/v2"

// pulled is one reference of a tree, and the bases asked.
type pulled struct {
	reference string
	bases     []string
}

// treeCases are the cases about one tree, one for each reference.
func treeCases(name, source string, files []upstream.File, asks ...pulled) []Case {
	var out []Case
	for _, ask := range asks {
		out = append(out, Case{
			Name: name + ": " + ask.reference, Source: source, Files: files,
			Reference: ask.reference, Want: pulls(ask.reference, ask.bases...),
		})
	}
	return out
}

// heldFor limits cases to some versions.
func heldFor(versions []string, cases []Case) []Case {
	for i := range cases {
		cases[i].Only = versions
	}
	return cases
}

// settled says how the endpoints of cases are connected to.
func settled(cases []Case, tls ...upstream.TLS) []Case {
	for i := range cases {
		cases[i].TLS = tls
	}
	return cases
}
