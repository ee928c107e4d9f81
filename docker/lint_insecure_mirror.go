package docker

import (
	"fmt"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var ruleInsecureMirror = rule(mirror.Rule{Code: "docker/insecure-mirror", Severity: mirror.Warning,
	Summary:     "a loopback or insecure mirror in registry-mirrors",
	Consequence: "the TLS settings of one mirror do not stay with that mirror",
	Fix:         "put the mirror into certs.d/docker.io/hosts.toml instead, where its TLS settings stay its own",
	Versions:    hostsTOML.Versions()})

var _ = check(ruleInsecureMirror, checkInsecureMirror)

func checkInsecureMirror(l *linter) {
	if !l.merged() {
		return
	}
	upstream := hubHost
	if d, ok := l.certs.Lookup("docker.io"); ok {
		upstream = d.Hosts[0].Host
	}
	for _, m := range l.mirrors {
		if d, ok := l.insecureMirror(m, upstream); ok {
			l.add(d)
		}
	}
}

// insecureMirror judges a mirror that is put before an upstream, which shares settings with itself alone.
func (n *node) insecureMirror(m Item, upstream string) (mirror.Diagnostic, bool) {
	host := hostOf(m.Value)
	if !hostsTOML.Has(n.version) || !n.insecure.covers(host) || host == upstream {
		return mirror.Diagnostic{}, false
	}
	kind := "an insecure"
	if isLoopback(host) {
		kind = "a loopback"
	}
	return ruleInsecureMirror.At(m.Position, mirrorsKey, fmt.Sprintf("%s is %s mirror, whose TLS settings do not stay with it in registry-mirrors", m.Value, kind)), true
}
