package probe

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"time"
)

// maxRedirects is how many redirects are followed, as net/http's client and
// so every engine does.
const maxRedirects = 10

var (
	errTotal   = errors.New("the time for this mirror is up")
	errAttempt = errors.New("the time for one request is up")
	errConnect = errors.New("the time to connect is up")
)

// request is what is asked for. Redirects and credentials are seen to by do.
type request struct {
	method string
	url    string
	accept []string
	span   string // the Range header
	anon   bool   // without the token
}

// answer is a response whose body must be closed.
type answer struct {
	*http.Response
	phase   Phase
	took    time.Duration // until the headers were there, redirects included
	began   time.Time
	request context.Context
	stages  *stages
	cancel  context.CancelFunc
	limit   time.Duration
}

func (a *answer) close() {
	_ = a.Body.Close()
	a.cancel()
}

// do makes a request and follows its redirects by hand: the endpoint's
// headers and token go to the endpoint's own scheme, host and port only.
// net/http's client would send them to sub-domains and keep unknown headers
// on every redirect.
func (s *session) do(ctx context.Context, phase Phase, r request) (*answer, *failure) {
	ctx, cancel := context.WithTimeoutCause(ctx, s.prober.Attempt, errAttempt)
	began := time.Now()
	target, err := url.Parse(r.url)
	if err != nil {
		cancel()
		return nil, &failure{verdict: Broken, reason: "not a URL: " + r.url}
	}
	seen := map[string]bool{}
	for hop := 0; ; hop++ {
		st := &stages{}
		response, err := s.roundTrip(httptrace.WithClientTrace(ctx, st.trace()), r, target)
		if err != nil {
			failed := s.classify(ctx, err, st.state())
			cancel()
			if !s.isOwn(target.Scheme, target.Host) {
				failed.reason = at(target) + ": " + failed.reason
			}
			s.reached(phase, st)
			return nil, failed
		}
		s.reached(phase, st)
		next := redirectTarget(response)
		if next == "" {
			return &answer{response, phase, time.Since(began), began, ctx, st, cancel, s.prober.Attempt}, nil
		}
		_ = response.Body.Close()
		seen[target.String()] = true
		following, err := target.Parse(next)
		switch {
		case err != nil || following.Host == "" || following.Scheme != "http" && following.Scheme != "https":
			cancel()
			return nil, &failure{verdict: Status, status: response.StatusCode, reason: fmt.Sprintf("%d to an address that is no URL", response.StatusCode)}
		case seen[following.String()]:
			cancel()
			return nil, &failure{verdict: RedirectLoop, status: response.StatusCode, reason: fmt.Sprintf("%d back to %s after %d redirects", response.StatusCode, at(following), hop+1)}
		case hop+1 >= maxRedirects:
			cancel()
			return nil, &failure{verdict: RedirectLoop, status: response.StatusCode, reason: fmt.Sprintf("more than %d redirects", maxRedirects)}
		}
		target = following
	}
}

func (s *session) roundTrip(ctx context.Context, r request, target *url.URL) (*http.Response, error) {
	q, err := http.NewRequestWithContext(ctx, r.method, target.String(), nil)
	if err != nil {
		return nil, err
	}
	q.Header.Set("User-Agent", "mirrorcfg-probe")
	for _, a := range r.accept {
		q.Header.Add("Accept", a)
	}
	if r.span != "" {
		q.Header.Set("Range", r.span)
	}
	// A redirect may hold a user and password; the endpoint's own URL cannot.
	q.URL.User = nil
	if !s.isOwn(target.Scheme, target.Host) {
		return s.other.RoundTrip(q)
	}
	for _, h := range s.endpoint.Headers {
		q.Header.Del(h.Name)
		for _, v := range h.Values {
			q.Header.Add(h.Name, v.Reveal())
		}
	}
	if s.token != "" && !r.anon {
		q.Header.Set("Authorization", "Bearer "+s.token)
	}
	return s.own.RoundTrip(q)
}

// reached notes how far the probe came, and the parts of the first
// connection.
func (s *session) reached(phase Phase, st *stages) {
	if !st.state().connected {
		if s.result.Phase < PhaseConnect {
			s.result.Phase = PhaseConnect
		}
		return
	}
	s.result.Phase = max(s.result.Phase, phase)
	dns, connect, handshake := st.parts()
	if s.result.Connect == 0 {
		s.result.DNS, s.result.Connect, s.result.Handshake = dns, connect, handshake
	}
}

// redirectTarget is the Location of an answer that must be followed.
func redirectTarget(r *http.Response) string {
	switch r.StatusCode {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return r.Header.Get("Location")
	}
	return ""
}

// at names a URL without its query, which may hold a signature.
func at(u *url.URL) string { return u.Scheme + "://" + u.Host + u.Path }

// read copies at most limit bytes of the body to w. A body that is longer is
// Endless; one that ends before its Content-Length is Truncated.
func (s *session) read(a *answer, w io.Writer, limit int64) (int64, *failure) {
	if a.ContentLength > limit {
		return 0, &failure{verdict: Endless, status: a.StatusCode, reason: fmt.Sprintf("an answer of %d bytes where at most %d can be meant", a.ContentLength, limit)}
	}
	n, err := io.Copy(w, io.LimitReader(a.Body, limit+1))
	switch {
	case err != nil:
		failed := s.classify(a.request, err, a.stages.state())
		failed.status = a.StatusCode
		if failed.verdict == Timeout {
			failed.reason = fmt.Sprintf("the body stopped after %d bytes and did not end within %s", n, a.limit)
		}
		return n, failed
	case n > limit:
		return n, &failure{verdict: Endless, status: a.StatusCode, reason: fmt.Sprintf("a body without an end: more than %d bytes where fewer are meant", limit)}
	}
	return n, nil
}
