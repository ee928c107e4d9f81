package trace_test

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/mirror/trace"
)

// stream makes a log of a given size from a block that is written again and
// again, without holding it.
type stream struct {
	block []byte
	left  int64
	at    int
	// watch is called now and then.
	watch func()
	reads int
}

func (s *stream) Read(p []byte) (int, error) {
	if s.left == 0 {
		return 0, io.EOF
	}
	if s.reads++; s.watch != nil && s.reads%16 == 0 {
		s.watch()
	}
	n := 0
	for n < len(p) && s.left > 0 {
		k := copy(p[n:min(len(p), n+int(min(s.left, 1<<30)))], s.block[s.at:])
		n += k
		s.left -= int64(k)
		s.at = (s.at + k) % len(s.block)
	}
	return n, nil
}

// daemonBlock is a daemon's log of many pulls: most lines concern something
// else.
func daemonBlock() []byte {
	var b bytes.Buffer
	for i := range 400 {
		at := fmt.Sprintf("2026-03-01T10:%02d:%02d.%09dZ", i/60%60, i%60, i*1000)
		for k := range 24 {
			fmt.Fprintf(&b, "Mar 01 10:00:00 node-%d containerd[812]: time=%q level=debug msg=\"event published\" ns=k8s.io topic=/containers/update type=containerd.events.ContainerUpdate id=%064x\n", k, at, i*k)
		}
		image := fmt.Sprintf("quay.io/team/app-%d:v1", i)
		mirror := fmt.Sprintf("https://mirror-%d.example/v2/team/app-%d", i%7, i)
		digest := fmt.Sprintf("sha256:%064x", i+1)
		fmt.Fprintf(&b, "time=%q level=info msg=\"PullImage \\\"%s\\\"\"\n", at, image)
		fmt.Fprintf(&b, "time=%q level=debug msg=\"do request\" host=mirror-%d.example request.header.accept=\"application/vnd.docker.distribution.manifest.v2+json, */*\" request.header.user-agent=containerd/2.4.2 request.method=HEAD url=\"%s/manifests/v1?ns=quay.io\"\n", at, i%7, mirror)
		fmt.Fprintf(&b, "time=%q level=debug msg=\"fetch response received\" host=mirror-%d.example response.header.content-length=1201 response.header.content-type=application/vnd.oci.image.index.v1+json response.status=\"200 OK\" url=\"%s/manifests/v1?ns=quay.io\"\n", at, i%7, mirror)
		fmt.Fprintf(&b, "time=%q level=debug msg=resolved desc.digest=%q host=mirror-%d.example url=\"%s/manifests/v1?ns=quay.io\"\n", at, digest, i%7, mirror)
		fmt.Fprintf(&b, "time=%q level=debug msg=\"do request\" digest=%q mediatype=application/vnd.oci.image.layer.v1.tar+gzip request.method=GET size=4096 url=\"%s/blobs/%s?ns=quay.io\"\n", at, digest, mirror, digest)
		fmt.Fprintf(&b, "time=%q level=debug msg=\"fetch response received\" digest=%q mediatype=application/vnd.oci.image.layer.v1.tar+gzip response.status=\"200 OK\" size=4096 url=\"%s/blobs/%s?ns=quay.io\"\n", at, digest, mirror, digest)
		fmt.Fprintf(&b, "time=%q level=info msg=\"PullImage \\\"%s\\\" returns image reference \\\"%s\\\"\"\n", at, image, digest)
	}
	return b.Bytes()
}

// consoleBlock is a recorded log, over and over.
func consoleBlock(t testing.TB, name string) []byte {
	data, err := os.ReadFile("testdata/" + name)
	require.NoError(t, err)
	return append(bytes.TrimRight(data, "\n"), '\n')
}

// barsBlock is progress that is redrawn with carriage returns alone.
func barsBlock() []byte {
	var b bytes.Buffer
	for i := range 2000 {
		fmt.Fprintf(&b, "\x1b[1A\x1b[JCopying blob f6b4fb944634 [%s>%s] %.1fMiB / 40.0MiB | 2.0 MiB/s\r", strings.Repeat("=", i%30), strings.Repeat("-", 30-i%30), float64(i)/50)
	}
	return b.Bytes()
}

// fatBlock is one pull that fills whatever a report keeps of a pull; repeated,
// each round is a new one.
func fatBlock() []byte {
	var b bytes.Buffer
	b.WriteString("DEBU[0001] fetching   image=\"reg.example/team/app:v1\"\n")
	for i := range 100 {
		host := fmt.Sprintf("%s-%d.example", strings.Repeat("h", 50), i)
		url := fmt.Sprintf("https://%s/v2/%s/team/app/manifests/v1?ns=reg.example", host, strings.Repeat("p", 400))
		fmt.Fprintf(&b, "DEBU[0001] do request   host=%s request.method=HEAD url=%q\n", host, url)
		fmt.Fprintf(&b, "INFO[0001] trying next host   error=%q host=%s url=%q\n", strings.Repeat("failed ", 100), host, url)
	}
	for i := range 400 {
		digest := fmt.Sprintf("sha256:%064x", i)
		for k := range 12 {
			host := fmt.Sprintf("%s-%d.example", strings.Repeat("h", 50), k)
			fmt.Fprintf(&b, "DEBU[0001] do request   digest=%q mediatype=application/vnd.oci.image.layer.v1.tar request.method=GET size=5 url=\"https://%s/v2/team/app/blobs/%s?ns=reg.example\"\n", digest, host, digest)
			fmt.Fprintf(&b, "DEBU[0001] fetch failed   digest=%q error=%q\n", digest, strings.Repeat("failed ", 100))
		}
	}
	return b.Bytes()
}

