package verify

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/containerd"
	"github.com/mirrorcfg/mirrorcfg/mirror"
	"github.com/mirrorcfg/mirrorcfg/podman"
)

var hub = mirror.Config{Registries: []mirror.Registry{{
	Prefix: "docker.io",
	Mirrors: []mirror.Endpoint{
		{URL: "https://a.example", Capabilities: mirror.Pull | mirror.Resolve},
		{URL: "https://harbor.example", Repository: "hub", Capabilities: mirror.Pull | mirror.Resolve},
	},
}}}

func ExampleExplain() {
	engine := podman.Engine{Version: "6.0"}
	plan, err := engine.Plan(mirror.Files{}.FS(), hub)
	if err != nil {
		fmt.Println(err)
		return
	}
	result, err := Explain(context.Background(), plan.Files().FS(), engine, "docker.io/library/alpine:3", mirror.OpPull)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, a := range result.Attempts {
		fmt.Println(a.Method, a.URL)
	}
	// Output:
	// GET https://a.example/v2/library/alpine/manifests/3
	// GET https://harbor.example/v2/hub/library/alpine/manifests/3
	// GET https://registry-1.docker.io/v2/library/alpine/manifests/3
}

func TestCheckPasses(t *testing.T) {
	for _, engine := range []mirror.Engine{containerd.Engine{Version: "2.4"}, containerd.Engine{Version: "1.7"}, podman.Engine{Version: "6.0"}, podman.Engine{Version: "5.4"}} {
		plan, err := engine.Plan(mirror.Files{}.FS(), hub)
		require.NoError(t, err)
		Check(t, plan.Files(), engine)
	}
}

// failures counts what Check reports.
type failures struct{ messages []string }

func (*failures) Helper() {}
func (f *failures) Errorf(format string, args ...any) {
	f.messages = append(f.messages, fmt.Sprintf(format, args...))
}

func TestCheckFails(t *testing.T) {
	config := mirror.File{Path: "/etc/containerd/config.toml", Data: []byte("version = 3\n[plugins.\"io.containerd.cri.v1.images\".registry]\nconfig_path = \"/etc/containerd/certs.d\"\n")}
	hosts := func(text string) mirror.Files {
		return mirror.Files{config, {Path: "/etc/containerd/certs.d/reg.example/hosts.toml", Data: []byte(text)}}
	}
	registries := func(text string) mirror.Files {
		return mirror.Files{{Path: "/etc/containers/registries.conf", Data: []byte(text)}}
	}
	for name, row := range map[string]struct {
		files  mirror.Files
		engine mirror.Engine
		want   string
	}{
		"file that is ignored": {hosts("server = \n"), containerd.Engine{Version: "2.4"}, "failed to decode"},
		"missing certificate":  {hosts("[host.\"https://m.example\"]\nca = \"/none.pem\"\n"), containerd.Engine{Version: "2.4"}, "unable to read CA cert"},
		"file that is refused": {registries("[[registry]]\n"), podman.Engine{}, "both location and prefix are unset"},
		"key that is ignored":  {registries("[[registry]]\nlocation = \"reg.example\"\nmirrors = 1\n"), podman.Engine{}, "registry.mirrors"},
	} {
		t.Run(name, func(t *testing.T) {
			var f failures
			Check(&f, row.files, row.engine, "reg.example/r:1")
			assert.Contains(t, strings.Join(f.messages, "\n"), row.want)
		})
	}
}

func TestNoParser(t *testing.T) {
	_, err := For(context.Background(), containerd.Engine{Version: "1.5"})
	assert.ErrorContains(t, err, "no parser for version 1.5")
}

// TestConsumer: a program that imports the model and an adapter gets none of
// what this module needs.
func TestConsumer(t *testing.T) {
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	if _, err := os.Stat(filepath.Join(root, "go.mod")); err != nil {
		root = moduleDir(t, "github.com/mirrorcfg/mirrorcfg")
	}
	dir := t.TempDir()
	write := func(name, text string) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
	}
	write("go.mod", "module consumer.example\n\ngo 1.25.0\n\nrequire github.com/mirrorcfg/mirrorcfg v0.0.0\n\nreplace github.com/mirrorcfg/mirrorcfg => "+root+"\n")
	write("main.go", "package main\n\nimport (\n\t\"github.com/mirrorcfg/mirrorcfg/containerd\"\n\t\"github.com/mirrorcfg/mirrorcfg/mirror\"\n)\n\nfunc main() { var e mirror.Engine = containerd.Engine{}; println(e.Name()) }\n")
	run := func(args ...string) string {
		cmd := exec.Command("go", args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=mod")
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s", out)
		return string(out)
	}
	run("mod", "tidy")
	modules := run("list", "-deps", "-f", "{{with .Module}}{{.Path}}{{end}}", ".")
	gomod, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	require.NoError(t, err)
	for _, heavy := range []string{"containerd/containerd", "containers/image", "go.podman.io", "moby/", "sirupsen/logrus"} {
		assert.NotContains(t, modules, heavy)
		assert.NotContains(t, string(gomod), heavy)
	}
	others := map[string]bool{}
	for _, m := range strings.Fields(modules) {
		if m != "consumer.example" && m != "github.com/mirrorcfg/mirrorcfg" {
			others[m] = true
		}
	}
	assert.LessOrEqual(t, len(others), 4, "modules beside mirrorcfg itself: %v", others)
}
