package probe

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const (
	// maxManifestBytes is far above what registries have: 4 MiB is what the
	// OCI distribution specification asks a registry to take, and images stay
	// below 100 KiB.
	maxManifestBytes = 1 << 20
	sniffBytes       = 512
)

// measure asks the endpoint everything, in the order an engine would.
func (s *session) measure(ctx context.Context) *failure {
	if failed := s.ping(ctx); failed != nil {
		return failed
	}
	if s.ref == nil {
		s.result.Verdict, s.result.Phase = Alive, PhaseDone
		s.result.Reason = "answers /v2/; no image was named to ask for"
		return nil
	}
	if failed := s.resolve(ctx); failed != nil {
		return failed
	}
	blob, failed := s.findBlob(ctx)
	if failed != nil {
		return failed
	}
	if failed := s.rounds(ctx, blob); failed != nil {
		return failed
	}
	s.result.Phase = PhaseDone
	return nil
}

// authorized makes a request, and once more with a token when the answer is
// 401.
func (s *session) authorized(ctx context.Context, phase Phase, r request) (*answer, *failure) {
	for fetched := false; ; fetched = true {
		a, failed := s.do(ctx, phase, r)
		if failed != nil || a.StatusCode != http.StatusUnauthorized {
			return a, failed
		}
		a.close()
		if fetched {
			return nil, refused(a.Response)
		}
		if failed := s.authorize(ctx, a.Response); failed != nil {
			return nil, failed
		}
	}
}

// ping is GET /v2/. A registry that refuses it may still serve images, as
// some do behind a CDN, so that only what no registry answers ends the probe.
func (s *session) ping(ctx context.Context) *failure {
	a, failed := s.authorized(ctx, PhasePing, request{method: http.MethodGet, url: s.url.String() + "/v2/"})
	if failed != nil {
		return failed
	}
	defer a.close()
	head := &sniffer{}
	_, failed = s.read(a, head, maxPingBytes)
	if failed != nil && a.StatusCode < http.StatusInternalServerError {
		return failed
	}
	switch {
	case a.StatusCode == http.StatusOK && !isPage(a.Response, head.bytes):
		s.result.Latencies = []time.Duration{a.took}
		return nil
	case a.StatusCode == http.StatusOK:
		return &failure{verdict: NotRegistry, status: a.StatusCode, reason: "/v2/ is a web page"}
	case a.StatusCode == http.StatusNotFound && isPage(a.Response, head.bytes):
		return &failure{verdict: NotRegistry, status: a.StatusCode, reason: "/v2/ does not exist: a web page says 404"}
	case s.ref != nil && (a.StatusCode == http.StatusNotFound || a.StatusCode == http.StatusForbidden || a.StatusCode == http.StatusMethodNotAllowed):
		return nil
	case s.url.Scheme == "http" && bytes.Contains(head.bytes, []byte("HTTP request to an HTTPS server")):
		return &failure{verdict: TLS, status: a.StatusCode, reason: "it speaks https, not plain http"}
	}
	failed = statusFailure(a.Response)
	failed.reason = "/v2/: " + failed.reason
	return failed
}

// sniffer keeps the first bytes of what is written to it.
type sniffer struct{ bytes []byte }

func (w *sniffer) Write(p []byte) (int, error) {
	if room := sniffBytes - len(w.bytes); room > 0 {
		w.bytes = append(w.bytes, p[:min(room, len(p))]...)
	}
	return len(p), nil
}

// isPage tells a web page from what a registry answers.
func isPage(r *http.Response, body []byte) bool {
	return strings.Contains(strings.ToLower(r.Header.Get("Content-Type")), "html") ||
		bytes.HasPrefix(bytes.TrimLeft(body, " \t\r\n\ufeff"), []byte("<"))
}

// statusFailure is the verdict on a status that is not what was hoped for.
func statusFailure(r *http.Response) *failure {
	f := &failure{verdict: Status, status: r.StatusCode, reason: fmt.Sprintf("%d %s", r.StatusCode, http.StatusText(r.StatusCode))}
	switch r.StatusCode {
	case http.StatusTooManyRequests:
		f.verdict = RateLimited
		if after := r.Header.Get("Retry-After"); after != "" && len(after) < 40 {
			f.reason += fmt.Sprintf(", retry after %q", after)
		}
	case http.StatusNotFound:
		f.verdict = NotFound
	}
	return f
}

// repository is the path after /v2/.
func (s *session) repository() string {
	if s.endpoint.Repository == "" {
		return s.ref.Path
	}
	return s.endpoint.Repository + "/" + s.ref.Path
}

