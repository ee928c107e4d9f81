package catalog_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/mirror"
	"github.com/mirrorcfg/mirrorcfg/mirror/catalog"
)

func TestEmbeddedDataHasNoFaults(t *testing.T) {
	data, err := os.ReadFile("catalog.toml")
	require.NoError(t, err)
	c, found := catalog.Parse("catalog.toml", data)
	require.Empty(t, found)
	require.NotEmpty(t, c.Providers)
	for _, p := range c.Providers {
		require.NotEmpty(t, p.Tables, p.Name)
		for _, m := range p.Mirrors() {
			assert.NotEmpty(t, m.Source, m.URL)
			assert.Equal(t, mirror.Pull|mirror.Resolve, m.Capabilities, m.URL)
			if p.Name != "alduin" {
				assert.NotEmpty(t, m.AsOf, m.URL)
			}
		}
	}
	list, err := os.Open("allow.txt")
	require.NoError(t, err)
	defer list.Close()
	_, found, err = catalog.ReadAllowList("allow.txt", list)
	require.NoError(t, err)
	assert.Empty(t, found)
}

// TestDaoCloud holds the twelve rows as people know them.
func TestDaoCloud(t *testing.T) {
	c := catalog.DaoCloud()
	require.Empty(t, c.Validate().AtLeast(mirror.Warning))
	rows := map[string]string{
		"cr.l5d.io": "l5d", "docker.elastic.co": "elastic", "docker.io": "docker", "gcr.io": "gcr", "ghcr.io": "ghcr",
		"k8s.gcr.io": "k8s-gcr", "registry.k8s.io": "k8s", "mcr.microsoft.com": "mcr", "nvcr.io": "nvcr", "quay.io": "quay",
		"registry.jujucharms.com": "jujucharms", "rocks.canonical.com": "rocks-canonical",
	}
	require.Len(t, c.Registries, 12)
	for _, r := range c.Registries {
		require.Contains(t, rows, r.Prefix)
		assert.Equal(t, []mirror.Endpoint{{
			URL: "https://" + rows[r.Prefix] + ".m.daocloud.io", Capabilities: mirror.Pull | mirror.Resolve,
		}}, r.Mirrors)
		assert.Nil(t, r.Upstream)
		assert.False(t, r.Blocked)
	}
	assert.Equal(t, "cr.l5d.io", c.Registries[0].Prefix, "the order is that of the table")
	c.Registries[0].Prefix = "changed"
	assert.Equal(t, "cr.l5d.io", catalog.DaoCloud().Registries[0].Prefix, "each caller has a Config of its own")
}

func TestDaoCloudToday(t *testing.T) {
	p, ok := catalog.Default().Provider("daocloud")
	require.True(t, ok)
	c := p.Config()
	assert.Len(t, c.Registries, 11)
	for _, gone := range []string{"cr.l5d.io", "registry.jujucharms.com", "rocks.canonical.com"} {
		_, ok := c.Find(gone)
		assert.False(t, ok, gone)
		found := catalog.Default().MirrorsFor(gone)
		require.Len(t, found, 1)
		assert.Equal(t, catalog.Unlisted, found[0].State)
		assert.Equal(t, "2026-08-21", found[0].AsOf)
	}
	ollama, ok := c.Find("registry.ollama.ai")
	require.True(t, ok)
	assert.Equal(t, "https://ollama.m.daocloud.io", ollama.Mirrors[0].URL)
}

func TestStates(t *testing.T) {
	got := map[string]catalog.State{}
	for _, m := range catalog.Default().MirrorsFor("registry-1.docker.io") {
		got[m.Provider+" "+m.URL] = m.State
	}
	assert.Equal(t, map[string]catalog.State{
		"daocloud https://docker.m.daocloud.io":     catalog.Alive,
		"1ms https://docker.1ms.run":                catalog.Alive,
		"alduin https://hub.alduin.net":             catalog.Alive,
		"aliyun https://{id}.mirror.aliyuncs.com":   catalog.AccountOnly,
		"timeweb https://dockerhub.timeweb.cloud":   catalog.Alive,
		"tencent https://mirror.ccs.tencentyun.com": catalog.NetworkOnly,
		"ustc https://docker.mirrors.ustc.edu.cn":   catalog.CampusOnly,
		"nju https://docker.nju.edu.cn":             catalog.Dead,
		"netease https://hub-mirror.c.163.com":      catalog.Dead,
		"docker-cn https://registry.docker-cn.com":  catalog.Dead,
		"qiniu https://reg-mirror.qiniu.com":        catalog.Dead,
		"dockerproxy https://dockerproxy.com":       catalog.Unknown,
	}, got)
	alive := catalog.Default().MirrorsFor("registry.k8s.io", catalog.Alive)
	require.Len(t, alive, 2)
	assert.Equal(t, "https://k8s.m.daocloud.io", alive[0].URL)
	assert.Equal(t, "https://k8s.alduin.net", alive[1].URL)
	assert.Contains(t, catalog.Default().Registries(), "nvcr.io")
	assert.Empty(t, catalog.Default().MirrorsFor("reg.example"))
}

