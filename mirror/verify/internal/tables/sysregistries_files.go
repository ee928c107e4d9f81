package tables

import (
	"fmt"
	"io/fs"
	"path"
	"slices"

	"github.com/mirrorcfg/mirrorcfg/mirror/verify/internal/upstream"
)

// SysRegistriesFiles returns the cases about files in upstream's testdata, a
// directory of a released module. newLookup says whether the module is 5.40
// or later.
func SysRegistriesFiles(testdata fs.FS, newLookup bool) ([]Case, error) {
	l := loader{testdata: testdata}
	cases := slices.Concat(l.pullSources(), l.findRegistry(), l.invalid(), l.dropIns(), l.mirrors(), l.aliases())
	if newLookup {
		cases = append(cases, l.v1()...)
	}
	return cases, l.err
}

type loader struct {
	testdata fs.FS
	err      error
}

// files puts one of upstream's files in the main file's place, and one of its
// directories in the place of the drop-ins.
func (l *loader) files(main, dir string) []upstream.File {
	data, err := fs.ReadFile(l.testdata, main)
	if err != nil {
		l.err = err
		return nil
	}
	files := []upstream.File{{Path: RegistriesConf, Data: data}}
	if dir == "" {
		return files
	}
	entries, err := fs.ReadDir(l.testdata, dir)
	if err != nil {
		l.err = err
		return nil
	}
	for _, e := range entries {
		data, err := fs.ReadFile(l.testdata, path.Join(dir, e.Name()))
		if err != nil {
			l.err = err
			return nil
		}
		files = append(files, upstream.File{Path: RegistriesConf + ".d/" + e.Name(), Data: data})
	}
	return files
}

func (l *loader) pullSources() []Case {
	files := l.files("pull-sources-from-reference.conf", "")
	mirror := func(registry string, numbers ...int) (out []string) {
		for _, n := range numbers {
			out = append(out, fmt.Sprintf("mirror-%d.registry-%s.com", n, registry))
		}
		return append(out, "registry-"+registry+".com/bar")
	}
	rows := []struct {
		prefix        string
		digested, tag []string
	}{
		{"registry-a.com/foo", mirror("a", 1, 2), mirror("a", 1, 2)},
		{"registry-b.com/foo", mirror("b", 1, 2), mirror("b")},
		{"registry-a.com/baz", mirror("a", 1, 2), mirror("a", 1, 2)},
		{"registry-b.com/baz", mirror("b", 1, 2), mirror("b")},
		{"registry-c.com/baz", mirror("c", 1, 2), mirror("c", 1)},
		{"registry-d.com/baz", mirror("d", 1, 2), mirror("d")},
		{"registry-e.com/baz", mirror("e"), mirror("e", 1, 2)},
		{"registry-f.com/baz", mirror("f", 1), mirror("f", 1, 2)},
		{"registry-g.com/baz", mirror("g", 1, 3, 4), mirror("g", 2, 3, 4)},
	}
	var cases []Case
	for _, row := range rows {
		for _, variant := range []struct {
			suffix  string
			sources []string
		}{{"@" + digest, row.digested}, {":aaa", row.tag}} {
			c := Case{
				Name: row.prefix + "/image" + variant.suffix[:4], Source: sysregTest + "TestPullSourcesFromReference",
				Files: files, Reference: row.prefix + "/image" + variant.suffix,
			}
			for _, s := range variant.sources {
				c.Want = append(c.Want, get(s+"/image"+variant.suffix))
			}
			cases = append(cases, c)
		}
	}
	return cases
}

// findRegistry: upstream's lookups of things that are no reference got a
// repository here.
func (l *loader) findRegistry() []Case {
	files := l.files("find-registry.conf", "registries.conf.d")
	rows := []struct{ ref, served string }{
		{"simple-prefix.com/foo/bar:latest", "registry.com:5000/foo/bar:latest"},
		{"simple-prefix.com/x", "registry.com:5000/x"},
		{"not.so.simple-prefix.com/x", "subdomain-prefix.com/x"},
		{"not.quite.simple-prefix.com/x", "subdomain-prefix-2.com/x"},
		{"not.quite.simple-prefix.com:5000/with/path/and/beyond:tag", "subdomain-prefix-2.com:5000/with/path/and/beyond:tag"},
		{"really.not.quite.simple-prefix.com:5000/with/path/and/beyond:tag", "subdomain-prefix-1-overridden-by-dropin-location.com:5000/with/path/and/beyond:tag"},
		{"foo.docker.io:5000/omg/wtf/bbq:foo", "subdomain-prefix-2.com:5000/omg/wtf/bbq:foo"},
		{"foo.bar.example.com:6000/omg/wtf/bbq@" + digest, "subdomain-prefix-3-overridden-by-dropin-location.com:6000/omg/wtf/bbq@" + digest},
		{"foo.bar.docker.io:5000/omg/wtf/bbq:foo", "subdomain-prefix-4.com:5000/omg/wtf/bbq:foo"},
		{"foo.bar.example.com:5000/omg/wtf/bbq:foo", "subdomain-prefix-5.com/omg/wtf/bbq:foo"},
		{"simple-prefix.comx/y", "simple-prefix.comx/y"},
		{"complex-prefix.com:4000/with/path/and/beyond:tag", "another-registry.com:5000/and/beyond:tag"},
		{"no-prefix.com/foo:tag", "no-prefix.com/foo:tag"},
		{"empty-prefix.com/foo:tag", "empty-prefix.com/foo:tag"},
	}
	cases := make([]Case, len(rows))
	for i, row := range rows {
		cases[i] = Case{
			Name: "find " + row.ref, Source: sysregTest + "TestFindRegistry",
			Files: files, Reference: row.ref, Want: []string{get(row.served)},
		}
	}
	return cases
}

