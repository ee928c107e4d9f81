package probe_test

import (
	"context"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/mirrorcfg/mirrorcfg/mirror"
	"github.com/mirrorcfg/mirrorcfg/mirror/probe"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// noneLeft fails when a goroutine of a probe is still there.
func noneLeft(t *testing.T) {
	t.Helper()
	var found string
	assert.Eventually(t, func() bool {
		stacks := make([]byte, 8<<20)
		stacks = stacks[:runtime.Stack(stacks, true)]
		found = ""
		for stack := range strings.SplitSeq(string(stacks), "\n\n") {
			client := strings.Contains(stack, "net/http.(*persistConn)") || strings.Contains(stack, "net/http.(*Transport)") ||
				strings.Contains(stack, "net/http.(*http2ClientConn)") || strings.Contains(stack, "net.(*sysDialer)")
			if client || strings.Contains(stack, "mirror/probe.") && !strings.Contains(stack, "noneLeft") {
				found = stack
				return false
			}
		}
		return true
	}, 3*time.Second, 10*time.Millisecond, "a goroutine is left")
	if found != "" {
		t.Log(found)
	}
}

// peakHeap samples the heap in use until the returned function is called.
func peakHeap() (stop func() uint64) {
	var peak atomic.Uint64
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			peak.Store(max(peak.Load(), m.HeapInuse))
			select {
			case <-done:
				return
			case <-time.After(10 * time.Millisecond):
			}
		}
	}()
	return func() uint64 {
		close(done)
		<-ended
		return peak.Load()
	}
}

func heapInUse() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapInuse
}

// manyMirrors starts n mirrors of which five are broken in each of the twelve
// ways, spread among the others.
func manyMirrors(t *testing.T, n int) (c mirror.Config, want []probe.Verdict) {
	content := newImage(1, layerBytes)
	upstream := start(t, &registry{image: content})
	broken := 5 * len(twelveWays)
	r := mirror.Registry{Prefix: "hub.example", Upstream: &mirror.Endpoint{URL: upstream.URL}}
	for i := range n {
		url, verdict := "", probe.OK
		// Every n/broken-th mirror is broken, each time in the next way.
		if k := i * broken / n; (i+1)*broken/n > k {
			way := twelveWays[k%len(twelveWays)]
			url, verdict = way.start(t, content), way.want
		} else {
			url = start(t, &registry{image: content}).URL
		}
		r.Mirrors = append(r.Mirrors, mirror.Endpoint{URL: url, Capabilities: mirror.Pull | mirror.Resolve})
		want = append(want, verdict)
	}
	return mirror.Config{Registries: []mirror.Registry{r}}, want
}

func TestTwoHundredMirrors(t *testing.T) {
	c, want := manyMirrors(t, 200)
	broken := 0
	for _, v := range want {
		if v != probe.OK {
			broken++
		}
	}
	require.Equal(t, 60, broken)

	for name, jobs := range map[string]int{"all at once": 256, "thirty-two at a time": 32} {
		t.Run(name, func(t *testing.T) {
			prober := probe.Prober{
				References: []string{reference}, Timeout: 5 * time.Second, Attempt: 5 * time.Second,
				Jobs: jobs, Rounds: 2, SampleBytes: layerBytes,
			}
			before := heapInUse()
			peak := peakHeap()
			report, err := prober.Probe(context.Background(), c)
			used := int64(peak()) - int64(before)
			require.NoError(t, err)
			noneLeft(t)

			for i, m := range report.Registries[0].Mirrors {
				assert.Equal(t, want[i], m.Verdict, "mirror %d: %s", i, m.Reason)
			}
			assert.Equal(t, probe.OK, report.Registries[0].Upstream.Verdict)
			limit := prober.Limit(c)
			assert.LessOrEqual(t, report.Elapsed, limit)
			// The servers' own memory is in this, too.
			assert.Less(t, used, int64(96<<20))
			t.Logf("%v of at most %v, %.1f MiB more heap at its peak", report.Elapsed.Round(time.Millisecond), limit, float64(used)/(1<<20))

			ranked, ds := report.Ranked(c, probe.DropDead)
			assert.Len(t, ranked.Registries[0].Mirrors, 150) // 140 good, 5 slow, 5 for digests only
			assert.Len(t, ds, 55)
			last := ranked.Registries[0].Mirrors[149]
			assert.Equal(t, mirror.Pull, last.Capabilities)
			assert.Empty(t, ranked.Validate())
		})
	}
}

