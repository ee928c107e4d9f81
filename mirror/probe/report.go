package probe

import (
	"slices"
	"time"
)

// Report is what a probe found, in the order of the Config that was probed.
type Report struct {
	Registries []RegistryReport
	// Elapsed is how long the whole probe took.
	Elapsed time.Duration
}

// RegistryReport is what was found about one registry.
type RegistryReport struct {
	Prefix string
	// Reference is the image that was asked for; empty where none was named,
	// so that mirrors were asked for /v2/ only.
	Reference string
	// Digest is what the reference's tag stands for, and DigestFrom who says
	// so. Empty where nobody could be believed.
	Digest     string
	DigestFrom DigestSource
	// Upstream is nil where the upstream was not asked: it is blocked, out of
	// reach of the fallback, or Prober.SkipUpstream is set.
	Upstream *Result
	Mirrors  []Result
}

// DigestSource says whose digest the mirrors were compared with.
type DigestSource string

const (
	// FromReference: the reference itself names the digest.
	FromReference DigestSource = "reference"
	// FromUpstream: the upstream resolved the tag.
	FromUpstream DigestSource = "upstream"
	// FromMirrors: the upstream was not reached, and more mirrors agree on
	// this digest than on any other, at least two.
	FromMirrors DigestSource = "mirrors"
)

// Result is what was found about one mirror or upstream.
type Result struct {
	URL        string
	Repository string
	Verdict    Verdict
	// Reason says in words what happened; empty for OK.
	Reason string
	// Phase is the step that was reached.
	Phase Phase
	// HTTPStatus is the status that the verdict rests on, or 0.
	HTTPStatus int
	// Digest is what the mirror resolved the reference to.
	Digest string
	// Realm is the token realm that the mirror named, or empty.
	Realm string
	// DNS, Connect and Handshake are the parts of the first connection.
	DNS, Connect, Handshake time.Duration
	// Latencies are the times to the answer of each manifest HEAD (of the
	// /v2/ request where nothing else was asked).
	Latencies []time.Duration
	// Throughputs are those of each ranged blob read, in bytes per second,
	// the wait for its first byte included.
	Throughputs []float64
	// Bytes is how much of the blob each read asked for.
	Bytes int64
	// Elapsed is how long the probe of this mirror took.
	Elapsed time.Duration
}

// Latency returns the median of Latencies, and false where there are none.
func (r Result) Latency() (time.Duration, bool) { return median(r.Latencies) }

// Throughput returns the median of Throughputs in bytes per second, and false
// where there are none.
func (r Result) Throughput() (float64, bool) { return median(r.Throughputs) }

func median[T time.Duration | float64](values []T) (T, bool) {
	if len(values) == 0 {
		return 0, false
	}
	sorted := slices.Sorted(slices.Values(values))
	return sorted[(len(sorted)-1)/2], true
}

// nominalBlob is the blob that expected weighs latency and throughput with:
// about the median layer of the images on Docker Hub.
const nominalBlob = 4 << 20

// expected is how long a request and a blob of nominalBlob bytes would take;
// false where the throughput is not known.
func (r Result) expected() (time.Duration, bool) {
	latency, _ := r.Latency()
	throughput, ok := r.Throughput()
	if !ok || throughput <= 0 {
		return latency, false
	}
	return latency + time.Duration(nominalBlob/throughput*float64(time.Second)), true
}
