package containerd

import (
	"bytes"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/internal/nodefs"
	"github.com/mirrorcfg/mirrorcfg/internal/release"
	"github.com/mirrorcfg/mirrorcfg/internal/tomledit"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var (
	ruleConfigStuck = rule(mirror.Rule{Code: "containerd/config-stuck", Severity: mirror.Error,
		Summary: "a config.toml that has to be mended by hand before a tree can be put in force", Consequence: "nothing is planned",
		Fix: "mend what the other diagnostics name"})
	ruleConfigRootsLeft = rule(mirror.Rule{Code: "containerd/config-roots-left", Severity: mirror.Warning,
		Summary: "directories that config_path named and names no more", Consequence: "hosts.toml files in them are not read for CRI pulls any longer",
		Fix: "move what is needed into the one directory"})
	ruleTreeInForce = rule(mirror.Rule{Code: "containerd/config-tree-in-force", Severity: mirror.Info,
		Summary: "a directory of a tree that nothing read before config_path named it", Consequence: "it holds for its registry from now on, besides what is planned",
		Fix: "remove it if it is out of date"})
)

// configPlan is what puts a tree in force.
type configPlan struct {
	changes []mirror.Change
	actions []mirror.Action
	ds      mirror.Diagnostics
	// displaced are the endpoint lists that config_path excludes, as hosts.
	displaced []displacedHosts
	// conflict: the lists were beside a config_path, so that neither held.
	conflict bool
	// newTree: CRI pulls did not look into the tree before.
	newTree bool
}

// displacedHosts is a namespace's list of endpoints, as the hosts.toml that
// makes the same requests.
type displacedHosts struct {
	Namespace string
	Hosts     Hosts
	Pos       mirror.Position
}

// certsDirInForce is the one directory that CRI pulls look into, and that a
// plan therefore writes to; fallback where there is none or several.
func (r *criRegistry) certsDirInForce(fallback string) string {
	if r.section.configPath != nil && r.path != "" && !strings.Contains(r.path, ":") {
		return r.path
	}
	return fallback
}

// planConfig returns the changes to config.toml that make CRI pulls read
// certsDir: as few as possible, none where the roots that they look into do.
func planConfig(fsys fs.FS, paths Paths, version release.Version, certsDir string, inForce func(roots []string) bool) (configPlan, error) {
	paths = paths.withDefaults()
	reg, ds, err := readCRI(fsys, paths, version)
	if err != nil {
		return configPlan{}, err
	}
	for i := range reg.disabled {
		reg.disabled[i].Severity = mirror.Warning // the files are right all the same
	}
	if !reg.Broken && inForce(reg.Roots) {
		return configPlan{ds: reg.disabled}, nil
	}
	if reg.Broken && !reg.conflict {
		p := configPlan{ds: append(ds.AtLeast(mirror.Error), ruleConfigStuck.At(mirror.Position{File: paths.Config}, "", "the tree cannot be put in force while the file is refused"))}
		return p, nil
	}
	p := configPlan{conflict: reg.conflict, newTree: !reg.conflict && !slices.Contains(reg.Roots, certsDir)}
	p.displaced, p.ds = reg.displaced(version)
	p.ds = append(p.ds, reg.disabled...)
	for _, root := range strings.Split(reg.path, ":") {
		if root != "" && root != certsDir && reg.section.configPath != nil {
			if entries, _, err := nodefs.ReadDir(fsys, root); err == nil && len(entries) > 0 {
				p.ds = append(p.ds, ruleConfigRootsLeft.At(reg.RootsPos, "registry.config_path", root+" is not read any longer"))
			}
		}
	}
	changed, err := reg.enable(fsys, paths, version, certsDir)
	if err != nil {
		return configPlan{}, err
	}
	p.changes = changed
	p.actions = []mirror.Action{restartContainerd()}
	return p, nil
}

// enable edits the files so that config_path is certsDir alone and nothing
// conflicts with it.
func (r *criRegistry) enable(fsys fs.FS, paths Paths, v release.Version, certsDir string) ([]mirror.Change, error) {
	target := r.section.file
	if r.section.configPath != nil {
		target = r.section.configPath.file
	}
	if target == nil || importsMergeDeep.Has(v) && r.section.configPath == nil && r.set.main() != nil {
		target = r.set.main()
	}
	var changes []mirror.Change
	dropIn, useDropIn := r.dropIn(paths, v)
	for _, f := range r.set.files {
		before := f.Format()
		// config_path comes first: where no header stands for the registry
		// table itself, the new one takes its place, and the blank lines
		// around it, from the tables that go.
		var err error
		if f == target && !useDropIn {
			err = f.SetConfigPath(r.keyIn(f), certsDir)
		}
		if err == nil {
			err = f.edit(func(e *tomledit.Edit) {
				f.dropMirrors(e, r.keyIn(f))
				if configsTLS.Has(v) {
					f.dropHostTLS(e, r.keyIn(f))
				}
			})
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.name, err)
		}
		if after := f.Format(); !bytes.Equal(before, after) {
			reason := "CRI pulls read hosts.toml only from the one directory that config_path names"
			if f != target {
				reason = "mirrors and config_path exclude each other"
			}
			changes = append(changes, mirror.Change{Path: f.name, Kind: mirror.Update, Before: before, After: after, Mode: modeOf(fsys, f.name), Secret: true, Reason: reason})
		}
	}
	switch {
	case useDropIn:
		after, err := freshConfig(r.set.main().Version(), r.keyIn(r.set.main()), certsDir)
		if err != nil {
			return nil, err
		}
		changes = append(changes, mirror.Change{Path: dropIn, Kind: mirror.Create, After: after, Mode: 0o644,
			Reason: "CRI pulls read hosts.toml only from the one directory that config_path names"})
	case target == nil:
		file, key := freshVersion(v)
		after, err := freshConfig(file, key, certsDir)
		if err != nil {
			return nil, err
		}
		changes = append(changes, mirror.Change{Path: paths.Config, Kind: mirror.Create, After: after, Mode: 0o644,
			Reason: "CRI pulls read hosts.toml only from the one directory that config_path names"})
	}
	for i := range changes {
		changes[i].Secret = holdsCredentials(changes[i].Before)
	}
	return changes, nil
}

