package corpus

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/containerd"
	"github.com/mirrorcfg/mirrorcfg/docker"
	"github.com/mirrorcfg/mirrorcfg/mirror"
	"github.com/mirrorcfg/mirrorcfg/mirror/verify/internal/tables"
	"github.com/mirrorcfg/mirrorcfg/podman"
)

// onNode is files that an engine reads.
type onNode struct {
	name   string
	engine mirror.Engine
	files  mirror.Files
}

// TestModelIsValid: whatever an engine can load gives a model that a plan
// takes: the corpus, the recipes that the adapters are tested with, and the
// tables of upstream.
func TestModelIsValid(t *testing.T) {
	var nodes []onNode
	for _, s := range samples(t, hostsKind, configKind, dropInKind, registriesKind, registriesD, daemonKind) {
		for _, e := range s.engines() {
			nodes = append(nodes, onNode{s.name, e, s.files(s.data)})
		}
	}
	nodes = append(append(nodes, recipes(t)...), cases()...)
	for _, n := range nodes {
		t.Run(n.name+"/"+n.engine.Name(), func(t *testing.T) {
			view, err := n.engine.Read(n.files.FS())
			require.NoError(t, err)
			if view.Diagnostics().Err() == nil {
				assert.Empty(t, view.Config().Validate().AtLeast(mirror.Error), show(n.files))
			}
		})
	}
}

// recipes are the files in the testdata of the adapters.
func recipes(t *testing.T) (out []onNode) {
	t.Helper()
	for pattern, k := range map[string]kind{
		"containerd/testdata/seeds/*.toml": hostsKind, "containerd/testdata/seedconfigs/*.toml": configKind,
		"podman/testdata/seeds/*.conf": registriesKind, "docker/testdata/seeds/*.json": daemonKind,
	} {
		files, err := filepath.Glob(filepath.Join("../../..", pattern))
		require.NoError(t, err)
		require.NotEmpty(t, files, pattern)
		for _, f := range files {
			data, err := os.ReadFile(f)
			require.NoError(t, err)
			s := sample{name: filepath.Base(f), kind: k, data: data}
			s.path = nodePath(k, "docker.io+"+s.name)
			for _, e := range s.engines() {
				out = append(out, onNode{s.name, e, s.files(data)})
			}
		}
	}
	return out
}

// cases are the files in upstream's tables, whatever they are asked for.
func cases() (out []onNode) {
	add := func(cases []tables.Case, engines ...mirror.Engine) {
		for _, c := range cases {
			var files mirror.Files
			for _, f := range c.Files {
				files = append(files, mirror.File{Path: "/" + strings.TrimPrefix(f.Path, "/"), Mode: 0o644, Data: f.Data})
			}
			for i, e := range engines {
				out = append(out, onNode{fmt.Sprintf("%s/%d", c.Name, i), e, files})
			}
		}
	}
	for _, v := range []string{"1.7", "2.4"} {
		add(tables.Containerd(), containerd.Engine{Version: v, Client: containerd.Ctr, Paths: containerd.Paths{HostsDirs: []string{tables.CertsRoot}}})
		add(tables.CRI(), containerd.Engine{Version: v})
	}
	add(tables.SysRegistries(), podman.Engine{Library: "5.36.2"}, podman.Engine{Library: "5.42.0"})
	add(tables.Docker(), docker.Engine{ImageStore: docker.Containerd}, docker.Engine{ImageStore: docker.Graphdriver})
	return out
}
