package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

type lintCommand struct {
	nodeFlags
	engineChoice
	Engine string `required:"" help:"Engine and version, such as containerd@2.4." placeholder:"ENGINE[@VERSION]"`
	Format string `enum:"text,json,sarif" default:"text" help:"text, json or sarif."`
	JSON   bool   `name:"json" help:"The same as --format json."`
	Notes  bool   `help:"Show notes too, in text: what is worth knowing and needs no change."`
	Fix    bool   `help:"Mend what can be mended mechanically, then show the rest."`
	DryRun bool   `help:"With --fix: show the changes and make none; exit 2 where there are any."`
}

// Run prints the findings; exit 2 where there are errors among them.
func (c lintCommand) Run(t *terminal) error {
	if c.DryRun && !c.Fix {
		return errors.New("--dry-run is for --fix: lint itself changes nothing")
	}
	node := c.node()
	view, err := c.view(c.engineChoice, c.Engine)
	if err != nil {
		return err
	}
	found := view.Lint()
	if c.Fix {
		plan, err := mirror.FixPlan(node, found)
		if err != nil {
			return err
		}
		if c.DryRun {
			if err := t.show(plan, nil, c.JSON || c.Format == "json"); err != nil || plan.Empty() {
				return err
			}
			return exitCode(2)
		}
		messages := terminal{in: t.in, out: t.err, err: t.err}
		if err := messages.apply(c.Root, plan, nil, false); err != nil {
			return err
		}
		if view, err = c.view(c.engineChoice, c.Engine); err != nil {
			return err
		}
		found = view.Lint()
	}
	switch {
	case c.JSON || c.Format == "json":
		err = t.json(diagnosticsJSON{diagnosticsShape(found)})
	case c.Format == "sarif":
		err = t.writeSARIF(found)
	default:
		err = t.findings(node, found, c.Notes)
	}
	if err != nil {
		return err
	}
	if found.Err() != nil {
		return exitCode(2)
	}
	return nil
}

var severityColours = map[mirror.Severity]string{mirror.Info: "\x1b[36m", mirror.Warning: "\x1b[33m", mirror.Error: "\x1b[31m"}

// findings prints diagnostics for people: place, message, the line with a
// caret below the column, and the fix. Without notes those are counted alone.
func (t *terminal) findings(node fs.FS, ds mirror.Diagnostics, notes bool) error {
	bold, reset := "", ""
	colour := isColour(t.out)
	if colour {
		bold, reset = "\x1b[1m", "\x1b[0m"
	}
	files := map[string][][]byte{}
	var b strings.Builder
	counts := map[mirror.Severity]int{}
	for _, d := range ds {
		counts[d.Severity]++
		if d.Severity == mirror.Info && !notes {
			continue
		}
		severity := d.Severity.String()
		if colour {
			severity = severityColours[d.Severity] + severity + reset
		}
		at := place(mirror.Position{File: d.File, Line: d.Line})
		if d.Line > 0 && d.Column > 0 {
			at = fmt.Sprintf("%s:%d", at, d.Column)
		}
		fmt.Fprintf(&b, "%s%s%s: %s: %s [%s]\n", bold, at, reset, severity, d.Message, d.Code)
		if line, ok := lineOf(node, files, d); ok {
			number := fmt.Sprintf("%5d", d.Line)
			fmt.Fprintf(&b, "%s | %s\n%s | %s^\n", number, line, strings.Repeat(" ", len(number)), blanks(line, d.Column))
		}
		if d.Fix != "" {
			fmt.Fprintf(&b, "      = %s\n", d.Fix)
		}
	}
	fmt.Fprintf(&b, "%s, %s, %s\n", count(counts[mirror.Error], "error"), count(counts[mirror.Warning], "warning"), count(counts[mirror.Info], "note"))
	if counts[mirror.Info] > 0 && !notes {
		b.WriteString("notes are shown with --notes\n")
	}
	_, err := t.out.Write([]byte(b.String()))
	return err
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// lineOf returns the line a diagnostic points at, cut where it is very long.
// Lines that look like they hold credentials are not shown.
func lineOf(node fs.FS, files map[string][][]byte, d mirror.Diagnostic) (string, bool) {
	if d.File == "" || d.Line == 0 {
		return "", false
	}
	lines, ok := files[d.File]
	if !ok {
		data, err := fs.ReadFile(node, strings.TrimPrefix(path.Clean(d.File), "/"))
		if err != nil {
			return "", false
		}
		lines = bytes.Split(data, []byte("\n"))
		files[d.File] = lines
	}
	if d.Line > len(lines) {
		return "", false
	}
	line := strings.TrimSuffix(string(lines[d.Line-1]), "\r")
	lower := strings.ToLower(line)
	for _, word := range []string{"authorization", "password", "token", "auth", "@"} {
		if strings.Contains(lower, word) {
			return "", false
		}
	}
	if len(line) > 160 {
		line = line[:160] + "…"
	}
	return line, true
}

// blanks is as wide as the line before the column, tabs kept.
func blanks(line string, column int) string {
	var b strings.Builder
	for i := 0; i < column-1 && i < len(line); i++ {
		if line[i] == '\t' {
			b.WriteByte('\t')
		} else if line[i]&0xc0 != 0x80 {
			b.WriteByte(' ')
		}
	}
	return b.String()
}
