package trace

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// maxFindings bounds the findings about single pulls.
const maxFindings = 200

// findings draws the conclusions, those about files first.
func (c *collector) findings() {
	r := &c.report
	if len(r.Pulls) == 0 && len(r.Files) == 0 && c.recognised == 0 {
		r.add(ruleNothing, 0, "", fmt.Sprintf("no pull found in %d lines", r.Lines))
		return
	}
	for i := range r.Files {
		r.aboutFile(&r.Files[i])
	}
	for _, n := range []struct {
		noted
		rule mirror.Rule
		text string
	}{
		{c.notes.plainHTTP, rulePlainHTTP, "%s was asked over plain HTTP"},
		{c.notes.skipVerify, ruleSkipVerify, "the certificate of %s was not checked"},
		{c.notes.httpsFirst, ruleHTTPSFirst, "%s is configured as http with TLS settings"},
	} {
		if n.count > 0 {
			r.add(n.rule, n.line, n.subject, fmt.Sprintf(n.text, n.subject)+times(n.count))
		}
	}
	for i := range r.Pulls {
		if len(r.Findings) >= maxFindings {
			break
		}
		r.aboutPull(&r.Pulls[i])
	}
}

func (r *Report) add(rule mirror.Rule, line int64, field, message string) {
	r.Findings = append(r.Findings, rule.At(mirror.Position{Line: int(min(line, math.MaxInt32))}, field, message))
}

func (r *Report) aboutFile(f *File) {
	for _, k := range f.Undecoded {
		r.add(ruleUndecoded, f.Line, k.Key, fmt.Sprintf("%s: the key %s is not known and was ignored%s", f.Path, k.Key, times(int64(k.Count))))
	}
	if f.Error != "" && strings.HasSuffix(f.Path, "hosts.toml") {
		r.add(ruleFileRefused, f.Line, f.Path, fmt.Sprintf("%s could not be read: %s", f.Path, f.Error))
	}
}

func times(n int64) string {
	if n == 1 {
		return ""
	}
	return fmt.Sprintf(" (%d times)", n)
}

func (r *Report) aboutPull(p *Pull) {
	mirrors, failed := 0, 0
	var upstream *Endpoint
	for i := range p.Endpoints {
		e := &p.Endpoints[i]
		if p.Image != "" && !e.Mirror {
			upstream = e
		} else if mirrors++; e.Outcome == Failed {
			failed++
		}
		if e.Outcome != Failed && strings.HasPrefix(e.ContentType, "text/html") && e.Status < 300 {
			r.add(ruleHTML, e.Line, e.Host, fmt.Sprintf("%s answered the manifest request for %s with a web page", e.Host, p.title()))
		}
		if e.Waits > 0 || e.Status == 429 {
			r.add(ruleRateLimited, e.Line, e.Host, fmt.Sprintf("%s limits the rate of requests (429); the pull of %s waited %s", e.Host, p.title(), count(e.Waits, "time")))
		}
	}
	if failed > 0 {
		r.aboutFailures(p, mirrors)
	}
	switch {
	case p.ServedBy == "" && (p.Outcome == Failed || p.Error != ""):
		r.add(ruleNothingServed, p.Line, p.title(), fmt.Sprintf("%s was served by no endpoint (%d asked)", p.title(), len(p.Endpoints)))
	case p.ServedBy != "" && upstream != nil && upstream.Outcome == Served && mirrors > 0 && failed == mirrors:
		r.add(ruleUpstreamServed, upstream.Line, p.title(), fmt.Sprintf("%s came from %s itself after %s failed", p.title(), upstream.Host, count(mirrors, "mirror")))
	case p.ServedBy != "" && mirrors == 0 && upstream != nil:
		r.add(ruleNoMirror, upstream.Line, p.title(), fmt.Sprintf("%s came from %s itself; no mirror was asked", p.title(), upstream.Host))
	}
	r.aboutBlobs(p)
	if p.Outcome == Unknown && p.Error == "" && len(p.Endpoints) > 0 {
		r.add(ruleUnfinished, p.LastLine, p.title(), fmt.Sprintf("the end of the pull of %s is not in the log", p.title()))
	}
}

// aboutFailures groups the mirrors that failed by how they failed: "2 of 3
// mirrors answered 404".
func (r *Report) aboutFailures(p *Pull, mirrors int) {
	var reasons []string
	for i := range p.Endpoints {
		if e := &p.Endpoints[i]; p.mayBeMirror(e) && e.Outcome == Failed && !slices.Contains(reasons, e.why()) {
			reasons = append(reasons, e.why())
		}
	}
	for _, why := range reasons {
		var hosts []string
		line := int64(0)
		for i := range p.Endpoints {
			if e := &p.Endpoints[i]; p.mayBeMirror(e) && e.Outcome == Failed && e.why() == why {
				if line == 0 {
					line = e.Line
				}
				hosts = append(hosts, e.Host)
			}
		}
		r.add(ruleMirrorsFailed, line, p.title(),
			fmt.Sprintf("%d of %s %s for %s: %s", len(hosts), count(mirrors, p.noun()), why, p.title(), strings.Join(hosts, ", ")))
	}
}

func (r *Report) aboutBlobs(p *Pull) {
	if p.ServedBy == "" {
		return
	}
	elsewhere, known, line := 0, 0, int64(0)
	var hosts []string
	for i := range p.Blobs {
		b := &p.Blobs[i]
		if b.Host == "" {
			continue
		}
		known++
		if b.Host != p.ServedBy {
			if elsewhere++; line == 0 {
				line = b.Line
			}
			if !slices.Contains(hosts, b.Host) {
				hosts = append(hosts, b.Host)
			}
		}
	}
	if elsewhere > 0 {
		r.add(ruleBlobsElsewhere, line, p.title(), fmt.Sprintf("%s served the manifest of %s, but %d of %s came from %s",
			p.ServedBy, p.title(), elsewhere, count(known, "blob"), strings.Join(hosts, ", ")))
	}
}

// mayBeMirror is false for the image's own registry. Where the log does not
// name the image, its registry is not known either.
func (p *Pull) mayBeMirror(e *Endpoint) bool { return p.Image == "" || e.Mirror }

// noun is what endpoints are called accordingly.
func (p *Pull) noun() string {
	if p.Image == "" {
		return "endpoint"
	}
	return "mirror"
}

// title names a pull whose image the log does not name.
func (p *Pull) title() string {
	if p.Image != "" {
		return p.Image
	}
	for i := range p.Endpoints {
		if p.Endpoints[i].Reference != "" {
			return p.Endpoints[i].Reference
		}
	}
	return "an image"
}

// count writes a number with its noun: "1 mirror", "3 mirrors".
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
