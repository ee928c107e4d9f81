package trace

import (
	"strconv"
	"strings"
)

// statusInWords finds the HTTP status that an error text stands for: written
// out ("StatusCode: 404", "unexpected status code 503", "status from HEAD
// request to https://…: 500"), or by one of the registry's error codes
// (distribution spec, "Error Codes"). 0 means that it tells none.
func statusInWords(s string) int {
	lower := strings.ToLower(s)
	for from := 0; ; {
		i := strings.Index(lower[from:], "status")
		if i < 0 {
			break
		}
		from += i + len("status")
		if n := statusNear(lower[from:]); n > 0 {
			return n
		}
	}
	for _, w := range [...]struct {
		words  string
		status int
	}{
		{"manifest unknown", 404}, {"name unknown", 404}, {"blob unknown", 404},
		{"repository name not known", 404}, {"not found", 404},
		{"toomanyrequests", 429}, {"too many requests", 429},
		{"unauthorized", 401}, {"authentication required", 401},
		{"access denied", 403}, {"access to the resource is denied", 403}, {"denied:", 403}, {"forbidden", 403},
		{"bad gateway", 502}, {"service unavailable", 503}, {"gateway timeout", 504},
		{"internal server error", 500},
	} {
		if strings.Contains(lower, w.words) {
			return w.status
		}
	}
	return 0
}

// statusNear finds an error status of three digits shortly after the word, or
// right at the end of the URL that follows it.
func statusNear(s string) int {
	if strings.HasPrefix(s, " from ") {
		if i := strings.Index(s, ": "); i >= 0 {
			s = s[i:]
		}
	}
	s = s[:min(len(s), 28)]
	for i := 0; i+3 <= len(s); i++ {
		if s[i] < '4' || s[i] > '5' || i > 0 && isWordByte(s[i-1]) {
			continue
		}
		if n, err := strconv.Atoi(s[i : i+3]); err == nil && (i+3 == len(s) || !isWordByte(s[i+3])) {
			return n
		}
	}
	return 0
}

func isWordByte(b byte) bool {
	return b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b == '.' || b == '/' || b == '-'
}

// why says in a few words how an endpoint failed, so that endpoints can be
// counted by it: "answered 404", "refused the connection".
func (e *Endpoint) why() string {
	if e.Status >= 300 {
		return "answered " + strconv.Itoa(e.Status)
	}
	return whyInWords(e.Reason)
}

func whyInWords(reason string) string {
	lower := strings.ToLower(reason)
	for _, w := range [...]struct{ words, why string }{
		{"connection refused", "refused the connection"},
		{"no such host", "has no DNS entry"},
		{"server misbehaving", "has no DNS entry"},
		{"http response to https client", "speaks plain http where https was expected"},
		{"x509:", "failed the certificate check"},
		{"tls: ", "failed the TLS handshake"},
		{"tls handshake timeout", "timed out in the TLS handshake"},
		{"no route to host", "could not be reached"},
		{"network is unreachable", "could not be reached"},
		{"timeout", "timed out"},
		{"deadline exceeded", "timed out"},
		{"connection reset", "closed the connection"},
		{"eof", "closed the connection"},
		{"is blocked", "is blocked by the configuration"},
		{"invalid authorization", "refused the authorization"},
		{"failed to fetch oauth token", "gave no token"},
		{"failed to fetch anonymous token", "gave no token"},
		{"authentication is required", "demanded credentials"},
	} {
		if strings.Contains(lower, w.words) {
			return w.why
		}
	}
	if reason == "" {
		return "did not serve it (the log gives no reason)"
	}
	return "failed"
}
