// Package hermetic keeps the containers/image family away from the machine it
// runs on: its environment, its home directory, its terminal, its log.
//
// All of that is global to the process, so one caller at a time gets in.
package hermetic

import (
	"os"
	"path"
	"strconv"

	"github.com/mirrorcfg/mirrorcfg/mirror/verify/internal/upstream"
)

// User is the one whose configuration is looked up. Home is a path on the
// node; the zero value is root.
type User struct {
	Home string
	UID  int
	Env  map[string]string
	// Main is a main file named by an option.
	Main string
}

func (u User) home() string {
	if u.Home == "" {
		return "/root"
	}
	return u.Home
}

// pathVariables are those that name files on the node.
var pathVariables = []string{
	"XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR",
	"CONTAINERS_REGISTRIES_CONF", "CONTAINERS_REGISTRIES_CONF_OVERRIDE", "REGISTRIES_CONFIG_PATH",
}

// Enter makes the process's environment that of the user. Standard input is
// not a terminal meanwhile, since a short name could ask a question there.
// The result undoes it all and lets the next caller in.
func (u User) Enter(tree upstream.Tree) (restore func(), err error) {
	env := map[string]*string{}
	home, uid := tree.Path(u.home()), strconv.Itoa(u.UID)
	env["HOME"], env["_CONTAINERS_ROOTLESS_UID"] = &home, &uid
	for _, name := range pathVariables {
		env[name] = nil
		if value, ok := u.Env[name]; ok {
			if path.IsAbs(value) {
				value = tree.Path(value)
			}
			env[name] = &value
		}
	}
	restoreEnv, err := Environment(env)
	if err != nil {
		return nil, err
	}
	null, err := os.Open(os.DevNull)
	if err != nil {
		restoreEnv()
		return nil, err
	}
	stdin := os.Stdin
	os.Stdin = null
	return func() {
		os.Stdin = stdin
		_ = null.Close()
		restoreEnv()
	}, nil
}

// RegistriesConf is the main file that a command-line tool passes on
// explicitly: libraries that don't read the environment get it from the tool
// (containers/common libimage/runtime.go; pkg/cli/environment).
func (u User) RegistriesConf(tree upstream.Tree, libraryReadsEnvironment bool) string {
	switch {
	case u.Main != "":
		return tree.Path(u.Main)
	case libraryReadsEnvironment:
		return ""
	}
	for _, name := range []string{"CONTAINERS_REGISTRIES_CONF", "REGISTRIES_CONFIG_PATH"} {
		if value := u.Env[name]; value != "" {
			return tree.Path(value)
		}
	}
	return ""
}

// AliasCache is the file of short names that the user agreed to earlier.
func (u User) AliasCache(tree upstream.Tree) string {
	const name = "containers/short-name-aliases.conf"
	if u.UID == 0 {
		return tree.Path("/var/cache/" + name)
	}
	if cache := u.Env["XDG_CACHE_HOME"]; cache != "" {
		return tree.Path(path.Join(cache, name))
	}
	return tree.Path(path.Join(u.home(), ".cache", name))
}
