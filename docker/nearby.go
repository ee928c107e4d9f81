package docker

import (
	"bytes"
	"io/fs"

	"github.com/pelletier/go-toml/v2"

	"github.com/mirrorcfg/mirrorcfg/containerd"
	"github.com/mirrorcfg/mirrorcfg/internal/nodefs"
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
	var file struct {
		HostsDir []string `toml:"hosts_dir"`
	}
	if err != nil || !found || toml.Unmarshal(data, &file) != nil {
		return nerdctlDirs{}
	}
	out := nerdctlDirs{dirs: file.HostsDir, position: mirror.Position{File: nerdctlFile, Line: 1, Column: 1}}
	if file.HostsDir == nil {
		out.dirs = []string{foreignTree, "/etc/docker/certs.d"}
	}
	for i, line := range bytes.Split(data, []byte("\n")) {
		if bytes.HasPrefix(bytes.TrimSpace(line), []byte("hosts_dir")) {
			out.position.Line, out.position.Column = i+1, bytes.IndexByte(line, 'h')+1
		}
	}
	return out
}
