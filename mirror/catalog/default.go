package catalog

import (
	_ "embed"
	"strings"
	"sync"
)

//go:embed catalog.toml
var embedded []byte

// embeddedAllow is DaoCloud's list of synchronised images (mirror.txt) as a
// recipe of July 2023 quotes it: plain names, from before the provider went
// over to patterns.
//
//go:embed allow.txt
var embeddedAllow string

var parseEmbedded = sync.OnceValue(func() Catalog {
	// The tests hold the embedded data to be free of faults.
	c, _ := Parse("catalog.toml", embedded)
	list, _, _ := ReadAllowList("allow.txt", strings.NewReader(embeddedAllow))
	list.AsOf, list.Source = "2023-07-28", "mirror.txt of DaoCloud/public-image-mirror, as a recipe of this date quotes it"
	for i := range c.Providers {
		if c.Providers[i].Name == "daocloud" {
			c.Providers[i].Allow = list
		}
	}
	return c
})

// Default returns the embedded catalog. The caller may change what it gets.
//
// DaoCloud's allow list in it is that of 2023-07-28. The provider publishes a
// new one every few days; load that with ReadAllowList where it matters.
func Default() Catalog {
	c := parseEmbedded()
	out := Catalog{Providers: make([]Provider, len(c.Providers))}
	for i, p := range c.Providers {
		p.Tables = append([]Table(nil), p.Tables...)
		for k := range p.Tables {
			p.Tables[k].Mirrors = append([]Mirror(nil), p.Tables[k].Mirrors...)
		}
		if p.Allow != nil {
			allow := *p.Allow // what it points to does not change
			p.Allow = &allow
		}
		out.Providers[i] = p
	}
	return out
}
