package podmanio5

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/mirror/verify/internal/tables"
	"github.com/mirrorcfg/mirrorcfg/mirror/verify/internal/upstream"
)

const module = "go.podman.io/image/v5"

func TestUpstreamTables(t *testing.T) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", module).Output()
	require.NoError(t, err)
	testdata := filepath.Join(strings.TrimSpace(string(out)), "pkg/sysregistriesv2/testdata")
	fromFiles, err := tables.SysRegistriesFiles(os.DirFS(testdata), readsEnvironment)
	require.NoError(t, err)
	for _, c := range append(tables.SysRegistries(), fromFiles...) {
		t.Run(c.Name, func(t *testing.T) {
			tables.Check(t, upstream.ParserFunc(Explain), c)
		})
	}
}

func conf(path, text string) upstream.File { return upstream.File{Path: path, Data: []byte(text)} }

func ask(t *testing.T, q upstream.Question) upstream.Answer {
	t.Helper()
	answers := Explain(q)
	require.Len(t, answers, len(q.References))
	return answers[0]
}

func TestIgnoredKeys(t *testing.T) {
	a := ask(t, upstream.Question{
		Files: []upstream.File{conf(tables.RegistriesConf, `[[registry]]
location = "reg.example"
[[registry.mirror]]
location = "m.example"
prefix = "x"
[[registry.mirrors]]
location = "lost.example"
`)},
		References: []string{"reg.example/r:1"},
	})
	assert.Equal(t, []string{"registry.mirror.prefix", "registry.mirrors", "registry.mirrors.location"}, a.IgnoredKeys)
	assert.Len(t, a.Endpoints, 2)
}

func TestBlocked(t *testing.T) {
	text := `[[registry]]
location = "reg.example"
blocked = true
[[registry.mirror]]
location = "m.example"
insecure = true
`
	a := ask(t, upstream.Question{Files: []upstream.File{conf(tables.RegistriesConf, text)}, References: []string{"reg.example/r:1"}})
	assert.True(t, a.Blocked)
	assert.Equal(t, []string{"GET https://m.example/v2/r/manifests/1"}, tables.Requests(a))
	assert.True(t, a.Endpoints[0].TLS.SkipVerify)
	assert.True(t, a.Endpoints[0].HTTPFallback)
	assert.True(t, a.Endpoints[1].Blocked)
}

func TestPushKnowsNoMirrors(t *testing.T) {
	text := "[[registry]]\nlocation = \"reg.example\"\n[[registry.mirror]]\nlocation = \"m.example\"\n"
	a := ask(t, upstream.Question{
		Files: []upstream.File{conf(tables.RegistriesConf, text)}, References: []string{"reg.example/r:1"}, Operation: upstream.Push,
	})
	assert.Equal(t, []string{"PUT https://reg.example/v2/r/manifests/1"}, tables.Requests(a))
}

func TestShortNames(t *testing.T) {
	q := func(text string) upstream.Question {
		return upstream.Question{Files: []upstream.File{conf(tables.RegistriesConf, text)}, References: []string{"alpine"}}
	}
	a := ask(t, q("unqualified-search-registries = [\"a.example\", \"docker.io\"]\n"))
	assert.Equal(t, []string{"GET https://a.example/v2/alpine/manifests/latest", "GET https://registry-1.docker.io/v2/library/alpine/manifests/latest"}, tables.Requests(a))
	assert.Equal(t, "permissive", a.ShortNameMode)
	a = ask(t, q("unqualified-search-registries = [\"a.example\", \"docker.io\"]\nshort-name-mode = \"enforcing\"\n"))
	assert.Contains(t, a.Err, "short-name resolution enforced but cannot prompt without a TTY")
	a = ask(t, q(""))
	assert.NotEmpty(t, a.Err)
}

