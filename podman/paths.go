package podman

import (
	"path"
	"strconv"
)

// Paths says where an engine looks for its files. They are paths on the
// node. The zero value is a Linux system's root user.
type Paths struct {
	// System is the administrator's directory; empty is /etc/containers.
	System string
	// Vendor is the distribution's directory, read from containers/image 5.40
	// on; empty is /usr/share/containers.
	Vendor string
	// Home is the user's home. Empty is /root for UID 0, and none otherwise.
	Home string
	// ConfigHome is $XDG_CONFIG_HOME, which containers/image before 5.40 does
	// not look at; empty is Home/.config.
	ConfigHome string
	// CacheHome is $XDG_CACHE_HOME, for a user's short-name-aliases.conf;
	// empty is Home/.cache.
	CacheHome string
	// UID is the user's id; 0 is root, -1 is a system without ids.
	UID int
	// Main is a main file named by an option such as --registries-conf. With
	// it no other main file is looked for, and it must exist. Before
	// containers/image 5.40 CONTAINERS_REGISTRIES_CONF means the same.
	Main string
	// Env is $CONTAINERS_REGISTRIES_CONF as containers/image 5.40 and later
	// take it: the one file to read, with no drop-ins beside it.
	Env string
	// Override is $CONTAINERS_REGISTRIES_CONF_OVERRIDE (5.40 and later): a
	// file that is read after all others.
	Override string
	// DropInDir is a directory named by an option such as
	// --registries-conf-dir, in place of all others.
	DropInDir string
	// DropIn is the name of a drop-in, such as "50-mirrors.conf", that a plan
	// puts new registries into. Empty puts them into the main file.
	DropIn string
}

// RootlessPaths returns the paths of a user who is not root.
func RootlessPaths(home string, uid int) Paths { return Paths{Home: home, UID: uid} }

// FreeBSDPaths returns the paths of FreeBSD's root user.
func FreeBSDPaths() Paths {
	return Paths{System: "/usr/local/etc/containers", Vendor: "/usr/local/share/containers"}
}

// withDefaults fills in what is empty.
func (p Paths) withDefaults() Paths {
	if p.System == "" {
		p.System = "/etc/containers"
	}
	if p.Vendor == "" {
		p.Vendor = "/usr/share/containers"
	}
	if p.Home == "" && p.UID == 0 {
		p.Home = "/root"
	}
	if p.Home != "" && p.ConfigHome == "" {
		p.ConfigHome = path.Join(p.Home, ".config")
	}
	if p.Home != "" && p.CacheHome == "" {
		p.CacheHome = path.Join(p.Home, ".cache")
	}
	return p
}

const (
	mainName  = "registries.conf"
	aliasName = "containers/short-name-aliases.conf"
)

// userMain is the user's main file, "" for none. containers/image before
// 5.40 does not look at XDG_CONFIG_HOME.
func (p Paths) userMain(xdg bool) string {
	switch {
	case xdg && p.ConfigHome != "":
		return path.Join(p.ConfigHome, "containers", mainName)
	case !xdg && p.Home != "":
		return path.Join(p.Home, ".config/containers", mainName)
	default:
		return ""
	}
}

func (p Paths) systemMain() string { return path.Join(p.System, mainName) }
func (p Paths) vendorMain() string { return path.Join(p.Vendor, mainName) }

// aliasCache is the file in which a tool records the user's choices.
func (p Paths) aliasCache() string {
	if p.UID == 0 {
		return "/var/cache/" + aliasName
	}
	if p.CacheHome == "" {
		return ""
	}
	return path.Join(p.CacheHome, aliasName)
}

// dropInDirs lists the directories of containers/image 5.40 and later, from
// the highest priority to the lowest (configfile getDropInPaths).
func (p Paths) dropInDirs() []string {
	var dirs []string
	if user := p.userMain(true); user != "" {
		dirs = append(dirs, user+".d")
	}
	for _, base := range []string{p.System, p.Vendor} {
		if p.UID > 0 {
			dirs = append(dirs, path.Join(base, "registries.rootless.conf.d", strconv.Itoa(p.UID)), path.Join(base, "registries.rootless.conf.d"))
		} else if p.UID == 0 {
			dirs = append(dirs, path.Join(base, "registries.rootful.conf.d"))
		}
		dirs = append(dirs, path.Join(base, mainName+".d"))
	}
	return dirs
}
