package podman

import (
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/mirror"
	"github.com/mirrorcfg/mirrorcfg/mirror/catalog"
	"github.com/mirrorcfg/mirrorcfg/podman/authfile"
)

// lintCase is a file that triggers a rule at a place, and a near miss that
// does not.
type lintCase struct {
	code    string
	engine  Engine
	trigger tree
	at      string // line:column, or path:line:column
	near    tree
	// mended is the main file after the diagnostic's edits, where it has any.
	mended string
}

var (
	oldPodman = Engine{Version: "5.8"}
	newPodman = Engine{Version: "6.0"}
)

// file is a node with a main file.
func file(text string) tree { return tree{etcMain: text} }

// reg is an entry with mirrors.
func reg(prefix string, rest ...string) string {
	return "[[registry]]\nprefix = \"" + prefix + "\"\nlocation = \"" + prefix + "\"\n" + strings.Join(rest, "")
}

// mir is a mirror with further lines.
func mir(location string, lines ...string) string {
	s := "[[registry.mirror]]\nlocation = \"" + location + "\"\n"
	for _, l := range lines {
		s += l + "\n"
	}
	return s
}

var lintCases = []lintCase{
	// Faults that keep a file from loading.
	{code: "podman/syntax", trigger: file("a = 1\nb = 'x''y'\n"), at: "2:8", near: file("a = 1\nb = 'x'\n")},
	{code: "podman/toml-structure", trigger: file("short-name-mode = 'disabled'\nshort-name-mode = 'permissive'\n"), at: "2:1", near: file("aliases.a = 'x.test/a'\n[aliases]\nb = 'x.test/b'\n")},
	{code: "podman/toml11", engine: oldPodman, trigger: file("registry = [{location = 'a.test',}]\n"), at: "1:33", near: file("registry = [{location = 'a.test'},]\n")},
	{code: "podman/type", trigger: file("[[registry]]\nlocation = 'a.test'\ninsecure = 'true'\n"), at: "3:12", near: file("[[registry]]\nlocation = 'a.test'\nInsecure = true\n")},
	{code: "podman/location-scheme", trigger: file("[[registry]]\nlocation = \"http://a.test\"\n"), at: "2:12", near: file("[[registry]]\nlocation = \"a.test\"\n"),
		mended: "[[registry]]\nlocation = \"a.test\"\ninsecure = true\n"},
	{code: "podman/registry-empty", trigger: file("[[registry]]\ninsecure = true\n"), at: "1:1", near: file("[[registry]]\nlocation = 'a.test'\n")},
	{code: "podman/location-missing", trigger: file("[[registry]]\n  prefix = \"a.test\"\n  [[registry.mirror]]\n  location = \"m.test\"\n"), at: "2:3",
		near: file("[[registry]]\nprefix = \"*.a.test\"\n"), mended: "[[registry]]\n  prefix = \"a.test\"\n  location = \"a.test\"\n  [[registry.mirror]]\n  location = \"m.test\"\n"},
	{code: "podman/pull-from-mirror-misplaced", trigger: file(reg("a.test", "pull-from-mirror = 'all'\n")), at: "4:1", near: file(reg("a.test", mir("m.test", "pull-from-mirror = 'all'")))},
	{code: "podman/mirror-location-missing", trigger: file(reg("a.test", "[[registry.mirror]]\n")), at: "4:1", near: file(reg("a.test", mir("m.test")))},
	{code: "podman/pull-from-mirror-conflict", trigger: file(reg("a.test", "mirror-by-digest-only = true\n", mir("m.test", "pull-from-mirror = 'all'"))), at: "7:1",
		near: file(reg("a.test", "mirror-by-digest-only = false\n", mir("m.test", "pull-from-mirror = 'all'")))},
	{code: "podman/pull-from-mirror-value", trigger: file(reg("a.test", mir("m.test", "pull-from-mirror = 'digest'"))), at: "6:1", near: file(reg("a.test", mir("m.test", "pull-from-mirror = 'tag-only'")))},
	{code: "podman/insecure-conflict", trigger: file(reg("a.test") + "[[registry]]\nprefix = 'b.test'\nlocation = 'a.test'\ninsecure = true\n"), at: "4:1",
		near: file(reg("a.test") + "[[registry]]\nprefix = 'b.test'\nlocation = 'a.test'\ninsecure = false\n")},
	{code: "podman/blocked-conflict", trigger: file(reg("a.test") + "[[registry]]\nprefix = 'b.test'\nlocation = 'a.test/'\nblocked = true\n"), at: "4:1",
		near: file(reg("a.test") + "[[registry]]\nprefix = 'b.test'\nlocation = 'a.test/x'\nblocked = true\n")},
	{code: "podman/search-entry", trigger: file("unqualified-search-registries = ['a.test', 'docker.io/library']\n"), at: "1:44", near: file("unqualified-search-registries = ['a.test', 'docker.io/']\n")},
	{code: "podman/short-name-mode", trigger: file("short-name-mode = 'Enforcing'\n"), at: "1:19", near: file("short-name-mode = ''\n")},
	{code: "podman/wildcard-form", trigger: file("[[registry]]\nprefix = '*.a.test:5000'\n"), at: "2:1", near: file("[[registry]]\nprefix = '*.a.test'\n")},
	{code: "podman/alias", trigger: file("[aliases]\na = 'b.test/a:v1'\n"), at: "2:5", near: file("[aliases]\na = ''\n")},
	{code: "podman/v1", engine: newPodman, trigger: file("# old\n[registries.search]\nregistries = ['docker.io']\n"), at: "2:1", near: file("[registries.search]\n")},

	// One file.
	{code: "podman/http-fallback", trigger: file(reg("a.test", mir("m.test:5000", "insecure = true"))), at: "6:1", near: file(reg("a.test", mir("m.test:5000", "insecure = false")))},
	{code: "podman/unknown-key", trigger: file(reg("a.test", "blokced = true\n")), at: "4:1", near: file(reg("a.test", "Blocked = false\n")), mended: reg("a.test", "blocked = true\n")},
	{code: "podman/misplaced-key", trigger: file(reg("a.test", "unqualified-search-registries = ['docker.io']\n")), at: "4:1", near: file("unqualified-search-registries = ['docker.io']\n" + reg("a.test"))},
	{code: "podman/key-too-new", engine: newPodman, trigger: file(reg("a.test", mir("m.test", "namespace-proxy = 'a.test'"))), at: "6:1", near: file(reg("a.test", mir("m.test", "pull-from-mirror = 'all'")))},
	{code: "podman/mirror-prefix", trigger: file(reg("a.test", mir("m.test", "prefix = 'a.test'"))), at: "6:1", near: file(reg("a.test", mir("m.test", "# prefix = 'a.test'"))), mended: reg("a.test", mir("m.test"))},
	{code: "podman/key-case", trigger: file("[[registry]]\nlocation = 'a.test'\nLocation = 'b.test'\n"), at: "3:1", near: file("[[registry]]\nLocation = 'b.test'\n")},
	{code: "podman/location-form", trigger: file(reg("a.test", mir("nexus/proxy"))), at: "5:12", near: file(reg("a.test", mir("nexus:5000/proxy")))},
	{code: "podman/location-v2", trigger: file(reg("a.test", mir("m.test/v2/proxy"))), at: "5:12", near: file(reg("a.test", mir("m.test/v2x"))), mended: reg("a.test", mir("m.test/proxy"))},
	{code: "podman/prefix-never-matches", trigger: file("[[registry]]\nprefix = 'docker.io/alpine'\nlocation = 'docker.io/library/alpine'\n"), at: "2:10", near: file(reg("docker.io/library")),
		mended: "[[registry]]\nprefix = \"docker.io/library/alpine\"\nlocation = 'docker.io/library/alpine'\n"},
	{code: "podman/duplicate-prefix", trigger: file(reg("a.test") + "[[registry]]\nlocation = 'a.test'\n"), at: "4:1", near: file(reg("a.test") + "[[registry]]\nlocation = 'a.test/x'\n")},
	{code: "podman/duplicate-mirror", trigger: file(reg("a.test", mir("m.test"), mir("m.test/"))), at: "7:1", near: file(reg("a.test", mir("m.test", "pull-from-mirror = 'tag-only'"), mir("m.test", "pull-from-mirror = 'digest-only'"))),
		mended: reg("a.test", mir("m.test"))},
	{code: "podman/dead-mirror", trigger: file(reg("docker.io", mir("registry.docker-cn.com"))), at: "5:1", near: file(reg("docker.io", mir("docker.m.daocloud.io")))},
	{code: "podman/self-mirror", trigger: file(reg("a.test", mir("a.test"))), at: "5:1", near: file(reg("a.test", mir("a.test/proxy"))), mended: reg("a.test")},
	{code: "podman/insecure-not-inherited", trigger: file("[[registry]]\nlocation = 'a.test'\ninsecure = true\n" + mir("m.test")), at: "5:1", near: file("[[registry]]\nlocation = 'a.test'\ninsecure = true\n" + mir("m.test", "insecure = false")),
		mended: "[[registry]]\nlocation = 'a.test'\ninsecure = true\n" + mir("m.test", "insecure = true")},
	{code: "podman/insecure-endpoint", trigger: file(reg("a.test", mir("m.example.com", "insecure = true"))), at: "6:1", near: file(reg("a.test", mir("192.168.1.2:5000", "insecure = true")))},
	{code: "podman/mirror-of-another", trigger: file(reg("docker.io", mir("ghcr.m.example.com"))), at: "5:1", near: file(reg("ghcr.io", mir("ghcr.m.example.com")))},
	{code: "podman/wildcard-mirror", trigger: file("[[registry]]\nprefix = '*.a.test'\n" + mir("m.test")), at: "4:1", near: file("[[registry]]\nprefix = '*.a.test'\ninsecure = true\n")},
	{code: "podman/search-bare-name", trigger: file("unqualified-search-registries = ['myreg']\n"), at: "1:34", near: file("unqualified-search-registries = ['localhost', 'myreg:5000']\n")},

	{code: "podman/resolve-by-mirror", trigger: file(reg("a.test", mir("m.example.com", "pull-from-mirror = 'all'"))), at: "6:1", near: file(reg("a.test", mir("m.example.com", "pull-from-mirror = 'digest-only'")))},

	// What the files make together.
	{code: "podman/blocked-not-enforced", trigger: file("[[registry]]\nprefix = 'a.test'\nlocation = 'b.test'\nblocked = true\n"), at: "4:1",
		near: file("[[registry]]\nprefix = 'a.test'\nlocation = 'b.test'\nblocked = true\n[[registry]]\nlocation = 'b.test'\nblocked = true\n")},
	{code: "podman/mirror-only", trigger: file(reg("a.test", "blocked = true\n", mir("m.test"))), at: "4:1", near: file(reg("a.test", "blocked = true\n"))},
	{code: "podman/no-mirror-for-tags", trigger: file(reg("a.test", "mirror-by-digest-only = true\n", mir("m.test"))), at: "4:1", near: file(reg("a.test", mir("m.test", "pull-from-mirror = 'digest-only'"), mir("n.test")))},
	{code: "podman/no-mirror-for-digests", trigger: file(reg("a.test", mir("m.test", "pull-from-mirror = 'tag-only'"))), at: "5:1", near: file(reg("a.test", mir("m.test", "pull-from-mirror = 'tag-only'"), mir("n.test")))},
	{code: "podman/shadowed-mirrors", trigger: file(reg("docker.io", mir("m.test")) + reg("docker.io/library")), at: "8:1", near: file(reg("docker.io", mir("m.test")) + reg("docker.io/library", mir("m.test/library")))},
	{code: "podman/replaced-entry", trigger: tree{etcMain: reg("a.test", "blocked = true\n"), etcD + "50-a.conf": reg("a.test", mir("m.test"))}, at: etcD + "50-a.conf:3:1",
		near: tree{etcMain: reg("a.test", "blocked = true\n"), etcD + "50-a.conf": reg("a.test", "blocked = true\n", mir("m.test"))}},
	{code: "podman/hidden-by-user-file", engine: oldPodman, trigger: tree{"/root/.config/containers/registries.conf": "", etcD + "a.conf": ""}, at: etcD + "a.conf:1:1",
		near: tree{"/root/.config/containers/registries.conf.d/b.conf": "", etcD + "a.conf": ""}},
	{code: "podman/xdg-unread", engine: Engine{Version: "5.8", Paths: Paths{Home: "/home/u", ConfigHome: "/home/u/cfg", UID: 1000}}, trigger: tree{"/home/u/cfg/containers/registries.conf": ""},
		at: "/home/u/cfg/containers/registries.conf:1:1", near: tree{"/home/u/.config/containers/registries.conf": ""}},
	{code: "podman/drop-in-suffix", trigger: tree{etcD + "50-a.conf.txt": ""}, at: etcD + "50-a.conf.txt:1:1", near: tree{etcD + "50-a.conf.bak": ""}},
	{code: "podman/masked-drop-in", engine: newPodman, trigger: tree{etcD + "50-a.conf": "", usrD + "50-a.conf": ""}, at: usrD + "50-a.conf:1:1", near: tree{etcD + "50-a.conf": "", usrD + "50-b.conf": ""}},
	{code: "podman/sorts-before-vendor", engine: newPodman, trigger: tree{etcMain: "unqualified-search-registries = ['quay.io']\n", usrD + "00-vendor.conf": "unqualified-search-registries = ['docker.io']\n"}, at: "1:1",
		near: tree{etcD + "50-a.conf": "unqualified-search-registries = ['quay.io']\n", usrD + "00-vendor.conf": "unqualified-search-registries = ['docker.io']\n"}},
	{code: "podman/prefix-matches-port", trigger: file("unqualified-search-registries = ['a.test:5000']\n" + reg("a.test", mir("m.test"))), at: "3:1", near: file("unqualified-search-registries = ['a.test:5000']\n" + reg("a.test", mir("m.test")) + reg("a.test:5000"))},
	{code: "podman/shared-mirror", trigger: file(reg("a.test", mir("m.test")) + reg("b.test", mir("m.test"))), at: "10:1", near: file(reg("a.test", mir("m.test/a")) + reg("b.test", mir("m.test/b")))},
	{code: "podman/search-mirror", trigger: file("unqualified-search-registries = ['m.test']\n" + reg("docker.io", mir("m.test"))), at: "1:34", near: file("unqualified-search-registries = ['docker.io']\n" + reg("docker.io", mir("m.test")))},
	{code: "podman/mirror-credentials", engine: Engine{Logins: authfile.Names}, trigger: tree{etcMain: reg("docker.io", mir("m.test")), "/root/.docker/config.json": `{"auths":{"https://index.docker.io/v1/":{"auth":"c2VjcmV0"}}}`}, at: "5:1",
		near: tree{etcMain: reg("docker.io", mir("m.test/hub")), "/root/.docker/config.json": `{"auths":{"https://index.docker.io/v1/":{},"m.test":{}}}`}},
	{code: "podman/no-blob-fallback", engine: newPodman, trigger: file(reg("a.test", mir("m.test"))), at: "5:1", near: file(reg("a.test"))},
	{code: "podman/skopeo-reads-mirrors", engine: Engine{Tool: Skopeo}, trigger: file(reg("a.test", mir("m.test"))), at: "5:1", near: file(reg("a.test"))},
	{code: "podman/crio-reload", engine: Engine{Tool: CRIO}, trigger: file(reg("a.test")), at: "3:1", near: tree{etcD + "50-a.conf": reg("a.test")}},
}

