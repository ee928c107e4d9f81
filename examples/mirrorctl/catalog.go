package main

import (
	"fmt"
	"os"
	"text/tabwriter"

	"github.com/mirrorcfg/mirrorcfg/mirror"
	"github.com/mirrorcfg/mirrorcfg/mirror/catalog"
)

type catalogCommand struct {
	Catalog  string `help:"A catalog of your own, TOML, laid over the embedded one." placeholder:"FILE"`
	Provider string `help:"Print the mirrors.toml of one provider." placeholder:"NAME"`
	Rewrite  string `help:"Print an image reference as the provider's rules write it." placeholder:"REF"`
	Allowed  string `help:"Say whether a provider's allow list has an image." placeholder:"REF"`
	JSON     bool   `name:"json" help:"Print one JSON document."`
	Registry string `arg:"" optional:"" help:"Only mirrors of this registry."`
}

type listedJSON struct {
	Provider string         `json:"provider"`
	Mirror   catalog.Mirror `json:"mirror"`
}

// Run lists the mirrors that are known, with their state and its date.
func (c catalogCommand) Run(t *terminal) error {
	known, err := c.load(t)
	if err != nil {
		return err
	}
	if c.Provider != "" || c.Rewrite != "" || c.Allowed != "" {
		return c.ask(t, known)
	}
	list := []listedJSON{}
	for _, p := range known.Providers {
		for _, m := range p.Mirrors() {
			if c.Registry == "" || m.Registry == c.Registry {
				list = append(list, listedJSON{p.Name, m})
			}
		}
	}
	if c.JSON {
		return t.json(map[string]any{"mirrors": list})
	}
	w := tabwriter.NewWriter(t.out, 0, 8, 2, ' ', 0)
	fmt.Fprintln(w, "REGISTRY\tMIRROR\tSTATE\tAS OF\tPROVIDER\tNOTE")
	for _, l := range list {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", l.Mirror.Registry, l.Mirror.URL, l.Mirror.State, l.Mirror.AsOf, l.Provider, l.Mirror.Note)
	}
	return w.Flush()
}

func (c catalogCommand) load(t *terminal) (catalog.Catalog, error) {
	known := catalog.Default()
	if c.Catalog == "" {
		return known, nil
	}
	data, err := os.ReadFile(c.Catalog)
	if err != nil {
		return known, err
	}
	own, ds := catalog.Parse(c.Catalog, data)
	t.say(ds)
	if ds.Err() != nil {
		return known, fmt.Errorf("%s cannot be used", c.Catalog)
	}
	return known.With(own), nil
}

// ask answers the questions about one provider; DaoCloud is the default.
func (c catalogCommand) ask(t *terminal, known catalog.Catalog) error {
	name := c.Provider
	if name == "" {
		name = "daocloud"
	}
	p, ok := known.Provider(name)
	if !ok {
		return fmt.Errorf("unknown provider %q", name)
	}
	switch {
	case c.Allowed != "":
		if p.Allow == nil {
			return fmt.Errorf("no allow list of %s is known", name)
		}
		allowed := p.Allow.Allows(c.Allowed)
		if c.JSON {
			return t.json(map[string]any{"reference": c.Allowed, "allowed": allowed})
		}
		fmt.Fprintf(t.out, "%s: %t\n", c.Allowed, allowed)
		return nil
	case c.Rewrite != "":
		added, err := p.AddPrefix(c.Rewrite)
		if err != nil {
			return err
		}
		replaced, err := p.ReplacePrefix(c.Rewrite)
		if err != nil {
			replaced = ""
		}
		if c.JSON {
			return t.json(map[string]any{"reference": c.Rewrite, "add_prefix": added, "replace_prefix": replaced})
		}
		fmt.Fprintln(t.out, added)
		if replaced != "" {
			fmt.Fprintln(t.out, replaced)
		}
		return nil
	}
	encode := mirror.Encoder{}.TOML
	if c.JSON {
		encode = mirror.Encoder{}.JSON
	}
	out, err := encode(p.Config())
	if err != nil {
		return err
	}
	_, err = t.out.Write(out)
	return err
}