// The machine's own files, home and environment must not show.
func TestIsolation(t *testing.T) {
	home := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(home, ".config/containers"), 0o755))
	mine := filepath.Join(home, ".config/containers/registries.conf")
	require.NoError(t, os.WriteFile(mine, []byte("not toml"), 0o644))
	for _, name := range []string{"HOME", "XDG_CONFIG_HOME", "CONTAINERS_REGISTRIES_CONF", "CONTAINERS_REGISTRIES_CONF_OVERRIDE"} {
		t.Setenv(name, mine)
	}
	t.Setenv("HOME", home)
	t.Setenv("XDG_CONFIG_HOME", filepath.Join(home, ".config"))
	a := ask(t, upstream.Question{References: []string{"reg.example/r:1"}})
	assert.Empty(t, a.Err)
	assert.Equal(t, mine, os.Getenv("CONTAINERS_REGISTRIES_CONF"), "the environment comes back")
}

func registry(location, mirror string) string {
	return "[[registry]]\nlocation = \"" + location + "\"\n[[registry.mirror]]\nlocation = \"" + mirror + "\"\n"
}

func TestLookup(t *testing.T) {
	const (
		system = "/etc/containers/registries.conf"
		vendor = "/usr/share/containers/registries.conf"
		user   = "/root/.config/containers/registries.conf"
	)
	for _, row := range []struct {
		name     string
		files    map[string]string // path to the mirror written there
		old, new []string
		q        upstream.Question
	}{
		{name: "system", files: map[string]string{system: "s"}, old: []string{"s"}, new: []string{"s"}},
		{name: "vendor only", files: map[string]string{vendor: "v"}, old: nil, new: []string{"v"}},
		{name: "system before vendor", files: map[string]string{vendor: "v", system: "s"}, old: []string{"s"}, new: []string{"s"}},
		{name: "user before system", files: map[string]string{user: "u", system: "s"}, old: []string{"u"}, new: []string{"u"}},
		{name: "drop-in over main", files: map[string]string{system: "s", system + ".d/50.conf": "d"}, old: []string{"d"}, new: []string{"d"}},
		{name: "user main hides system drop-ins", files: map[string]string{user: "u", system + ".d/50.conf": "d"}, old: []string{"u"}, new: []string{"d"}},
		{name: "by base name, whatever the directory", files: map[string]string{system + ".d/50.conf": "a", vendor + ".d/60.conf": "b"}, old: []string{"a"}, new: []string{"b"}},
		{name: "same base name is masked", files: map[string]string{system + ".d/50.conf": "a", vendor + ".d/50.conf": "b"}, old: []string{"a"}, new: []string{"a"}},
		{name: "rootful directory", files: map[string]string{"/etc/containers/registries.rootful.conf.d/50.conf": "r"}, old: nil, new: []string{"r"}},
		{
			name: "rootless directory", files: map[string]string{"/etc/containers/registries.rootless.conf.d/1000/50.conf": "r"}, old: nil, new: []string{"r"},
			q: upstream.Question{UID: 1000, Home: "/home/u"},
		},
		{
			name: "environment", files: map[string]string{"/opt/r.conf": "e", system: "s"}, old: []string{"e"}, new: []string{"e"},
			q: upstream.Question{Env: map[string]string{"CONTAINERS_REGISTRIES_CONF": "/opt/r.conf"}},
		},
	} {
		t.Run(row.name, func(t *testing.T) {
			q := row.q
			for path, mirror := range row.files {
				q.Files = append(q.Files, conf(path, registry("reg.example", mirror+".example")))
			}
			q.References = []string{"reg.example/r:1"}
			a := ask(t, q)
			require.Empty(t, a.Err)
			want := row.old
			if readsEnvironment {
				want = row.new
			}
			var got []string
			for _, e := range a.Endpoints[:len(a.Endpoints)-1] {
				got = append(got, strings.TrimSuffix(e.Host, ".example"))
			}
			assert.Equal(t, want, got)
		})
	}
}
