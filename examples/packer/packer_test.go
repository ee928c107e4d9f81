// Package packer tests the template beside it with the packer program.
package packer

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// need skips the test where packer is not installed, or fails it where the
// environment asks for everything to run.
func need(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("packer"); err != nil {
		if os.Getenv("MIRRORCFG_E2E") == "require" {
			t.Fatal("packer is not installed, and MIRRORCFG_E2E=require asks for it")
		}
		t.Skip("packer is not installed")
	}
}

// packer returns the command, at work in a directory and without a network.
func packer(work string, args ...string) *exec.Cmd {
	cmd := exec.Command("packer", args...)
	cmd.Dir = work
	cmd.Env = append(os.Environ(), "CHECKPOINT_DISABLE=1", "PACKER_CACHE_DIR="+work, "PACKER_CONFIG_DIR="+work)
	withoutNetwork(cmd)
	return cmd
}

// build runs the template against a root and returns what packer printed.
func build(t *testing.T, root, mirrors, engine string) (string, error) {
	t.Helper()
	need(t)
	work := t.TempDir()
	mirrorctl := filepath.Join(work, "mirrorctl")
	out, err := exec.Command("go", "build", "-o", mirrorctl, "../mirrorctl").CombinedOutput()
	require.NoError(t, err, "%s", out)
	template, err := filepath.Abs("mirrors.pkr.hcl")
	require.NoError(t, err)
	out, err = packer(work, "build", "-color=false", "-var", "mirrorctl="+mirrorctl, "-var", "mirrors="+mirrors,
		"-var", "engine="+engine, "-var", "root="+root, template).CombinedOutput()
	if err == nil {
		assertSame(t, filepath.Join(work, "rendered"), root)
	}
	return string(out), err
}

// assertSame checks that the rendered hosts files are those of the root.
func assertSame(t *testing.T, rendered, root string) {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(rendered, "etc/containerd/certs.d/*/hosts.toml"))
	require.NoError(t, err)
	require.Len(t, found, 2)
	for _, name := range found {
		want, err := os.ReadFile(name)
		require.NoError(t, err)
		inside, err := filepath.Rel(rendered, name)
		require.NoError(t, err)
		got, err := os.ReadFile(filepath.Join(root, inside))
		require.NoError(t, err)
		assert.Equal(t, string(want), string(got), inside)
	}
}

func TestTemplateBakesTheFilesIn(t *testing.T) {
	root := t.TempDir()
	config := filepath.Join(root, "etc/containerd/config.toml")
	require.NoError(t, os.MkdirAll(filepath.Dir(config), 0o755))
	require.NoError(t, os.WriteFile(config, []byte("version = 3\n# of the base image\n"), 0o644))
	mirrors, err := filepath.Abs("mirrors.toml")
	require.NoError(t, err)

	out, err := build(t, root, mirrors, "containerd@2.4")
	require.NoError(t, err, out)
	assert.Contains(t, out, "https://docker.m.daocloud.io/v2/library/alpine/manifests/3.20?ns=docker.io")
	after, err := os.ReadFile(config)
	require.NoError(t, err)
	assert.Contains(t, string(after), "# of the base image")
	assert.Contains(t, string(after), "config_path")

	out, err = build(t, root, mirrors, "containerd@2.4")
	require.NoError(t, err, "a second build changes nothing: %s", out)
	again, err := os.ReadFile(config)
	require.NoError(t, err)
	assert.Equal(t, string(after), string(again))
}

func TestTemplateFailsOnInputThatIsNotValid(t *testing.T) {
	root := t.TempDir()
	mirrors := filepath.Join(t.TempDir(), "mirrors.toml")
	require.NoError(t, os.WriteFile(mirrors, []byte("[[registry]]\nprefix = \"docker.io\"\nmirrors = []\n"), 0o644))
	out, err := build(t, root, mirrors, "containerd@2.4")
	require.Error(t, err, out)
	assert.Contains(t, out, `did you mean "mirror"`)
	entries, err := os.ReadDir(root)
	require.NoError(t, err)
	assert.Empty(t, entries, "nothing is baked in")
}

// An image cannot be booted here, so that only packer's own checks are made.
func TestImageTemplateIsValid(t *testing.T) {
	need(t)
	template, err := filepath.Abs("image.pkr.hcl")
	require.NoError(t, err)
	out, err := packer(t.TempDir(), "validate", "-var", "disk=debian-12.qcow2",
		"-var", "checksum=sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", template).CombinedOutput()
	require.NoError(t, err, "%s", out)
}
