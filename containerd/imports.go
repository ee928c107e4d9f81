package containerd

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/internal/nodefs"
	"github.com/mirrorcfg/mirrorcfg/internal/release"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

const importSource = "2.4.2 cmd/containerd/server/config/config.go "

var (
	ruleImportMissing = rule(mirror.Rule{Code: "containerd/import-missing", Severity: mirror.Error,
		Summary: "an import that names a file which is not there", Consequence: "containerd does not start",
		Fix: "remove the import, or write it as a pattern with *", Evidence: importSource + "resolveImports"})
	ruleImportVersion = rule(mirror.Rule{Code: "containerd/import-version", Severity: mirror.Error,
		Summary: "an imported file whose config version is higher than the main file's", Consequence: "containerd does not start",
		Fix: "give both files the same version", Versions: importsVersionBound.Versions(), Evidence: importsVersionBound.Source})
	ruleImportReplaces = rule(mirror.Rule{Code: "containerd/import-replaces", Severity: mirror.Warning,
		Summary: "an imported file with a plugin table that the main file has too", Consequence: "containerd 1 replaces the whole table: the main file's settings in it are lost",
		Fix: "put all settings of the plugin into one file", Versions: "< 2.0", Evidence: "containerd#5837, containerd#7982"})
	ruleImportUnread = rule(mirror.Rule{Code: "containerd/import-unread", Severity: mirror.Warning,
		Summary: "files in conf.d that nothing imports", Consequence: "they are not read: only the printed default has the import, not containerd itself",
		Fix: `write imports = ["/etc/containerd/conf.d/*.toml"] at the top of config.toml`, Evidence: importSource + "LoadConfig"})
)

// configSet is config.toml with everything it imports, in the order in which
// later files override earlier ones.
type configSet struct {
	files []*ConfigFile
	ds    mirror.Diagnostics
	// refused: containerd does not start.
	refused bool
}

func (s *configSet) refuse(d mirror.Diagnostic) {
	s.refused = true
	s.ds = append(s.ds, d)
}

// main is config.toml itself, nil where there is none.
func (s *configSet) main() *ConfigFile {
	if len(s.files) == 0 {
		return nil
	}
	return s.files[0]
}

// loadConfigs reads config.toml and its imports, breadth first, each file
// once (resolveImports).
func loadConfigs(fsys fs.FS, name string, v release.Version) (*configSet, error) {
	set := &configSet{}
	seen := map[string]bool{}
	queue := []string{name}
	for len(queue) > 0 {
		current := queue[0]
		queue = queue[1:]
		if seen[current] {
			continue
		}
		seen[current] = true
		data, found, err := nodefs.ReadFile(fsys, current)
		if err != nil {
			why := noFile(fsys, current)
			if why == "" {
				return nil, err
			}
			set.refuse(ruleConfigNoFile.At(mirror.Position{File: current}, "", current+" is "+why+": containerd does not start"))
			continue
		}
		if !found {
			continue // config.toml itself; imports were looked for
		}
		f, err := ParseConfig(current, data)
		if err != nil {
			var d mirror.Diagnostic
			if !errors.As(err, &d) {
				return nil, err
			}
			set.refuse(d)
			continue
		}
		for _, d := range f.refusals(v) {
			set.refuse(d)
		}
		set.files = append(set.files, f)
		more, err := set.expand(fsys, f)
		if err != nil {
			return nil, err
		}
		queue = append(queue, more...)
	}
	set.checkVersions(v)
	set.checkNames(v)
	set.checkTypes(v)
	if err := set.checkUnread(fsys, name, seen); err != nil {
		return nil, err
	}
	return set, nil
}

// noFile says what stands in place of a file that nobody could read, whatever
// the permissions; "" for other failures, which may be the caller's alone.
func noFile(fsys fs.FS, name string) string {
	if info, err := nodefs.Stat(fsys, name); err == nil && info != nil && info.IsDir() {
		return "a directory"
	}
	const maxLinks = 40 // Linux's limit for one path
	for range maxLinks {
		target, err := fs.ReadLink(fsys, nodefs.Rel(name))
		if err != nil {
			return ""
		}
		if !path.IsAbs(target) {
			target = path.Join(path.Dir(name), target)
		}
		name = target
	}
	return "a loop of symbolic links"
}

