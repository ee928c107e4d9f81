package containerd

import (
	"fmt"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// Platform is the kind of node, which decides how directories are named.
type Platform uint8

const (
	Unix Platform = iota
	Windows
)

// defaultName is the directory for every namespace without one of its own.
const defaultName = "_default"

// DirectoryName returns the directory below certs.d that a plan makes for a
// namespace (host[:port], or "*" for all others): the name that containerd
// looks for first, so that nothing can hide it. It refuses what would leave
// the tree or stand for another namespace.
func DirectoryName(namespace string, p Platform) (string, error) {
	if namespace == "*" {
		return defaultName, nil
	}
	if err := mirror.CheckHostPort(namespace); err != nil {
		return "", fmt.Errorf("namespace %q: %w", namespace, err)
	}
	if namespace == "." || namespace == ".." || strings.ContainsAny(namespace, "/\\\x00") {
		return "", fmt.Errorf("namespace %q is no directory name", namespace)
	}
	if p == Unix && strings.HasSuffix(namespace, "]") {
		// containerd takes the last group of a bare IPv6 address for a port.
		return namespace, nil
	}
	name := portedName(namespace, p)
	if p == Windows {
		name = strings.ReplaceAll(name, ":", "")
	}
	return name, nil
}

// directoryNames are the directories that containerd looks for, in order,
// without _default (2.4.2 core/remotes/docker/config/config_unix.go and
// config_windows.go, hostPaths).
func directoryNames(namespace string, p Platform) []string {
	names := make([]string, 0, 2)
	if ported := portedName(namespace, p); ported != namespace {
		names = append(names, ported)
	}
	if p == Windows {
		namespace = strings.ReplaceAll(namespace, ":", "")
	}
	return append(names, namespace)
}

// portedName turns ":port" into "_port_", as hostDirectory does: it takes
// whatever follows the last colon for a port.
func portedName(namespace string, p Platform) string {
	i := strings.LastIndexByte(namespace, ':')
	if i <= 0 {
		return namespace
	}
	name := namespace[:i] + "_" + namespace[i+1:] + "_"
	if p == Windows {
		name = strings.ReplaceAll(name, ":", "")
	}
	return name
}

// NamespaceOf returns the namespace that a directory's name stands for, "*"
// for _default.
func NamespaceOf(name string) string {
	if name == defaultName {
		return "*"
	}
	if rest, ok := strings.CutSuffix(name, "_"); ok {
		if i := strings.LastIndexByte(rest, '_'); i > 0 && i+1 < len(rest) && strings.Trim(rest[i+1:], "0123456789") == "" {
			return rest[:i] + ":" + rest[i+1:]
		}
	}
	return name
}
