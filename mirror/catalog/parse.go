package catalog

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/mirrorcfg/mirrorcfg/internal/nearest"
	"github.com/mirrorcfg/mirrorcfg/internal/tomledit"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// Parse reads a catalog from TOML. The name is put into positions. It is
// strict: unknown keys, wrong types, missing values and values that make no
// sense are errors with line and column. Diagnostics.Err of the result being
// nil means that the catalog can be used.
//
//	[[provider]]
//	name = "corp"                          # unique
//	title = "…"                            # optional, as are url and prefix
//	url = "https://wiki.corp/mirrors"
//	prefix = "m.corp"                      # m.corp/docker.io/library/alpine
//	allow = ["docker.io/**"]               # optional
//
//	  [[provider.table]]
//	  as_of = "2026-08"                    # optional
//	  source = "the wiki"
//
//	    [[provider.table.mirror]]
//	    registry = "docker.io"
//	    url = "https://hub.corp"
//	    repository = "hub"                 # optional
//	    capabilities = ["pull", "resolve"] # this is the default
//	    state = "alive"                    # the default
//	    # as_of, source and note as in the table
func Parse(name string, data []byte) (Catalog, mirror.Diagnostics) {
	d := decoder{file: name}
	doc, err := tomledit.Parse(data)
	if err != nil {
		at := mirror.Position{File: name}
		message := err.Error()
		if syntax, ok := err.(*tomledit.SyntaxError); ok {
			at.Line, at.Column, message = syntax.Line, syntax.Column, syntax.Message
		}
		return Catalog{}, mirror.Diagnostics{ruleSyntax.At(at, "", message)}
	}
	for _, f := range doc.Faults() {
		p := doc.Position(f.Offset)
		d.found = append(d.found, ruleTwice.At(mirror.Position{File: name, Line: p.Line, Column: p.Column}, f.Node.Name(), f.Kind.String()))
	}
	c := d.catalog(doc.Root())
	d.found.Sort()
	if d.found.Err() != nil {
		return Catalog{}, d.found
	}
	return c, d.found
}

// decoder collects what is wrong on the way.
type decoder struct {
	file  string
	found mirror.Diagnostics
}

func (d *decoder) at(n tomledit.Node) mirror.Position {
	p := n.Position()
	return mirror.Position{File: d.file, Line: p.Line, Column: p.Column}
}

func (d *decoder) report(rule mirror.Rule, n tomledit.Node, field, message, fix string) {
	found := rule.At(d.at(n), field, message)
	if fix != "" {
		found.Fix = fix
	}
	d.found = append(d.found, found)
}

// entry reads the keys of one table. Each key is handed to the function that
// is registered for it.
func (d *decoder) entry(n tomledit.Node, field string, keys []string, read func(key string, v tomledit.Node, field string)) {
	for v := range n.Children() {
		key := v.Key()
		path := strings.TrimPrefix(field+"."+key, ".")
		if slices.Contains(keys, key) {
			read(key, v, path)
			continue
		}
		fix := "known are " + strings.Join(keys, ", ")
		if word, ok := nearest.Word(key, keys); ok {
			fix = fmt.Sprintf("write %q", word)
		}
		d.report(ruleUnknownKey, v, path, fmt.Sprintf("the key %q is not known", key), fix)
	}
}

// list visits the tables of [[name]].
func (d *decoder) list(n tomledit.Node, field string, visit func(n tomledit.Node, field string)) {
	if n.Kind() != tomledit.TableArray && n.Kind() != tomledit.Array {
		d.report(ruleWrongType, n, field, "a list of tables is wanted", fmt.Sprintf("write [[%s]]", field))
		return
	}
	i := 0
	for v := range n.Children() {
		path := fmt.Sprintf("%s[%d]", field, i)
		if i++; !v.IsTable() {
			d.report(ruleWrongType, v, path, "a table is wanted", "")
			continue
		}
		visit(v, path)
	}
}

func (d *decoder) text(n tomledit.Node, field string) string {
	s, ok := n.AsString()
	if !ok {
		d.report(ruleWrongType, n, field, "a string is wanted", "")
	}
	return s
}

func (d *decoder) texts(n tomledit.Node, field string) []string {
	s, ok := n.AsStrings()
	if !ok {
		d.report(ruleWrongType, n, field, "a list of strings is wanted", "")
	}
	return s
}

// require reports a key that is missing from an entry.
func (d *decoder) require(n tomledit.Node, field, key, value string) {
	if value == "" && !n.Child(key).IsValid() {
		d.report(ruleMissing, n, field, fmt.Sprintf("the key %q is missing", key), "")
	} else if value == "" && len(d.found.AtLeast(mirror.Error)) == 0 {
		d.report(ruleInvalid, n.Child(key), field+"."+key, "the value is empty", "")
	}
}

func (d *decoder) catalog(root tomledit.Node) Catalog {
	var c Catalog
	d.entry(root, "", []string{"provider"}, func(_ string, v tomledit.Node, field string) {
		d.list(v, field, func(n tomledit.Node, field string) {
			p := d.provider(n, field)
			if _, twice := c.Provider(p.Name); twice {
				d.report(ruleTwice, n, field+".name", fmt.Sprintf("the provider %q is there twice", p.Name), "")
			}
			c.Providers = append(c.Providers, p)
		})
	})
	return c
}

