package probe

import (
	"fmt"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"
)

// Table returns the report as text: one line for each endpoint, registries
// apart, with the reason of each verdict.
func (r Report) Table() string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 8, 2, ' ', 0)
	for i, reg := range r.Registries {
		if i > 0 {
			fmt.Fprintln(w)
		}
		fmt.Fprintln(w, plain(reg.title()))
		if reg.Upstream != nil {
			fmt.Fprintln(w, plain(tableRow(*reg.Upstream, "upstream")))
		}
		for _, m := range reg.Mirrors {
			fmt.Fprintln(w, plain(tableRow(m, "mirror")))
		}
	}
	_ = w.Flush() // a strings.Builder takes everything
	return b.String()
}

func (r RegistryReport) title() string {
	title := r.Prefix
	if r.Reference != "" {
		title += "  (" + r.Reference
		if r.Digest != "" {
			title += fmt.Sprintf(" is %s by the %s", short(r.Digest), r.DigestFrom)
		}
		title += ")"
	}
	return title
}

func tableRow(r Result, role string) string {
	return strings.Join([]string{"  " + r.Verdict.String(), role, r.name(), latencyText(r), throughputText(r), r.Reason}, "\t")
}

// name is the URL and what follows /v2.
func (r Result) name() string {
	if r.Repository == "" {
		return r.URL
	}
	return r.URL + "/v2/" + r.Repository
}

func latencyText(r Result) string {
	latency, ok := r.Latency()
	if !ok {
		return "-"
	}
	return formatDuration(latency)
}

func throughputText(r Result) string {
	throughput, ok := r.Throughput()
	if !ok {
		return "-"
	}
	return formatBytes(throughput) + "/s"
}

// formatDuration keeps three digits: 1.23 ms, 45.6 ms, 1.20 s.
func formatDuration(d time.Duration) string {
	ms := float64(d) / float64(time.Millisecond)
	switch {
	case ms >= 1000:
		return fmt.Sprintf("%.2f s", ms/1000)
	case ms >= 100:
		return fmt.Sprintf("%.0f ms", ms)
	case ms >= 10:
		return fmt.Sprintf("%.1f ms", ms)
	default:
		return fmt.Sprintf("%.2f ms", ms)
	}
}

// formatBytes writes a size in binary units with one decimal: 4.0 MiB.
func formatBytes(n float64) string {
	units := [...]string{"B", "KiB", "MiB", "GiB", "TiB"}
	i := 0
	for n >= 1024 && i < len(units)-1 {
		n /= 1024
		i++
	}
	if i == 0 {
		return fmt.Sprintf("%.0f B", n)
	}
	return fmt.Sprintf("%.1f %s", n, units[i])
}

// plain takes control characters out of what servers sent, so that none
// reaches a terminal.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if r != '\t' && unicode.IsControl(r) {
			return '?'
		}
		return r
	}, s)
}
