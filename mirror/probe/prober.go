package probe

import (
	"context"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// Prober holds how mirrors are probed. The zero value asks for /v2/ only;
// name References to learn more. Zero fields take the defaults named.
type Prober struct {
	// References are images that mirrors are asked for, such as
	// "alpine:3.20". Each registry takes the first that it serves.
	References []string
	// Within bounds the whole probe. Each mirror whose turn it is gets its
	// share of the time that is left, see Jobs, and at most Timeout: to give
	// slow mirrors a chance in a short time, probe all of them at once. Zero
	// leaves it to Timeout; see Limit.
	Within time.Duration
	// Timeout bounds all requests to one mirror together. Default 20 s.
	Timeout time.Duration
	// Attempt bounds each request, its connection and body included. Default
	// 5 s, and never more than Timeout.
	Attempt time.Duration
	// Jobs is how many mirrors are probed at a time. Default 32. A job needs
	// at most about 3 MiB: answers are read no further than their kind may be
	// long.
	Jobs int
	// Rounds is how often latency and throughput are measured. Default 3.
	Rounds int
	// SampleBytes is how much of a blob a round reads. Default 1 MiB.
	SampleBytes int64
	// MinThroughput is what a mirror must reach not to be called slow, in
	// bytes per second. Default 64 KiB/s; negative accepts everything.
	MinThroughput float64
	// SkipUpstream leaves the registries' own endpoints alone. They are never
	// asked where the Config blocks them or switches the fallback off.
	SkipUpstream bool
	// Files is the node's /, from which CA files and client certificates are
	// read.
	Files fs.FS
	// Proxy is asked for each request, as in http.Transport. Nil is no proxy;
	// the environment is read only by http.ProxyFromEnvironment, if given.
	Proxy func(*http.Request) (*url.URL, error)
	// DialContext connects. Nil is the net package's own.
	DialContext func(ctx context.Context, network, address string) (net.Conn, error)
	// Progress is called each time that an endpoint is done, never twice at a
	// time.
	Progress func(Progress)
}

// Progress says how far a probe is.
type Progress struct {
	Done, Total int
	Prefix      string
	Upstream    bool
	// Result is that of the endpoint which was just done. Its digest has not
	// been compared with the others' yet.
	Result Result
}

func (p Prober) withDefaults() Prober {
	orDefault(&p.Timeout, 20*time.Second)
	orDefault(&p.Attempt, 5*time.Second)
	p.Attempt = min(p.Attempt, p.Timeout)
	orDefault(&p.Jobs, 32)
	orDefault(&p.Rounds, 3)
	orDefault(&p.SampleBytes, 1<<20)
	if p.MinThroughput == 0 {
		p.MinThroughput = 64 << 10
	}
	return p
}

func orDefault[T int | int64 | time.Duration](field *T, value T) {
	if *field <= 0 {
		*field = value
	}
}

// Limit returns the longest time that Probe takes for the Config, whatever its
// endpoints do: Timeout for each, Jobs at a time, and not more than Within.
func (p Prober) Limit(c mirror.Config) time.Duration {
	p = p.withDefaults()
	n := 0
	for _, r := range c.Registries {
		n += len(r.Mirrors)
		if p.asksUpstream(r) {
			n++
		}
	}
	return p.limit(n)
}

// limit is Limit for n endpoints, with the defaults set.
func (p Prober) limit(n int) time.Duration {
	limit := time.Duration(p.turns(n)) * p.Timeout
	if p.Within > 0 {
		limit = min(limit, p.Within)
	}
	return limit
}

// turns is how often each job has its turn at most.
func (p Prober) turns(n int) int { return (n + p.Jobs - 1) / p.Jobs }

// share is what the next of n endpoints that have not begun may take of the
// time that is left. None exceeds what is left, and all have their turn: when
// no more than Jobs wait, the first takes all, and the others find a job that
// ends earlier, since each that is busy by then was given at most half.
func (p Prober) share(left time.Duration, n int) time.Duration {
	return min(p.Timeout, left/time.Duration(p.turns(n))).Truncate(time.Millisecond)
}

// ending is kept back from a limit for what follows the last answer: closing
// connections and comparing, on a machine that is busy.
func ending(limit time.Duration) time.Duration { return min(limit/20, 250*time.Millisecond) }

func (p Prober) asksUpstream(r mirror.Registry) bool {
	return !p.SkipUpstream && !r.Blocked && r.Fallback.Or(true)
}

// target is one endpoint to probe and where its result goes.
type target struct {
	prefix   string
	endpoint mirror.Endpoint
	ref      *mirror.Reference
	upstream bool
	result   *Result
}

// Probe measures every mirror of the Config, and the upstreams to compare
// them with. What is wrong with a mirror is in its Result, never in the error.
// The error says that a reference cannot be parsed (and then nothing was
// asked), or that ctx ended: what was not finished by then is Canceled.
func (p Prober) Probe(ctx context.Context, c mirror.Config) (Report, error) {
	p = p.withDefaults()
	refs, err := assignReferences(p.References, c)
	if err != nil {
		return Report{}, err
	}
	began := time.Now()
	report := Report{Registries: make([]RegistryReport, len(c.Registries))}
	var targets []target
	for i, r := range c.Registries {
		out := &report.Registries[i]
		*out = RegistryReport{Prefix: r.Prefix, Mirrors: make([]Result, len(r.Mirrors))}
		if refs[i] != nil {
			out.Reference = refs[i].String()
		}
		if up, ok := upstreamOf(r, refs[i]); ok && p.asksUpstream(r) {
			out.Upstream = new(Result)
			targets = append(targets, target{r.Prefix, up, refs[i], true, out.Upstream})
		}
		for j, m := range r.Mirrors {
			targets = append(targets, target{r.Prefix, m, refs[i], false, &out.Mirrors[j]})
		}
	}
	limit := p.limit(len(targets))
	p.run(ctx, targets, began.Add(limit-ending(limit)))
	for i := range report.Registries {
		compareDigests(&report.Registries[i], refs[i])
	}
	report.Elapsed = time.Since(began)
	if err := ctx.Err(); err != nil {
		return report, fmt.Errorf("probe stopped: %w", err)
	}
	return report, nil
}

// run probes the targets, Jobs at a time, and returns when all are done, by
// the time given.
func (p Prober) run(ctx context.Context, targets []target, end time.Time) {
	queue := make(chan target)
	var workers sync.WaitGroup
	var reporting sync.Mutex
	var begun atomic.Int64
	done := 0
	for range min(p.Jobs, len(targets)) {
		workers.Go(func() {
			for t := range queue {
				waiting := len(targets) + 1 - int(begun.Add(1))
				*t.result = p.probeOne(ctx, t, p.share(time.Until(end), waiting))
				if p.Progress == nil {
					continue
				}
				reporting.Lock()
				done++
				p.Progress(Progress{Done: done, Total: len(targets), Prefix: t.prefix, Upstream: t.upstream, Result: *t.result})
				reporting.Unlock()
			}
		})
	}
	for _, t := range targets {
		queue <- t
	}
	close(queue)
	workers.Wait()
}

// upstreamOf returns where the registry itself is reached. A prefix that
// names no single host has the upstream of its reference.
func upstreamOf(r mirror.Registry, ref *mirror.Reference) (mirror.Endpoint, bool) {
	if r.Upstream != nil {
		return *r.Upstream, true
	}
	prefix, err := mirror.ParsePrefix(r.Prefix)
	if err != nil {
		return mirror.Endpoint{}, false
	}
	if prefix.Kind == mirror.PrefixAny || prefix.Kind == mirror.PrefixWildcard {
		if ref == nil {
			return mirror.Endpoint{}, false
		}
		prefix = mirror.Prefix{Host: ref.Domain}
	}
	return mirror.Endpoint{URL: prefix.DefaultUpstream()}, true
}
