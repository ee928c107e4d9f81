package docker

import (
	"path"
	"slices"

	"github.com/mirrorcfg/mirrorcfg/containerd"
)

// Paths are the places of dockerd's files on the node, and how it is told of a change. An empty field means that of the
// package for Linux.
type Paths struct {
	// Daemon is daemon.json, /etc/docker/daemon.json.
	Daemon string
	// CertsDir holds a directory for each registry, /etc/docker/certs.d.
	CertsDir string
	// DataRoot is where images are kept, /var/lib/docker; daemon.json may say otherwise with data-root. What is in it
	// decides which image store dockerd 29 keeps using.
	DataRoot string
	// Reload makes dockerd read daemon.json again: systemctl reload docker.
	Reload []string
	// Restart is for what a reload does not reach: systemctl restart docker.
	Restart []string
	// Platform is the kind of node, which decides how the directories of CertsDir are named.
	Platform containerd.Platform
}

// LinuxPaths are those of Docker's own packages and of Debian's.
func LinuxPaths() Paths {
	return Paths{
		Daemon: "/etc/docker/daemon.json", CertsDir: "/etc/docker/certs.d", DataRoot: "/var/lib/docker",
		Reload: []string{"systemctl", "reload", "docker"}, Restart: []string{"systemctl", "restart", "docker"},
	}
}

// RootlessPaths are those of a daemon that a user runs (28.5.2 cmd/dockerd/daemon_unix.go, registry/config.go
// CertsDir). home is the user's home directory; configHome is $XDG_CONFIG_HOME, empty for home/.config.
func RootlessPaths(home, configHome string) Paths {
	if configHome == "" {
		configHome = path.Join(home, ".config")
	}
	return Paths{
		Daemon: path.Join(configHome, "docker/daemon.json"), CertsDir: path.Join(configHome, "docker/certs.d"),
		DataRoot: path.Join(home, ".local/share/docker"),
		Reload:   []string{"systemctl", "--user", "reload", "docker"}, Restart: []string{"systemctl", "--user", "restart", "docker"},
	}
}

// SnapPaths are those of the Docker snap, whose unit has no reload.
func SnapPaths() Paths {
	restart := []string{"snap", "restart", "docker"}
	return Paths{
		Daemon: "/var/snap/docker/current/config/daemon.json", CertsDir: "/var/snap/docker/common/etc/certs.d",
		DataRoot: "/var/snap/docker/common/var-lib-docker", Reload: restart, Restart: restart,
	}
}

// DesktopPaths are those of Docker Desktop on the host: home is the user's home directory. Desktop copies daemon.json
// into its virtual machine when it starts.
func DesktopPaths(home string) Paths {
	restart := []string{"docker", "desktop", "restart"}
	return Paths{
		Daemon: path.Join(home, ".docker/daemon.json"), CertsDir: path.Join(home, ".docker/certs.d"),
		DataRoot: "/var/lib/docker", Reload: restart, Restart: restart,
	}
}

// WindowsPaths are those of dockerd as a Windows service, below the root of drive C: (28.5.2
// cmd/dockerd/daemon_windows.go, registry/config.go CertsDir).
func WindowsPaths() Paths {
	restart := []string{"powershell", "-Command", "Restart-Service docker"}
	return Paths{
		Daemon: "/ProgramData/docker/config/daemon.json", CertsDir: "/ProgramData/docker/certs.d", DataRoot: "/ProgramData/docker",
		Reload: restart, Restart: restart, Platform: containerd.Windows,
	}
}

func (p Paths) withDefaults() Paths {
	def := LinuxPaths()
	for _, f := range []struct {
		field *string
		value string
	}{{&p.Daemon, def.Daemon}, {&p.CertsDir, def.CertsDir}, {&p.DataRoot, def.DataRoot}} {
		if *f.field == "" {
			*f.field = f.value
		}
		*f.field = path.Clean("/" + *f.field)
	}
	if len(p.Reload) == 0 {
		p.Reload = def.Reload
	}
	if len(p.Restart) == 0 {
		p.Restart = def.Restart
	}
	p.Reload, p.Restart = slices.Clone(p.Reload), slices.Clone(p.Restart)
	return p
}
