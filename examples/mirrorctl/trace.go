package main

import (
	"fmt"
	"io"
	"os"

	"github.com/mirrorcfg/mirrorcfg/mirror"
	"github.com/mirrorcfg/mirrorcfg/mirror/trace"
)

type traceCommand struct {
	nodeFlags
	engineChoice
	Engine string `help:"Also compare with what this engine would do with the files below --root." placeholder:"ENGINE[@VERSION]"`
	Ref    string `help:"With --engine: the image that was pulled; default is the one that the log names." placeholder:"REF"`
	JSON   bool   `name:"json" help:"Print one JSON document."`
	Log    string `arg:"" help:"The log; - is standard input."`
}

type traceJSON struct {
	*trace.Report
	Comparison *trace.Comparison `json:"comparison,omitempty"`
}

// Run prints what the log proves: who served, what was tried, how fast.
func (c traceCommand) Run(t *terminal) error {
	log := t.in
	if c.Log != "-" {
		f, err := os.Open(c.Log)
		if err != nil {
			return err
		}
		defer f.Close()
		log = io.Reader(f)
	}
	report, err := trace.Read(log)
	if err != nil {
		return err
	}
	var comparison *trace.Comparison
	if c.Engine != "" {
		if comparison, err = c.compare(report); err != nil {
			return err
		}
	}
	if c.JSON {
		return t.json(traceJSON{report, comparison})
	}
	if _, err := fmt.Fprint(t.out, report.String()); err != nil || comparison == nil {
		return err
	}
	if comparison.Agrees() {
		fmt.Fprintln(t.out, "the log agrees with the configuration")
		return nil
	}
	for _, d := range comparison.Differences {
		fmt.Fprintf(t.out, "log and configuration differ: %v\n", d)
	}
	return exitCode(2)
}

func (c traceCommand) compare(report *trace.Report) (*trace.Comparison, error) {
	ref := c.Ref
	if ref == "" && len(report.Pulls) > 0 {
		ref = report.Pulls[0].Image
	}
	view, err := c.view(c.engineChoice, c.Engine)
	if err != nil {
		return nil, err
	}
	attempts, err := mirror.Attempts(view, ref, mirror.OpPull)
	if err != nil {
		return nil, err
	}
	comparison := report.Compare(attempts)
	return &comparison, nil
}
