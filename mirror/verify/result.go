package verify

import (
	"context"
	"errors"
	"io/fs"
	"net/url"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/mirror"
	"github.com/mirrorcfg/mirrorcfg/mirror/verify/internal/upstream"
)

// Result is what upstream's parser makes of a reference.
type Result struct {
	// Reference is as it was asked for.
	Reference string
	// Attempts are the manifest requests, one for each endpoint, as
	// mirror.View.Explain gives them. Their Source is not known.
	Attempts []mirror.Attempt
	// Blocked is set when an endpoint is forbidden and therefore missing
	// among the attempts.
	Blocked bool
	// Err is the error that the engine gives to whoever pulls, or stops it
	// from starting. A panic of the parser is one too.
	Err error
	// Logged are errors and warnings that only the engine's log shows.
	Logged []string
	// Ignored are keys that the engine passes over because it does not know
	// them, as they are written.
	Ignored []string
}

// Explain is For and Parser.Explain for a single reference.
func Explain(ctx context.Context, fsys fs.FS, engine mirror.Engine, reference string, op mirror.Operation) (Result, error) {
	p, err := For(ctx, engine)
	if err != nil {
		return Result{}, err
	}
	results, err := p.Explain(fsys, op, reference)
	if err != nil {
		return Result{}, err
	}
	return results[0], nil
}

func result(a upstream.Answer) Result {
	r := Result{Blocked: a.Blocked, Ignored: a.IgnoredKeys}
	if a.Panic != "" {
		r.Err = errors.New("panic: " + a.Panic)
	} else if a.Err != "" {
		r.Err = errors.New(a.Err)
	}
	for _, l := range a.Logged {
		switch l.Level {
		case upstream.Ignored:
			r.Ignored = append(r.Ignored, l.Message)
		case "error", "warning":
			r.Logged = append(r.Logged, l.Message)
		}
	}
	seen := map[int]bool{}
	for _, request := range a.Requests {
		if seen[request.Endpoint] || !strings.Contains(request.URL, "/manifests/") {
			continue
		}
		seen[request.Endpoint] = true
		r.Attempts = append(r.Attempts, attempt(request, a.Endpoints[request.Endpoint]))
	}
	return r
}

func attempt(request upstream.Request, endpoint upstream.Endpoint) mirror.Attempt {
	a := mirror.Attempt{Method: request.Method, URL: request.URL, Host: endpoint.Host, Mirror: endpoint.Mirror, TLS: mode(endpoint)}
	if u, err := url.Parse(request.URL); err == nil {
		a.Host = u.Host
	}
	return a
}

func mode(e upstream.Endpoint) mirror.TLSMode {
	switch {
	case e.Scheme == "http":
		return mirror.PlainHTTP // nothing to fall back from
	case e.HTTPFallback && e.TLS.SkipVerify:
		return mirror.TLSSkipVerifyThenPlain
	case e.HTTPFallback:
		return mirror.TLSThenPlain
	case e.TLS.SkipVerify:
		return mirror.TLSSkipVerify
	default:
		return mirror.TLSVerified
	}
}
