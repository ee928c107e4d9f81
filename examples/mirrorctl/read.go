package main

import (
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

type readCommand struct {
	nodeFlags
	engineChoice
	Engine string `required:"" help:"Engine and version, such as containerd@2.4." placeholder:"ENGINE[@VERSION]"`
	JSON   bool   `name:"json" help:"Print one JSON document."`
}

// Run prints the model in the shape of mirrors.toml, secrets hidden.
func (c readCommand) Run(t *terminal) error {
	view, err := c.view(c.engineChoice, c.Engine)
	if err != nil {
		return err
	}
	t.say(view.Diagnostics())
	encode := mirror.Encoder{}.TOML
	if c.JSON {
		encode = mirror.Encoder{}.JSON
	}
	out, err := encode(view.Config())
	if err != nil {
		return err
	}
	if _, err := t.out.Write(out); err != nil {
		return err
	}
	if view.Diagnostics().Err() != nil {
		return exitCode(1)
	}
	return nil
}

// view reads the node's files as an engine does.
func (f nodeFlags) view(choice engineChoice, spec string) (mirror.View, error) {
	e, err := choice.engine(spec)
	if err != nil {
		return nil, err
	}
	return e.Read(f.node())
}
