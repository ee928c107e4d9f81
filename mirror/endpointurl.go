package mirror

import (
	"fmt"
	"strings"
)

// EndpointURL is Endpoint.URL taken apart.
type EndpointURL struct {
	// Scheme is "http" or "https".
	Scheme string
	// Host is host[:port].
	Host string
	// BasePath goes before /v2: empty, or "/base/path" without a slash at its
	// end.
	BasePath string
}

// URLError says what is wrong with an endpoint's URL.
type URLError struct {
	URL     string
	Problem string
	// Fix is the text to write instead, where it can be told.
	Fix string
}

// Error returns the problem and the fix. Credentials in the URL are not
// shown.
func (e *URLError) Error() string {
	if e.Fix == "" {
		return e.Problem
	}
	return e.Problem + "; " + e.Fix
}

// ParseEndpointURL takes the URL of an endpoint apart. It accepts
// http[s]://host[:port][/base], and refuses everything that some engine would
// understand otherwise: other schemes, upper case, credentials, query,
// fragment, escapes, and dots or empty parts in the path. The error is a
// *URLError.
func ParseEndpointURL(raw string) (EndpointURL, error) {
	fail := func(problem, fix string) (EndpointURL, error) {
		return EndpointURL{}, &URLError{URL: raw, Problem: problem, Fix: fix}
	}
	if raw == "" {
		return fail("the URL is empty", "write one such as https://mirror.example.com")
	}
	for i := 0; i < len(raw); i++ {
		if raw[i] <= ' ' || raw[i] == 0x7f {
			return fail("the URL has a blank or a control character", "")
		}
	}
	scheme, rest, found := strings.Cut(raw, "://")
	switch {
	case !found:
		return fail("the URL has no scheme", fmt.Sprintf("write %q", "https://"+strings.TrimLeft(raw, "/")))
	case scheme == "http" || scheme == "https":
	case strings.EqualFold(scheme, "http") || strings.EqualFold(scheme, "https"):
		return fail("the scheme is not in lower case, which engines take for a host name",
			fmt.Sprintf("write %q", strings.ToLower(scheme)+"://…"))
	default:
		return fail(fmt.Sprintf("the scheme %q is not one of a registry", scheme), "write https:// or http://")
	}
	host, path := rest, ""
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		host, path = rest[:i], rest[i:]
	}
	if strings.Contains(host, "@") {
		return fail("the URL holds credentials, which engines drop or refuse",
			"remove them; use a credential store or an Authorization header")
	}
	if err := CheckHostPort(host); err != nil {
		return fail(err.Error(), "")
	}
	if i := strings.IndexAny(path, "?#"); i >= 0 {
		return fail("the URL has a query or a fragment, which engines drop or refuse", "remove it")
	}
	path = strings.TrimSuffix(path, "/")
	if path == "" {
		return EndpointURL{Scheme: scheme, Host: host}, nil
	}
	for part := range strings.SplitSeq(path[1:], "/") {
		switch {
		case part == "":
			return fail("the path has an empty part (a slash too many)", "")
		case part == "." || part == "..":
			return fail(fmt.Sprintf("the path has the part %q", part), "write the path that is meant")
		}
		for i := 0; i < len(part); i++ {
			if !isPathByte(part[i]) {
				return fail(fmt.Sprintf("the path has %q, which engines escape in different ways", part[i]), "")
			}
		}
	}
	return EndpointURL{Scheme: scheme, Host: host, BasePath: path}, nil
}

// isPathByte accepts the characters that need no escape in a URL path (RFC
// 3986 unreserved, and the sub-delimiters that every engine keeps as they
// are).
func isPathByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-._~+=:@", c) >= 0
}

// String returns the URL.
func (u EndpointURL) String() string { return u.Scheme + "://" + u.Host + u.BasePath }
