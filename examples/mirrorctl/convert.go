package main

import (
	"slices"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

type convertCommand struct {
	nodeFlags
	engineChoice
	outputFlags
	From   string   `required:"" help:"Engine whose files are read." placeholder:"ENGINE[@VERSION]"`
	To     string   `required:"" help:"Engine whose files are written." placeholder:"ENGINE[@VERSION]"`
	Accept []string `help:"Accept a loss by its code, such as loss/blocked." placeholder:"CODE"`
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
	read := lost(view.Diagnostics(), c.Accept)
	plan, err := to.Plan(mirror.Files{}.FS(), withoutPushes(view), mirror.Accept(c.Accept...))
	plan.Diagnostics = append(read, plan.Diagnostics...)
	if err == nil {
		err = read.Err()
	}
	return c.write(t, plan, err)
}

// readLosses are the notes about a file that a conversion makes losses: what
// goes without saying as long as the file stays where it is.
var readLosses = map[string]mirror.Severity{
	"containerd/not-in-model":      mirror.Warning,
	"podman/not-in-model":          mirror.Warning,
	"podman/http-fallback":         mirror.Warning,
	"podman/upstream-not-in-model": mirror.Error, // images would come from somewhere else
}

// lost gives what reading found the weight that it has for a conversion. An
// error that is accepted by its code is a warning.
func lost(read mirror.Diagnostics, accepted []string) mirror.Diagnostics {
	for i := range read {
		d := &read[i]
		severity, is := readLosses[d.Code]
		if !is {
			continue
		}
		d.Severity = severity
		switch {
		case severity == mirror.Error && slices.Contains(accepted, d.Code):
			d.Severity, d.Fix = mirror.Warning, ""
		case severity == mirror.Error:
			d.Fix = "name images as they are there, or accept the loss by its code"
		}
	}
	return read
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
