package main

import (
	"fmt"
	"io/fs"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

type migrateCommand struct {
	nodeFlags
	engineChoice
	Engine string   `required:"" help:"Engine and version, such as containerd@2.4." placeholder:"ENGINE[@VERSION]"`
	DryRun bool     `help:"Show the changes and make none; exit 2 where there are any."`
	Accept []string `help:"Accept a loss of security by its code." placeholder:"CODE"`
	JSON   bool     `name:"json" help:"Print one JSON document."`
}

// Run moves the node to the engine's present format.
func (c migrateCommand) Run(t *terminal) error {
	e, err := c.engine(c.Engine)
	if err != nil {
		return err
	}
	plan, err := migration(e, c.node(), c.Accept)
	if !c.DryRun {
		return t.apply(c.Root, plan, err, c.JSON)
	}
	if err := t.show(plan, err, c.JSON); err != nil {
		return err
	}
	if !plan.Empty() {
		return exitCode(2)
	}
	return nil
}

// migration asks an engine that has an older format to leave behind.
func migration(e mirror.Engine, node fs.FS, accept []string) (mirror.Plan, error) {
	migrating, ok := e.(interface {
		Migrate(fs.FS, ...mirror.PlanOption) (mirror.Plan, error)
	})
	if !ok {
		return mirror.Plan{}, fmt.Errorf("%s has no older format to move from", e.Name())
	}
	return migrating.Migrate(node, mirror.Accept(accept...))
}
