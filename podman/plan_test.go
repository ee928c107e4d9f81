package podman

import (
	"maps"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/internal/nodefs"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// tree is a node's files by absolute path.
type tree map[string]string

func (t tree) fs() fstest.MapFS {
	m := fstest.MapFS{}
	for p, data := range t {
		m[nodefs.Rel(p)] = &fstest.MapFile{Data: []byte(data), Mode: 0o644}
	}
	return m
}

// after is the tree with a plan's changes.
func (t tree) after(p mirror.Plan) tree {
	out := maps.Clone(t)
	if out == nil {
		out = tree{}
	}
	for _, c := range p.Changes {
		if c.Kind == mirror.Delete {
			delete(out, c.Path)
		} else {
			out[c.Path] = string(c.After)
		}
	}
	return out
}

const (
	etcMain = "/etc/containers/registries.conf"
	etcD    = "/etc/containers/registries.conf.d/"
	usrMain = "/usr/share/containers/registries.conf"
	usrD    = "/usr/share/containers/registries.conf.d/"
)

func ends(urls ...string) []mirror.Endpoint {
	out := make([]mirror.Endpoint, len(urls))
	for i, u := range urls {
		out[i].URL = u
	}
	return out
}

func hub(urls ...string) mirror.Config {
	return mirror.Config{Registries: []mirror.Registry{{Prefix: "docker.io", Mirrors: ends(urls...)}}}
}

func TestPlan(t *testing.T) {
	commented := "# ours\nunqualified-search-registries = ['docker.io'] # one\n\n[[registry]]\n  # the hub\n  prefix = 'docker.io'\n  location = 'docker.io'\n\n  [[registry.mirror]]\n    location = 'a.test' # first\n\n  [[registry.mirror]]\n    location = 'b.test'\n\n[[registry]]\nlocation = 'quay.io'\n"
	for name, c := range map[string]struct {
		engine Engine
		have   tree
		want   mirror.Config
		opts   []mirror.PlanOption
		files  tree
		codes  []string
	}{
		"fresh": {
			want:  hub("https://a.test", "http://b.test:5000"),
			files: tree{etcMain: "[[registry]]\nprefix = \"docker.io\"\nlocation = \"docker.io\"\n\n[[registry.mirror]]\nlocation = \"a.test\"\n\n[[registry.mirror]]\nlocation = \"b.test:5000\"\ninsecure = true\n"},
			codes: []string{"loss/scheme"},
		},
		"an https mirror of an http registry": {
			want:  mirror.Config{Registries: []mirror.Registry{{Prefix: "quay.io", Mirrors: ends("https://a.test"), Upstream: &mirror.Endpoint{URL: "http://quay.io"}}}},
			files: tree{etcMain: "[[registry]]\nprefix = \"quay.io\"\nlocation = \"quay.io\"\ninsecure = true\n\n[[registry.mirror]]\nlocation = \"a.test\"\ninsecure = false\n"},
			codes: []string{"loss/scheme"},
		},
		"an https mirror that is an http registry": {
			have:  tree{etcMain: "[[registry]]\nlocation = \"docker.io\"\n[[registry.mirror]]\nlocation = \"a.test\" # ours\n\n[[registry]]\nlocation = \"a.test\"\ninsecure = true\n"},
			want:  hub("https://a.test"),
			files: tree{etcMain: "[[registry]]\nlocation = \"docker.io\"\n[[registry.mirror]]\nlocation = \"a.test\" # ours\ninsecure = false\n\n[[registry]]\nlocation = \"a.test\"\ninsecure = true\n"},
		},
		"one host over https and http": {
			want:  hub("https://a.test", "http://a.test"),
			files: tree{etcMain: "[[registry]]\nprefix = \"docker.io\"\nlocation = \"docker.io\"\n\n[[registry.mirror]]\nlocation = \"a.test\"\n\n[[registry.mirror]]\nlocation = \"a.test\"\ninsecure = true\n"},
			codes: []string{"loss/scheme"},
		},
		"one host over http and https": {
			want:  hub("http://a.test", "https://a.test"),
			files: tree{etcMain: "[[registry]]\nprefix = \"docker.io\"\nlocation = \"docker.io\"\n\n[[registry.mirror]]\nlocation = \"a.test\"\ninsecure = true\n"},
			codes: []string{"loss/scheme", "podman/duplicate-mirror"},
		},
		"search registries with an address in brackets": {
			want:  mirror.Config{Search: []string{"[::1]:5000", "quay.io"}},
			files: tree{etcMain: "unqualified-search-registries = [\"quay.io\"]\n"},
			codes: []string{"loss/ipv6"},
		},
		"already so": {have: tree{etcMain: commented}, want: hub("https://a.test", "https://b.test"), files: tree{etcMain: commented}},
		"a mirror in front": {
			have: tree{etcMain: commented}, want: hub("https://c.test", "https://a.test", "https://b.test"),
			files: tree{etcMain: strings.Replace(commented, "  [[registry.mirror]]\n    location = 'a.test'", "  [[registry.mirror]]\n    location = 'c.test'\n\n  [[registry.mirror]]\n    location = 'a.test'", 1)},
		},
		"the last mirror goes": {
			have: tree{etcMain: commented}, want: hub("https://a.test"),
			files: tree{etcMain: strings.Replace(commented, "  [[registry.mirror]]\n    location = 'b.test'\n\n", "", 1)},
		},
		"mirror only": {
			have:  tree{etcMain: commented},
			want:  mirror.Config{Registries: []mirror.Registry{{Prefix: "docker.io", Mirrors: ends("https://a.test", "https://b.test"), Fallback: mirror.Off}}},
			files: tree{etcMain: strings.Replace(commented, "  location = 'docker.io'\n", "  location = 'docker.io'\n  blocked = true\n", 1)},
		},
		"drop-in by name": {
			engine: Engine{Paths: Paths{DropIn: "60-x.conf"}}, have: tree{etcMain: "# mine\n"}, want: hub("https://a.test"),
			files: tree{etcMain: "# mine\n", etcD + "60-x.conf": "[[registry]]\nprefix = \"docker.io\"\nlocation = \"docker.io\"\n\n[[registry.mirror]]\nlocation = \"a.test\"\n"},
		},
		"edited where it is effective": {
			have: tree{etcMain: commented, etcD + "50-a.conf": "[[registry]]\nlocation = \"docker.io\"\n"}, want: hub("https://a.test"),
			files: tree{etcMain: commented, etcD + "50-a.conf": "[[registry]]\nlocation = \"docker.io\"\n\n[[registry.mirror]]\nlocation = \"a.test\"\n"},
		},
		"vendor's entry is overridden": {
			have: tree{usrD + "60-vendor.conf": "[[registry]]\nlocation = \"docker.io\"\nblocked = true\n"}, want: hub("https://a.test"),
			files: tree{usrD + "60-vendor.conf": "[[registry]]\nlocation = \"docker.io\"\nblocked = true\n",
				etcD + "90-mirrorcfg.conf": "[[registry]]\nprefix = \"docker.io\"\nlocation = \"docker.io\"\n\n[[registry.mirror]]\nlocation = \"a.test\"\n"},
		},
		"a vendor's main file is not hidden": {
			have: tree{usrMain: "short-name-mode = \"enforcing\"\n"}, want: hub("https://a.test"),
			files: tree{usrMain: "short-name-mode = \"enforcing\"\n",
				etcD + "50-mirrorcfg.conf": "[[registry]]\nprefix = \"docker.io\"\nlocation = \"docker.io\"\n\n[[registry.mirror]]\nlocation = \"a.test\"\n"},
		},
		"a user's files": {
			engine: Engine{Paths: RootlessPaths("/home/u", 1000)}, have: tree{etcMain: commented}, want: hub("https://z.test"),
			files: tree{etcMain: commented, "/home/u/.config/containers/registries.conf.d/50-mirrorcfg.conf": "[[registry]]\nprefix = \"docker.io\"\nlocation = \"docker.io\"\n\n[[registry.mirror]]\nlocation = \"z.test\"\n"},
		},
		"V1 becomes V2 before 6.0": {
			engine: Engine{Version: "5.4"}, have: tree{etcMain: "# old\n[registries.search]\nregistries = ['quay.io']\n\n[registries.block]\nregistries = ['bad.test']\n"}, want: hub("https://a.test"),
			files: tree{etcMain: "# old\nunqualified-search-registries = ['quay.io']\n\n[[registry]]\nprefix = 'bad.test'\nlocation = 'bad.test'\nblocked = true\n\n[[registry]]\nprefix = 'docker.io'\nlocation = 'docker.io'\n\n[[registry.mirror]]\nlocation = 'a.test'\n"},
		},
		"V1 that need not change stays": {
			engine: Engine{Version: "5.4", Paths: Paths{DropIn: "50-a.conf"}}, have: tree{etcMain: "[registries.search]\nregistries = ['quay.io']\n"}, want: hub("https://a.test"),
			files: tree{etcMain: "[registries.search]\nregistries = ['quay.io']\n", etcD + "50-a.conf": "[[registry]]\nprefix = \"docker.io\"\nlocation = \"docker.io\"\n\n[[registry.mirror]]\nlocation = \"a.test\"\n"},
		},
		"exclusive": {
			have: tree{etcMain: commented, etcD + "50-a.conf": "[[registry]]\nlocation = \"ghcr.io\"\n"}, want: hub("https://a.test", "https://b.test"),
			opts:  []mirror.PlanOption{mirror.Own(mirror.Exclusive)},
			files: tree{etcMain: strings.TrimSuffix(commented, "\n[[registry]]\nlocation = 'quay.io'\n")},
		},
		"remove": {
			have: tree{etcMain: commented, etcD + "50-a.conf": "[[registry]]\nlocation = \"quay.io\"\n"},
			want: mirror.Config{Registries: []mirror.Registry{{Prefix: "quay.io"}}}, opts: []mirror.PlanOption{mirror.Own(mirror.Remove)},
			files: tree{etcMain: strings.TrimSuffix(commented, "\n[[registry]]\nlocation = 'quay.io'\n")},
		},
		"remove from V1": {
			engine: oldPodman, have: tree{etcMain: "[registries.block]\nregistries = ['bad.test', 'worse.test']\n"},
			want: mirror.Config{Registries: []mirror.Registry{{Prefix: "bad.test"}}}, opts: []mirror.PlanOption{mirror.Own(mirror.Remove)},
			files: tree{etcMain: "[[registry]]\nprefix = 'worse.test'\nlocation = 'worse.test'\nblocked = true\n"},
		},
		"remove what is not there": {
			engine: oldPodman, have: tree{etcMain: "[registries.block]\nregistries = ['bad.test']\n"},
			want: mirror.Config{Registries: []mirror.Registry{{Prefix: "quay.io"}}}, opts: []mirror.PlanOption{mirror.Own(mirror.Remove)},
			files: tree{etcMain: "[registries.block]\nregistries = ['bad.test']\n"},
		},
		"search": {
			have: tree{etcMain: commented}, want: mirror.Config{Search: []string{"quay.io", "docker.io"}},
			files: tree{etcMain: strings.Replace(commented, "['docker.io']", "['quay.io', 'docker.io']", 1)},
		},
		"search of a vendor": {
			have: tree{usrD + "00-vendor.conf": "unqualified-search-registries = [\"x.test\"]\n"}, want: mirror.Config{Search: []string{}},
			files: tree{usrD + "00-vendor.conf": "unqualified-search-registries = [\"x.test\"]\n", etcD + "50-mirrorcfg.conf": "unqualified-search-registries = []\n"},
		},
		"mirror-by-digest-only is kept where it says the same": {
			have:  tree{etcMain: "[[registry]]\nlocation = \"docker.io\"\nmirror-by-digest-only = true\n[[registry.mirror]]\nlocation = \"a.test\"\n"},
			want:  mirror.Config{Registries: []mirror.Registry{{Prefix: "docker.io", Mirrors: []mirror.Endpoint{{URL: "https://b.test", Capabilities: mirror.Pull}, {URL: "https://a.test", Capabilities: mirror.Pull}}}}},
			files: tree{etcMain: "[[registry]]\nlocation = \"docker.io\"\nmirror-by-digest-only = true\n[[registry.mirror]]\nlocation = \"b.test\"\n[[registry.mirror]]\nlocation = \"a.test\"\n"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			plan, err := c.engine.Plan(c.have.fs(), c.want, c.opts...)
			require.NoError(t, err)
			got := c.have.after(plan)
			assert.Equal(t, c.files, got)
			var codes []string
			for _, d := range plan.Diagnostics {
				codes = append(codes, d.Code)
			}
			assert.Equal(t, c.codes, codes)
			for _, ch := range plan.Changes {
				assert.NotEmpty(t, ch.Reason)
			}
			again, err := c.engine.Plan(got.fs(), c.want, c.opts...)
			require.NoError(t, err)
			assert.Empty(t, again.Changes, "a second run changes nothing")
		})
	}
}

// What the file cannot say is a diagnostic with the field, and an error where
// it loses security.
func TestPlanLosses(t *testing.T) {
	timeout := mirror.Endpoint{URL: "https://a.test"}
	for name, c := range map[string]struct {
		registry mirror.Registry
		version  string
		want     []string
		err      bool
	}{
		"base path":            {mirror.Registry{Prefix: "quay.io", Mirrors: ends("https://a.test/base")}, "", []string{"loss/base-path registries[0].mirrors[0].url"}, false},
		"IPv6":                 {mirror.Registry{Prefix: "quay.io", Mirrors: ends("https://[::1]:5000")}, "", []string{"loss/ipv6 registries[0].mirrors[0].url"}, false},
		"IPv6 prefix":          {mirror.Registry{Prefix: "[fd00::1]:5000", Mirrors: ends("https://a.test")}, "", []string{"loss/ipv6 registries[0].prefix"}, false},
		"IPv6 path, blocked":   {mirror.Registry{Prefix: "[fd00::1]/team", Blocked: true}, "", []string{"loss/ipv6 registries[0].prefix"}, false},
		"bare host":            {mirror.Registry{Prefix: "quay.io", Mirrors: ends("https://nexus")}, "", []string{"podman/bare-host registries[0].mirrors[0].url"}, false},
		"any registry":         {mirror.Registry{Prefix: "*", Mirrors: []mirror.Endpoint{timeout}}, "", []string{"loss/any-registry registries[0].prefix"}, false},
		"any, blocked":         {mirror.Registry{Prefix: "*", Blocked: true}, "", []string{"loss/any-registry registries[0].prefix", "loss/blocked registries[0]"}, true},
		"skip verify":          {mirror.Registry{Prefix: "quay.io", Mirrors: []mirror.Endpoint{{URL: "https://a.test", TLS: mirror.TLS{SkipVerify: mirror.On}}}}, "", []string{"loss/plain-http-fallback registries[0].mirrors[0].tls.skip_verify"}, false},
		"files, headers":       {mirror.Registry{Prefix: "quay.io", Mirrors: []mirror.Endpoint{{URL: "https://a.test", TLS: mirror.TLS{CA: []string{"/ca"}, Client: []mirror.ClientCert{{Cert: "/c", Key: "/k"}}}, Headers: []mirror.Header{{Name: "A", Values: []mirror.Secret{mirror.NewSecret("s3cret")}}}}}}, "", []string{"loss/ca registries[0].mirrors[0].tls.ca", "loss/client-cert registries[0].mirrors[0].tls.client", "loss/header registries[0].mirrors[0].header"}, false},
		"namespace":            {mirror.Registry{Prefix: "quay.io", Mirrors: []mirror.Endpoint{{URL: "https://a.test", Namespace: "quay.io"}}}, "6.0", []string{"loss/namespace registries[0].mirrors[0].namespace"}, false},
		"all rights":           {mirror.Registry{Prefix: "quay.io", Mirrors: []mirror.Endpoint{{URL: "https://a.test", Capabilities: mirror.AllCapabilities}}}, "", []string{"loss/push registries[0].mirrors[0].capabilities", "loss/referrers registries[0].mirrors[0].capabilities"}, false},
		"no rights":            {mirror.Registry{Prefix: "quay.io", Mirrors: []mirror.Endpoint{{URL: "https://a.test", Capabilities: mirror.NoCapabilities}}}, "", []string{"loss/capabilities registries[0].mirrors[0].capabilities"}, false},
		"upstream for digests": {mirror.Registry{Prefix: "quay.io", Upstream: &mirror.Endpoint{URL: "https://a.test", Capabilities: mirror.Pull}}, "", []string{"loss/digest-only registries[0].upstream.capabilities"}, true},
		"digests on 4.0":       {mirror.Registry{Prefix: "quay.io", Mirrors: []mirror.Endpoint{{URL: "https://a.test", Capabilities: mirror.Pull}, {URL: "https://b.test"}}}, "4.0", []string{"loss/digest-only registries[0].mirrors"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			e := Engine{Version: c.version}
			want := mirror.Config{Registries: []mirror.Registry{c.registry}}
			plan, err := e.Plan(tree{}.fs(), want)
			var got []string
			for _, d := range plan.Diagnostics {
				if d.Severity >= mirror.Info && strings.Contains(d.Code, "/") && !strings.HasPrefix(d.Code, "mirror/") {
					got = append(got, d.Code+" "+d.Field)
				}
				assert.NotContains(t, d.Error(), "s3cret")
			}
			assert.ElementsMatch(t, c.want, got)
			assert.Equal(t, c.err, err != nil, "%v", err)
			if c.err {
				assert.Empty(t, plan.Changes)
				codes := []string{"loss/blocked", "loss/digest-only"}
				_, err = e.Plan(tree{}.fs(), want, mirror.Accept(codes...))
				assert.NoError(t, err)
			}
		})
	}
}

// A node whose files do not load is not made worse.
func TestPlanRefusesBrokenFiles(t *testing.T) {
	for _, text := range []string{"[[registry]]\nlocation = \"https://a.test\"\n", "a = \"\n"} {
		plan, err := Engine{}.Plan(tree{etcMain: text}.fs(), hub("https://a.test"))
		require.Error(t, err)
		assert.Empty(t, plan.Changes)
		require.NotEmpty(t, plan.Diagnostics)
		assert.Positive(t, plan.Diagnostics[0].Line)
	}
	_, err := Engine{}.Plan(tree{}.fs(), hub("a.test"))
	assert.Error(t, err)
}

func TestActions(t *testing.T) {
	dropIn := Engine{Tool: CRIO, Paths: Paths{DropIn: "50-a.conf"}}
	watched := dropIn
	watched.AutoReload = mirror.On
	main := Engine{Tool: CRIO, AutoReload: mirror.On}
	for _, c := range []struct {
		e    Engine
		want int
	}{{Engine{}, 0}, {Engine{Tool: Buildah}, 0}, {Engine{Tool: CRIO}, 1}, {dropIn, 1}, {watched, 0}, {main, 1}} {
		plan, err := c.e.Plan(tree{}.fs(), hub("https://a.test"))
		require.NoError(t, err)
		assert.Len(t, plan.Actions, c.want, c.e.Name())
		for _, a := range plan.Actions {
			assert.Equal(t, []string{"systemctl", "reload", "crio"}, a.Command)
		}
	}
}

// A model written and read again is the same model.
func TestConfigRoundTrip(t *testing.T) {
	want := mirror.Config{
		Search: []string{"docker.io"},
		Registries: []mirror.Registry{
			{Prefix: "docker.io", Mirrors: []mirror.Endpoint{{URL: "https://a.test", Repository: "hub", Capabilities: mirror.Pull}, {URL: "https://b.test:5000", TLS: mirror.TLS{SkipVerify: mirror.On}}}},
			{Prefix: "quay.io/team", Mirrors: []mirror.Endpoint{{URL: "https://a.test", Repository: "q"}, {URL: "https://c.test", Capabilities: mirror.Resolve}}},
			{Prefix: "*.corp.test", Mirrors: ends("https://a.test")},
			{Prefix: "ghcr.io", Mirrors: ends("https://a.test"), Fallback: mirror.Off},
			{Prefix: "bad.test", Blocked: true},
			{Prefix: "old.test", Upstream: &mirror.Endpoint{URL: "https://new.test", Repository: "x"}},
		},
	}
	plan, err := Engine{}.Plan(tree{}.fs(), want)
	require.NoError(t, err)
	view, err := Engine{}.Read(tree{}.after(plan).fs())
	require.NoError(t, err)
	assert.Equal(t, want, view.Config())
	urls := func(ref string) []string {
		as, err := mirror.Attempts(view, ref, mirror.OpPull)
		require.NoError(t, err)
		var out []string
		for _, a := range as {
			out = append(out, a.URL)
		}
		return out
	}
	assert.Equal(t, []string{"https://a.test/v2/q/team/app/manifests/v1", "https://c.test/v2/team/app/manifests/v1", "https://quay.io/v2/team/app/manifests/v1"}, urls("quay.io/team/app:v1"))
	assert.Equal(t, []string{"https://a.test/v2/x/manifests/latest"}, urls("ghcr.io/x"))
	assert.Equal(t, []string{"https://new.test/v2/x/y/manifests/latest"}, urls("old.test/y"))
	assert.Equal(t, []string{"https://b.test:5000/v2/library/alpine/manifests/latest", "https://registry-1.docker.io/v2/library/alpine/manifests/latest"}, urls("docker.io/alpine"))
	_, err = mirror.Attempts(view, "bad.test/x", mirror.OpPull)
	assert.ErrorContains(t, err, "blocked")
}
