package containerd

import (
	"bytes"
	"fmt"

	"github.com/mirrorcfg/mirrorcfg/internal/tomledit"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// removeLists takes registries out of the deprecated endpoint lists of
// config.toml.
func (p *planner) removeLists(gone func(namespace string) bool) error {
	if p.engine.Client != CRI {
		return nil
	}
	reg, _, err := readCRI(p.fsys, p.paths, p.version)
	if err != nil || reg.Broken && !reg.conflict {
		return err // what is refused as a whole is not edited
	}
	changed := false
	for _, f := range reg.set.files {
		before := f.Format()
		mirrors := f.registry(reg.keyIn(f)).Child("mirrors")
		left := mirrors.Len()
		err := f.edit(func(e *tomledit.Edit) {
			var named []tomledit.Node
			for m := range mirrors.Children() {
				if gone(m.Key()) {
					named = append(named, m)
				}
			}
			if left -= len(named); left == 0 && len(named) > 0 {
				named = []tomledit.Node{mirrors}
			}
			for _, m := range named {
				e.Delete(m)
			}
		})
		if err != nil {
			return fmt.Errorf("%s: %w", f.name, err)
		}
		after := f.Format()
		if bytes.Equal(before, after) {
			continue
		}
		changed = true
		p.plan.Changes = append(p.plan.Changes, mirror.Change{Path: f.name, Kind: mirror.Update, Before: before, After: after, Mode: modeOf(p.fsys, f.name),
			Secret: holdsCredentials(before), Reason: "registries that are removed leave the endpoint lists"})
	}
	if changed {
		p.plan.Actions = append(p.plan.Actions, restartContainerd())
	}
	return nil
}

// holdsCredentials is said rather once too often: only what holds credentials
// is hidden in diffs.
func holdsCredentials(config []byte) bool {
	return bytes.Contains(config, []byte("auth")) || bytes.Contains(config, []byte("password"))
}

func restartContainerd() mirror.Action {
	return mirror.Action{Command: []string{"systemctl", "restart", "containerd"}, Reason: "containerd reads config.toml when it starts"}
}
