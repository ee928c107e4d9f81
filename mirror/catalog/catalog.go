package catalog

import (
	"slices"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// Catalog is a list of providers.
type Catalog struct {
	Providers []Provider `json:"providers"`
}

// Provider is who runs mirrors.
type Provider struct {
	// Name is short and unique, such as "daocloud".
	Name  string `json:"name"`
	Title string `json:"title,omitempty"`
	// URL is where the provider says what it offers.
	URL string `json:"url,omitempty"`
	// Prefix is put before a whole reference by the provider's first rule,
	// such as "m.daocloud.io"; empty where there is no such rule.
	Prefix string `json:"prefix,omitempty"`
	// Tables are what the provider offered, the oldest first. The last one
	// holds today.
	Tables []Table `json:"tables"`
	// Allow limits what the provider serves; nil where no list is known.
	Allow *AllowList `json:"allow,omitempty"`
}

// Table is what a provider offered at one time.
type Table struct {
	// AsOf is YYYY, YYYY-MM or YYYY-MM-DD; empty where the source has no
	// date.
	AsOf   string `json:"as_of,omitempty"`
	Source string `json:"source"`
	Note   string `json:"note,omitempty"`
	// Mirrors are in the provider's own order.
	Mirrors []Mirror `json:"mirrors"`
}

// Mirror is one endpoint that serves one registry.
type Mirror struct {
	// Registry is the prefix it serves, such as "docker.io".
	Registry string `json:"registry"`
	// URL of the endpoint. Where State is AccountOnly it may hold "{id}",
	// which [Mirror.WithAccount] fills in.
	URL string `json:"url"`
	// Repository is put before the repository name, after /v2.
	Repository   string              `json:"repository,omitempty"`
	Capabilities mirror.Capabilities `json:"-"`
	State        State               `json:"state"`
	// AsOf and Source are the table's unless the entry has its own.
	AsOf   string `json:"as_of,omitempty"`
	Source string `json:"source"`
	Note   string `json:"note,omitempty"`
}

// State is what is known of a mirror's life.
type State string

const (
	// Alive: it was seen to serve, or its provider lists it.
	Alive State = "alive"
	// Dead: it was switched off, or no longer serves the public.
	Dead State = "dead"
	// CampusOnly: it serves its university's network.
	CampusOnly State = "campus-only"
	// NetworkOnly: it serves the machines in its provider's cloud.
	NetworkOnly State = "network-only"
	// AccountOnly: each customer has an address of their own.
	AccountOnly State = "account-only"
	// Unlisted: its provider listed it once and does so no longer.
	Unlisted State = "unlisted"
	// Unknown: it was named as a mirror, and nothing more is known.
	Unknown State = "unknown"
)

var states = []State{Alive, Dead, CampusOnly, NetworkOnly, AccountOnly, Unlisted, Unknown}

// Listed is a mirror together with who runs it.
type Listed struct {
	Provider string `json:"provider"`
	Mirror
}

// Provider returns the provider with this name.
func (c Catalog) Provider(name string) (Provider, bool) {
	i := slices.IndexFunc(c.Providers, func(p Provider) bool { return p.Name == name })
	if i < 0 {
		return Provider{}, false
	}
	return c.Providers[i], true
}

// With returns c with the providers of over laid on it: those of the same name
// are replaced, the others are added behind.
func (c Catalog) With(over Catalog) Catalog {
	out := Catalog{Providers: slices.Clone(c.Providers)}
	for _, p := range over.Providers {
		if i := slices.IndexFunc(out.Providers, func(q Provider) bool { return q.Name == p.Name }); i >= 0 {
			out.Providers[i] = p
		} else {
			out.Providers = append(out.Providers, p)
		}
	}
	return out
}

// MirrorsFor returns the mirrors of a registry in the catalog's order, those
// of the given states only; with no states, all. A registry is named as in a
// reference: "docker.io", or what stands for it ("registry-1.docker.io").
func (c Catalog) MirrorsFor(registry string, wanted ...State) []Listed {
	registry = canonical(registry)
	var out []Listed
	for i := range c.Providers {
		for _, m := range c.Providers[i].Mirrors() {
			if m.Registry == registry && (len(wanted) == 0 || slices.Contains(wanted, m.State)) {
				out = append(out, Listed{Provider: c.Providers[i].Name, Mirror: m})
			}
		}
	}
	return out
}

// Registries returns every registry that some provider serves, sorted.
func (c Catalog) Registries() []string {
	var out []string
	for i := range c.Providers {
		for _, m := range c.Providers[i].Mirrors() {
			out = append(out, m.Registry)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Mirrors returns what the provider offers by its last table, and then what
// only earlier tables have, as Unlisted since the date of the last.
func (p Provider) Mirrors() []Mirror {
	if len(p.Tables) == 0 {
		return nil
	}
	last := p.Tables[len(p.Tables)-1]
	out := slices.Clone(last.Mirrors)
	for i := len(p.Tables) - 2; i >= 0; i-- {
		for _, m := range p.Tables[i].Mirrors {
			if slices.ContainsFunc(out, func(o Mirror) bool { return o.Registry == m.Registry && o.URL == m.URL }) {
				continue
			}
			m.State, m.AsOf, m.Source = Unlisted, last.AsOf, last.Source
			out = append(out, m)
		}
	}
	return out
}

// TableAt returns the last table that is not newer than a date, which is
// written as in Table.AsOf. Tables without a date hold always.
func (p Provider) TableAt(date string) (Table, bool) {
	for i := len(p.Tables) - 1; i >= 0; i-- {
		if asOf := p.Tables[i].AsOf; asOf == "" || asOf <= date {
			return p.Tables[i], true
		}
	}
	return Table{}, false
}

// WithAccount returns the mirror with the id of an account put in place of
// "{id}".
func (m Mirror) WithAccount(id string) Mirror {
	m.URL = strings.ReplaceAll(m.URL, "{id}", id)
	return m
}

// NeedsAccount reports whether the URL is complete only with WithAccount.
func (m Mirror) NeedsAccount() bool { return strings.Contains(m.URL, "{id}") }

// Endpoint returns the mirror as part of a mirror.Config.
func (m Mirror) Endpoint() mirror.Endpoint {
	return mirror.Endpoint{URL: m.URL, Repository: m.Repository, Capabilities: m.Capabilities}
}

// canonical names a registry as references do.
func canonical(registry string) string {
	switch registry {
	case "registry-1.docker.io", "index.docker.io", "registry.hub.docker.com":
		return "docker.io"
	}
	return registry
}
