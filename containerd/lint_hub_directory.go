package containerd

import (
	"strings"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var _ = lintTree(mirror.Rule{Code: "containerd/hub-directory", Severity: mirror.Warning,
	Summary: "a directory for a host of Docker Hub instead of docker.io", Consequence: "images of docker.io never use it", Fix: "rename it to docker.io",
	Evidence: "2.4.2 core/remotes/docker/config/hosts.go HostDirFromRoot: the reference's own domain is looked up"}, checkHubDirectory)

func checkHubDirectory(l *treeLint) {
	for _, d := range l.Directories {
		switch strings.TrimPrefix(d.Namespace(), "www.") {
		case "registry-1.docker.io", "index.docker.io", "registry.docker.io", "registry.hub.docker.com", "hub.docker.com", "docker.com":
			l.at(d, d.Name+" is not looked up for images of Docker Hub, whose registry is docker.io")
		}
	}
}
