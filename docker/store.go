package docker

import (
	"io/fs"
	"path"

	"github.com/mirrorcfg/mirrorcfg/containerd"
	"github.com/mirrorcfg/mirrorcfg/internal/jsonedit"
	"github.com/mirrorcfg/mirrorcfg/internal/nodefs"
	"github.com/mirrorcfg/mirrorcfg/internal/release"
)

// graphdrivers are those built into dockerd 29 for Linux; the ones that are gone make it refuse to start (moby/v2
// 2.0.0-beta.24 daemon/graphdriver/driver_linux.go).
var graphdrivers = []string{"overlay2", "fuse-overlayfs", "btrfs", "zfs", "vfs"}

// chooseStore finds the image store that dockerd would use (29.7.2 daemon/image_store_choice.go
// determineImageStoreChoice; 28.5.2 daemon/daemon.go NewDaemon). DOCKER_DRIVER in dockerd's environment is not seen.
func chooseStore(fsys fs.FS, v release.Version, paths Paths, file *DaemonFile) ImageStore {
	if !containerdStore.Has(v) {
		return Graphdriver
	}
	enabled, written := snapshotter(file)
	if written && enabled {
		return Containerd
	}
	if written || paths.Platform == containerd.Windows || !containerdByDefault.Has(v) {
		return Graphdriver
	}
	if remap := text(file, "userns-remap"); remap != "" {
		return Graphdriver
	}
	root := text(file, "data-root")
	if root == "" {
		root = paths.DataRoot
	}
	for _, driver := range graphdrivers {
		entries, _, err := nodefs.ReadDir(fsys, path.Join(root, driver))
		if driver != "vfs" && err == nil && len(entries) > 0 {
			return Graphdriver // an upgraded node keeps its images
		}
	}
	driver := text(file, "storage-driver")
	for _, d := range graphdrivers {
		if d == driver {
			return Graphdriver
		}
	}
	return Containerd
}

// snapshotter is features.containerd-snapshotter.
func snapshotter(file *DaemonFile) (enabled, written bool) {
	m, ok := file.member("features")
	if !ok {
		return false, false
	}
	features, ok := m.Value.Object()
	if !ok {
		return false, false
	}
	m, ok = features.Find("containerd-snapshotter")
	return ok && m.Value.Kind() == jsonedit.TrueKind, ok && m.Value.Kind() != jsonedit.NullKind
}

// text is a key's value where that is a string.
func text(file *DaemonFile, key string) string {
	m, ok := file.member(key)
	if !ok {
		return ""
	}
	s, _ := m.Value.Text()
	return s
}
