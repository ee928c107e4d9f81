package probe

import (
	"fmt"
	"html"
	"slices"
	"strings"
	"unicode/utf8"
)

// Measures of the picture, in pixels.
const (
	svgWidth     = 1080
	rowHeight    = 26
	titleHeight  = 54
	nameX        = 24
	nameRunes    = 50
	verdictX     = 404
	latencyX     = 530
	throughputX  = 800
	barWidth     = 165
	barHeight    = 14
	bottomMargin = 18
)

// svgStyle colours the picture for light and dark. Every colour goes with a
// word, so that none is needed to read it.
const svgStyle = `
.probe text{font:13px system-ui,-apple-system,"Segoe UI",sans-serif;fill:#1f2328}
.probe .bg{fill:#fff}.probe .stripe{fill:#f6f8fa}.probe .track{fill:#eaeef2}.probe .rule{stroke:#d0d7de}
.probe .title{font-size:16px;font-weight:600}.probe .dim,.probe .head{fill:#59636e}.probe .head{font-size:12px}
.probe .mono{font:12px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
.probe .latency{fill:#54aeff}.probe .throughput{fill:#4ac26b}.probe .round{fill:#1f2328;fill-opacity:.55}
.probe .good{fill:#1a7f37}.probe .alive{fill:#0969da}.probe .slow{fill:#9a6700}.probe .wrong{fill:#8250df}.probe .dead{fill:#cf222e}
@media (prefers-color-scheme:dark){
.probe text{fill:#e6edf3}.probe .bg{fill:#0d1117}.probe .stripe{fill:#151b23}.probe .track{fill:#262c36}.probe .rule{stroke:#3d444d}
.probe .dim,.probe .head{fill:#9198a1}.probe .latency{fill:#1f6feb}.probe .throughput{fill:#238636}.probe .round{fill:#e6edf3}
.probe .good{fill:#3fb950}.probe .alive{fill:#4493f8}.probe .slow{fill:#d29922}.probe .wrong{fill:#ab7df8}.probe .dead{fill:#f85149}
}`

// SVG returns a picture of the report that needs nothing else: for each
// registry its endpoints in the order of their worth, with bars for latency
// (shorter is better) and throughput (longer is better), and a mark for each
// round. Bars of one registry share a scale.
func (r Report) SVG() []byte {
	p := &picture{}
	for _, reg := range r.Registries {
		p.registry(reg)
	}
	height := p.y + bottomMargin
	var out strings.Builder
	fmt.Fprintf(&out, `<svg xmlns="http://www.w3.org/2000/svg" class="probe" viewBox="0 0 %d %d" width="%d" height="%d" role="img" aria-label="Latency and throughput of registry mirrors">`,
		svgWidth, height, svgWidth, height)
	fmt.Fprintf(&out, "\n<style>%s\n</style>\n<rect class=\"bg\" width=\"%d\" height=\"%d\"/>\n", svgStyle, svgWidth, height)
	out.WriteString(p.body.String())
	out.WriteString("</svg>\n")
	return []byte(out.String())
}

// picture collects elements from top to bottom.
type picture struct {
	body strings.Builder
	y    int
}

func (p *picture) text(x, y int, class, text string) {
	fmt.Fprintf(&p.body, "<text x=\"%d\" y=\"%d\" class=\"%s\">%s</text>\n", x, y, class, escape(text))
}

func (p *picture) registry(reg RegistryReport) {
	p.text(nameX, p.y+26, "title", reg.Prefix)
	if sub := reg.subtitle(); sub != "" {
		p.text(nameX+12+10*utf8.RuneCountInString(reg.Prefix), p.y+26, "dim", sub)
	}
	p.text(nameX, p.y+46, "head", "endpoint")
	p.text(verdictX, p.y+46, "head", "verdict")
	p.text(latencyX, p.y+46, "head", "latency, less is better")
	p.text(throughputX, p.y+46, "head", "throughput, more is better")
	p.y += titleHeight
	fmt.Fprintf(&p.body, "<line class=\"rule\" x1=\"%d\" x2=\"%d\" y1=\"%d\" y2=\"%d\"/>\n", nameX, svgWidth-nameX, p.y, p.y)
	scale := reg.scale()
	for i, row := range reg.rows() {
		p.row(row, i%2 == 1, scale)
	}
	p.y += 10
}