func TestAccountMirror(t *testing.T) {
	p, ok := catalog.Default().Provider("aliyun")
	require.True(t, ok)
	assert.Empty(t, p.Config().Registries, "the address is not complete")
	m := p.Mirrors()[0]
	assert.True(t, m.NeedsAccount())
	m = m.WithAccount("abc123")
	assert.False(t, m.NeedsAccount())
	c := catalog.ConfigOf(m)
	require.Empty(t, c.Validate().AtLeast(mirror.Warning))
	assert.Equal(t, "https://abc123.mirror.aliyuncs.com", c.Registries[0].Mirrors[0].URL)
}

func TestConfigOfKeepsOrder(t *testing.T) {
	var list []catalog.Mirror
	for _, l := range catalog.Default().MirrorsFor("docker.io", catalog.Alive) {
		list = append(list, l.Mirror)
	}
	c := catalog.ConfigOf(list...)
	require.Len(t, c.Registries, 1)
	var urls []string
	for _, e := range c.Registries[0].Mirrors {
		urls = append(urls, e.URL)
	}
	assert.Equal(t, []string{"https://docker.m.daocloud.io", "https://docker.1ms.run", "https://hub.alduin.net", "https://dockerhub.timeweb.cloud"}, urls)
}

func TestPrefixConfig(t *testing.T) {
	p, _ := catalog.Default().Provider("daocloud")
	c := p.PrefixConfig("docker.io", "reg.example:5000", "lscr.io")
	require.Empty(t, c.Validate().AtLeast(mirror.Warning))
	require.Len(t, c.Registries, 2)
	assert.Equal(t, mirror.Endpoint{URL: "https://m.daocloud.io", Repository: "lscr.io", Capabilities: mirror.Pull | mirror.Resolve}, c.Registries[1].Mirrors[0])
	p, _ = catalog.Default().Provider("1ms")
	assert.Empty(t, p.PrefixConfig("docker.io").Registries)
}

func TestTableAt(t *testing.T) {
	p, _ := catalog.Default().Provider("daocloud")
	for date, want := range map[string]int{"2024-06": 12, "2025-01-01": 12, "2026-08-21": 11, "2027": 11} {
		table, ok := p.TableAt(date)
		require.True(t, ok, date)
		assert.Len(t, table.Mirrors, want, date)
	}
	_, ok := p.TableAt("2020")
	assert.False(t, ok)
}

func TestDefaultIsACopy(t *testing.T) {
	c := catalog.Default()
	c.Providers[0].Tables[0].Mirrors[0].URL = "changed"
	c.Providers[1].Name = "changed"
	daocloud, _ := c.Provider("daocloud")
	daocloud.Allow.Source = "changed"
	assert.NotEqual(t, "changed", catalog.Default().Providers[0].Tables[0].Mirrors[0].URL)
	assert.NotEqual(t, "changed", catalog.Default().Providers[1].Name)
	daocloud, _ = catalog.Default().Provider("daocloud")
	assert.NotEqual(t, "changed", daocloud.Allow.Source)
}

func TestJSON(t *testing.T) {
	data, err := json.Marshal(catalog.Default())
	require.NoError(t, err)
	assert.Contains(t, string(data), `"registry":"docker.io","url":"https://docker.m.daocloud.io"`)
	assert.Contains(t, string(data), `"allow":{"as_of":"2023-07-28"`)
	assert.Contains(t, string(data), `"patterns":678`)
}

const own = `[[provider]]
name = "corp"
prefix = "m.corp:5000/all"
allow = ["docker.io/**", "quay.io/team/*"]

  [[provider.table]]
  source = "wiki"

    [[provider.table.mirror]]
    registry = "docker.io"
    url = "https://harbor.corp/base"
    repository = "hub"
    capabilities = ["pull"]
    as_of = "2026-08"
`

func TestOwnCatalog(t *testing.T) {
	c, found := catalog.Parse("own.toml", []byte(own))
	require.NoError(t, found.Err())
	require.Empty(t, found)
	p, ok := c.Provider("corp")
	require.True(t, ok)
	assert.Equal(t, mirror.Endpoint{URL: "https://harbor.corp/base", Repository: "hub", Capabilities: mirror.Pull}, p.Config().Registries[0].Mirrors[0])
	assert.Equal(t, "2026-08", p.Mirrors()[0].AsOf)
	assert.Equal(t, "wiki", p.Mirrors()[0].Source)
	assert.True(t, p.Allow.Allows("quay.io/team/app:v1"))
	assert.False(t, p.Allow.Allows("quay.io/team/sub/app"))

	both := catalog.Default().With(c)
	assert.Len(t, both.Providers, len(catalog.Default().Providers)+1)
	replaced := both.With(catalog.Catalog{Providers: []catalog.Provider{{Name: "corp", Title: "new"}}})
	assert.Len(t, replaced.Providers, len(both.Providers))
	p, _ = replaced.Provider("corp")
	assert.Equal(t, "new", p.Title)
}

