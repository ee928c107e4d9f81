package main

import (
	"fmt"
	"io/fs"
	"os"

	"github.com/mirrorcfg/mirrorcfg/mirror"
	"github.com/mirrorcfg/mirrorcfg/mirror/fileset"
)

// nodeFlags say which node is meant.
type nodeFlags struct {
	Root string `default:"/" placeholder:"DIR" help:"Where the node's / is. Default: /."`
}

func (f nodeFlags) node() fs.FS { return nodeFS(f.Root) }

// AfterApply runs when the command line has been read. A root that does not
// exist would look like a node without any file.
func (f nodeFlags) AfterApply() error {
	info, err := os.Stat(f.Root)
	if err == nil && !info.IsDir() {
		return fmt.Errorf("--root %s is no directory", f.Root)
	}
	if err != nil {
		return fmt.Errorf("--root: %w", err)
	}
	return nil
}

// changeFlags are shared by plan and apply.
type changeFlags struct {
	nodeFlags
	inputFlags
	engineChoice
	Engine []string `sep:"none" help:"Engine and version, such as containerd@2.4. Repeatable; default: those that have a directory in /etc." placeholder:"ENGINE[@VERSION]"`
	Mode   string   `help:"merge leaves other registries alone, exclusive removes them, remove takes the named ones away." enum:"merge,exclusive,remove" default:"merge"`
	Accept []string `help:"Accept a loss of security by its code, such as loss/blocked." placeholder:"CODE"`
	JSON   bool     `name:"json" help:"Print one JSON document."`
}

var ownerships = map[string]mirror.Ownership{"merge": mirror.Merge, "exclusive": mirror.Exclusive, "remove": mirror.Remove}

func (c changeFlags) plan(t *terminal) (mirror.Plan, error) {
	node := c.node()
	specs := c.Engine
	if len(specs) == 0 {
		specs = installed(node)
	}
	chosen, err := c.engines(specs)
	if err != nil {
		return mirror.Plan{}, err
	}
	return c.planFor(t, chosen, func(e mirror.Engine, want mirror.Config) (mirror.Plan, error) {
		return e.Plan(node, want, mirror.Own(ownerships[c.Mode]), mirror.Accept(c.Accept...))
	})
}

// show prints a plan. planErr is what made it fail.
func (t *terminal) show(plan mirror.Plan, planErr error, asJSON bool) error {
	if asJSON {
		if err := t.json(planShape(plan)); err != nil {
			return err
		}
	} else {
		t.say(plan.Diagnostics)
		if _, err := fmt.Fprint(t.out, fileset.Diff(plan)); err != nil {
			return err
		}
	}
	if planErr != nil {
		if plan.Diagnostics.Err() == nil {
			return planErr
		}
		return exitCode(1)
	}
	if !asJSON {
		for _, c := range plan.Changes {
			fmt.Fprintf(t.err, "%s %s: %s\n", c.Kind, c.Path, c.Reason)
		}
		t.sayActions(plan.Actions)
	}
	return nil
}

type planCommand struct{ changeFlags }

// Run shows the changes and makes none.
func (c planCommand) Run(t *terminal) error {
	plan, err := c.plan(t)
	if err := t.show(plan, err, c.JSON); err != nil {
		return err
	}
	if !plan.Empty() {
		return exitCode(2)
	}
	return nil
}

type applyCommand struct{ changeFlags }

// Run makes the changes.
func (c applyCommand) Run(t *terminal) error {
	plan, err := c.plan(t)
	return t.apply(c.Root, plan, err, c.JSON)
}

// apply shows a plan and, if nothing is against it, carries it out.
func (t *terminal) apply(root string, plan mirror.Plan, planErr error, asJSON bool) error {
	if planErr == nil && !plan.Empty() {
		undo, err := fileset.Apply(root, plan)
		if err != nil {
			return err
		}
		t.sayLost(undo)
	}
	return t.show(plan, planErr, asJSON)
}
