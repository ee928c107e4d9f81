package catalog

import (
	"strings"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// DaoCloud returns the twelve registries that DaoCloud's public-image-mirror
// served in 2024, each with the mirror that replaces its prefix, for pull and
// resolve. The embedded default of the command-line program is this one.
//
// DaoCloud's list of August 2026 has no mirrors for cr.l5d.io,
// registry.jujucharms.com and rocks.canonical.com any more, and has two new
// ones; [Provider.Config] of the provider "daocloud" follows that list.
func DaoCloud() mirror.Config {
	p, _ := Default().Provider("daocloud")
	table, _ := p.TableAt("2024-06")
	return table.Config()
}

// Config returns the provider's mirrors as its last table has them, without
// those that are dead or need an account. Registries come in the table's
// order, mirrors of one registry together.
func (p Provider) Config() mirror.Config {
	if len(p.Tables) == 0 {
		return mirror.Config{}
	}
	return p.Tables[len(p.Tables)-1].Config()
}

// Config returns the table's mirrors, without those that are dead or need an
// account.
func (t Table) Config() mirror.Config {
	var usable []Mirror
	for _, m := range t.Mirrors {
		if m.State != Dead && !m.NeedsAccount() {
			usable = append(usable, m)
		}
	}
	return ConfigOf(usable...)
}

// ConfigOf returns a Config of the given mirrors, in order: mirrors of one
// registry are tried in the order given.
func ConfigOf(mirrors ...Mirror) mirror.Config {
	var c mirror.Config
	for _, m := range mirrors {
		r, ok := c.Find(m.Registry)
		if !ok {
			c.Registries = append(c.Registries, mirror.Registry{Prefix: m.Registry})
			r = &c.Registries[len(c.Registries)-1]
		}
		r.Mirrors = append(r.Mirrors, m.Endpoint())
	}
	return c
}

// PrefixConfig returns a Config by the provider's first rule, the prefix
// before the whole reference: one host serves every registry, the registry's
// name goes before the repository. docker.io/library/alpine is asked for as
// https://m.daocloud.io/v2/docker.io/library/alpine. It is empty where the
// provider has no such rule; registries with a port are left out, since a path
// has no colon.
func (p Provider) PrefixConfig(registries ...string) mirror.Config {
	var c mirror.Config
	if p.Prefix == "" {
		return c
	}
	host, path := cutHost(p.Prefix)
	for _, registry := range registries {
		if strings.Contains(registry, ":") {
			continue
		}
		repository := registry
		if path != "" {
			repository = path + "/" + registry
		}
		c.Registries = append(c.Registries, mirror.Registry{
			Prefix: registry,
			Mirrors: []mirror.Endpoint{{
				URL: "https://" + host, Repository: repository, Capabilities: mirror.Pull | mirror.Resolve,
			}},
		})
	}
	return c
}
