package docker

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var _ = lint(mirror.Rule{Code: "docker/mirror-path-order", Severity: mirror.Info,
	Summary:     "a mirror's URL has a path",
	Consequence: "dockerd puts the path before /v2; a proxy that wants its project after /v2, as Harbor, Artifactory and ECR do, is never asked rightly",
	Fix:         `for a project after /v2 write [host."https://proxy/v2/project"] with override_path = true into certs.d/docker.io/hosts.toml (Docker Engine 28 or newer)`,
	Evidence:    "moby#47144, goharbor#18807, goharbor#13579; 28.5.2 daemon/hosts.go mirrorsToRegistryHosts"}, checkProjectPath)

func checkProjectPath(l *linter) {
	for _, m := range l.mirrors {
		u, err := url.Parse(m.Value)
		if err != nil || strings.Trim(u.Path, "/") == "" || strings.HasSuffix(strings.TrimRight(u.Path, "/"), "/v2") {
			continue // /v2 at the end is told by another rule
		}
		p := strings.TrimRight(u.Path, "/")
		d := l.at(m.Position, mirrorsKey, fmt.Sprintf("%s is asked for %s/v2/library/…, not /v2%s/library/…", u.Host, p, p))
		if strings.HasPrefix(u.Path, "/v2/") {
			d.Severity = mirror.Warning // nobody serves /v2/…/v2
		}
	}
}