// Rules that have a test of their own, since they are no findings in files.
var elsewhere = map[string]string{
	"podman/bare-host": "TestPlanLosses", "podman/mirror-blocked": "TestPlanBlockedMirrors", "podman/not-effective": "TestPlanChecksItself", "podman/rewrite": "TestExplainRefusals",
	"podman/blocked": "TestExplainRefusals", "podman/tag-and-digest": "TestExplainRefusals", "podman/ipv6-reference": "TestExplainRefusals", "podman/short-name": "TestShortNames",
	"podman/short-name-prompt": "TestShortNames", "podman/unknown-version": "TestVersions", "podman/old-version": "TestVersions",
	"podman/file-missing": "TestLookupFaults", "podman/unreadable": "TestLookupFaults", "podman/not-in-model": "TestNotInModel", "podman/upstream-not-in-model": "TestNotInModel",
	"podman/symlinked-dir": "TestSymlinkedDirectory", "podman/machine-unread": "TestMachine", "podman/machine-overmount": "TestMachine",
}

func lintOf(t *testing.T, e Engine, fsys fs.FS) mirror.Diagnostics {
	t.Helper()
	view, err := e.Read(fsys)
	require.NoError(t, err)
	return view.Lint()
}

func TestLint(t *testing.T) {
	for _, c := range lintCases {
		t.Run(strings.TrimPrefix(c.code, "podman/"), func(t *testing.T) {
			found := lintOf(t, c.engine, c.trigger.fs()).WithCode(c.code)
			require.NotEmpty(t, found, "not triggered")
			d := found[0]
			at := c.at
			if !strings.HasPrefix(at, "/") {
				at = etcMain + ":" + at
			}
			assert.Equal(t, at, fmt.Sprintf("%s:%d:%d", d.File, d.Line, d.Column), d.Message)
			assert.NotEmpty(t, d.Message)
			assert.NotEmpty(t, d.Fix)
			assert.NotContains(t, d.Error(), "c2VjcmV0")
			if c.mended != "" {
				got := applyEdits(c.trigger[etcMain], d.Edits)
				assert.Equal(t, c.mended, got)
				assert.Empty(t, lintOf(t, c.engine, file(got).fs()).WithCode(c.code), "mended")
			} else {
				assert.Empty(t, d.Edits)
			}
			assert.Empty(t, lintOf(t, c.engine, c.near.fs()).WithCode(c.code), "near miss")
		})
	}
}