// TestConstantMemory reads 256 MB of each kind, and the heap does not grow
// with it.
func TestConstantMemory(t *testing.T) {
	size := int64(256 << 20)
	if testing.Short() {
		size = 32 << 20
	}
	for name, block := range map[string][]byte{
		"daemon":   daemonBlock(),
		"console":  consoleBlock(t, "podman-crio.log"),
		"bars":     barsBlock(),
		"one line": bytes.Repeat([]byte("x"), 1<<16),
		"digests":  nil,
		"fat":      fatBlock(),
	} {
		t.Run(name, func(t *testing.T) {
			var source io.Reader
			var peak uint64
			watch := func() {
				runtime.GC() // what is still held, not what waits to be collected
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				peak = max(peak, m.HeapAlloc)
			}
			if block == nil {
				source = &everNew{left: size, watch: watch}
			} else {
				source = &stream{block: block, left: size, watch: watch}
			}
			runtime.GC()
			var before runtime.MemStats
			runtime.ReadMemStats(&before)
			report, err := trace.Read(source)
			require.NoError(t, err)
			assert.Equal(t, size, report.Bytes)
			require.NotZero(t, peak)
			grown := int64(peak) - int64(before.HeapAlloc)
			t.Logf("read %d MB, heap grew by %.1f MB", size>>20, float64(grown)/(1<<20))
			limit := int64(8 << 20)
			if name == "fat" {
				limit = 48 << 20
			}
			assert.Less(t, grown, limit)
			assert.LessOrEqual(t, len(report.Pulls), 256)
		})
	}
}

// everNew is a log in which no name comes twice: every pull, host, digest and
// file is a new one.
type everNew struct {
	left  int64
	watch func()
	n     int
	held  bytes.Buffer
}

func (s *everNew) Read(p []byte) (int, error) {
	if s.left == 0 {
		return 0, io.EOF
	}
	for s.held.Len() < len(p) {
		s.n++
		i := s.n
		if i%4096 == 0 {
			s.watch()
		}
		url := fmt.Sprintf("https://host-%d.example/v2/team/app-%d/manifests/v1?ns=reg-%d.example", i, i, i)
		fmt.Fprintf(&s.held, "DEBU[0001] do request   host=host-%d.example request.method=HEAD url=%q\n", i, url)
		fmt.Fprintf(&s.held, "DEBU[0001] fetch   digest=\"sha256:%064x\" mediatype=application/vnd.oci.image.layer.v1.tar size=5\n", i)
		fmt.Fprintf(&s.held, "DEBU[0001] loading host directory   dir=/etc/containerd/certs.d/reg-%d.example\n", i)
		fmt.Fprintf(&s.held, "DEBU[0001] Trying to access \"host-%d.example/app-%d:v1\"\n", i, i)
		fmt.Fprintf(&s.held, "DEBU[0001] GET https://host-%d.example/v2/app/blobs/sha256:%064x\n", i, i)
	}
	n, _ := s.held.Read(p[:min(int64(len(p)), s.left)])
	s.left -= int64(n)
	return n, nil
}

// BenchmarkRead reports MB/s on one core for each kind of log.
func BenchmarkRead(b *testing.B) {
	for _, bc := range []struct {
		name  string
		block []byte
	}{
		{"daemon", daemonBlock()},
		{"podman", consoleBlock(b, "podman-on-mac.log")},
		{"nerdctl", consoleBlock(b, "nerdctl-registry-k8s-io.log")},
		{"bars", barsBlock()},
	} {
		b.Run(bc.name, func(b *testing.B) {
			const size = 64 << 20
			b.SetBytes(size)
			b.ReportAllocs()
			defer perCPU(b, size)()
			for b.Loop() {
				report, err := trace.Read(&stream{block: bc.block, left: size})
				if err != nil || report.Bytes != size {
					b.Fatal(err, report.Bytes)
				}
			}
		})
	}
}

// BenchmarkReadGigabyte is the size that the speed is promised for.
func BenchmarkReadGigabyte(b *testing.B) {
	const size = 1 << 30
	block := daemonBlock()
	b.SetBytes(size)
	defer perCPU(b, size)()
	for b.Loop() {
		if _, err := trace.Read(&stream{block: block, left: size}); err != nil {
			b.Fatal(err)
		}
	}
}
