package main

import (
	"fmt"

	"github.com/mirrorcfg/mirrorcfg/mirror/fileset"
)

type undoCommand struct {
	nodeFlags
	DryRun bool `help:"Show what would be put back; exit 2 where there is anything."`
	JSON   bool `name:"json" help:"Print one JSON document."`
}

// Run puts back what the last apply changed.
func (c undoCommand) Run(t *terminal) error {
	undo, err := fileset.LoadUndo(c.Root)
	if err != nil {
		return err
	}
	plan, err := undo.Plan()
	if err != nil {
		return err
	}
	if !c.DryRun {
		if err := undo.Restore(); err != nil {
			return err
		}
		if !c.JSON {
			fmt.Fprintf(t.err, "%s put back\n", count(len(undo.Paths()), "file"))
		}
	}
	if err := t.show(plan, nil, c.JSON); err != nil {
		return err
	}
	if c.DryRun && !plan.Empty() {
		return exitCode(2)
	}
	return nil
}