func (r RegistryReport) subtitle() string {
	switch {
	case r.Reference == "":
		return "asked for /v2/ alone"
	case r.Digest == "":
		return r.Reference
	default:
		return fmt.Sprintf("%s is %s by the %s", r.Reference, short(r.Digest), r.DigestFrom)
	}
}

// row is an endpoint as it is shown.
type row struct {
	Result
	role string
}

// rows returns the upstream, then the mirrors in the order of their worth.
func (r RegistryReport) rows() []row {
	out := make([]row, 0, len(r.Mirrors)+1)
	for _, m := range r.Mirrors {
		out = append(out, row{m, "mirror"})
	}
	slices.SortStableFunc(out, func(a, b row) int { return compareWorth(a.Result, b.Result) })
	if r.Upstream != nil {
		out = append([]row{{*r.Upstream, "upstream"}}, out...)
	}
	return out
}

// scale is what the full width of a bar stands for.
type scale struct{ latency, throughput float64 }

func (r RegistryReport) scale() scale {
	var s scale
	for _, row := range r.rows() {
		for _, l := range row.Latencies {
			s.latency = max(s.latency, float64(l))
		}
		for _, t := range row.Throughputs {
			s.throughput = max(s.throughput, t)
		}
	}
	return s
}

func (p *picture) row(r row, striped bool, s scale) {
	p.body.WriteString("<g>")
	fmt.Fprintf(&p.body, "<title>%s</title>\n", escape(r.tooltip()))
	if striped {
		fmt.Fprintf(&p.body, "<rect class=\"stripe\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>\n", nameX-6, p.y, svgWidth-2*nameX+12, rowHeight)
	}
	base := p.y + 17
	name := strings.TrimPrefix(r.name(), "https://")
	if r.role == "upstream" {
		name += " (upstream)"
	}
	p.text(nameX, base, "mono", shorten(name, nameRunes))
	class := verdictClass(r.Verdict)
	fmt.Fprintf(&p.body, "<circle class=\"%s\" cx=\"%d\" cy=\"%d\" r=\"4\"/>\n", class, verdictX+4, p.y+rowHeight/2)
	p.text(verdictX+14, base, class, r.Verdict.String())
	var latencies []float64
	for _, l := range r.Latencies {
		latencies = append(latencies, float64(l))
	}
	p.bar(latencyX, "latency", latencies, s.latency, latencyText(r.Result))
	p.bar(throughputX, "throughput", r.Throughputs, s.throughput, throughputText(r.Result))
	p.body.WriteString("</g>\n")
	p.y += rowHeight
}

// bar draws the median of the values, a mark for each, and its text.
func (p *picture) bar(x int, class string, values []float64, full float64, text string) {
	middle, ok := median(values)
	if !ok || full <= 0 {
		p.text(x, p.y+17, "dim", "–")
		return
	}
	y := p.y + (rowHeight-barHeight)/2
	width := func(v float64) float64 { return v / full * barWidth }
	fmt.Fprintf(&p.body, "<rect class=\"track\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"3\"/>\n", x, y, barWidth, barHeight)
	fmt.Fprintf(&p.body, "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" rx=\"3\"/>\n", class, x, y, max(width(middle), 2), barHeight)
	for _, v := range values {
		fmt.Fprintf(&p.body, "<rect class=\"round\" x=\"%.1f\" y=\"%d\" width=\"1.5\" height=\"%d\"/>\n", float64(x)+max(width(v)-1.5, 0), y+3, barHeight-6)
	}
	p.text(x+barWidth+8, p.y+17, "mono", text)
}

func (r row) tooltip() string {
	text := r.role + " " + r.name() + ": " + r.Verdict.String()
	if r.Reason != "" {
		text += ", " + r.Reason
	}
	return text
}

func verdictClass(v Verdict) string {
	switch v {
	case OK:
		return "good"
	case Alive:
		return "alive"
	case Slow:
		return "slow"
	case WrongDigest:
		return "wrong"
	default:
		return "dead"
	}
}

// shorten cuts the middle out of a name that is too long.
func shorten(s string, limit int) string {
	runes := []rune(s)
	if len(runes) <= limit {
		return s
	}
	head := limit / 2
	return string(runes[:head]) + "…" + string(runes[len(runes)-(limit-head-1):])
}

// escape makes text safe in SVG and HTML.
func escape(s string) string { return html.EscapeString(plain(s)) }
