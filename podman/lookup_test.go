package podman

import (
	"errors"
	"fmt"
	"io/fs"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// reads gives the files that an engine reads, in order.
func reads(t *testing.T, e Engine, files tree) []string {
	t.Helper()
	v, err := e.read(files.fs())
	require.NoError(t, err)
	var out []string
	for _, f := range v.node.files {
		out = append(out, f.path)
	}
	return out
}

func empty(paths ...string) tree {
	out := tree{}
	for _, p := range paths {
		out[p] = ""
	}
	return out
}

// The order of containers/image 5.36.2 newConfigWrapperWithHomeDir and
// dropInConfigs, and of go.podman.io/storage 1.65.0 pkg/configfile Read.
func TestLookup(t *testing.T) {
	const (
		user    = "/root/.config/containers/registries.conf"
		userD   = user + ".d/"
		me      = "/home/u/.config/containers/registries.conf"
		uidDir  = "/etc/containers/registries.rootless.conf.d/1000/"
		lessDir = "/etc/containers/registries.rootless.conf.d/"
		fulDir  = "/etc/containers/registries.rootful.conf.d/"
	)
	rootless := RootlessPaths("/home/u", 1000)
	for name, c := range map[string]struct {
		paths    Paths
		files    tree
		old, now []string
	}{
		"nothing":               {files: tree{}},
		"main":                  {files: empty(etcMain), old: []string{etcMain}, now: []string{etcMain}},
		"vendor main":           {files: empty(usrMain), now: []string{usrMain}},
		"main before vendor":    {files: empty(etcMain, usrMain), old: []string{etcMain}, now: []string{etcMain}},
		"root's own file":       {files: empty(etcMain, user, etcD+"a.conf", userD+"b.conf"), old: []string{user, userD + "b.conf"}, now: []string{user, etcD + "a.conf", userD + "b.conf"}},
		"directory dominates":   {files: empty(etcD+"b.conf", userD+"a.conf"), old: []string{etcD + "b.conf", userD + "a.conf"}, now: []string{userD + "a.conf", etcD + "b.conf"}},
		"one name, two places":  {files: empty(etcD+"a.conf", userD+"a.conf"), old: []string{etcD + "a.conf", userD + "a.conf"}, now: []string{userD + "a.conf"}},
		"vendor drop-ins":       {files: empty(etcD+"50-a.conf", usrD+"60-b.conf", usrD+"50-a.conf"), old: []string{etcD + "50-a.conf"}, now: []string{etcD + "50-a.conf", usrD + "60-b.conf"}},
		"suffix":                {files: empty(etcD+"a.conf.bak", etcD+"b.toml", etcD+".c.conf", etcD+"d/e.conf"), old: []string{etcD + ".c.conf"}, now: []string{etcD + ".c.conf"}},
		"rootful directory":     {files: empty(fulDir+"a.conf", lessDir+"b.conf"), now: []string{fulDir + "a.conf"}},
		"rootless directories":  {paths: rootless, files: empty(uidDir+"b.conf", lessDir+"a.conf", lessDir+"b.conf", fulDir+"c.conf", etcD+"d.conf"), old: []string{etcD + "d.conf"}, now: []string{lessDir + "a.conf", uidDir + "b.conf", etcD + "d.conf"}},
		"a user's file":         {paths: rootless, files: empty(me, etcMain, etcD+"a.conf"), old: []string{me}, now: []string{me, etcD + "a.conf"}},
		"XDG_CONFIG_HOME":       {paths: Paths{Home: "/home/u", ConfigHome: "/x", UID: 1000}, files: empty("/x/containers/registries.conf", etcMain), old: []string{etcMain}, now: []string{"/x/containers/registries.conf"}},
		"option":                {paths: Paths{Main: "/m.conf"}, files: empty("/m.conf", etcMain, user, etcD+"a.conf"), old: []string{"/m.conf", etcD + "a.conf"}, now: []string{"/m.conf", etcD + "a.conf"}},
		"environment":           {paths: Paths{Env: "/m.conf"}, files: empty("/m.conf", etcMain, etcD+"a.conf"), old: []string{"/m.conf", etcD + "a.conf"}, now: []string{"/m.conf"}},
		"override":              {paths: Paths{Override: "/o.conf"}, files: empty("/o.conf", etcMain, etcD+"z.conf"), old: []string{etcMain, etcD + "z.conf"}, now: []string{etcMain, etcD + "z.conf", "/o.conf"}},
		"named directory":       {paths: Paths{DropInDir: "/d"}, files: empty("/d/a.conf", etcMain, etcD+"b.conf", userD+"c.conf"), old: []string{etcMain, "/d/a.conf"}, now: []string{etcMain, "/d/a.conf"}},
		"directory, user file":  {paths: Paths{DropInDir: "/d"}, files: empty("/d/a.conf", user), old: []string{user, "/d/a.conf"}, now: []string{user, "/d/a.conf"}},
		"FreeBSD":               {paths: FreeBSDPaths(), files: empty("/usr/local/etc/containers/registries.conf", "/usr/local/share/containers/registries.conf.d/a.conf", etcMain), old: []string{"/usr/local/etc/containers/registries.conf"}, now: []string{"/usr/local/etc/containers/registries.conf", "/usr/local/share/containers/registries.conf.d/a.conf"}},
		"a system without uids": {paths: Paths{UID: -1, Home: "/h"}, files: empty(fulDir+"a.conf", etcD+"b.conf"), old: []string{etcD + "b.conf"}, now: []string{etcD + "b.conf"}},
	} {
		assert.Equal(t, c.old, reads(t, Engine{Version: "5.8", Paths: c.paths}, c.files), "%s, old", name)
		assert.Equal(t, c.now, reads(t, Engine{Version: "6.0", Paths: c.paths}, c.files), "%s, new", name)
	}
}

// What later files replace, and what they leave.
func TestMerge(t *testing.T) {
	node := tree{
		etcMain:            "unqualified-search-registries = ['a.test']\nshort-name-mode = 'disabled'\n" + reg("docker.io", "blocked = true\n", mir("m.test")) + reg("quay.io", mir("q.test")) + "[aliases]\nx = 'r.test/x'\ny = 'r.test/y'\n",
		etcD + "50-a.conf": "short-name-mode = ''\n" + reg("docker.io", mir("n.test")) + "[aliases]\nx = ''\n",
		etcD + "60-b.conf": "unqualified-search-registries = []\n",
	}
	for _, e := range []Engine{oldPodman, newPodman} {
		view, err := e.Read(node.fs())
		require.NoError(t, err)
		c := view.Config()
		assert.Equal(t, []string{}, c.Search)
		require.Len(t, c.Registries, 2)
		assert.Equal(t, mirror.Registry{Prefix: "docker.io", Mirrors: ends("https://n.test")}, c.Registries[0], "the whole entry is replaced, blocked included")
		assert.Equal(t, "https://q.test", c.Registries[1].Mirrors[0].URL)
		as, err := mirror.Attempts(view, "y", mirror.OpPull)
		require.NoError(t, err)
		assert.Equal(t, "https://r.test/v2/y/manifests/latest", as[0].URL)
		_, err = mirror.Attempts(view, "x", mirror.OpPull)
		assert.ErrorContains(t, err, "did not resolve")
	}
}

// refusingFS fails for one path.
type refusingFS struct {
	fs.FS
	path string
	err  error
}

func (f refusingFS) Open(name string) (fs.File, error) {
	if name == f.path {
		return nil, &fs.PathError{Op: "open", Path: name, Err: f.err}
	}
	return f.FS.Open(name)
}

func TestLookupFaults(t *testing.T) {
	codes := func(e Engine, fsys fs.FS) []string {
		view, err := e.Read(fsys)
		require.NoError(t, err)
		var out []string
		for _, d := range view.Diagnostics() {
			out = append(out, d.Severity.String()+" "+d.Code)
		}
		return out
	}
	for _, v := range []string{"5.8", "6.0"} {
		e := Engine{Version: v, Paths: Paths{Main: "/gone.conf"}}
		assert.Equal(t, []string{"error podman/file-missing"}, codes(e, tree{}.fs()))
		e = Engine{Version: v}
		assert.Equal(t, []string{"error podman/unreadable"}, codes(e, refusingFS{file("").fs(), "etc/containers/registries.conf", errors.New("broken disk")}))
		assert.Equal(t, []string{"error podman/unreadable"}, codes(e, refusingFS{tree{}.fs(), "etc/containers/registries.conf.d", errors.New("broken disk")}))
		// Somebody who may not look into root's home is not the engine.
		assert.Equal(t, []string{"info podman/unreadable"}, codes(e, refusingFS{tree{}.fs(), "root/.config/containers/registries.conf.d", fs.ErrPermission}))
	}
}

func TestVersions(t *testing.T) {
	for _, c := range []struct {
		tool    Tool
		version string
		library string
		code    string
	}{
		{Podman, "", "5.40.0", ""}, {Podman, "4.3.1", "5.23.1", ""}, {Podman, "5.8.1", "5.39.1", ""}, {Podman, "5.8", "5.39.2", ""}, {Podman, "5", "5.39.2", ""},
		{Podman, "6.0", "5.40.0", ""}, {Podman, "6", "5.40.0", ""}, {Podman, "6.1", "5.40.0", "podman/unknown-version"}, {Podman, "7", "5.40.0", "podman/unknown-version"},
		{Podman, "1.9", "5.10.2", "podman/old-version"},
		{CRIO, "", "5.38.0", ""}, {CRIO, "1.34.2", "5.36.2", ""}, {CRIO, "1.37", "5.38.0", "podman/unknown-version"},
		{Buildah, "1.28.2", "5.23.0", ""}, {Buildah, "1.39.3", "5.34.2", ""}, {Buildah, "1.43.2", "5.39.1", ""}, {Buildah, "", "5.40.0", ""},
		{Skopeo, "1.9.3", "5.22.1", ""}, {Skopeo, "1.18.0", "5.34.0", ""}, {Skopeo, "", "5.39.1", ""},
	} {
		r, err := resolve(c.tool, c.version, "")
		require.NoError(t, err)
		assert.Equal(t, c.library, r.library.String(), "%s %s", c.tool, c.version)
		if c.code == "" {
			assert.Empty(t, r.ds, "%s %s", c.tool, c.version)
		} else if assert.Len(t, r.ds, 1, "%s %s", c.tool, c.version) {
			assert.Equal(t, c.code, r.ds[0].Code)
		}
	}
	for _, bad := range []Engine{{Version: "x"}, {Tool: 9}, {Library: "y"}} {
		_, err := bad.Read(tree{}.fs())
		assert.Error(t, err)
		_, err = bad.Plan(tree{}.fs(), hub("https://a.test"))
		assert.Error(t, err)
	}
	assert.Equal(t, "podman@6.0", Engine{}.Name())
	assert.Equal(t, "cri-o@1.36", Engine{Tool: CRIO}.Name())
	assert.Equal(t, "skopeo@1.9.3", Engine{Tool: Skopeo, Version: "1.9.3"}.Name())
}

// Every row of the version table says where it is from, and names versions.
func TestFeatureRows(t *testing.T) {
	for _, f := range append(append(libraryFeatures[:0:0], libraryFeatures...), &crioMode, &crioLoopback, &machineMount, &machinePlaybook) {
		assert.NotEmpty(t, f.Name)
		assert.NotEmpty(t, f.Source, f.Name)
		assert.NotEmpty(t, f.Versions(), f.Name)
	}
	for tool, rows := range builds {
		for i := 1; i < len(rows); i++ {
			a, b := libraryOf(rows[i-1:i], newestLibrary), libraryOf(rows[i:i+1], newestLibrary)
			assert.LessOrEqual(t, a.Compare(b), 0, "%s %s", Tool(tool), rows[i].tool)
		}
	}
}

// An entry that replaces a namespace works and has no place in the model.
func TestNotInModel(t *testing.T) {
	node := file("[[registry]]\nprefix = 'a.test/foo'\nlocation = 'b.test/bar'\n" + mir("m.test/foo") + mir("m.test/other"))
	view, err := Engine{}.Read(node.fs())
	require.NoError(t, err)
	c := view.Config()
	require.Len(t, c.Registries, 1)
	assert.Equal(t, ends("https://m.test"), c.Registries[0].Mirrors)
	assert.Nil(t, c.Registries[0].Upstream)
	notes := view.Diagnostics()
	require.Len(t, notes, 2)
	assert.Equal(t, "podman/upstream-not-in-model", notes[0].Code)
	assert.Equal(t, 3, notes[0].Line)
	assert.Equal(t, "podman/not-in-model", notes[1].Code)
	assert.Equal(t, 7, notes[1].Line)
	as, err := mirror.Attempts(view, "a.test/foo/app", mirror.OpPull)
	require.NoError(t, err)
	assert.Equal(t, []string{"GET m.test/v2/foo/app/manifests/latest *", "GET m.test/v2/other/app/manifests/latest *", "GET b.test/v2/bar/app/manifests/latest *"}, short(as))
}

// What loads gives a model that a plan takes, whatever stands there.
func TestModelIsValid(t *testing.T) {
	for name, c := range map[string]struct {
		text  string
		want  mirror.Config
		notes int
	}{
		"a mirror twice":                 {reg("a.test", mir("m.test"), mir("m.test/")), mirror.Config{Registries: []mirror.Registry{{Prefix: "a.test", Mirrors: ends("https://m.test")}}}, 1},
		"a mirror verified and not":      {reg("a.test", mir("m.test"), mir("m.test", "insecure = true")), mirror.Config{Registries: []mirror.Registry{{Prefix: "a.test", Mirrors: ends("https://m.test")}}}, 1},
		"blocked, and no mirror stays":   {reg("a.test", "blocked = true\n", mir("M.test")), mirror.Config{Registries: []mirror.Registry{{Prefix: "a.test", Blocked: true}}}, 1},
		"a name that Docker Hub has not": {reg("index.docker.io", mir("m.test")), mirror.Config{}, 1},
		"a namespace that is none":       {reg("a.test", mir("m.test", "namespace-proxy = 'x y'")), mirror.Config{Registries: []mirror.Registry{{Prefix: "a.test", Mirrors: ends("https://m.test")}}}, 1},
		"a search registry in capitals":  {"unqualified-search-registries = ['Quay.io', 'b.test']\n", mirror.Config{Search: []string{"b.test"}}, 1},
		"a port that is none":            {reg("a.test", mir("m.test:99999"), mir("n.test")), mirror.Config{Registries: []mirror.Registry{{Prefix: "a.test", Mirrors: ends("https://n.test")}}}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			view, err := Engine{Library: "5.42.0"}.Read(file(c.text).fs())
			require.NoError(t, err)
			require.NoError(t, view.Diagnostics().Err())
			assert.Equal(t, c.want, view.Config())
			assert.NoError(t, view.Config().Validate().Err())
			assert.Len(t, view.Diagnostics().WithCode("podman/not-in-model"), c.notes, "%v", view.Diagnostics())
		})
	}
}