// expand turns the imports of a file into paths.
func (s *configSet) expand(fsys fs.FS, f *ConfigFile) ([]string, error) {
	var out []string
	for n := range f.doc.Lookup("imports").Children() {
		pattern, ok := n.AsString()
		if !ok || pattern == "" {
			continue
		}
		if !path.IsAbs(pattern) {
			pattern = path.Join(path.Dir(f.name), pattern)
		}
		pattern = path.Clean(pattern)
		if strings.Contains(pattern, "*") {
			matches, err := fs.Glob(fsys, nodefs.Rel(pattern))
			if err != nil {
				continue // a pattern that cannot match
			}
			for _, m := range matches {
				out = append(out, "/"+m)
			}
			continue
		}
		info, err := nodefs.Stat(fsys, pattern)
		if err != nil {
			return nil, err
		}
		if info == nil {
			s.refuse(ruleImportMissing.At(f.at(n), "imports", pattern+" is not there: containerd does not start"))
			continue
		}
		out = append(out, pattern)
	}
	return out, nil
}

func (s *configSet) checkVersions(v release.Version) {
	newest, merged := maxConfigVersion(v), s.version(v)
	for i, f := range s.files {
		n := f.doc.Lookup("version")
		if f.Version() > newest && (importsMigrateEach.Has(v) || f.Version() == merged) {
			d := ruleConfigVersion.At(f.at(n), "version", fmt.Sprintf("containerd %s supports config versions up to %d, not %d: it does not start", v, newest, f.Version()))
			d.Fix = fmt.Sprintf("write the file in version %d", newest)
			s.refuse(d)
		}
		if i > 0 && importsVersionBound.Has(v) && f.Version() > s.files[0].Version() {
			s.refuse(ruleImportVersion.At(f.at(n), "version", fmt.Sprintf("version %d is higher than %d of %s: containerd %s does not start", f.Version(), s.files[0].Version(), s.files[0].name, v)))
		}
	}
	if importsMergeDeep.Has(v) || len(s.files) < 2 {
		return
	}
	for _, k := range pluginKeys {
		first := (*ConfigFile)(nil)
		for _, f := range s.files {
			if n := f.plugin(k); n.IsTable() {
				if first != nil {
					s.ds = append(s.ds, ruleImportReplaces.At(f.at(n), n.Name(), fmt.Sprintf("this replaces all of plugins.%q that %s has", k, first.name)))
				}
				first = f
			}
		}
	}
}

// checkUnread reports a conf.d that people fill because "containerd config
// default" prints an import of it.
func (s *configSet) checkUnread(fsys fs.FS, name string, loaded map[string]bool) error {
	dir := path.Join(path.Dir(name), "conf.d")
	entries, exists, err := nodefs.ReadDir(fsys, dir)
	if !exists || err != nil {
		return nil // a file of that name, or no permission, is no fault of the configuration
	}
	for _, e := range entries {
		file := path.Join(dir, e.Name())
		if strings.HasSuffix(file, ".toml") && !e.IsDir() && !loaded[file] {
			s.ds = append(s.ds, ruleImportUnread.At(mirror.Position{File: file}, "imports", file+" is not imported"))
		}
	}
	return nil
}

// section merges what all files say under a key, by the version's rule. It is
// for releases that migrate the merged whole, by the set's one version.
func (s *configSet) section(k PluginKey, v release.Version) criSection {
	var out criSection
	for _, f := range s.files {
		sec := f.section(k)
		switch {
		case !sec.present:
		case importsMergeDeep.Has(v):
			out = out.over(sec)
		default:
			out = sec
		}
	}
	return out
}

// version is the config version of the merged whole: the last one written
// (2.2.9 mergeConfig).
func (s *configSet) version(v release.Version) int {
	if importsMigrateEach.Has(v) {
		if m := s.main(); m != nil {
			return m.Version()
		}
		return 0
	}
	version := 0
	for _, f := range s.files {
		if n := f.Version(); n != 0 {
			version = n
		}
	}
	return version
}
