package main

import (
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

type convertCommand struct {
	nodeFlags
	engineChoice
	outputFlags
	From   string   `required:"" help:"Engine whose files are read." placeholder:"ENGINE[@VERSION]"`
	To     string   `required:"" help:"Engine whose files are written." placeholder:"ENGINE[@VERSION]"`
	Accept []string `help:"Accept a loss of security by its code, such as loss/blocked." placeholder:"CODE"`
}

// Run reads one engine's files into the model and writes another's.
func (c convertCommand) Run(t *terminal) error {
	view, err := c.view(c.engineChoice, c.From)
	if err != nil {
		return err
	}
	to, err := c.engine(c.To)
	if err != nil {
		return err
	}
	plan, err := to.Plan(mirror.Files{}.FS(), view.Config(), mirror.Accept(c.Accept...))
	plan.Diagnostics = append(view.Diagnostics(), plan.Diagnostics...)
	if err == nil {
		err = view.Diagnostics().Err()
	}
	return c.write(t, plan, err)
}
