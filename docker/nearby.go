package docker

import (
	"io/fs"
	"slices"

	"github.com/mirrorcfg/mirrorcfg/containerd"
	"github.com/mirrorcfg/mirrorcfg/internal/nodefs"
	"github.com/mirrorcfg/mirrorcfg/internal/tomledit"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// nearby are files of other programs that are often taken for dockerd's, or that decide how it starts.
type nearby struct {
	// foreign is containerd's own certs.d, nil where there is none.
	foreign *containerd.Tree
	nerdctl nerdctlDirs
	unit    unitFlags
}

// nerdctlDirs is hosts_dir of nerdctl.toml.
type nerdctlDirs struct {
	dirs     []string
	position mirror.Position
}

const (
	foreignTree = "/etc/containerd/certs.d"
	nerdctlFile = "/etc/nerdctl/nerdctl.toml"
)

// readNearby reports nothing: what cannot be read is as if it were not there.
func readNearby(fsys fs.FS, paths Paths) (out nearby) {
	if t, err := containerd.ReadTree(fsys, foreignTree, containerd.Unix); err == nil && t.Exists && paths.CertsDir != foreignTree {
		out.foreign = t
	}
	out.nerdctl = readNerdctl(fsys)
	out.unit = readUnit(fsys)
	return out
}

func readNerdctl(fsys fs.FS) nerdctlDirs {
	data, found, err := nodefs.ReadFile(fsys, nerdctlFile)
	if err != nil || !found {
		return nerdctlDirs{}
	}
	doc, err := tomledit.Parse(data)
	if err != nil || slices.ContainsFunc(doc.Faults(), func(f tomledit.Fault) bool { return !f.Kind.IsNewerSyntax() }) {
		return nerdctlDirs{}
	}
	out := nerdctlDirs{position: mirror.Position{File: nerdctlFile, Line: 1, Column: 1}}
	key := doc.Root().ChildFold("hosts_dir")
	if !key.IsValid() {
		out.dirs = []string{foreignTree, "/etc/docker/certs.d"}
		return out
	}
	list, ok := key.AsStrings()
	if !ok {
		return nerdctlDirs{}
	}
	at := key.Position()
	out.dirs, out.position.Line, out.position.Column = list, at.Line, at.Column
	return out
}
