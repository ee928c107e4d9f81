package containerd

import (
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var _ = lintFile(mirror.Rule{Code: "containerd/docker-io-endpoint", Severity: mirror.Error,
	Summary: "docker.io as an endpoint", Consequence: "docker.io serves web pages: a pull that gets there fails, or takes a page for a manifest",
	Fix: `write "https://registry-1.docker.io"`, Evidence: "containerd#7400, containerd PR 9778"}, checkDockerIO)

func checkDockerIO(l *fileLint) {
	for i := range l.endpoints {
		e := &l.endpoints[i]
		if e.Key == "" || e.Host != "docker.io" && e.Host != "www.docker.com" && e.Host != "hub.docker.com" {
			continue
		}
		d := l.at(e, e.Host+" is not a registry but a web site; Docker Hub is served by registry-1.docker.io")
		if e.Root {
			l.replaceValue(d, l.decoded.serverNode, `"https://registry-1.docker.io"`)
		}
	}
}
