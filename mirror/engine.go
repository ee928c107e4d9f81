package mirror

import (
	"fmt"
	"io/fs"
)

// Engine is one container engine at one version, on one kind of node.
type Engine interface {
	// Name returns the engine and version, such as "containerd@2.4".
	Name() string
	// Read loads the engine's files below fsys, which is rooted at the node's
	// /, once. The View shares nothing with fsys and is safe for concurrent
	// use. An error means that fsys itself could not be read; files that the
	// engine would refuse or ignore are reported by the View.
	Read(fsys fs.FS) (View, error)
	// Plan returns the changes that make the node's files say what want says.
	// It writes nothing. What the engine cannot say is in the plan's
	// diagnostics; a loss of security that was not accepted, and input that
	// is not valid, is an error beside the plan's diagnostics.
	Plan(fsys fs.FS, want Config, opts ...PlanOption) (Plan, error)
}

// View is what an engine makes of the files of one node: immutable and
// compiled, so that a question costs the same for ten registries and ten
// thousand.
type View interface {
	// Config returns the model of what is there. What the files leave to the
	// engine is unset, capabilities among it: whoever hands the Config of one
	// engine to another says what its mirrors are for, since containerd also
	// pushes to a mirror of which nothing is said, and the others do not.
	Config() Config
	// Explain returns the requests that the engine will make.
	Explain(ref Reference, op Operation) Explanation
	// Diagnostics returns what reading the files had to report.
	Diagnostics() Diagnostics
	// Lint returns everything that is wrong or silently useless, the
	// diagnostics of reading included.
	Lint() Diagnostics
}

// Attempts returns the requests for a reference as written by a user, in
// order. It is short for ParseReference and View.Explain.
func Attempts(v View, reference string, op Operation) ([]Attempt, error) {
	ref, err := ParseReference(reference)
	if err != nil {
		return nil, err
	}
	e := v.Explain(ref, op)
	return e.Attempts, e.Diagnostics.Err()
}

// Operation is what is done with an image.
type Operation uint8

const (
	// OpPull fetches an image by tag or digest.
	OpPull Operation = iota
	// OpResolve turns a tag into a digest and fetches nothing.
	OpResolve
	// OpPush uploads an image.
	OpPush
)

// String returns "pull", "resolve" or "push".
func (o Operation) String() string {
	switch o {
	case OpPull:
		return "pull"
	case OpResolve:
		return "resolve"
	case OpPush:
		return "push"
	default:
		return fmt.Sprintf("Operation(%d)", uint8(o))
	}
}

// ParseOperation returns the operation of a name.
func ParseOperation(name string) (Operation, error) {
	for _, o := range []Operation{OpPull, OpResolve, OpPush} {
		if o.String() == name {
			return o, nil
		}
	}
	return 0, fmt.Errorf("unknown operation %q: known are pull, resolve, push", name)
}

// TLSMode is how a connection is made.
type TLSMode uint8

const (
	// TLSVerified: https, the certificate is checked.
	TLSVerified TLSMode = iota
	// TLSSkipVerify: https, the certificate is not checked.
	TLSSkipVerify
	// TLSThenPlain: https first, plain http when that fails.
	TLSThenPlain
	// TLSSkipVerifyThenPlain: https without checks first, then plain http.
	TLSSkipVerifyThenPlain
	// PlainHTTP: http only.
	PlainHTTP
)

// String returns "verified", "skip-verify", "https-then-http",
// "skip-verify-then-http" or "http".
func (m TLSMode) String() string {
	switch m {
	case TLSVerified:
		return "verified"
	case TLSSkipVerify:
		return "skip-verify"
	case TLSThenPlain:
		return "https-then-http"
	case TLSSkipVerifyThenPlain:
		return "skip-verify-then-http"
	case PlainHTTP:
		return "http"
	default:
		return fmt.Sprintf("TLSMode(%d)", uint8(m))
	}
}

// MarshalText makes JSON show the name.
func (m TLSMode) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// SkipsVerify reports whether a certificate that is not trusted is accepted.
func (m TLSMode) SkipsVerify() bool { return m == TLSSkipVerify || m == TLSSkipVerifyThenPlain }

// Attempt is one request that an engine makes if all before it failed.
type Attempt struct {
	// Method is HEAD, GET, POST or PUT.
	Method string
	// URL is complete, with ?ns= where the engine sends it. Where TLS is one
	// of the "then http" modes it shows the https form.
	URL string
	// Host is host[:port] of the URL.
	Host string
	// Mirror is false for the registry's own endpoint.
	Mirror bool
	TLS    TLSMode
	// Source is where the endpoint was configured; empty for an endpoint that
	// the engine adds by itself.
	Source Position
}

// Skipped is an endpoint that is configured and not asked.
type Skipped struct {
	Host   string
	Why    string
	Source Position
}

// Explanation is what an engine will do for one reference.
type Explanation struct {
	// Reference is the normalised reference.
	Reference string
	// Attempts are the manifest requests, one for each endpoint, in the order
	// the engine walks them if each fails.
	Attempts []Attempt
	Skipped  []Skipped
	// Diagnostics say what stands in the way; an error among them means that
	// the engine makes no request at all.
	Diagnostics Diagnostics
}

// Ownership says which registries a plan may touch.
type Ownership uint8

const (
	// Merge makes each wanted registry exactly as wanted, mirrors and order
	// included, and leaves all others alone.
	Merge Ownership = iota
	// Exclusive also removes the registries that are not wanted.
	Exclusive
	// Remove takes the named registries away.
	Remove
)

// PlanOptions is what PlanOption values set. Engines read it; callers use
// Own and Accept.
type PlanOptions struct {
	Ownership Ownership
	// Accepted holds the codes of security losses that the caller takes on.
	Accepted []string
}

// PlanOption adjusts Engine.Plan.
type PlanOption func(*PlanOptions)

// Own sets which registries the plan may touch. The default is Merge.
func Own(o Ownership) PlanOption { return func(p *PlanOptions) { p.Ownership = o } }

// Accept lets a plan succeed although it loses the security that the codes
// name, such as "loss/blocked". The diagnostics stay, as warnings.
func Accept(codes ...string) PlanOption {
	return func(p *PlanOptions) { p.Accepted = append(p.Accepted, codes...) }
}

// NewPlanOptions collects options, for implementations of Engine.
func NewPlanOptions(opts ...PlanOption) PlanOptions {
	var p PlanOptions
	for _, o := range opts {
		o(&p)
	}
	return p
}
