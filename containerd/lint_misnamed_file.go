package containerd

import (
	"path"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/internal/nearest"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var _ = lintTree(mirror.Rule{Code: "containerd/misnamed-hosts-file", Severity: mirror.Warning,
	Summary: "a file whose name is almost hosts.toml", Consequence: "containerd does not see it", Fix: "rename it to hosts.toml", Evidence: "containerd#7896"}, checkMisnamedFile)

func checkMisnamedFile(l *treeLint) {
	for _, d := range l.Directories {
		for _, name := range d.Others {
			if _, near := nearest.Word(strings.TrimSuffix(name, "/"), []string{hostsName}); near || strings.HasSuffix(name, ".toml") {
				f := l.at(d, name+" is not read: the only name containerd looks for is hosts.toml")
				f.File = path.Join(d.Path, name)
			}
		}
	}
}
