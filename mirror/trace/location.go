package trace

import "bytes"

// location is the URL of a registry request taken apart. All slices point into
// the URL.
type location struct {
	scheme, host []byte
	// path is everything between host and query.
	path []byte
	// repository is what stands between /v2/ and manifests or blobs.
	repository []byte
	kind       requestKind
	// object is the tag or digest.
	object []byte
	// namespace is the value of ?ns=.
	namespace []byte
}

type requestKind uint8

const (
	otherRequest requestKind = iota // tokens, signatures, redirects
	pingRequest                     // /v2/
	manifestRequest
	blobRequest
)

var (
	manifestsPart = []byte("/manifests")
	blobsPart     = []byte("/blobs")
	v2Part        = []byte("/v2/")
)

// parseLocation takes a URL apart without allocating; ok is false where it is
// not http or https.
func parseLocation(raw []byte) (l location, ok bool) {
	i := bytes.Index(raw, []byte("://"))
	if i != 4 && i != 5 || raw[0] != 'h' {
		return l, false
	}
	l.scheme = raw[:i]
	rest := raw[i+3:]
	var query []byte
	if i := bytes.IndexAny(rest, "?#"); i >= 0 {
		rest, query = rest[:i], rest[i+1:]
	}
	l.host, l.path = rest, nil
	if i := bytes.IndexByte(rest, '/'); i >= 0 {
		l.host, l.path = rest[:i], rest[i:]
	}
	if i := bytes.LastIndexByte(l.host, '@'); i >= 0 {
		l.host = l.host[i+1:] // never keep credentials
	}
	if len(l.host) == 0 || len(l.host) > 261 {
		return l, false
	}
	for len(query) > 0 {
		var pair []byte
		if i := bytes.IndexByte(query, '&'); i >= 0 {
			pair, query = query[:i], query[i+1:]
		} else {
			pair, query = query, nil
		}
		if bytes.HasPrefix(pair, []byte("ns=")) {
			l.namespace = pair[3:]
		}
	}
	v2 := bytes.Index(l.path, v2Part)
	if v2 < 0 {
		return l, true
	}
	name := l.path[v2+len(v2Part):]
	if len(name) == 0 {
		l.kind = pingRequest
		return l, true
	}
	i = bytes.LastIndexByte(name, '/')
	if i < 0 {
		return l, true
	}
	if repository, ok := bytes.CutSuffix(name[:i], manifestsPart); ok && len(repository) > 0 {
		l.kind, l.repository, l.object = manifestRequest, repository, name[i+1:]
	} else if repository, ok := bytes.CutSuffix(name[:i], blobsPart); ok && len(repository) > 0 {
		l.kind, l.repository, l.object = blobRequest, repository, name[i+1:]
	}
	return l, true
}

// String writes the URL again without credentials and without any query but
// ns.
func (l location) String() string {
	s := string(l.scheme) + "://" + string(l.host) + string(l.path)
	if len(l.namespace) > 0 {
		s += "?ns=" + string(l.namespace)
	}
	return bound(s)
}

// redact removes the queries and credentials of URLs from an error text:
// they hold signatures and tokens.
func redact(s string) string {
	var out []byte
	raw := []byte(s)
	for {
		i := bytes.Index(raw, []byte("://"))
		if i < 0 {
			return bound(string(append(out, raw...)))
		}
		out = append(out, raw[:i+3]...)
		raw = raw[i+3:]
		end := bytes.IndexAny(raw, " \"'\\\n\t<>)]")
		if end < 0 {
			end = len(raw)
		}
		address := raw[:end]
		raw = raw[end:]
		trail := bytes.TrimRight(address, ":,;.")
		tail := address[len(trail):]
		if i := bytes.IndexAny(trail, "?#"); i >= 0 {
			trail = trail[:i]
		}
		authority := trail
		if i := bytes.IndexByte(trail, '/'); i >= 0 {
			authority = trail[:i]
		}
		if i := bytes.LastIndexByte(authority, '@'); i >= 0 {
			trail = trail[i+1:]
		}
		out = append(append(out, trail...), tail...)
	}
}

// bound cuts a string to what a report keeps.
func bound(s string) string {
	if len(s) > maxText {
		return s[:maxText]
	}
	return s
}
