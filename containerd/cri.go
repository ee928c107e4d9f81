package containerd

import (
	"fmt"
	"io/fs"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/internal/release"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// criRegistry is what config.toml makes the CRI plugin do about registries.
type criRegistry struct {
	// Roots are the certs.d directories that CRI pulls look into, in order.
	// None means that no hosts.toml is read.
	Roots []string
	// RootsPos is where config_path is set; its Line is 0 for a default.
	RootsPos mirror.Position
	// Transfer: CRI pulls go through the transfer service.
	Transfer bool
	// Mirrors are the deprecated endpoint lists, in file order. They and
	// Roots exclude each other.
	Mirrors []criMirror
	// Broken: the CRI plugin does not load, or containerd does not start; the
	// diagnostics say why.
	Broken bool

	set     *configSet
	section criSection
	key     PluginKey
	// keys are those of each file, where each is migrated on its own.
	keys map[*ConfigFile]PluginKey
	// disabled are the entries of disabled_plugins that leave no CRI.
	disabled mirror.Diagnostics
	// path is config_path as it holds, "" for none.
	path string
	// conflict: mirrors or configs.tls beside config_path.
	conflict bool
}

// criMirror is one mirrors."namespace" table.
type criMirror struct {
	Namespace string // "*" for every namespace that is not named
	Endpoints []criEndpoint
	Pos       mirror.Position
}

// criEndpoint is one element of an endpoint list, as written.
type criEndpoint struct {
	URL string
	Pos mirror.Position
}

// readCRI reads the CRI plugin's registry settings from config.toml and what
// it imports. A node without config.toml has the defaults.
func readCRI(fsys fs.FS, paths Paths, version release.Version) (criRegistry, mirror.Diagnostics, error) {
	paths = paths.withDefaults()
	set, err := loadConfigs(fsys, paths.Config, version)
	if err != nil {
		return criRegistry{}, nil, err
	}
	reg := criRegistry{set: set, Broken: set.refused}
	ds := append(mirror.Diagnostics(nil), set.ds...)
	ds = append(ds, reg.pickSection(version)...)
	if len(reg.section.faults) > 0 {
		reg.Broken = true
		ds = append(ds, reg.section.faults...)
	}
	if reg.Broken {
		return reg, ds, nil
	}
	ds = append(ds, reg.resolvePath(version)...)
	reg.disabled = set.lintDisabled(version)
	ds = append(ds, reg.disabled...)
	ds = append(ds, set.lint(reg, version)...)
	return reg, ds, nil
}

// pickSection finds the plugin key in force by the version table.
func (r *criRegistry) pickSection(v release.Version) mirror.Diagnostics {
	var ds mirror.Diagnostics
	file := r.set.version(v)
	for _, k := range pluginKeys {
		for _, f := range r.set.files {
			sec := f.section(k)
			fileVersion := file
			if importsMigrateEach.Has(v) {
				fileVersion = f.Version()
			}
			row, known := configRowFor(fileVersion, k, v)
			switch {
			case !sec.present || known && row.outcome == configRead:
			case known && row.outcome == configRefused:
				d := ruleConfigVersion.At(sec.pos, fmt.Sprintf("plugins.%q", k), fmt.Sprintf("containerd %s does not start: %s", v, row.why))
				d.Fix = fmt.Sprintf("write the settings under plugins.%q", preferredKey(fileVersion, v))
				ds = append(ds, d)
				r.Broken = true
			case sec.registry:
				why := "no containerd of this version has the key"
				if known {
					why = row.why
				}
				kind := fmt.Sprintf("of version %d", fileVersion)
				if fileVersion == 0 {
					kind = "that states no version"
				}
				d := ruleConfigKeyUnread.At(sec.pos, fmt.Sprintf("plugins.%q.registry", k),
					fmt.Sprintf("containerd %s does not read this in a file %s: %s", v, kind, why))
				d.Fix = fmt.Sprintf("write it under plugins.%q", preferredKey(fileVersion, v))
				if fileVersion == 0 && k == KeyGRPC && f.hasURIKeysAlone() {
					d.Fix = "write version = 2 as the first line"
				}
				ds = append(ds, d)
			}
		}
	}
	found := false
	if importsMigrateEach.Has(v) {
		r.keys = map[*ConfigFile]PluginKey{}
		for _, f := range r.set.files {
			own := criRegistry{key: preferredKey(f.Version(), v)}
			foundHere, told := own.pickKey(f.Version(), v, f.section)
			ds = append(ds, told...)
			if foundHere {
				r.section, r.key, found = r.section.over(own.section), own.key, true
			}
			r.keys[f] = own.key
		}
	} else {
		var told mirror.Diagnostics
		found, told = r.pickKey(file, v, func(k PluginKey) criSection { return r.set.section(k, v) })
		ds = append(ds, told...)
	}
	if !found {
		r.key = preferredKey(file, v)
	}
	return ds
}

// pickKey takes the section of the plugin key that is read in a file of a
// config version, and what other keys add to it.
func (r *criRegistry) pickKey(file int, v release.Version, section func(PluginKey) criSection) (found bool, ds mirror.Diagnostics) {
	for _, k := range pluginKeys {
		row, known := configRowFor(file, k, v)
		if !known || row.outcome != configRead {
			continue
		}
		sec := section(k)
		switch {
		case !sec.present:
		case !found:
			r.section, r.key, found = sec, k, true
		case row.wins && sec.registry:
			// Migration replaces the whole registry table, and leaves the
			// plugin's other settings of the newer key.
			if r.section.registry {
				ds = append(ds, ruleConfigBothKeys.At(r.section.pos, fmt.Sprintf("plugins.%q.registry", r.key),
					fmt.Sprintf("plugins.%q.registry replaces this whole table", k)))
			}
			sec.local = append(sec.local, r.section.local...)
			sec.faults = append(sec.faults, r.section.faultsBeside("registry")...)
			if !sec.forced.IsSet() {
				sec.forced = r.section.forced
			}
			r.section, r.key = sec, k
		default:
			r.section.local = append(r.section.local, sec.local...)
			r.section.faults = append(r.section.faults, sec.faults...)
		}
	}
	return found, ds
}

// keyIn is the plugin key under which a file's settings are read.
func (r *criRegistry) keyIn(f *ConfigFile) PluginKey {
	if k, ok := r.keys[f]; ok {
		return k
	}
	return r.key
}

// hasURIKeysAlone reports whether each plugin key is one of config version 2:
// containerd 1 refuses any other in a file of that version.
func (f *ConfigFile) hasURIKeysAlone() bool {
	for n := range f.doc.Lookup("plugins").Children() {
		if !strings.HasPrefix(n.Key(), "io.containerd.") {
			return false
		}
	}
	return true
}

// preferredKey is the key under which settings hold in a file of a version.
// In a version 2 file that is the old key, which every containerd reads.
func preferredKey(file int, v release.Version) PluginKey {
	best, ok := KeyImages, false
	for _, k := range pluginKeys {
		if row, known := configRowFor(file, k, v); known && row.outcome == configRead && (!ok || row.wins && file == 2) {
			best, ok = k, true
		}
	}
	if !ok && !imagesPlugin.Has(v) {
		return KeyGRPC
	}
	return best
}

// multiRootDefault is the config_path that 2.2 and later take by default.
const multiRootDefault = "/etc/containerd/certs.d:/etc/docker/certs.d"

// resolvePath works out which directories are looked into, and whether the
// plugin loads at all (2.4.2 internal/cri/config/config.go
// ValidateImageConfig, plugins/cri/images/plugin.go).
func (r *criRegistry) resolvePath(v release.Version) mirror.Diagnostics {
	var ds mirror.Diagnostics
	sec := &r.section
	if sec.configPath != nil {
		r.path, r.RootsPos = sec.configPath.text, sec.configPath.pos
	}
	hasMirrors := len(sec.mirrors) > 0
	if r.path == "" && defaultRoots.Has(v) {
		builtIn := defaultRootsConflict.Has(v) && (sec.configPath == nil || r.key != KeyImages)
		if builtIn || !hasMirrors && !defaultRootsConflict.Has(v) {
			r.path, r.RootsPos = multiRootDefault, mirror.Position{}
		}
	}
	if r.path != "" && hasMirrors {
		r.Broken, r.conflict = true, true
		d := ruleConfigConflict.At(sec.mirrors[0].Pos, "registry.mirrors", "`mirrors` cannot be set when `config_path` is provided: the CRI plugin does not load")
		if sec.configPath == nil {
			d.Message += fmt.Sprintf(" (containerd %s has config_path set by default)", v)
		}
		ds = append(ds, d)
	}
	if r.path != "" && configsTLS.Has(v) {
		for _, c := range sec.configs {
			if c.TLS != nil {
				r.Broken, r.conflict = true, true
				ds = append(ds, ruleConfigConflict.At(c.TLSPos, "registry.configs", "`configs.tls` cannot be set when `config_path` is provided: the CRI plugin does not load"))
			}
		}
	}
	if r.Broken {
		return ds
	}
	r.Mirrors = sec.mirrors
	r.Transfer = transferPull.Has(v) && sec.forced != mirror.On && len(sec.local) == 0 && !hasMirrors && len(sec.configs) == 0 && len(sec.auths) == 0
	if r.path == "" {
		return ds
	}
	if !r.Transfer {
		for root := range strings.SplitSeq(r.path, ":") {
			if root != "" {
				r.Roots = append(r.Roots, root)
			}
		}
		return ds
	}
	// The transfer service takes the whole text for one directory, whose name
	// then has a colon in it.
	r.Roots = []string{r.path}
	if strings.Contains(r.path, ":") {
		r.Roots = nil
	}
	return ds
}
