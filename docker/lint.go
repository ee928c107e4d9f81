package docker

import (
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// linter is a node as a lint rule sees it. Rules run only where daemon.json could be parsed.
type linter struct {
	*view
	rule  mirror.Rule
	found *mirror.Diagnostics
}

type lintRule struct {
	rule  mirror.Rule
	check func(*linter)
}

var lintRules []lintRule

// lint declares a rule over a node. Like rule, it is not inlined.
//
//go:noinline
func lint(r mirror.Rule, find func(*linter)) mirror.Rule {
	check(r, find)
	return rule(r)
}

// check makes the linter look for a rule that is declared already.
//
//go:noinline
func check(r mirror.Rule, find func(*linter)) struct{} {
	lintRules = append(lintRules, lintRule{r, find})
	return struct{}{}
}

func (l *linter) add(d mirror.Diagnostic) { *l.found = append(*l.found, d) }

// at reports a finding of the rule.
//
//go:noinline
func (l *linter) at(pos mirror.Position, field, message string) *mirror.Diagnostic {
	l.add(l.rule.At(pos, field, message))
	return &(*l.found)[len(*l.found)-1]
}

// merged reports whether registry-mirrors counts for the containerd image store and for builds: hosts.toml must leave
// one host for docker.io.
func (l *linter) merged() bool {
	if l.certs == nil {
		return false
	}
	d, ok := l.certs.Lookup("docker.io")
	return !ok || len(d.Hosts) == 1
}

// mirrorHosts are host[:port] of each mirror in registry-mirrors.
func (n *node) mirrorHosts() map[string]bool {
	hosts := make(map[string]bool, len(n.mirrors))
	for _, m := range n.mirrors {
		hosts[hostOf(m.Value)] = true
	}
	return hosts
}

// Lint returns everything that is wrong or silently useless in daemon.json and certs.d, the diagnostics of reading
// included.
func (v *view) Lint() mirror.Diagnostics {
	out := v.ds[:len(v.ds):len(v.ds)]
	if v.certs != nil {
		out = append(out, withoutVersions(v.certs.Lint())...)
	}
	if v.file != nil {
		out = v.mend(out)
		for _, r := range lintRules {
			r.check(&linter{view: v, rule: r.rule, found: &out})
		}
	}
	out.Sort()
	return out
}
