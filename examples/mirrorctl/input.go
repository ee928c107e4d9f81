package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/examples/internal/engines"
	"github.com/mirrorcfg/mirrorcfg/mirror"
	"github.com/mirrorcfg/mirrorcfg/mirror/catalog"
)

// inputFlags say what is wanted.
type inputFlags struct {
	File string `short:"f" placeholder:"mirrors.toml" help:"What is wanted, TOML or JSON; - is standard input. Default: DaoCloud's mirrors for 12 registries."`
}

// config reads the wanted configuration for a command that makes no plan. Its
// diagnostics are printed; an error among them stops the command.
func (f inputFlags) config(t *terminal) (mirror.Config, error) {
	want, faults, err := f.decode(t)
	t.say(faults)
	if err == nil && faults.Err() != nil {
		err = exitCode(1)
	}
	return want, err
}

// decode reads the wanted configuration and what there is to say about it.
// The error is one of reading.
func (f inputFlags) decode(t *terminal) (mirror.Config, mirror.Diagnostics, error) {
	if f.File == "" {
		return catalog.DaoCloud(), nil, nil
	}
	name, data, err := f.read(t)
	if err != nil {
		return mirror.Config{}, nil, err
	}
	decode := mirror.DecodeTOML
	if strings.HasSuffix(name, ".json") || f.File == "-" && strings.HasPrefix(strings.TrimSpace(string(data)), "{") {
		decode = mirror.DecodeJSON
	}
	c, ds := decode(name, data)
	if at, masked := maskedHeader(c); masked {
		return mirror.Config{}, nil, fmt.Errorf("%s: %s is ***, which is how secrets are shown; write the value itself", name, at)
	}
	return c, ds, nil
}

// maskedHeader finds a header whose value is what read prints in a secret's
// place, so that its output cannot be written back by mistake.
func maskedHeader(c mirror.Config) (field string, found bool) {
	mask := mirror.NewSecret("").String()
	for i, r := range c.Registries {
		for j, m := range r.Mirrors {
			for _, h := range m.Headers {
				for _, v := range h.Values {
					if v.Reveal() == mask {
						return fmt.Sprintf("registries[%d].mirrors[%d].header.%s", i, j, h.Name), true
					}
				}
			}
		}
	}
	return "", false
}

// planFor asks the engines for the plans that bring them to what is wanted,
// and joins them. Faults of the input are among the plan's diagnostics, with
// their lines.
func (f inputFlags) planFor(t *terminal, all []mirror.Engine, plan func(mirror.Engine, mirror.Config) (mirror.Plan, error)) (mirror.Plan, error) {
	want, faults, err := f.decode(t)
	if err != nil {
		return mirror.Plan{}, err
	}
	if err := faults.Err(); err != nil {
		return mirror.Plan{Diagnostics: faults}, err
	}
	joined, err := engines.Join(all, func(e mirror.Engine) (mirror.Plan, error) { return plan(e, want) })
	// Engines validate what is wanted too, without knowing the lines.
	said := slices.DeleteFunc(joined.Diagnostics, func(d mirror.Diagnostic) bool {
		return slices.ContainsFunc(faults, func(f mirror.Diagnostic) bool {
			return f.Code == d.Code && f.Field == d.Field && d.File == ""
		})
	})
	joined.Diagnostics = append(faults, said...)
	return joined, err
}

func (f inputFlags) read(t *terminal) (name string, data []byte, err error) {
	if f.File == "-" {
		data, err = io.ReadAll(t.in)
		return "standard input", data, err
	}
	data, err = os.ReadFile(f.File)
	return f.File, data, err
}
