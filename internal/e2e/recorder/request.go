package recorder

import (
	"fmt"
	"strings"
	"time"
)

// Request is one HTTP request as an endpoint received it.
type Request struct {
	Endpoint      string // Endpoint.Name
	Time          time.Time
	Method        string
	Scheme        string // http or https
	Host          string // the Host header: the name the client believes it talks to
	Path          string // with base path and repository prefix, as sent
	Query         string // without the question mark, as sent
	Authorization string // the scheme only (Bearer, Basic), "" where no header was sent
	UserAgent     string
	Status        int // 0 where no answer was sent
}

// Kind is what a request asks for.
type Kind string

// The kinds.
const (
	KindPing     Kind = "ping"
	KindToken    Kind = "token"
	KindManifest Kind = "manifest"
	KindBlob     Kind = "blob"
	KindOther    Kind = "other"
)

// Kind is told from the path.
func (r Request) Kind() Kind {
	switch {
	case strings.HasSuffix(r.Path, "/v2/"), strings.HasSuffix(r.Path, "/v2"):
		return KindPing
	case strings.HasSuffix(r.Path, tokenPath):
		return KindToken
	case strings.Contains(r.Path, "/manifests/"):
		return KindManifest
	case strings.Contains(r.Path, "/blobs/"):
		return KindBlob
	}
	return KindOther
}

// URL is the request's address as the client wrote it.
func (r Request) URL() string {
	url := r.Scheme + "://" + r.Host + r.Path
	if r.Query != "" {
		url += "?" + r.Query
	}
	return url
}

// String is the request on one line: method, address and status.
func (r Request) String() string { return fmt.Sprintf("%s %s %d", r.Method, r.URL(), r.Status) }

// Requests are requests in the order of their arrival.
type Requests []Request

// Of are the requests of one kind.
func (r Requests) Of(kind Kind) Requests {
	return r.filter(func(request Request) bool { return request.Kind() == kind })
}

// Manifests are the requests for a manifest or an index.
func (r Requests) Manifests() Requests { return r.Of(KindManifest) }

// At are the requests which one endpoint received.
func (r Requests) At(endpoint string) Requests {
	return r.filter(func(request Request) bool { return request.Endpoint == endpoint })
}

// Attempts are the requests by which a client asked one endpoint after the other for a reference: the first
// manifest request each endpoint received for that tag or digest.
func (r Requests) Attempts(reference string) Requests {
	seen := map[string]bool{}
	return r.Manifests().filter(func(request Request) bool {
		if !strings.HasSuffix(request.Path, "/manifests/"+reference) || seen[request.Endpoint] {
			return false
		}
		seen[request.Endpoint] = true
		return true
	})
}

// Lines are the requests as strings, for an assertion that reads well when it fails.
func (r Requests) Lines() []string {
	lines := make([]string, len(r))
	for i, request := range r {
		lines[i] = request.String()
	}
	return lines
}

// String is all requests, one a line.
func (r Requests) String() string { return strings.Join(r.Lines(), "\n") }

func (r Requests) filter(keep func(Request) bool) Requests {
	var kept Requests
	for _, request := range r {
		if keep(request) {
			kept = append(kept, request)
		}
	}
	return kept
}
