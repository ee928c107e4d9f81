package main

import (
	"strings"

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
	plan, err := to.Plan(mirror.Files{}.FS(), withoutPushes(view), mirror.Accept(c.Accept...))
	plan.Diagnostics = append(view.Diagnostics(), plan.Diagnostics...)
	if err == nil {
		err = view.Diagnostics().Err()
	}
	return c.write(t, plan, err)
}

// withoutPushes is what a view holds, with pull and resolve for each mirror of
// which its file says nothing and to which its engine never pushes: to
// containerd, a mirror without capabilities is one to push to.
func withoutPushes(view mirror.View) mirror.Config {
	config := view.Config().Clone()
	for i := range config.Registries {
		r := &config.Registries[i]
		// A registry that is blocked is pushed to nowhere, and that is an error.
		if pushed, _ := mirror.Attempts(view, imageOf(r.Prefix), mirror.OpPush); len(pushed) > 0 && pushed[0].Mirror {
			continue
		}
		for j := range r.Mirrors {
			if c := &r.Mirrors[j].Capabilities; !c.IsSet() {
				*c = mirror.Pull | mirror.Resolve
			}
		}
	}
	return config
}

// imageOf is an image that a registry's prefix holds for.
func imageOf(prefix string) string {
	switch {
	case prefix == "*":
		prefix = "registry.invalid"
	case strings.HasPrefix(prefix, "*."):
		prefix = "registry" + prefix[1:]
	}
	return prefix + "/library/image"
}