// address is the URL of an object of the reference, with the ?ns= that
// containerd sends to every host which is not the registry's own
// (core/remotes/docker/registry.go, isProxy).
func (s *session) address(kind, object string) string {
	u := s.url.String() + "/v2/" + s.repository() + "/" + kind + "/" + object
	namespace := s.endpoint.Namespace
	if namespace == "" {
		hub := s.ref.Domain == "docker.io" && s.url.Host == "registry-1.docker.io"
		if s.url.Host == s.ref.Domain || hub {
			return u
		}
		namespace = s.ref.Domain
	}
	return u + "?ns=" + url.QueryEscape(namespace)
}

// resolve is HEAD of the manifest: what the reference stands for here.
func (s *session) resolve(ctx context.Context) *failure {
	s.result.Latencies = nil
	r := request{method: http.MethodHead, url: s.address("manifests", s.ref.Object()), accept: manifestTypes}
	a, failed := s.authorized(ctx, PhaseManifest, r)
	if failed == nil && a.StatusCode == http.StatusMethodNotAllowed {
		a.close()
		r.method = http.MethodGet
		a, failed = s.authorized(ctx, PhaseManifest, r)
	}
	if failed != nil {
		return failed
	}
	defer a.close()
	digest := a.Header.Get("Docker-Content-Digest")
	switch {
	case a.StatusCode != http.StatusOK:
		failed := statusFailure(a.Response)
		failed.reason = "manifest of " + s.repository() + ": " + failed.reason
		return failed
	case isPage(a.Response, nil):
		return &failure{verdict: NotRegistry, status: a.StatusCode, reason: "a web page in place of the manifest"}
	case digest != "" && !isDigest(digest):
		return &failure{verdict: Corrupt, status: a.StatusCode, reason: "Docker-Content-Digest is no digest"}
	}
	s.result.Digest = digest
	s.result.Latencies = append(s.result.Latencies, a.took)
	return nil
}

// findBlob reads manifests, checks that they are what their digests say, and
// returns the largest layer.
func (s *session) findBlob(ctx context.Context) (descriptor, *failure) {
	object := s.result.Digest
	if object == "" {
		object = s.ref.Object()
	}
	for depth := 0; depth < 2; depth++ {
		m, digest, failed := s.manifest(ctx, object)
		if failed != nil {
			return descriptor{}, failed
		}
		if s.result.Digest == "" {
			s.result.Digest = digest
		}
		if child, ok := m.platform(); ok {
			object = child.Digest
			continue
		}
		blob, _ := m.largestLayer()
		return blob, nil
	}
	return descriptor{}, nil
}

func (s *session) manifest(ctx context.Context, object string) (manifest, string, *failure) {
	fail := func(f *failure) (manifest, string, *failure) {
		f.reason = "manifest " + short(object) + ": " + f.reason
		return manifest{}, "", f
	}
	a, failed := s.authorized(ctx, PhaseManifest, request{method: http.MethodGet, url: s.address("manifests", object), accept: manifestTypes})
	if failed != nil {
		return fail(failed)
	}
	defer a.close()
	if a.StatusCode != http.StatusOK {
		return fail(statusFailure(a.Response))
	}
	var body bytes.Buffer
	if _, failed := s.read(a, &body, maxManifestBytes); failed != nil {
		return fail(failed)
	}
	if isPage(a.Response, body.Bytes()) {
		return fail(&failure{verdict: NotRegistry, status: a.StatusCode, reason: "a web page in its place"})
	}
	sum := sha256.Sum256(body.Bytes())
	digest := "sha256:" + hex.EncodeToString(sum[:])
	if strings.HasPrefix(object, "sha256:") && object != digest {
		return fail(&failure{verdict: Corrupt, status: a.StatusCode, reason: "its bytes have the digest " + short(digest)})
	}
	m, err := parseManifest(body.Bytes())
	if err != nil {
		return fail(&failure{verdict: NotRegistry, status: a.StatusCode, reason: err.Error()})
	}
	return m, digest, nil
}

// rounds measures latency and throughput. A mirror that fails in a later
// round is judged by it: engines ask more than once, too.
func (s *session) rounds(ctx context.Context, blob descriptor) *failure {
	for round := range s.prober.Rounds {
		if round > 0 {
			if ctx.Err() != nil {
				break
			}
			before := s.result.Digest
			latencies := s.result.Latencies
			if failed := s.resolve(ctx); failed != nil {
				s.result.Digest, s.result.Latencies = before, latencies
				return s.later(ctx, round, failed)
			}
			s.result.Latencies = append(latencies, s.result.Latencies...)
			if before != "" && s.result.Digest != "" && s.result.Digest != before {
				return &failure{verdict: WrongDigest, reason: fmt.Sprintf("resolves to %s and then to %s", short(before), short(s.result.Digest))}
			}
			s.result.Digest = before
		}
		if blob.Digest == "" {
			continue
		}
		throughput, failed := s.readBlob(ctx, blob)
		if throughput > 0 {
			s.result.Throughputs = append(s.result.Throughputs, throughput)
		}
		if failed != nil {
			if failed.verdict == Slow {
				return failed
			}
			return s.later(ctx, round, failed)
		}
		if s.prober.MinThroughput > 0 && throughput < s.prober.MinThroughput && float64(s.result.Bytes)/throughput > shortSample.Seconds() {
			return &failure{verdict: Slow, reason: fmt.Sprintf("%s/s, less than %s/s", formatBytes(throughput), formatBytes(s.prober.MinThroughput))}
		}
	}
	return nil
}