func (l *loader) fails(source string, rows map[string]string) []Case {
	var cases []Case
	for _, name := range slices.Sorted(maps(rows)) {
		cases = append(cases, Case{
			Name: "load " + name, Source: source, Files: l.files(name, ""),
			Reference: "example.com/x:1", Err: rows[name],
		})
	}
	return cases
}

func maps(rows map[string]string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range rows {
			if !yield(k) {
				return
			}
		}
	}
}

func (l *loader) invalid() []Case {
	return slices.Concat(
		l.fails(sysregTest+"TestInvalidV2Configs", map[string]string{
			"insecure-conflicts.conf":      "registry 'registry.com' is defined multiple times with conflicting 'insecure' setting",
			"blocked-conflicts.conf":       "registry 'registry.com' is defined multiple times with conflicting 'blocked' setting",
			"missing-mirror-location.conf": "invalid condition: mirror location is unset",
			"invalid-prefix.conf":          "invalid location",
			"invalid-search.conf":          "Invalid unqualified-search-registries entry",
		}),
		l.fails(sysregTest+"TestInvalidMirrorConfig", map[string]string{
			"invalid-config-level-mirror.conf": `pull-from-mirror must not be set for a non-mirror registry "registry-a.com/foo"`,
			"invalid-conflict-mirror.conf":     `cannot set mirror usage mirror-by-digest-only for the registry ("registry-a.com/foo") and pull-from-mirror for per-mirror ("mirror-1.registry-a.com") at the same time`,
			"invalid-value-mirror.conf":        `unsupported pull-from-mirror value "notvalid" for mirror "mirror-1.registry-a.com"`,
		}),
		l.fails(sysregTest+"TestGetShortNameMode", map[string]string{
			"invalid-short-name-mode.conf": "invalid short-name mode",
		}),
		l.fails(sysregAlias+"TestInvalidAliases", map[string]string{
			"invalid-aliases.conf": "validating short-name aliases",
		}),
	)
}

func (l *loader) v1() []Case {
	const refused = "registries.conf must be in v2 format but is in v1"
	return l.fails(sysregTest+"TestV1SyntaxErrors", map[string]string{
		"v1-compatibility.conf": refused, "v1-invalid-block.conf": refused, "v1-invalid-insecure.conf": refused,
		"v1-invalid-search.conf": refused, "mixing-v1-v2.conf": refused, "mixing-v1-v2-empty.conf": refused,
	})
}

// dropIns: base.com is blocked by a drop-in, so nothing is requested.
func (l *loader) dropIns() []Case {
	const source = sysregTest + "TestRegistriesConfDirectory"
	files := l.files("base-for-registries.d.conf", "registries.conf.d")
	return []Case{
		{Name: "drop-in blocks", Source: source, Files: files, Reference: "base.com/test:latest"},
		{Name: "drop-in adds", Source: source, Files: files, Reference: "2.com/test:latest", Want: []string{get("2.com/test:latest")}},
	}
}

func (l *loader) mirrors() []Case {
	return []Case{{
		Name: "mirrors", Source: sysregTest + "TestMirrors", Files: l.files("mirrors.conf", ""), Reference: "registry.com/image:tag",
		Want: []string{get("mirror-1.registry.com/image:tag"), get("mirror-2.registry.com/image:tag"), get("registry.com/image:tag")},
	}}
}

// aliases: the rows that come from files; those that upstream adds through
// its API are in the alias cache here.
func (l *loader) aliases() []Case {
	files := append(l.files("aliases.conf", "registries.conf.d"), file("/var/cache/containers/short-name-aliases.conf",
		"[aliases]\n\"added1\" = \"aliases.conf/added1\"\n\"added3\" = \"aliases.conf/added3\"\n"))
	rows := []struct{ name, served string }{
		{"docker", "docker.io/library/config1"},
		{"quay/foo", "quay.io/library/foo"},
		{"config1", "config1.com/image"},
		{"barz", "barz.com/config2"},
		{"config2", "config2.com/image"},
		{"added1", "aliases.conf/added1"},
		{"added3", "aliases.conf/added3"},
	}
	cases := make([]Case, len(rows))
	for i, row := range rows {
		cases[i] = Case{
			Name: "alias " + row.name, Source: sysregAlias + "TestAliasesWithDropInConfigs",
			Files: files, Reference: row.name, Want: []string{get(row.served)},
		}
	}
	return cases
}