// applyEdits makes a diagnostic's edits, last first.
func applyEdits(text string, edits []mirror.Edit) string {
	for i := len(edits) - 1; i >= 0; i-- {
		e := edits[i]
		text = text[:e.Start] + e.Text + text[e.End:]
	}
	return text
}

// Every rule has a file that triggers it and a near miss, or a test named
// here.
func TestEveryRuleIsTested(t *testing.T) {
	tested := map[string]bool{}
	for _, c := range lintCases {
		tested[c.code] = len(c.trigger) > 0 && len(c.near) > 0 && c.at != ""
	}
	seen := map[string]bool{}
	for _, r := range Rules() {
		assert.False(t, seen[r.Code], "%s is declared twice", r.Code)
		seen[r.Code] = true
		assert.True(t, tested[r.Code] || elsewhere[r.Code] != "", "%s has no triggering file or no near miss", r.Code)
		assert.True(t, strings.HasPrefix(r.Code, "podman/"), r.Code)
		for what, text := range map[string]string{"summary": r.Summary, "consequence": r.Consequence, "fix": r.Fix, "evidence": r.Evidence} {
			if what == "evidence" && strings.HasSuffix(r.Code, "-version") {
				continue
			}
			assert.NotEmpty(t, text, "%s has no %s", r.Code, what)
		}
	}
	for code := range tested {
		assert.True(t, seen[code], "%s is tested and not declared", code)
	}
	for code := range elsewhere {
		assert.True(t, seen[code], "%s is named and not declared", code)
	}
}

