package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/mirror/fileset"
)

type undoCommand struct {
	nodeFlags
	DryRun  bool   `help:"Show what would be put back; exit 2 where there is anything." xor:"what"`
	List    bool   `help:"List the undo records, oldest first." xor:"what"`
	Discard string `help:"Drop an undo record by its name; the files stay as they are." placeholder:"NAME" xor:"what"`
	JSON    bool   `name:"json" help:"Print one JSON document."`
}

// Run puts back what the last apply changed.
func (c undoCommand) Run(t *terminal) error {
	switch {
	case c.List:
		return c.list(t)
	case c.Discard != "":
		return fileset.Discard(c.Root, c.Discard)
	}
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
		t.sayLost(undo)
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

// undoRecord is an undo record as JSON.
type undoRecord struct {
	Name        string   `json:"name"`
	Interrupted bool     `json:"interrupted"`
	Paths       []string `json:"paths"`
}

// list shows the records. Those that are damaged are errors, and the others
// are shown nevertheless.
func (c undoCommand) list(t *terminal) error {
	all, damaged := fileset.Records(c.Root)
	records := []undoRecord{}
	for _, u := range all {
		records = append(records, undoRecord{u.Name(), u.Interrupted(), u.Paths()})
	}
	if c.JSON {
		return errors.Join(t.json(map[string]any{"records": records}), damaged)
	}
	for _, r := range records {
		state := "applied"
		if r.Interrupted {
			state = "interrupted"
		}
		fmt.Fprintf(t.out, "%s %s %s\n", r.Name, state, strings.Join(r.Paths, " "))
	}
	return damaged
}
