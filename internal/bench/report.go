package bench

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"
)

// Report is everything that was measured.
type Report struct {
	Lines []Line
	Notes []string
	Costs []Cost
}

// Add takes the results of a work.
func (r *Report) Add(w Work, results []Result) {
	r.Lines = append(r.Lines, w.Lines(results)...)
	if note := "- " + w.Note; w.Note != "" && !slices.Contains(r.Notes, note) {
		r.Notes = append(r.Notes, note)
	}
}

// Write prints the report as Markdown.
func (r *Report) Write(w io.Writer) {
	fmt.Fprintf(w, "%s, %s/%s. Processor time of one operation, best of several turns; ratio = the other's time divided by ours.\n\n",
		runtime.Version(), runtime.GOOS, runtime.GOARCH)
	WriteLines(w, r.Lines)
	if len(r.Notes) > 0 {
		fmt.Fprintf(w, "\n%s\n", strings.Join(r.Notes, "\n"))
	}
	if len(r.Costs) > 0 {
		fmt.Fprintln(w)
		WriteCosts(w, r.Costs)
	}
}

const (
	begin = "<!-- measured: begin -->\n"
	end   = "<!-- measured: end -->\n"
)

// UpdateReadme puts the report into README.md, between its two marks.
func (r *Report) UpdateReadme() error {
	dir, err := ModuleDir()
	if err != nil {
		return err
	}
	file := filepath.Join(dir, "README.md")
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	head, rest, found := bytes.Cut(data, []byte(begin))
	_, tail, closed := bytes.Cut(rest, []byte(end))
	if !found || !closed {
		return fmt.Errorf("%s lacks the marks %q and %q", file, begin, end)
	}
	var out bytes.Buffer
	out.Write(head)
	out.WriteString(begin)
	r.Write(&out)
	out.WriteString(end)
	out.Write(tail)
	return os.WriteFile(file, out.Bytes(), 0o644)
}

// Line is a row of the table: one entry of ours beside one other.
type Line struct {
	Work   string
	Ours   Result
	Other  *Result // nil where there is none
	Ratio  float64 // the other's time divided by ours; in work about growth, ours by the smallest
	Growth bool
}

// Lines sets each entry of ours beside each peer and yardstick.
func (w Work) Lines(results []Result) []Line {
	if _, ok := w.Grows(results); ok {
		first := results[0]
		var out []Line
		for _, r := range results {
			out = append(out, Line{Work: w.Title + ", " + r.Name, Ours: r, Ratio: float64(r.PerUnit()) / float64(first.PerUnit()), Growth: true})
		}
		return out
	}
	var out []Line
	for _, r := range results {
		if r.Role != Ours {
			continue
		}
		before := len(out)
		for j := range results {
			if results[j].Role == Peer || results[j].Role == Yardstick {
				out = append(out, Line{Work: w.Title, Ours: r, Other: &results[j], Ratio: float64(results[j].CPU) / float64(r.CPU)})
			}
		}
		if len(out) == before {
			out = append(out, Line{Work: w.Title, Ours: r})
		}
	}
	return out
}

// Budget returns what is asked of the line, and whether it is met.
func (l Line) Budget() (text string, met bool) {
	switch {
	case l.Growth:
		return fmt.Sprintf("linear (≤ %g× as long for one)", MaxGrowth), l.Ratio <= MaxGrowth
	case l.Other != nil && l.Other.Role == Peer && l.Other.Target > 0:
		return fmt.Sprintf("≥ %g× faster", l.Other.Target), l.Ratio >= l.Other.Target
	case l.Ours.Limit == 0:
		return "", true
	}
	text, met = "≤ "+duration(l.Ours.Limit), l.Ours.CPU <= l.Ours.Limit
	if limit := l.Ours.AllocsPerUnit; limit > 0 {
		text += fmt.Sprintf(", ≤ %g allocations each", limit)
		met = met && l.Ours.Allocs/l.Ours.units() <= limit
	}
	return text, met
}

// WriteLines prints the table of times.
func WriteLines(w io.Writer, lines []Line) {
	fmt.Fprintln(w, "| work | ours | allocations | beside it | takes | ratio | budget | met |")
	fmt.Fprintln(w, "|---|---|---|---|---|---|---|---|")
	for _, l := range lines {
		budget, met := l.Budget()
		verdict := ""
		if budget != "" {
			verdict = map[bool]string{true: "yes", false: "**no**"}[met]
		}
		name, takes, ratio := "", "", ""
		ours := duration(l.Ours.CPU)
		switch {
		case l.Growth:
			ours = duration(l.Ours.PerUnit())
			ratio = fmt.Sprintf("%.2f", l.Ratio)
		case l.Other != nil:
			name, takes = l.Other.Name, duration(l.Other.CPU)
			if l.Other.Floor > 0 {
				takes += fmt.Sprintf(" (+ %s files)", duration(l.Other.Floor))
			}
			if l.Other.Role == Yardstick {
				name = "_yardstick:_ " + name
			}
			ratio = fmt.Sprintf("%.3g×", l.Ratio)
		}
		if !l.Growth {
			ours += " `" + l.Ours.Name + "`"
		}
		fmt.Fprintf(w, "| %s | %s | %s | %s | %s | %s | %s | %s |\n", l.Work, ours, allocations(l.Ours), name, takes, ratio, budget, verdict)
	}
}

// allocations are those of one unit where there are many.
func allocations(r Result) string {
	if r.Units > 1 {
		return fmt.Sprintf("%.3g each", r.Allocs/r.units())
	}
	return fmt.Sprintf("%.3g", r.Allocs)
}

// duration has three digits.
func duration(d time.Duration) string {
	switch {
	case d < time.Microsecond:
		return fmt.Sprintf("%d ns", d.Nanoseconds())
	case d < time.Millisecond:
		return fmt.Sprintf("%.3g µs", float64(d)/float64(time.Microsecond))
	case d < time.Second:
		return fmt.Sprintf("%.3g ms", float64(d)/float64(time.Millisecond))
	}
	return fmt.Sprintf("%.3g s", d.Seconds())
}

// Budget tells which parts of the budget of importing are not met.
func (c Cost) Budget() (missed []string) {
	if len(c.Modules) > MaxModules {
		missed = append(missed, "modules")
	}
	if c.Added > MaxAdded {
		missed = append(missed, "size")
	}
	if c.Go != MaxGo {
		missed = append(missed, "go line")
	}
	return missed
}

// WriteCosts prints the table of what importing costs.
func WriteCosts(w io.Writer, costs []Cost) {
	fmt.Fprintf(w, "What a program that imports and calls a library gets: modules in its go.mod (the library's own is one), bytes added to hello world, "+
		"go line. The budget is %d modules, %s and go %s.\n\n", MaxModules, megabytes(MaxAdded), MaxGo)
	fmt.Fprintln(w, "| import | modules | binary | go line | met |")
	fmt.Fprintln(w, "|---|---|---|---|---|")
	for _, c := range costs {
		verdict := ""
		if c.Role == Ours {
			verdict = "yes"
			if missed := c.Budget(); len(missed) > 0 {
				verdict = "**no**: " + strings.Join(missed, ", ")
			}
		}
		fmt.Fprintf(w, "| %s | %d | + %s | %s | %s |\n", c.Name, len(c.Modules), megabytes(c.Added), c.Go, verdict)
	}
}

func megabytes(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/1e6) }