// What a plan writes, and what distributions ship, is clean.
func TestNoFalseAlarms(t *testing.T) {
	shipped := map[string]tree{
		"debian": {etcMain: "# comment\n# unqualified-search-registries = [\"example.com\"]\n#\n# [[registry]]\n# prefix = \"example.com/foo\"\n",
			etcD + "shortnames.conf": "[aliases]\n  # almalinux\n  \"almalinux\" = \"docker.io/library/almalinux\"\n  \"fedora-minimal\" = \"registry.fedoraproject.org/fedora-minimal\"\n"},
		"fedora": {etcMain: "unqualified-search-registries = [\"registry.fedoraproject.org\", \"registry.access.redhat.com\", \"docker.io\"]\nshort-name-mode = \"enforcing\"\n",
			etcD + "000-shortnames.conf": "[aliases]\n  \"alpine\" = \"docker.io/library/alpine\"\n"},
		"machine": {etcD + "999-podman-machine.conf": "unqualified-search-registries=[\"docker.io\"]\n"},
		"empty":   {etcMain: ""},
		"nothing": {},
	}
	engines := []Engine{oldPodman, newPodman, {Tool: CRIO}, {Tool: Buildah}, {Tool: Skopeo}, {Tool: CRIO, Version: "1.31"}}
	for name, files := range shipped {
		for _, e := range engines {
			assert.Empty(t, lintOf(t, e, files.fs()).AtLeast(mirror.Warning), "%s %s", name, e.Name())
		}
	}
	want := mirror.Config{Search: []string{"docker.io"}, Registries: []mirror.Registry{
		{Prefix: "docker.io", Mirrors: ends("https://docker.m.daocloud.io", "https://harbor.test:5000")},
		{Prefix: "ghcr.io", Mirrors: []mirror.Endpoint{{URL: "https://ghcr.m.daocloud.io", Capabilities: mirror.Pull}}},
		{Prefix: "registry.k8s.io", Mirrors: ends("https://k8s.m.daocloud.io"), Fallback: mirror.Off},
		{Prefix: "k8s.gcr.io", Mirrors: ends("https://k8s-gcr.m.daocloud.io")},
		{Prefix: "quay.io/team", Mirrors: ends("http://10.0.0.1:5000")},
		{Prefix: "bad.test", Blocked: true},
	}}
	for _, e := range engines {
		for _, want := range []mirror.Config{want, catalog.DaoCloud()} {
			plan, err := e.Plan(tree{}.fs(), want)
			require.NoError(t, err)
			assert.NotEmpty(t, plan.Changes)
			assert.Empty(t, lintOf(t, e, tree{}.after(plan).fs()).AtLeast(mirror.Warning), e.Name())
		}
	}
}

