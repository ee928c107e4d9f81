package corpus

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/containerd"
	"github.com/mirrorcfg/mirrorcfg/docker"
	"github.com/mirrorcfg/mirrorcfg/mirror"
	"github.com/mirrorcfg/mirrorcfg/mirror/catalog"
	"github.com/mirrorcfg/mirrorcfg/podman"
)

// everyEngine is each engine at each version that it behaves differently in.
func everyEngine() []mirror.Engine {
	var out []mirror.Engine
	for _, v := range append(slices.Clone(everyContainerd), "1.6.8", "1.7.6", "2.0.6", "2.2.1", "2.3.4") {
		out = append(out, containerd.Engine{Version: v})
	}
	for _, v := range []string{"4.3", "4.9", "5.0", "5.4", "5.6", "6.0"} {
		out = append(out, podman.Engine{Version: v})
	}
	for _, v := range []string{"1.36", "1.37"} {
		out = append(out, podman.Engine{Tool: podman.CRIO, Version: v})
	}
	for _, v := range []string{"20.10", "24.0", "26.1", "27.5", "28.0", "28.5", "29.0", "29.7"} {
		for _, store := range []docker.ImageStore{docker.Graphdriver, docker.Containerd} {
			e := docker.Engine{Version: v, ImageStore: store}
			if e.Check() == nil {
				out = append(out, e)
			}
		}
	}
	return out
}

// quiet fails the test when the linter has anything to warn of.
func quiet(t *testing.T, engine mirror.Engine, files mirror.Files) {
	t.Helper()
	view, err := engine.Read(files.FS())
	require.NoError(t, err)
	for _, d := range view.Lint().AtLeast(mirror.Warning) {
		t.Errorf("%s: %v\n%s", engine.Name(), d, show(files))
	}
}

// TestNoFalseAlarmOnPlans: what a plan writes onto an empty node is clean.
func TestNoFalseAlarmOnPlans(t *testing.T) {
	for name, want := range map[string]mirror.Config{"one": one(), "several": several(), "catalog": catalog.DaoCloud()} {
		for i, engine := range everyEngine() {
			t.Run(fmt.Sprintf("%s/%s/%d", name, engine.Name(), i), func(t *testing.T) {
				plan, err := engine.Plan(mirror.Files{}.FS(), want)
				if err != nil {
					// Digests alone is a promise that an engine may not be able to give.
					require.NotEmpty(t, plan.Diagnostics.WithCode(mirror.LossDigestOnly.Code), "%v", err)
					want = want.Clone()
					want.Registries[0].Mirrors = slices.Delete(want.Registries[0].Mirrors, 1, 2)
					plan, err = engine.Plan(mirror.Files{}.FS(), want)
					require.NoError(t, err)
				}
				if len(plan.Diagnostics.WithCode("docker/hosts-toml-graphdriver")) > 0 {
					return // the plan itself says that what it writes is not read by docker pull
				}
				quiet(t, engine, plan.Files())
			})
		}
	}
}

// TestNoFalseAlarmOnDefaults: files without mirrors, of engines or in their
// shape, are clean in the versions that they are for.
func TestNoFalseAlarmOnDefaults(t *testing.T) {
	plain := []string{"config/v2-default-commented.toml", "config/v2-small.toml", "config/v2-nvidia.toml", "config/v2-k3s.toml", "config/v2-crlf.toml",
		"config/v3-default.toml", "config/v3-empty-plugins.toml", "config/v3-imports.toml", "config/v4-default.toml", "config/v4-inline-plugins.toml",
		"registries/fedora-like.conf", "registries/debian-like.conf", "registries.d/000-shortnames.conf",
		"daemon/tabs.json", "daemon/runtimes-dotted.json", "daemon/features.json", "daemon/empty-object.json", "daemon/empty-list.json", "daemon/blank.json"}
	seen := 0
	for _, s := range samples(t, configKind, registriesKind, registriesD, daemonKind) {
		if !s.real && !slices.Contains(plain, s.name) {
			continue
		}
		seen++
		for _, engine := range s.readers() {
			t.Run(s.name+"/"+engine.Name(), func(t *testing.T) { quiet(t, engine, s.files(s.data)) })
		}
	}
	assert.GreaterOrEqual(t, seen, len(plain))
}

// defaultOf has the first versions that write all keys of a default:
// use_local_image_pull came with 2.1, enable_tar_index with 2.2.
var defaultOf = map[string]string{"config/v3-default.toml": "2.2"}

// readers are the versions that a file without mirrors may be met by.
func (s sample) readers() []mirror.Engine {
	if s.kind != configKind {
		return s.engines()
	}
	var out []mirror.Engine
	since, isDefault := defaultOf[s.name]
	if !isDefault {
		since = map[int]string{3: "2.0", 4: "2.3"}[s.version()]
	}
	for _, v := range everyContainerd {
		if v >= since && v >= s.by {
			out = append(out, containerd.Engine{Version: v})
		}
	}
	return out
}

// TestMultiRootTrap: the default of containerd 2.2 and later names two
// directories and so reads no hosts.toml at all. With a tree beside it that
// is a finding; every other default names none, and a tree that is not read
// is one as well.
func TestMultiRootTrap(t *testing.T) {
	hosts := mirror.File{Path: "/etc/containerd/certs.d/docker.io/hosts.toml", Mode: 0o644,
		Data: []byte("server = \"https://registry-1.docker.io\"\n\n[host.\"https://hub.mirror.example\"]\n  capabilities = [\"pull\"]\n")}
	trapped := 0
	for _, s := range samples(t, configKind) {
		if s.name != "config/v4-default.toml" && (!s.real || s.by == "") {
			continue
		}
		for _, engine := range s.readers() {
			t.Run(s.name+"/"+engine.Name(), func(t *testing.T) {
				files := append(s.files(s.data), hosts)
				view, err := engine.Read(files.FS())
				require.NoError(t, err)
				require.NotEmpty(t, view.Lint().AtLeast(mirror.Warning), show(files))
				trapped++
			})
		}
	}
	for _, v := range []string{"2.2", "2.3", "2.4"} { // and without a file
		view, err := containerd.Engine{Version: v}.Read(mirror.Files{hosts}.FS())
		require.NoError(t, err)
		require.NotEmpty(t, view.Lint().WithCode("containerd/config-path-multi-root").AtLeast(mirror.Warning), "%v", view.Lint())
	}
	require.Positive(t, trapped)
}
