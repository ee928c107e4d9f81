package probe

import "fmt"

// Verdict says what a mirror is worth, or what stands in its way.
type Verdict uint8

const (
	// OK serves the manifest and its blobs, and agrees on the digest.
	OK Verdict = iota
	// Alive answers /v2/ as a registry does. No reference was named for its
	// registry, so that nothing else is known.
	Alive
	// Slow serves everything below Prober.MinThroughput, or too slowly to end
	// within Prober.Attempt.
	Slow
	// WrongDigest gives another digest for the tag than the upstream or the
	// other mirrors do. It may be used for digests, which engines verify, but
	// not to resolve tags.
	WrongDigest

	// Misconfigured could not be asked: its URL or TLS files are not usable.
	Misconfigured
	// DNS has a name that does not resolve.
	DNS
	// Refused has nothing that listens at its port.
	Refused
	// Unreachable has no route, or connecting failed in another way.
	Unreachable
	// TLS does not speak TLS or shows a certificate that is not trusted.
	TLS
	// Timeout connects or answers too late or stops in the middle.
	Timeout
	// Truncated closes the connection before its answer is complete.
	Truncated
	// Endless sends more than any answer of the kind may have.
	Endless
	// RedirectLoop redirects without an end.
	RedirectLoop
	// NotRegistry answers with something else, such as a web page.
	NotRegistry
	// RateLimited answers 429.
	RateLimited
	// AuthRequired wants credentials.
	AuthRequired
	// AuthLoop hands out tokens that it then refuses.
	AuthLoop
	// NotFound is a registry that does not have the manifest or its blobs.
	NotFound
	// Status answers with another HTTP status than it should.
	Status
	// Corrupt serves bytes that do not have the digest they are served under.
	Corrupt
	// Broken fails in a way that is none of the above.
	Broken
	// Canceled was not finished because the caller stopped the probe.
	Canceled
)

var verdictNames = [...]string{
	OK: "ok", Alive: "alive", Slow: "slow", WrongDigest: "wrong-digest",
	Misconfigured: "misconfigured", DNS: "dns", Refused: "refused", Unreachable: "unreachable", TLS: "tls",
	Timeout: "timeout", Truncated: "truncated", Endless: "endless-body", RedirectLoop: "redirect-loop",
	NotRegistry: "not-a-registry", RateLimited: "rate-limited", AuthRequired: "auth-required", AuthLoop: "auth-loop",
	NotFound: "not-found", Status: "http-status", Corrupt: "corrupt", Broken: "broken", Canceled: "canceled",
}

// Verdicts returns every verdict in the order in which mirrors are ranked.
func Verdicts() []Verdict {
	out := make([]Verdict, len(verdictNames))
	for i := range out {
		out[i] = Verdict(i)
	}
	return out
}

// String returns the stable name, such as "redirect-loop".
func (v Verdict) String() string {
	if int(v) < len(verdictNames) {
		return verdictNames[v]
	}
	return fmt.Sprintf("Verdict(%d)", uint8(v))
}

// MarshalText makes JSON show the name.
func (v Verdict) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// UnmarshalText reads a name that MarshalText wrote.
func (v *Verdict) UnmarshalText(text []byte) error {
	for i, name := range verdictNames {
		if name == string(text) {
			*v = Verdict(i)
			return nil
		}
	}
	return fmt.Errorf("unknown verdict %q", text)
}

// Usable reports whether an engine can pull through a mirror of the verdict,
// be it slowly or by digest alone.
func (v Verdict) Usable() bool { return v <= WrongDigest }

// Phase is the step of a probe that a result is about.
type Phase uint8

const (
	PhaseSetup    Phase = iota // reading TLS files, taking the URL apart
	PhaseConnect               // name, connection and TLS handshake
	PhasePing                  // GET /v2/
	PhaseToken                 // the anonymous token
	PhaseManifest              // HEAD and GET of manifests
	PhaseBlob                  // ranged reads of a blob
	PhaseDone                  // everything was asked
)

var phaseNames = [...]string{"setup", "connect", "ping", "token", "manifest", "blob", "done"}

// String returns the name, such as "manifest".
func (p Phase) String() string {
	if int(p) < len(phaseNames) {
		return phaseNames[p]
	}
	return fmt.Sprintf("Phase(%d)", uint8(p))
}

// MarshalText makes JSON show the name.
func (p Phase) MarshalText() ([]byte, error) { return []byte(p.String()), nil }