// shortSample: what arrives sooner, of a small blob, tells of latency and not
// of throughput.
const shortSample = 500 * time.Millisecond

// later forgives a round that only the mirror's whole time cut short, once an
// earlier round has measured everything.
func (s *session) later(ctx context.Context, round int, failed *failure) *failure {
	if round > 0 && failed.verdict == Timeout && context.Cause(ctx) == errTotal {
		return nil
	}
	return failed
}

// readBlob reads the first bytes of a blob and returns bytes per second.
func (s *session) readBlob(ctx context.Context, blob descriptor) (float64, *failure) {
	want := min(s.prober.SampleBytes, blob.Size)
	if want <= 0 {
		return 0, nil
	}
	s.result.Bytes = want
	fail := func(f *failure) (float64, *failure) {
		f.reason = "blob " + short(blob.Digest) + ": " + f.reason
		return 0, f
	}
	a, failed := s.authorized(ctx, PhaseBlob, request{
		method: http.MethodGet, url: s.address("blobs", blob.Digest), span: fmt.Sprintf("bytes=0-%d", want-1),
	})
	if failed != nil {
		return fail(failed)
	}
	defer a.close()
	whole := a.StatusCode == http.StatusOK
	switch {
	case !whole && a.StatusCode != http.StatusPartialContent:
		return fail(statusFailure(a.Response))
	case whole && a.ContentLength >= 0 && a.ContentLength != blob.Size:
		return fail(&failure{verdict: Corrupt, status: a.StatusCode, reason: fmt.Sprintf("%d bytes, the manifest says %d", a.ContentLength, blob.Size)})
	case !whole && a.ContentLength > want:
		return fail(&failure{verdict: Endless, status: a.StatusCode, reason: fmt.Sprintf("a range of %d bytes where %d were asked for", a.ContentLength, want)})
	}
	sum := sha256.New()
	meter := &meter{}
	n, err := io.CopyN(io.MultiWriter(sum, meter), a.Body, want)
	took := time.Since(a.began)
	throughput := float64(n) / max(took, time.Microsecond).Seconds()
	if err != nil {
		failed := s.classify(a.request, err, a.stages.state())
		failed.status = a.StatusCode
		switch {
		case failed.verdict == Truncated || err == io.EOF:
			failed.verdict, failed.reason = Truncated, fmt.Sprintf("ended after %d of %d bytes", n, want)
		case failed.verdict == Timeout && meter.flowing(s.prober.Attempt/4):
			failed.verdict, failed.reason = Slow, fmt.Sprintf("%d of %d bytes in %s, %s/s", n, want, took.Round(time.Millisecond), formatBytes(throughput))
			_, failed = fail(failed)
			return throughput, failed
		case failed.verdict == Timeout:
			failed.reason = fmt.Sprintf("stopped after %d of %d bytes", n, want)
		}
		return fail(failed)
	}
	if failed := s.checkEnd(a, blob, want, hex.EncodeToString(sum.Sum(nil))); failed != nil {
		return fail(failed)
	}
	return throughput, nil
}

// checkEnd looks at what follows the bytes wanted, and at their digest where
// they are the whole blob.
func (s *session) checkEnd(a *answer, blob descriptor, want int64, sum string) *failure {
	if a.StatusCode == http.StatusOK && want < blob.Size {
		return nil // the range was ignored: more must follow
	}
	var next [1]byte
	if n, _ := io.ReadFull(a.Body, next[:]); n > 0 {
		return &failure{verdict: Endless, status: a.StatusCode, reason: fmt.Sprintf("more than the %d bytes that there are", want)}
	}
	if want == blob.Size && strings.HasPrefix(blob.Digest, "sha256:") && blob.Digest != "sha256:"+sum {
		return &failure{verdict: Corrupt, status: a.StatusCode, reason: "its bytes have another digest"}
	}
	return nil
}

// meter remembers when bytes last came.
type meter struct{ last time.Time }

func (m *meter) Write(p []byte) (int, error) {
	m.last = time.Now()
	return len(p), nil
}

// flowing reports whether bytes came within the duration.
func (m *meter) flowing(within time.Duration) bool {
	return !m.last.IsZero() && time.Since(m.last) < within
}
