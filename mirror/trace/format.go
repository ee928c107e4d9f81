package trace

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

// String writes the report for people: for each pull the endpoint that served
// it and the speed, then the files and the findings. Control characters, which
// a registry may have put into its error, do not reach the terminal.
func (r *Report) String() string {
	var b lines
	for i := range r.Pulls {
		r.Pulls[i].write(&b)
	}
	if r.Omitted.Pulls > 0 {
		b.add("%d more pulls are counted in the totals only", r.Omitted.Pulls)
	}
	if len(r.Pulls) > 1 && len(r.Totals) > 0 {
		b.add("endpoints")
		for i := range r.Totals {
			t := &r.Totals[i]
			b.add("  %-32s asked %d, served %d, failed %d; %s, %s",
				t.Host, t.Asked, t.Served, t.Failed, count(int(t.Blobs), "blob"), formatBytes(float64(t.Bytes)))
		}
	}
	if len(r.Files) > 0 {
		b.add("files")
		for i := range r.Files {
			f := &r.Files[i]
			b.add("  %s (%s)%s", f.Path, f.Kind, after(": ", f.Error))
		}
	}
	if len(r.Findings) > 0 {
		b.add("findings")
		for _, d := range r.Findings {
			line := ""
			if d.Line > 0 {
				line = "line " + strconv.Itoa(d.Line) + ": "
			}
			b.add("  %s%s: %s [%s]", line, d.Severity, d.Message, d.Code)
		}
	}
	return b.String()
}

// lines are those of a text for people.
type lines struct{ strings.Builder }

// add writes a line. What would break it, or speak to the terminal, is shown
// as a question mark.
func (l *lines) add(format string, args ...any) {
	l.WriteString(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return '?'
		}
		return r
	}, fmt.Sprintf(format, args...)))
	l.WriteByte('\n')
}

// after returns s behind a lead, or nothing where there is nothing.
func after(lead, s string) string {
	if s == "" {
		return ""
	}
	return lead + s
}

// String writes the pull for people.
func (p *Pull) String() string {
	var b lines
	p.write(&b)
	return b.String()
}

func (p *Pull) write(b *lines) {
	state := "end not in the log"
	switch p.Outcome {
	case Served:
		state = "pulled"
	case Failed:
		state = "failed"
	}
	b.add("%s: %s", p.title(), state)
	if p.ServedBy != "" {
		b.add("  served by  %s%s", p.ServedBy, p.blobsBy())
	} else {
		b.add("  served by  nobody, as far as the log tells")
	}
	b.add("  speed      %s", p.Transfer)
	for i := range p.Endpoints {
		e := &p.Endpoints[i]
		kind := p.noun()
		if !p.mayBeMirror(e) {
			kind = "registry"
		}
		b.add("  %d. %-9s %s: %s", i+1, kind, e.Host, e.answer())
	}
	if p.Error != "" {
		b.add("  error      %s", p.Error)
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
