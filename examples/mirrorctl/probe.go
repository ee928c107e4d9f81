package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"time"

	"github.com/mirrorcfg/mirrorcfg/mirror"
	"github.com/mirrorcfg/mirrorcfg/mirror/probe"
)

type probeCommand struct {
	inputFlags
	nodeFlags
	Reference    []string      `help:"Image to ask for; each registry takes the first that it serves. Repeatable; default: a small public image of each registry that is known to have one." placeholder:"IMAGE"`
	Within       time.Duration `help:"Time for all mirrors together; with more --jobs, each gets more of it. Default: what --timeout comes to."`
	Timeout      time.Duration `default:"20s" help:"Time for all requests to one mirror."`
	Attempt      time.Duration `default:"5s" help:"Time for one request."`
	Jobs         int           `default:"32" help:"Mirrors probed at a time."`
	Rounds       int           `default:"3" help:"How often latency and throughput are measured."`
	SkipUpstream bool          `help:"Do not ask the registries themselves."`
	DropDead     bool          `help:"Leave dead mirrors out of the ranked configuration instead of putting them last."`
	Output       string        `short:"o" placeholder:"ranked.toml" help:"Write the ranked configuration, fastest mirror first; - is standard output."`
	SVG          string        `name:"svg" placeholder:"FILE" help:"Write a picture of latency and throughput."`
	HTML         string        `name:"html" placeholder:"FILE" help:"Write a page with the picture and all details."`
	JSON         bool          `name:"json" help:"Print one JSON document."`
}

// smallImages are asked for where no reference is named.
var smallImages = []string{
	"docker.io/library/alpine:latest", "quay.io/prometheus/busybox:latest", "registry.k8s.io/pause:3.9", "k8s.gcr.io/pause:3.5",
	"gcr.io/distroless/static:latest", "mcr.microsoft.com/hello-world:latest",
}