func TestSymlinkedDirectory(t *testing.T) {
	m := tree{"/srv/conf/50-a.conf": reg("a.test")}.fs()
	m["etc/containers/registries.conf.d"] = &fstest.MapFile{Data: []byte("../../srv/conf"), Mode: fs.ModeSymlink}
	assert.Len(t, lintOf(t, oldPodman, m).WithCode("podman/symlinked-dir"), 1)
	assert.Empty(t, lintOf(t, newPodman, m).WithCode("podman/symlinked-dir"))
	for e, want := range map[*Engine]int{&oldPodman: 0, &newPodman: 1} {
		view, err := e.Read(m)
		require.NoError(t, err)
		assert.Len(t, view.Config().Registries, want, e.Name())
	}
}

// An edit of a diagnostic leaves a file that still parses.
func TestUnknownKeySuggestions(t *testing.T) {
	for text, fix := range map[string]string{
		"[[registries]]\nlocation = 'a'\n":                                           "",
		"[[registry]]\nlocation='a.test'\nmirrors=[]\n":                              `write "mirror"`,
		"[[registry]]\nlocation='a.test'\n[[registry.mirrors]]\nlocation='m.test'\n": `write "mirror"`,
		"[[mirror]]\nlocation='m.test'\n":                                            "write [[registry.mirror]] below the [[registry]] that it is for",
		"search = ['docker.io']\n":                                                   "",
		"unqualified-search-registry = ['docker.io']\n":                              `write "unqualified-search-registries"`,
		"aliases = 1\n":  "write a table: [aliases]",
		"zzzzzzzz = 1\n": "write the key that is meant, or remove it",
	} {
		found := lintOf(t, Engine{}, file(text).fs())
		if fix == "" {
			continue
		}
		require.Len(t, found.WithCode("podman/unknown-key"), 1, text)
		assert.Equal(t, fix, found.WithCode("podman/unknown-key")[0].Fix, text)
	}
}