// dropIn is the file that Paths.ConfigDropIn names, where it is safe: merged
// table by table, imported already, not there yet, and nothing else to remove
// elsewhere.
func (r *criRegistry) dropIn(paths Paths, v release.Version) (string, bool) {
	main := r.set.main()
	if paths.ConfigDropIn == "" || main == nil || !importsMergeDeep.HasAll(v) || r.section.configPath != nil {
		return "", false
	}
	for _, f := range r.set.files {
		if f.name == paths.ConfigDropIn {
			return "", false
		}
	}
	for _, pattern := range main.Imports() {
		if !path.IsAbs(pattern) {
			pattern = path.Join(path.Dir(main.name), pattern)
		}
		if ok, _ := path.Match(path.Clean(pattern), paths.ConfigDropIn); ok {
			return paths.ConfigDropIn, true
		}
	}
	return "", false
}

func modeOf(fsys fs.FS, name string) fs.FileMode {
	if info, err := nodefs.Stat(fsys, name); err == nil && info != nil {
		return info.Mode().Perm()
	}
	return 0o644
}

// freshVersion is the version of a new file, and the plugin key in it.
func freshVersion(v release.Version) (int, PluginKey) {
	if imagesPlugin.HasAll(v) {
		return 3, KeyImages
	}
	return 2, KeyGRPC
}

// freshConfig is the smallest config.toml that puts a tree in force.
func freshConfig(version int, k PluginKey, certsDir string) ([]byte, error) {
	var out []byte
	if version > 0 {
		out = append(strconv.AppendInt(append(out, "version = "...), int64(version), 10), "\n\n"...)
	}
	out = tomledit.AppendHeader(out, "plugins", k.String(), "registry")
	out = append(out, "config_path = "...)
	out, err := tomledit.AppendString(out, certsDir)
	return append(out, '\n'), err
}
