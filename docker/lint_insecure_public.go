package docker

import (
	"fmt"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var _ = lint(mirror.Rule{Code: "docker/insecure-public", Severity: mirror.Warning,
	Summary:     "a registry on the internet, or every registry, in insecure-registries",
	Consequence: "its certificate is not checked and plain http is tried: an impostor decides what a tag is",
	Fix:         "remove the entry; put a private authority's certificate into certs.d/<registry>/ca.crt", Evidence: insecureSource}, checkInsecurePublic)

func checkInsecurePublic(l *linter) {
	for _, item := range l.file.InsecureRegistries().Items {
		e, ds := ValidateInsecureRegistry(item.Value)
		switch {
		case ds.Err() != nil:
		case e.Network.IsValid():
			const narrow = 8 // 10.0.0.0/8 is the widest private network of IPv4
			if bits := e.Network.Bits(); bits < narrow {
				l.at(item.Position, insecureKey, fmt.Sprintf("%s covers most of the internet", e.Network))
			}
		case e.Host != "docker.io" && isPublic(e.Host):
			l.at(item.Position, insecureKey, fmt.Sprintf("the certificate of %s is not checked", e.Host))
		}
	}
}