// Run probes the mirrors, prints what it found and writes what was asked for.
func (c probeCommand) Run(t *terminal) error {
	want, err := c.config(t)
	if err != nil {
		return err
	}
	references := c.Reference
	if len(references) == 0 {
		references = smallImages
	}
	prober := probe.Prober{
		References: references, Within: c.Within, Timeout: c.Timeout, Attempt: c.Attempt, Jobs: c.Jobs, Rounds: c.Rounds, SkipUpstream: c.SkipUpstream,
		Files: c.node(), Proxy: http.ProxyFromEnvironment,
	}
	if isTerminal(t.err) {
		prober.Progress = func(p probe.Progress) {
			fmt.Fprintf(t.err, "\r\x1b[K%d/%d %s %s", p.Done, p.Total, p.Result.URL, p.Result.Verdict)
		}
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	report, err := prober.Probe(ctx, want)
	if prober.Progress != nil {
		fmt.Fprint(t.err, "\r\x1b[K")
	}
	if err != nil {
		return err
	}
	dead := probe.KeepDead
	if c.DropDead {
		dead = probe.DropDead
	}
	ranked, ds := report.Ranked(want, dead)
	if err := c.write(t, report, ranked); err != nil {
		return err
	}
	if c.JSON {
		return t.json(probeShape(report, ranked, ds))
	}
	if c.Output != "-" {
		_, err = io.WriteString(t.out, report.Table())
	}
	for _, d := range ds.AtLeast(mirror.Error) {
		fmt.Fprintln(t.err, d.Error())
	}
	return err
}

// write makes the files that the flags name.
func (c probeCommand) write(t *terminal, report probe.Report, ranked mirror.Config) error {
	if c.SVG != "" {
		if err := os.WriteFile(c.SVG, report.SVG(), 0o644); err != nil {
			return err
		}
	}
	if c.HTML != "" {
		if err := os.WriteFile(c.HTML, report.HTML(), 0o644); err != nil {
			return err
		}
	}
	switch c.Output {
	case "":
		return nil
	case "-":
		data, err := (mirror.Encoder{}).TOML(ranked)
		if err == nil && !c.JSON {
			_, err = t.out.Write(data)
		}
		return err
	}
	data, err := (mirror.Encoder{RevealSecrets: true}).TOML(ranked)
	if err != nil {
		return err
	}
	return os.WriteFile(c.Output, data, modeOf(ranked))
}

// modeOf keeps a file with headers, which often hold credentials, from other
// users.
func modeOf(c mirror.Config) os.FileMode {
	for _, r := range c.Registries {
		for _, m := range r.Mirrors {
			if len(m.Headers) > 0 {
				return 0o600
			}
		}
		if r.Upstream != nil && len(r.Upstream.Headers) > 0 {
			return 0o600
		}
	}
	return 0o644
}

// isTerminal reports whether somebody watches w.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok || os.Getenv("TERM") == "dumb" {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

type probeJSON struct {
	Registries  []probeRegistryJSON `json:"registries"`
	Ranked      mirror.Config       `json:"ranked"`
	Diagnostics mirror.Diagnostics  `json:"diagnostics"`
	ElapsedMS   float64             `json:"elapsed_ms"`
}

type probeRegistryJSON struct {
	Prefix     string             `json:"prefix"`
	Reference  string             `json:"reference"`
	Digest     string             `json:"digest"`
	DigestFrom probe.DigestSource `json:"digest_from"`
	Upstream   *probeResultJSON   `json:"upstream"`
	Mirrors    []probeResultJSON  `json:"mirrors"`
}

type probeResultJSON struct {
	URL          string        `json:"url"`
	Repository   string        `json:"repository"`
	Verdict      probe.Verdict `json:"verdict"`
	Usable       bool          `json:"usable"`
	Reason       string        `json:"reason"`
	Phase        probe.Phase   `json:"phase"`
	Status       int           `json:"status"`
	Digest       string        `json:"digest"`
	DNSMS        float64       `json:"dns_ms"`
	ConnectMS    float64       `json:"connect_ms"`
	TLSMS        float64       `json:"tls_ms"`
	LatencyMS    *float64      `json:"latency_ms"`
	BytesPerSec  *float64      `json:"bytes_per_second"`
	LatenciesMS  []float64     `json:"latencies_ms"`
	Throughputs  []float64     `json:"throughputs"`
	ElapsedMS    float64       `json:"elapsed_ms"`
	SampledBytes int64         `json:"sampled_bytes"`
}

func probeShape(r probe.Report, ranked mirror.Config, ds mirror.Diagnostics) probeJSON {
	out := probeJSON{Registries: []probeRegistryJSON{}, Ranked: ranked, Diagnostics: listed(ds), ElapsedMS: milliseconds(r.Elapsed)}
	for _, reg := range r.Registries {
		j := probeRegistryJSON{Prefix: reg.Prefix, Reference: reg.Reference, Digest: reg.Digest, DigestFrom: reg.DigestFrom, Mirrors: []probeResultJSON{}}
		if reg.Upstream != nil {
			up := probeResultShape(*reg.Upstream)
			j.Upstream = &up
		}
		for _, m := range reg.Mirrors {
			j.Mirrors = append(j.Mirrors, probeResultShape(m))
		}
		out.Registries = append(out.Registries, j)
	}
	return out
}

func probeResultShape(r probe.Result) probeResultJSON {
	out := probeResultJSON{
		URL: r.URL, Repository: r.Repository, Verdict: r.Verdict, Usable: r.Verdict.Usable(), Reason: strings.ToValidUTF8(r.Reason, "?"),
		Phase: r.Phase, Status: r.HTTPStatus, Digest: r.Digest,
		DNSMS: milliseconds(r.DNS), ConnectMS: milliseconds(r.Connect), TLSMS: milliseconds(r.Handshake),
		LatenciesMS: []float64{}, Throughputs: listed(r.Throughputs), ElapsedMS: milliseconds(r.Elapsed), SampledBytes: r.Bytes,
	}
	for _, l := range r.Latencies {
		out.LatenciesMS = append(out.LatenciesMS, milliseconds(l))
	}
	if l, ok := r.Latency(); ok {
		ms := milliseconds(l)
		out.LatencyMS = &ms
	}
	if speed, ok := r.Throughput(); ok {
		out.BytesPerSec = &speed
	}
	return out
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
