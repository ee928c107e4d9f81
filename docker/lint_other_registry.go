package docker

import (
	"fmt"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var _ = lint(mirror.Rule{Code: "docker/other-registry", Severity: mirror.Warning,
	Summary:     "registry-mirrors names a mirror of another registry, or another registry itself",
	Consequence: "it is asked for images of docker.io and never for those it has: registry-mirrors holds for docker.io alone",
	Fix:         "put it into certs.d/<registry>/hosts.toml (Docker Engine 28 or newer, containerd image store or BuildKit)",
	Evidence:    "moby#18818, moby#46319; 28.5.2 registry/service_v2.go lookupV2Endpoints"}, checkOtherRegistry)

// otherRegistries are well-known registries by the first label that mirrors of them have.
var otherRegistries = []struct{ label, registry string }{
	{"ghcr", "ghcr.io"}, {"gcr", "gcr.io"}, {"quay", "quay.io"}, {"k8s-gcr", "k8s.gcr.io"}, {"k8s", "registry.k8s.io"},
	{"mcr", "mcr.microsoft.com"}, {"nvcr", "nvcr.io"}, {"elastic", "docker.elastic.co"},
}

func checkOtherRegistry(l *linter) {
	for _, m := range l.mirrors {
		host := strings.ToLower(hostOf(m.Value))
		if message := otherRegistry(host); message != "" {
			l.at(m.Position, mirrorsKey, message)
		}
	}
}

func otherRegistry(host string) string {
	for _, other := range otherRegistries {
		if host == other.registry {
			return fmt.Sprintf("%s is asked for images of docker.io, which it does not have", host)
		}
	}
	first, _, dotted := strings.Cut(host, ".")
	for _, other := range otherRegistries {
		if dotted && first == other.label && !mirrorOfHub(host) {
			return fmt.Sprintf("%s looks like a mirror of %s and is asked for images of docker.io", host, other.registry)
		}
	}
	return ""
}