// Every mirror does its worst for memory: manifests without an end.
func TestMemoryOfEndlessManifests(t *testing.T) {
	content := newImage(1, layerBytes)
	r := mirror.Registry{Prefix: "hub.example", Fallback: mirror.Off}
	for range 64 {
		r.Mirrors = append(r.Mirrors, mirror.Endpoint{URL: wrapped("/manifests/sha256", endless)(t, content)})
	}
	before := heapInUse()
	peak := peakHeap()
	report, err := probe.Prober{References: []string{reference}, Jobs: 8}.Probe(context.Background(), mirror.Config{Registries: []mirror.Registry{r}})
	used := int64(peak()) - int64(before)
	require.NoError(t, err)
	noneLeft(t)
	for _, m := range report.Registries[0].Mirrors {
		assert.Equal(t, probe.Endless, m.Verdict, m.Reason)
	}
	assert.Less(t, used, int64(64<<20))
	t.Logf("%.1f MiB", float64(used)/(1<<20))
}

// Half of the mirrors hang. However many have to wait for each other, all are
// asked, and the time that was set is enough.
func TestWithin(t *testing.T) {
	content := newImage(1, layerBytes)
	r := mirror.Registry{Prefix: "hub.example", Fallback: mirror.Off}
	for i := range 40 {
		way := func(t testing.TB, i *image) string { return start(t, &registry{image: i}).URL }
		if i%2 == 1 {
			way = wrapped("/v2/", hang)
		}
		r.Mirrors = append(r.Mirrors, mirror.Endpoint{URL: way(t, content)})
	}
	c := mirror.Config{Registries: []mirror.Registry{r}}
	for _, jobs := range []int{3, 7, 16, 40, 100} {
		prober := probe.Prober{Within: 2 * time.Second, Jobs: jobs}
		report, err := prober.Probe(context.Background(), c)
		require.NoError(t, err)
		assert.LessOrEqual(t, report.Elapsed, prober.Limit(c), "%d jobs", jobs)
		assert.Equal(t, 2*time.Second, prober.Limit(c))
		for i, m := range report.Registries[0].Mirrors {
			want := probe.Alive
			if i%2 == 1 {
				want = probe.Timeout
				assert.Contains(t, m.Reason, "connected, but no answer within ", "%d jobs", jobs)
			}
			assert.Equal(t, want, m.Verdict, "%d jobs, mirror %d: %s", jobs, i, m.Reason)
		}
		t.Logf("%d jobs: %v", jobs, report.Elapsed)
	}
	noneLeft(t)
}

func TestCancel(t *testing.T) {
	content := newImage(1, layerBytes)
	r := mirror.Registry{Prefix: "hub.example", Fallback: mirror.Off}
	for range 8 {
		r.Mirrors = append(r.Mirrors, mirror.Endpoint{URL: wrapped("/v2/", hang)(t, content)})
	}
	ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
	defer cancel()
	began := time.Now()
	report, err := probe.Prober{References: []string{reference}, Jobs: 2, Timeout: time.Minute, Attempt: time.Minute}.
		Probe(ctx, mirror.Config{Registries: []mirror.Registry{r}})
	require.ErrorIs(t, err, context.DeadlineExceeded)
	assert.Less(t, time.Since(began), 3*time.Second)
	for _, m := range report.Registries[0].Mirrors {
		assert.Equal(t, probe.Canceled, m.Verdict, m.Reason)
	}
	noneLeft(t)
}
