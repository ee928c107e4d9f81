package probe

import (
	"fmt"
	"strings"
	"time"
)

// htmlHead lets the page load nothing at all.
const htmlHead = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width,initial-scale=1">
<title>Registry mirrors, measured</title>
<style>
:root{color-scheme:light dark;--line:#d0d7de;--dim:#59636e}
@media (prefers-color-scheme:dark){:root{--line:#3d444d;--dim:#9198a1}body{background:#0d1117;color:#e6edf3}}
body{font:14px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif;max-width:1130px;margin:24px auto;padding:0 16px}
h1{font-size:22px;margin:0}h2{font-size:16px;margin:28px 0 6px}p{margin:4px 0 16px;color:var(--dim)}
svg{max-width:100%;height:auto;border:1px solid var(--line);border-radius:8px}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:13px}
th,td{text-align:left;padding:5px 10px 5px 0;border-bottom:1px solid var(--line);vertical-align:top;white-space:nowrap}
th{font-weight:600;color:var(--dim)}td.number{text-align:right;font-variant-numeric:tabular-nums}th.number{text-align:right}
td.endpoint,td.reason{white-space:normal;overflow-wrap:anywhere}td.reason{min-width:240px}td.endpoint{min-width:200px}code{font-size:12px}
</style>
`

// HTML returns a page that holds everything in itself: the picture of SVG and
// a table with the parts of each connection and the reason of each verdict.
// It has no script and loads nothing.
func (r Report) HTML() []byte {
	var b strings.Builder
	b.WriteString(htmlHead)
	fmt.Fprintf(&b, "<h1>Registry mirrors, measured</h1>\n<p>%s</p>\n", escape(r.summary()))
	b.Write(r.SVG())
	for _, reg := range r.Registries {
		fmt.Fprintf(&b, "<h2>%s</h2>\n<p>%s</p>\n", escape(reg.Prefix), escape(reg.subtitle()))
		b.WriteString("<div class=\"scroll\"><table>\n<thead><tr><th>endpoint<th>verdict<th class=\"number\">DNS<th class=\"number\">connect<th class=\"number\">TLS" +
			"<th class=\"number\">latency<th class=\"number\">throughput<th>reason</tr></thead>\n<tbody>\n")
		for _, row := range reg.rows() {
			fmt.Fprintf(&b, "<tr><td class=\"endpoint\"><code>%s</code> %s<td>%s", escape(row.name()), upstreamMark(row), escape(row.Verdict.String()))
			for _, d := range []time.Duration{row.DNS, row.Connect, row.Handshake} {
				fmt.Fprintf(&b, "<td class=\"number\">%s", partText(d))
			}
			fmt.Fprintf(&b, "<td class=\"number\">%s<td class=\"number\">%s<td class=\"reason\">%s</tr>\n",
				escape(latencyText(row.Result)), escape(throughputText(row.Result)), escape(row.Reason))
		}
		b.WriteString("</tbody></table></div>\n")
	}
	b.WriteString("</html>\n")
	return []byte(b.String())
}

func upstreamMark(r row) string {
	if r.role == "upstream" {
		return "(upstream)"
	}
	return ""
}

func partText(d time.Duration) string {
	if d == 0 {
		return "–"
	}
	return formatDuration(d)
}

// summary counts the mirrors that can be used.
func (r Report) summary() string {
	mirrors, usable, clean := 0, 0, 0
	for _, reg := range r.Registries {
		mirrors += len(reg.Mirrors)
		for _, m := range reg.Mirrors {
			if m.Verdict.Usable() {
				usable++
			}
			if m.Verdict == OK {
				clean++
			}
		}
	}
	return fmt.Sprintf("%d mirrors of %d registries: %d can be used, %d of them without reservation. Measured in %s.",
		mirrors, len(r.Registries), usable, clean, formatDuration(r.Elapsed))
}
