package main

import (
	"fmt"
	"os"

	"github.com/mirrorcfg/mirrorcfg/mirror"
	"github.com/mirrorcfg/mirrorcfg/mirror/fileset"
)

type renderCommand struct {
	inputFlags
	engineChoice
	outputFlags
	Engine []string `sep:"none" help:"Engine and version, such as containerd@2.4. Repeatable; default: containerd, docker and podman." placeholder:"ENGINE[@VERSION]"`
	Accept []string `help:"Accept a loss of security by its code, such as loss/blocked." placeholder:"CODE"`
}

// Run prints the files that a node without any would get.
func (c renderCommand) Run(t *terminal) error {
	specs := c.Engine
	if len(specs) == 0 {
		specs = mainEngines
	}
	chosen, err := c.engines(specs)
	if err != nil {
		return err
	}
	plan, err := c.planFor(t, chosen, func(e mirror.Engine, want mirror.Config) (mirror.Plan, error) {
		return e.Plan(mirror.Files{}.FS(), want, mirror.Accept(c.Accept...))
	})
	return c.write(t, plan, err)
}

// outputFlags say where rendered files go.
type outputFlags struct {
	Output string `short:"o" placeholder:"DIR" help:"Write the files at their own paths below DIR."`
	JSON   bool   `name:"json" help:"Print one JSON document."`
}

// write puts a plan's files where the flags say. planErr is what made the
// plan fail: it is said after the diagnostics that explain it.
func (o outputFlags) write(t *terminal, plan mirror.Plan, planErr error) error {
	files := plan.Files()
	if o.JSON {
		if err := t.json(filesShape(files, plan)); err != nil {
			return err
		}
	} else {
		t.say(plan.Diagnostics)
	}
	switch {
	case planErr != nil && plan.Diagnostics.Err() == nil:
		return planErr
	case planErr != nil:
		return exitCode(1)
	case o.Output != "":
		if err := os.MkdirAll(o.Output, 0o755); err != nil {
			return err
		}
		if err := fileset.WriteDir(o.Output, files); err != nil {
			return err
		}
		if !o.JSON {
			fmt.Fprintf(t.err, "%s written below %s\n", count(len(files), "file"), o.Output)
		}
	case !o.JSON:
		archive, err := fileset.Txtar(files)
		if err != nil {
			return err
		}
		if _, err := t.out.Write(archive); err != nil {
			return err
		}
	}
	if !o.JSON {
		t.sayActions(plan.Actions)
	}
	return nil
}