// The model has https for an endpoint that may speak http alone, and a note
// that says so, for each that it holds.
func TestHTTPFallbackNote(t *testing.T) {
	node := file("[[registry]]\nlocation = 'a.test'\ninsecure = true\n" + mir("m.test", "insecure = true") + mir("n.test") + reg("b.test", "insecure = true\nblocked = true\n"))
	view, err := Engine{}.Read(node.fs())
	require.NoError(t, err)
	var got []string
	for _, d := range view.Diagnostics().WithCode("podman/http-fallback") {
		got = append(got, fmt.Sprintf("%d:%d %s", d.Line, d.Column, d.Field))
	}
	assert.Equal(t, []string{"3:1 registry.insecure", "6:1 registry.mirror.insecure"}, got)
	c := view.Config()
	assert.Equal(t, mirror.Endpoint{URL: "https://m.test", TLS: mirror.TLS{SkipVerify: mirror.On}}, c.Registries[0].Mirrors[0])
	assert.Equal(t, &mirror.Endpoint{URL: "https://a.test", TLS: mirror.TLS{SkipVerify: mirror.On}}, c.Registries[0].Upstream)
}

// A plan whose file would be read before another that says otherwise is not
// made.
func TestPlanChecksItself(t *testing.T) {
	e := Engine{Version: "6.0", Paths: Paths{Override: "/usr/share/containers/last.conf", DropIn: "50-a.conf"}}
	e.Paths.Override = "/usr/share/containers/registries.conf.d/zzzz.conf"
	node := tree{"/usr/share/containers/registries.conf.d/zzzz.conf": reg("docker.io")}
	paths := Paths{DropIn: "50-a.conf", DropInDir: "/d"}
	plan, err := Engine{Version: "5.8", Paths: paths}.Plan(tree{"/d/a.conf": reg("quay.io")}.fs(), hub("https://a.test"))
	require.NoError(t, err)
	assert.NotEmpty(t, plan.Changes)
	_, err = e.Plan(node.fs(), hub("https://a.test"))
	assert.NoError(t, err, "the file named by the environment may be edited")

	p := newPlanner(Engine{}, node.fs(), must(t, Engine{}))
	p.want = []Registry{{Prefix: "docker.io", Location: "docker.io", Mirrors: []Mirror{{Location: "a.test"}}}}
	plan, err = p.finish(nil)
	require.Error(t, err)
	assert.Empty(t, plan.Changes)
	assert.Equal(t, "podman/not-effective", plan.Diagnostics[0].Code)
}

func must(t testing.TB, e Engine) resolved {
	t.Helper()
	r, err := e.resolve()
	require.NoError(t, err)
	return r
}