func TestParseIsStrict(t *testing.T) {
	for _, tc := range []struct{ name, from, to, want string }{
		{"syntax", `name = "corp"`, `name = `, `own.toml:2:`},
		{"mistyped key", `repository =`, `repositry =`, `own.toml:12:5: error: provider[0].table[0].mirror[0].repositry: the key "repositry" is not known; write "repository" [catalog/unknown-key]`},
		{"unknown key", `name = "corp"`, "name = \"corp\"\nxyzzy = 1", `own.toml:3:1: error: provider[0].xyzzy: the key "xyzzy" is not known; known are name, title, url, prefix, allow, table [catalog/unknown-key]`},
		{"key at the root", `[[provider]]`, "providers = 1\n[[provider]]", `write "provider"`},
		{"wrong type", `name = "corp"`, `name = 7`, `own.toml:2:1: error: provider[0].name: a string is wanted [catalog/wrong-type]`},
		{"not a list", `[[provider]]`, `[provider]`, `own.toml:1:`},
		{"no source", `source = "wiki"`, ``, `own.toml:6:`},
		{"empty source", `source = "wiki"`, `source = ""`, `the value is empty`},
		{"no url", `url = "https://harbor.corp/base"`, ``, `the key "url" is missing [catalog/missing-key]`},
		{"bad url", `https://harbor.corp/base`, `harbor.corp`, `own.toml:11:5: error: provider[0].table[0].mirror[0].url: the URL has no scheme`},
		{"bad registry", `registry = "docker.io"`, `registry = "https://docker.io"`, `own.toml:10:5: error: provider[0].table[0].mirror[0].registry: a prefix has no scheme`},
		{"registry with path", `registry = "docker.io"`, `registry = "docker.io/library"`, `a mirror is listed for one registry`},
		{"bad repository", `repository = "hub"`, `repository = "/hub"`, `provider[0].table[0].mirror[0].repository`},
		{"bad capability", `["pull"]`, `["pul"]`, `unknown capability "pul"`},
		{"bad state", `as_of = "2026-08"`, `state = "resting"`, `the state "resting" is not known; known are alive, dead`},
		{"bad date", `as_of = "2026-08"`, `as_of = "August"`, `"August" is not a date`},
		{"account without state", `https://harbor.corp/base`, `https://{id}.corp`, `{id} stands for an account`},
		{"bad pattern", `"docker.io/**"`, `"docker.io/*/x"`, `pattern 1 "docker.io/*/x" has a * that is not at its end`},
		{"bad prefix", `m.corp:5000/all`, `m.corp:5000/ALL`, `provider[0].prefix`},
		{"twice", `[[provider]]`, "[[provider]]\nname = \"corp\"\n[[provider]]", `the provider "corp" is there twice`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			changed := strings.Replace(own, tc.from, tc.to, 1)
			require.NotEqual(t, own, changed)
			c, found := catalog.Parse("own.toml", []byte(changed))
			require.Error(t, found.Err())
			assert.Contains(t, found.Err().Error(), tc.want)
			assert.Empty(t, c.Providers, "nothing is returned that cannot be used")
			for _, d := range found {
				assert.Equal(t, "own.toml", d.File)
				assert.NotZero(t, d.Line)
			}
		})
	}
}

func TestTablesInOrder(t *testing.T) {
	_, found := catalog.Parse("own.toml", []byte(own+`
  [[provider.table]]
  as_of = "2026"
  source = "x"
  [[provider.table]]
  as_of = "2025"
  source = "x"
`))
	require.Error(t, found.Err())
	assert.Contains(t, found.Err().Error(), "the tables are not in the order of their dates")
}

func TestRules(t *testing.T) {
	for _, r := range catalog.Rules() {
		assert.True(t, strings.HasPrefix(r.Code, "catalog/"))
		assert.NotEmpty(t, r.Summary)
		assert.NotEmpty(t, r.Consequence)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(own))
	data, err := os.ReadFile("catalog.toml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Fuzz(func(t *testing.T, data []byte) {
		c, found := catalog.Parse("x.toml", data)
		if found.Err() != nil && len(c.Providers) > 0 {
			t.Fatal("a catalog beside errors")
		}
		for _, p := range c.Providers {
			for _, m := range p.Mirrors() {
				if m.NeedsAccount() {
					m = m.WithAccount("id")
				}
				if _, err := mirror.ParseEndpointURL(m.URL); err != nil {
					t.Fatalf("%q got through: %v", m.URL, err)
				}
			}
		}
	})
}
