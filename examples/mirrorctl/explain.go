package main

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

type explainCommand struct {
	nodeFlags
	engineChoice
	Engine    string `required:"" help:"Engine and version, such as containerd@2.4." placeholder:"ENGINE[@VERSION]"`
	Op        string `enum:"pull,resolve,push" default:"pull" help:"What is done: pull, resolve or push."`
	JSON      bool   `name:"json" help:"Print one JSON document."`
	Reference string `arg:"" help:"Image reference, such as alpine:3.20."`
}

// Run prints the requests in the order in which the engine makes them.
func (c explainCommand) Run(t *terminal) error {
	op, err := mirror.ParseOperation(c.Op)
	if err != nil {
		return err
	}
	ref, err := mirror.ParseReference(c.Reference)
	if err != nil {
		return err
	}
	view, err := c.view(c.engineChoice, c.Engine)
	if err != nil {
		return err
	}
	e := view.Explain(ref, op)
	if c.JSON {
		err = t.json(explanationShape(e))
	} else {
		err = t.explain(e)
	}
	if err == nil && e.Diagnostics.Err() != nil {
		err = exitCode(1)
	}
	return err
}

func (t *terminal) explain(e mirror.Explanation) error {
	t.say(e.Diagnostics)
	fmt.Fprintln(t.out, e.Reference)
	w := tabwriter.NewWriter(t.out, 0, 8, 2, ' ', 0)
	for i, a := range e.Attempts {
		role := "upstream"
		if a.Mirror {
			role = "mirror"
		}
		fmt.Fprintf(w, "%3d\t%s\t%s\t%s\t%s\t%s\n", i+1, a.Method, a.URL, role, a.TLS, place(a.Source))
	}
	for _, s := range e.Skipped {
		fmt.Fprintf(w, "  -\tskip\t%s\t%s\t\t%s\n", s.Host, s.Why, place(s.Source))
	}
	return w.Flush()
}

// place writes file:line, as editors and terminals make links of.
func place(p mirror.Position) string {
	if p.File == "" {
		return "(default)"
	}
	if p.Line == 0 {
		return p.File
	}
	return strings.Join([]string{p.File, fmt.Sprint(p.Line)}, ":")
}
