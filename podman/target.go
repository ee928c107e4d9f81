package podman

import (
	"path"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// dropInNames are tried in order for a drop-in that must sort after another
// file. 50 leaves what distributions ship, such as 00-vendor.conf, behind.
var dropInNames = []string{"50-mirrorcfg.conf", "90-mirrorcfg.conf", "99-mirrorcfg.conf", "zz-mirrorcfg.conf", "zzzz-mirrorcfg.conf"}

// editable reports whether a file belongs to whom the paths describe: files
// of the distribution do not, and files of the system not to a user.
func (p *planner) editable(file string) bool {
	paths := p.node.paths
	switch {
	case file == paths.Main || file == paths.Env || file == paths.Override:
		return true
	case paths.DropInDir != "" && strings.HasPrefix(file, paths.DropInDir+"/"):
		return true
	case strings.HasPrefix(file, paths.Vendor+"/"):
		return false
	case paths.UID > 0:
		return !strings.HasPrefix(file, paths.System+"/")
	default:
		return true
	}
}

// target is the file for something new. after is a file that must come
// before it, "" for none.
func (p *planner) target(after string) string {
	paths := p.node.paths
	main := paths.Main
	if main == "" {
		main = paths.Env
	}
	for _, s := range p.node.lookup.sources {
		if main == "" && !s.dropIn {
			main = s.path
		}
	}
	if main == "" {
		main = paths.systemMain()
	}
	if after == "" && paths.DropIn == "" && p.editable(main) {
		return main
	}
	if paths.Env != "" && paths.Main == "" && p.node.resolved.has(newLookup) {
		return main // no drop-ins are read beside it
	}
	return path.Join(p.dropInDir(main), p.dropInName(after))
}

// dropInDir is where a drop-in of ours goes.
func (p *planner) dropInDir(main string) string {
	paths := p.node.paths
	isNew := p.node.resolved.has(newLookup)
	user := paths.userMain(isNew)
	switch {
	case paths.DropInDir != "":
		return paths.DropInDir
	case user != "" && (paths.UID > 0 || !isNew && main == user):
		return user + ".d"
	default:
		return paths.systemMain() + ".d"
	}
}

// dropInName is a name that sorts after the file that must come before.
func (p *planner) dropInName(after string) string {
	base := path.Base(after)
	if !isDropIn(after) {
		base = ""
	}
	if n := p.node.paths.DropIn; n != "" && n > base {
		return n
	}
	for _, n := range dropInNames {
		if n > base {
			return n
		}
	}
	return strings.TrimSuffix(base, ".conf") + "-mirrorcfg.conf"
}

// actions are what must be done for changed files to count: nothing for the
// tools that read them at each start; CRI-O keeps its configuration until a
// SIGHUP, and watches drop-ins with auto_reload_registries alone
// (CRI-O pkg/config/reload.go, server/server.go).
func (e Engine) actions(changes []mirror.Change) []mirror.Action {
	if e.Tool != CRIO || len(changes) == 0 {
		return nil
	}
	reason := "CRI-O keeps the registries it has read until it gets a SIGHUP"
	watched := e.AutoReload == mirror.On
	for _, c := range changes {
		watched = watched && isDropIn(c.Path)
	}
	if watched {
		return nil
	}
	if e.AutoReload == mirror.On {
		reason += "; auto_reload_registries watches the drop-in directory alone"
	}
	return []mirror.Action{{Command: []string{"systemctl", "reload", "crio"}, Reason: reason}}
}
