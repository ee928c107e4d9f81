package podman

import (
	"fmt"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/internal/tomledit"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var (
	ruleOtherMirror = rule(mirror.Rule{
		Code: "podman/mirror-of-another", Severity: mirror.Warning,
		Summary:     "a mirror whose name says that it serves another registry",
		Consequence: "it does not have the images, or others of the same name",
		Fix:         "put it below the [[registry]] that it is for",
		Evidence:    "the host's first label; skopeo#2002, containers/image#1523 (mirrors of several registries below the last one)",
	})
	ruleSharedMirror = rule(mirror.Rule{
		Code: "podman/shared-mirror", Severity: mirror.Info,
		Summary:     "one mirror location for several registries",
		Consequence: "images of one name in different registries are one image at the mirror, which is not told which registry is meant",
		Fix:         "give each registry a path of its own at the mirror, or namespace-proxy (containers/image 5.41)",
		Evidence:    sysregistries + "rewriteReference",
	})
)

// labels of hosts that name the registry they mirror.
var registryLabels = map[string]string{
	"ghcr": "ghcr.io", "gcr": "gcr.io", "quay": "quay.io", "k8s": "registry.k8s.io", "k8s-gcr": "k8s.gcr.io", "mcr": "mcr.microsoft.com",
	"nvcr": "nvcr.io", "dockerhub": "docker.io", "docker": "docker.io", "elastic": "docker.elastic.co",
}

func lintOtherMirror(l *linter, f *RegistriesFile) {
	f.mirrors(func(e *entry, m *Mirror, at tomledit.Node) {
		label, _, dotted := strings.Cut(hostOf(m.Location), ".")
		of, known := registryLabels[label]
		owner := hostOf(e.Key())
		if !known || !dotted || owner == of || strings.HasPrefix(owner, label+".") || hostOf(m.Location) == owner || strings.Contains(m.Location, "/") ||
			strings.HasSuffix(owner, "gcr.io") && strings.HasSuffix(of, "gcr.io") || owner == "k8s.gcr.io" && of == "registry.k8s.io" || !isKnownRegistry(owner) {
			return
		}
		l.add(ruleOtherMirror, f.keyPosition(at, "location"), "registry.mirror.location", fmt.Sprintf("%q looks like a mirror of %s and is asked for images of %s", m.Location, of, owner))
	})
}

func isKnownRegistry(host string) bool {
	for _, r := range registryLabels {
		if r == host {
			return true
		}
	}
	return false
}

func lintSharedMirror(l *linter) {
	type user struct {
		e  *effective
		at int
	}
	first := map[string]user{}
	for i := range l.entries {
		e := &l.entries[i]
		for j := range e.Mirrors {
			m := &e.Mirrors[j]
			location := trimSlash(m.Location)
			other, seen := first[location]
			if !seen {
				first[location] = user{e, j}
				continue
			}
			if m.NamespaceProxy != "" && l.resolved.has(namespaceProxy) || hostOf(other.e.key) == hostOf(e.key) {
				continue
			}
			l.add(ruleSharedMirror, e.file.doc.keyPosition(e.mirrors[j].node, "location"), "registry.mirror.location",
				fmt.Sprintf("%q is a mirror of %s too", m.Location, other.e.key))
		}
	}
}
