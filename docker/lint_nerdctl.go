package docker

import (
	"fmt"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var _ = lint(mirror.Rule{Code: "docker/nerdctl-second-dir", Severity: mirror.Info,
	Summary:     "a hosts.toml in Docker's certs.d beside nerdctl",
	Consequence: "nerdctl from 2.3.0 on, with containerd 2, looks into the first directory of hosts_dir alone, and Docker's is the second",
	Fix:         "put the file into /etc/containerd/certs.d as well, or name /etc/docker/certs.d first in hosts_dir", Evidence: "nerdctl commit c40fda58 pkg/imgutil/transfer.go"}, checkNerdctl)

func checkNerdctl(l *linter) {
	if len(l.nerdctl.dirs) < 2 || l.nerdctl.dirs[0] == l.paths.CertsDir {
		return
	}
	for _, d := range l.tree.Directories {
		if !d.HasFile {
			continue
		}
		if l.foreign != nil && l.foreign.Root == l.nerdctl.dirs[0] {
			if own, ok := l.foreign.Own(d.Namespace()); ok && own.HasFile {
				continue
			}
		}
		l.at(l.nerdctl.position, "hosts_dir", fmt.Sprintf("nerdctl does not look into %s, where the hosts.toml of %s is", l.paths.CertsDir, d.Namespace()))
		return
	}
}