func (d *decoder) provider(n tomledit.Node, field string) Provider {
	p := Provider{Tables: []Table{}}
	d.entry(n, field, []string{"name", "title", "url", "prefix", "allow", "table"}, func(key string, v tomledit.Node, field string) {
		switch key {
		case "name":
			p.Name = d.text(v, field)
		case "title":
			p.Title = d.text(v, field)
		case "url":
			p.URL = d.text(v, field)
		case "prefix":
			p.Prefix = d.text(v, field)
			host, path := cutHost(p.Prefix)
			err := mirror.CheckHostPort(host)
			if err == nil && path != "" {
				err = mirror.CheckRepository(path)
			}
			if err != nil {
				d.report(ruleInvalid, v, field, err.Error(), "")
			}
		case "allow":
			list, err := NewAllowList(d.texts(v, field)...)
			if err != nil {
				d.report(ruleInvalid, v, field, err.Error(), ruleAllowPattern.Fix)
			}
			p.Allow = list
		case "table":
			d.list(v, field, func(n tomledit.Node, field string) { p.Tables = append(p.Tables, d.table(n, field)) })
		}
	})
	d.require(n, field, "name", p.Name)
	for i := 1; i < len(p.Tables); i++ {
		if p.Tables[i].AsOf < p.Tables[i-1].AsOf {
			d.report(ruleInvalid, n, fmt.Sprintf("%s.table[%d].as_of", field, i), "the tables are not in the order of their dates", "put the oldest first")
		}
	}
	return p
}

func (d *decoder) table(n tomledit.Node, field string) Table {
	t := Table{Mirrors: []Mirror{}}
	var mirrors tomledit.Node
	d.entry(n, field, []string{"as_of", "source", "note", "mirror"}, func(key string, v tomledit.Node, field string) {
		switch key {
		case "as_of":
			t.AsOf = d.date(v, field)
		case "source":
			t.Source = d.text(v, field)
		case "note":
			t.Note = d.text(v, field)
		case "mirror":
			mirrors = v
		}
	})
	d.require(n, field, "source", t.Source)
	if mirrors.IsValid() {
		d.list(mirrors, field+".mirror", func(n tomledit.Node, field string) {
			t.Mirrors = append(t.Mirrors, d.mirror(n, field, t))
		})
	}
	return t
}

func (d *decoder) mirror(n tomledit.Node, field string, t Table) Mirror {
	m := Mirror{Capabilities: mirror.Pull | mirror.Resolve, State: Alive, AsOf: t.AsOf, Source: t.Source}
	var url tomledit.Node
	keys := []string{"registry", "url", "repository", "capabilities", "state", "as_of", "source", "note"}
	d.entry(n, field, keys, func(key string, v tomledit.Node, field string) {
		switch key {
		case "registry":
			m.Registry = d.text(v, field)
			if p, err := mirror.ParsePrefix(m.Registry); err != nil {
				d.report(ruleInvalid, v, field, err.Error(), "")
			} else if p.Kind != mirror.PrefixHost {
				d.report(ruleInvalid, v, field, "a mirror is listed for one registry", "write its host alone")
			}
		case "url":
			m.URL, url = d.text(v, field), v
		case "repository":
			m.Repository = d.text(v, field)
			if err := mirror.CheckRepository(m.Repository); err != nil {
				d.report(ruleInvalid, v, field, err.Error(), "")
			}
		case "capabilities":
			m.Capabilities = d.capabilities(v, field)
		case "state":
			m.State = State(d.text(v, field))
			if !slices.Contains(states, m.State) {
				d.report(ruleInvalid, v, field, fmt.Sprintf("the state %q is not known", m.State), "known are "+stateNames())
			}
		case "as_of":
			m.AsOf = d.date(v, field)
		case "source":
			m.Source = d.text(v, field)
		case "note":
			m.Note = d.text(v, field)
		}
	})
	d.require(n, field, "registry", m.Registry)
	d.require(n, field, "url", m.URL)
	if m.URL != "" {
		if m.NeedsAccount() && m.State != AccountOnly {
			d.report(ruleInvalid, url, field+".url", "{id} stands for an account, but the state is "+string(m.State), "write state = \"account-only\"")
		}
		if _, err := mirror.ParseEndpointURL(m.WithAccount("id").URL); err != nil {
			d.report(ruleInvalid, url, field+".url", err.Error(), "")
		}
	}
	return m
}

func (d *decoder) capabilities(n tomledit.Node, field string) mirror.Capabilities {
	var set mirror.Capabilities
	for _, name := range d.texts(n, field) {
		c, err := mirror.ParseCapability(name)
		if err != nil {
			d.report(ruleInvalid, n, field, err.Error(), "")
		}
		set |= c
	}
	if set == 0 {
		return mirror.NoCapabilities
	}
	return set
}

// date reads YYYY, YYYY-MM or YYYY-MM-DD.
func (d *decoder) date(n tomledit.Node, field string) string {
	s := d.text(n, field)
	for _, layout := range []string{"2006", "2006-01", "2006-01-02"} {
		if _, err := time.Parse(layout, s); err == nil {
			return s
		}
	}
	d.report(ruleInvalid, n, field, fmt.Sprintf("%q is not a date", s), "write a string such as \"2026-08-21\", \"2026-08\" or \"2026\"")
	return ""
}

func stateNames() string {
	names := make([]string, len(states))
	for i, s := range states {
		names[i] = string(s)
	}
	return strings.Join(names, ", ")
}
