package trace

import (
	"fmt"
	"strconv"
	"strings"
)

// String writes the report for people: for each pull the endpoint that served
// it and the speed, then the files and the findings.
func (r *Report) String() string {
	var b strings.Builder
	for i := range r.Pulls {
		r.Pulls[i].write(&b)
	}
	if r.Omitted.Pulls > 0 {
		fmt.Fprintf(&b, "%d more pulls are counted in the totals only\n", r.Omitted.Pulls)
	}
	if len(r.Pulls) > 1 && len(r.Totals) > 0 {
		b.WriteString("endpoints\n")
		for i := range r.Totals {
			t := &r.Totals[i]
			fmt.Fprintf(&b, "  %-32s asked %d, served %d, failed %d; %s, %s\n",
				t.Host, t.Asked, t.Served, t.Failed, count(int(t.Blobs), "blob"), formatBytes(float64(t.Bytes)))
		}
	}
	if len(r.Files) > 0 {
		b.WriteString("files\n")
		for i := range r.Files {
			f := &r.Files[i]
			fmt.Fprintf(&b, "  %s (%s)", f.Path, f.Kind)
			if f.Error != "" {
				fmt.Fprintf(&b, ": %s", f.Error)
			}
			b.WriteByte('\n')
		}
	}
	if len(r.Findings) > 0 {
		b.WriteString("findings\n")
		for _, d := range r.Findings {
			b.WriteString("  ")
			if d.Line > 0 {
				b.WriteString("line " + strconv.Itoa(d.Line) + ": ")
			}
			fmt.Fprintf(&b, "%s: %s [%s]\n", d.Severity, d.Message, d.Code)
		}
	}
	return b.String()
}

// String writes the pull for people.
func (p *Pull) String() string {
	var b strings.Builder
	p.write(&b)
	return b.String()
}

func (p *Pull) write(b *strings.Builder) {
	state := "end not in the log"
	switch p.Outcome {
	case Served:
		state = "pulled"
	case Failed:
		state = "failed"
	}
	fmt.Fprintf(b, "%s: %s\n", p.title(), state)
	if p.ServedBy != "" {
		fmt.Fprintf(b, "  served by  %s%s\n", p.ServedBy, p.blobsBy())
	} else {
		b.WriteString("  served by  nobody, as far as the log tells\n")
	}
	fmt.Fprintf(b, "  speed      %s\n", p.Transfer)
	for i := range p.Endpoints {
		e := &p.Endpoints[i]
		kind := p.noun()
		if !p.mayBeMirror(e) {
			kind = "registry"
		}
		fmt.Fprintf(b, "  %d. %-9s %s: %s\n", i+1, kind, e.Host, e.answer())
	}
	if p.Error != "" {
		fmt.Fprintf(b, "  error      %s\n", p.Error)
	}
}

// blobsBy says how many of the blobs came from the endpoint that served the
// manifest.
func (p *Pull) blobsBy() string {
	if len(p.Blobs) == 0 {
		return ""
	}
	same, unknown := 0, 0
	for i := range p.Blobs {
		o := &p.Blobs[i]
		switch {
		case o.Host == "" || o.Outcome == Unknown:
			unknown++
		case o.Host == p.ServedBy && o.Outcome == Served:
			same++
		}
	}
	s := fmt.Sprintf(" (%d of %s", same, count(len(p.Blobs), "blob"))
	if unknown > 0 {
		s += fmt.Sprintf(", %d not told", unknown)
	}
	return s + ")"
}

// answer says how an endpoint answered.
func (e *Endpoint) answer() string {
	switch {
	case e.Outcome == Served && e.Status > 0:
		return strconv.Itoa(e.Status)
	case e.Outcome == Served:
		return "served"
	case e.Outcome == Failed:
		s := e.why()
		if e.Reason != "" && (e.Status == 0 || e.Inferred) {
			s += " — " + e.Reason
		}
		return s
	case e.Status > 0:
		return strconv.Itoa(e.Status)
	default:
		return "no answer in the log"
	}
}

// String writes "2.0 MiB/s (4.0 MiB in 2 s)".
func (t Transfer) String() string {
	size := "size not told"
	if t.Bytes >= 0 {
		size = formatBytes(float64(t.Bytes))
	}
	if t.BytesPerSecond <= 0 {
		return "not told (" + size + ")"
	}
	return fmt.Sprintf("%s (%s in %s s)", FormatRate(t.BytesPerSecond), size, strconv.FormatFloat(t.Seconds, 'f', -1, 64))
}
