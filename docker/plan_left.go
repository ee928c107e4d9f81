package docker

import (
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var ruleInsecureLeft = rule(mirror.Rule{Code: "docker/insecure-left", Severity: mirror.Info,
	Summary:     "an entry of insecure-registries for a mirror that the plan takes away",
	Consequence: "it stays, since it may be for images named with that host; dockerd goes on not to check the host's certificate",
	Fix:         "remove the entry if no image is named with that host; exclusive ownership removes it"})

// tellLeft reports the entries of insecure-registries whose host was a mirror and is one no more. Who wrote an entry
// cannot be known: it holds for the registry of that name as well.
func (p *planner) tellLeft() {
	if p.listed == nil || p.exclusive || len(p.insecure.hosts) == 0 {
		return
	}
	gone := p.mirrorHosts()
	for _, url := range p.listed {
		delete(gone, hostOf(url))
	}
	for _, i := range p.inTree {
		r := &p.want.Registries[i]
		delete(gone, r.Prefix)
		for _, m := range r.Mirrors {
			delete(gone, hostOf(m.URL))
		}
		if r.Upstream != nil {
			delete(gone, hostOf(r.Upstream.URL))
		}
	}
	for _, host := range p.trust {
		delete(gone, host)
	}
	for _, d := range p.distrust {
		delete(gone, d.host)
	}
	for _, item := range p.file.InsecureRegistries().Items {
		e, _ := ValidateInsecureRegistry(item.Value)
		if _, own := p.tree.Own(e.Host); !gone[e.Host] || own {
			continue
		}
		p.report(ruleInsecureLeft.At(item.Position, insecureKey, item.Value+" stays in insecure-registries, though it is no mirror any more"))
	}
}
