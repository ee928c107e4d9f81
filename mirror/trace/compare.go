package trace

import (
	"fmt"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// DifferenceKind says in which way log and prediction differ.
type DifferenceKind string

const (
	// NothingLogged: the log holds no pull that the prediction is about.
	NothingLogged DifferenceKind = "nothing-logged"
	// NotTried: predicted before the endpoint that served, and not in the log.
	NotTried DifferenceKind = "not-tried"
	// NotPredicted: in the log, and not predicted.
	NotPredicted DifferenceKind = "not-predicted"
	// OtherOrder: tried, but later than predicted.
	OtherOrder DifferenceKind = "other-order"
	// OtherURL: the host was tried at another URL.
	OtherURL DifferenceKind = "other-url"
	// OtherMethod: the host was asked with another method.
	OtherMethod DifferenceKind = "other-method"
	// WentOn: the log shows endpoints tried after the one that served.
	WentOn DifferenceKind = "went-on"
)

// Difference is one thing that log and prediction disagree on.
type Difference struct {
	Kind DifferenceKind `json:"kind"`
	// Host is the endpoint concerned.
	Host string `json:"host"`
	// Predicted and Logged are what each says, empty for nothing.
	Predicted string `json:"predicted,omitempty"`
	Logged    string `json:"logged,omitempty"`
	// Line of the log, 0 where the log has nothing.
	Line int64 `json:"line,omitempty"`
	// Message says it in words.
	Message string `json:"message"`
}

// Comparison holds a prediction against one pull.
type Comparison struct {
	// Image is the pull that was compared.
	Image string `json:"image"`
	// Matched counts the endpoints on which both agree.
	Matched int `json:"matched"`
	// Ahead counts the endpoints that were predicted after the one that
	// served: they were rightly not asked.
	Ahead       int          `json:"ahead"`
	Differences []Difference `json:"differences"`
}

// Agrees reports that log and prediction say the same.
func (c Comparison) Agrees() bool { return len(c.Differences) == 0 }

// Compare holds the predicted attempts for one reference, as a View explains
// them, against the pull in the log that they fit best; the latest of several.
func (r *Report) Compare(attempts []mirror.Attempt) Comparison {
	best, score := -1, 0
	for i := range r.Pulls {
		if s := r.Pulls[i].fit(attempts); s > 0 && s >= score {
			best, score = i, s
		}
	}
	if best < 0 {
		return Comparison{Differences: []Difference{{Kind: NothingLogged, Message: "the log holds no pull that goes to any of the predicted endpoints or repositories"}}}
	}
	return r.Pulls[best].Compare(attempts)
}

// fit counts what speaks for a pull being the one that was predicted.
func (p *Pull) fit(attempts []mirror.Attempt) int {
	score := 0
	for i := range attempts {
		l, ok := parseLocation([]byte(attempts[i].URL))
		if !ok {
			continue
		}
		want := lastComponent(string(l.repository))
		if want != "" && want != lastComponent(p.title()) {
			continue
		}
		score++
		for k := range p.Endpoints {
			if p.Endpoints[k].Host == attempts[i].Host {
				score += 2
			}
			if p.Endpoints[k].URL == l.String() {
				score += 4
			}
		}
	}
	return score
}

// Compare holds predicted attempts against this pull.
func (p *Pull) Compare(attempts []mirror.Attempt) Comparison {
	c := Comparison{Image: p.Image, Differences: []Difference{}}
	matched := make([]int, len(p.Endpoints)) // prediction + 1 of each endpoint
	next := 0                                // endpoints before it are in order
	served := p.servedIndex()
	for a := range attempts {
		want := &attempts[a]
		at := p.logged(want, matched)
		if at < 0 {
			if served >= 0 && matched[served] > 0 {
				c.Ahead++
				continue
			}
			c.differ(NotTried, want.Host, want.URL, "", 0,
				fmt.Sprintf("%s was predicted to be asked and is not in the log", want.Host))
			continue
		}
		matched[at] = a + 1
		e := &p.Endpoints[at]
		same := true
		if at < next {
			same = false
			c.differ(OtherOrder, e.Host, "", "", e.Line, fmt.Sprintf("%s was asked earlier than predicted", e.Host))
		}
		next = max(next, at+1)
		if url, ok := e.manifestURL(); ok && url != wantedURL(want) && !schemeMayChange(want, url) {
			same = false
			c.differ(OtherURL, e.Host, want.URL, e.URL, e.Line, fmt.Sprintf("%s was asked at %s, predicted was %s", e.Host, e.URL, want.URL))
		} else if ok && e.Method != "" && want.Method != "" && e.Method != want.Method {
			same = false
			c.differ(OtherMethod, e.Host, want.Method, e.Method, e.Line, fmt.Sprintf("%s was asked with %s, predicted was %s", e.Host, e.Method, want.Method))
		}
		if same {
			c.Matched++
		}
	}
	for i := range p.Endpoints {
		e := &p.Endpoints[i]
		switch {
		case matched[i] == 0:
			c.differ(NotPredicted, e.Host, "", e.URL, e.Line, fmt.Sprintf("%s was asked and not predicted", e.Host))
		case served >= 0 && i > served && e.Tries > 0:
			c.differ(WentOn, e.Host, "", e.URL, e.Line, fmt.Sprintf("%s was asked although %s had served the manifest", e.Host, p.ServedBy))
		}
	}
	return c
}

func (c *Comparison) differ(kind DifferenceKind, host, predicted, logged string, line int64, message string) {
	c.Differences = append(c.Differences, Difference{Kind: kind, Host: host, Predicted: predicted, Logged: logged, Line: line, Message: message})
}

// servedIndex is the endpoint that served the manifest, -1 for none.
func (p *Pull) servedIndex() int {
	for i := range p.Endpoints {
		if p.Endpoints[i].Outcome == Served {
			return i
		}
	}
	return -1
}

// logged finds the endpoint of an attempt that no earlier attempt took: by URL
// first, since one host can be two mirrors, then by host.
func (p *Pull) logged(want *mirror.Attempt, matched []int) int {
	for i := range p.Endpoints {
		if matched[i] == 0 && p.Endpoints[i].URL != "" && p.Endpoints[i].URL == wantedURL(want) {
			return i
		}
	}
	for i := range p.Endpoints {
		if matched[i] == 0 && p.Endpoints[i].Host == want.Host {
			return i
		}
	}
	return -1
}

// wantedURL is the predicted URL in the form that reports keep.
func wantedURL(a *mirror.Attempt) string {
	l, ok := parseLocation([]byte(a.URL))
	if !ok {
		return a.URL
	}
	return l.String()
}

// manifestURL is the URL of the manifest request; false where the log has none
// because the endpoint failed before it.
func (e *Endpoint) manifestURL() (string, bool) {
	l, ok := parseLocation([]byte(e.URL))
	return e.URL, ok && l.kind == manifestRequest
}

// schemeMayChange accepts http where the prediction shows the https form of
// an endpoint that falls back.
func schemeMayChange(want *mirror.Attempt, logged string) bool {
	if want.TLS != mirror.TLSThenPlain && want.TLS != mirror.TLSSkipVerifyThenPlain {
		return false
	}
	return strings.TrimPrefix(logged, "http") == strings.TrimPrefix(wantedURL(want), "https")
}
