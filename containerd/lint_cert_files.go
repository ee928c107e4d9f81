package containerd

import (
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var _ = lintTree(mirror.Rule{Code: "containerd/cert-files-ignored", Severity: mirror.Warning,
	Summary: "certificate files beside a valid hosts.toml", Consequence: "containerd does not read them", Fix: "name them in hosts.toml with ca and client",
	Evidence: hostsSource + "loadHostDir"}, checkCertFiles)

func checkCertFiles(l *treeLint) {
	for _, d := range l.Directories {
		c := l.dirs[d.Name]
		if c.reading == nil || c.reading.refused || len(d.CA)+len(d.Client) == 0 {
			continue
		}
		named := map[string]bool{}
		for i := range c.hosts {
			for _, p := range c.hosts[i].Settings.CA {
				named[absolute(d.Path, p)] = true
			}
			for _, p := range c.hosts[i].Settings.Client {
				named[absolute(d.Path, p.Cert)] = true
			}
		}
		files := append([]string(nil), d.CA...)
		for _, p := range d.Client {
			files = append(files, p.Cert)
		}
		for _, p := range files {
			if !named[p] {
				l.at(d, "the file counts only where there is no valid hosts.toml").File = p
			}
		}
	}
}
