package podman

import "github.com/mirrorcfg/mirrorcfg/mirror"

// sayVerified makes a mirror say insecure = false where the registry or an
// entry of the mirror's host says insecure = true: a reader, and Lint, would
// take a mirror without the key for one that was forgotten.
func (p *planner) sayVerified(entries []Registry) {
	insecure := map[string]bool{}
	for i := range entries {
		if entries[i].saysInsecureOfItself() {
			insecure[entries[i].Key()] = true
		}
	}
	p.verified = map[[2]string]bool{}
	for i := range p.want {
		e := &p.want[i]
		for j := range e.Mirrors {
			m := &e.Mirrors[j]
			if m.Insecure != mirror.On && (e.Insecure == mirror.On || insecure[hostOf(m.Location)]) {
				m.Insecure = mirror.Off
				p.verified[[2]string{e.Key(), m.Location}] = true
			}
		}
	}
}

// unsaid reports whether an entry that means what is wanted leaves out an
// insecure = false that is to be said.
func (p *planner) unsaid(have, want *Registry) bool {
	for i := range have.Mirrors {
		if m := &have.Mirrors[i]; !m.Insecure.IsSet() && p.verified[[2]string{want.Key(), trimSlash(m.Location)}] {
			return true
		}
	}
	return false
}
