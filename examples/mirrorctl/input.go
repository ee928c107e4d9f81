package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/mirror"
	"github.com/mirrorcfg/mirrorcfg/mirror/catalog"
)

// inputFlags say what is wanted.
type inputFlags struct {
	File string `short:"f" placeholder:"mirrors.toml" help:"What is wanted, TOML or JSON; - is standard input. Default: DaoCloud's mirrors for 12 registries."`
}

// config reads the wanted configuration. Its diagnostics are printed; an
// error among them stops the command.
func (f inputFlags) config(t *terminal) (mirror.Config, error) {
	if f.File == "" {
		return catalog.DaoCloud(), nil
	}
	name, data, err := f.read(t)
	if err != nil {
		return mirror.Config{}, err
	}
	decode := mirror.DecodeTOML
	if strings.HasSuffix(name, ".json") || f.File == "-" && strings.HasPrefix(strings.TrimSpace(string(data)), "{") {
		decode = mirror.DecodeJSON
	}
	c, ds := decode(name, data)
	t.say(ds)
	if ds.Err() != nil {
		return mirror.Config{}, fmt.Errorf("%s cannot be used; nothing was changed", name)
	}
	return c, nil
}

func (f inputFlags) read(t *terminal) (name string, data []byte, err error) {
	if f.File == "-" {
		data, err = io.ReadAll(t.in)
		return "standard input", data, err
	}
	data, err = os.ReadFile(f.File)
	return f.File, data, err
}
