package main

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// serveVariable makes the test binary be the provider, so that Terraform runs
// exactly the code under test.
const serveVariable = "MIRRORCFG_TEST_SERVE"

func TestMain(m *testing.M) {
	if os.Getenv(serveVariable) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// workspace is a directory that the terraform program is run in.
type workspace struct {
	t   *testing.T
	dir string
	env []string
}

// newWorkspace finds the terraform program and makes it use this provider
// without a registry, without terraform init and without a network.
func newWorkspace(t *testing.T) *workspace {
	t.Helper()
	if _, err := exec.LookPath("terraform"); err != nil {
		if os.Getenv("MIRRORCFG_E2E") == "require" {
			t.Fatal("terraform is not installed, and MIRRORCFG_E2E=require asks for it")
		}
		t.Skip("terraform is not installed")
	}
	self, err := os.Executable()
	require.NoError(t, err)
	plugins := t.TempDir()
	require.NoError(t, os.Symlink(self, filepath.Join(plugins, "terraform-provider-mirrorcfg")))
	rc := filepath.Join(plugins, "terraform.rc")
	require.NoError(t, os.WriteFile(rc, []byte(`provider_installation {
  dev_overrides { "mirrorcfg/mirrorcfg" = `+quoted(plugins)+` }
  direct {}
}
`), 0o600))
	return &workspace{t: t, dir: t.TempDir(), env: append(os.Environ(),
		"TF_CLI_CONFIG_FILE="+rc, "CHECKPOINT_DISABLE=1", "TF_IN_AUTOMATION=1", "TF_CLI_ARGS=-no-color", serveVariable+"=1")}
}

func quoted(s string) string {
	out, _ := json.Marshal(s)
	return string(out)
}

// use copies a file into the workspace.
func (w *workspace) use(files ...string) {
	w.t.Helper()
	for _, name := range files {
		data, err := os.ReadFile(name)
		require.NoError(w.t, err)
		w.write(filepath.Base(name), string(data))
	}
}

func (w *workspace) write(name, content string) {
	w.t.Helper()
	require.NoError(w.t, os.WriteFile(filepath.Join(w.dir, name), []byte(content), 0o600))
}

// run returns the exit code and what was printed.
func (w *workspace) run(args ...string) (int, string) {
	w.t.Helper()
	cmd := exec.Command("terraform", args...)
	cmd.Dir, cmd.Env = w.dir, w.env
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	withoutNetwork(cmd)
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		require.NoError(w.t, err)
	}
	return cmd.ProcessState.ExitCode(), out.String()
}

// must fails the test unless terraform ends with the code.
func (w *workspace) must(code int, args ...string) string {
	w.t.Helper()
	got, out := w.run(args...)
	require.Equal(w.t, code, got, "terraform %q:\n%s", args, out)
	return out
}

// state returns the attributes of a resource.
func (w *workspace) state(address string) map[string]any {
	w.t.Helper()
	var shown struct {
		Values struct {
			RootModule struct {
				Resources []struct {
					Address string         `json:"address"`
					Values  map[string]any `json:"values"`
				} `json:"resources"`
			} `json:"root_module"`
		} `json:"values"`
	}
	out := w.must(0, "show", "-json")
	require.NoError(w.t, json.NewDecoder(bytes.NewReader([]byte(out[bytes.IndexByte([]byte(out), '{'):]))).Decode(&shown), out)
	for _, r := range shown.Values.RootModule.Resources {
		if r.Address == address {
			return r.Values
		}
	}
	require.Fail(w.t, "not in the state", address)
	return nil
}

// node makes a root with files, path to content.
func node(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for name, content := range files {
		writeNode(t, root, name, content)
	}
	return root
}

func writeNode(t *testing.T, root, name, content string) {
	t.Helper()
	p := filepath.Join(root, name)
	require.NoError(t, os.MkdirAll(filepath.Dir(p), 0o755))
	require.NoError(t, os.WriteFile(p, []byte(content), 0o644))
}

func readNode(t *testing.T, root, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root, name))
	require.NoError(t, err)
	return string(data)
}

// contents returns every file below root.
func contents(t *testing.T, root string) map[string]string {
	t.Helper()
	out := map[string]string{}
	require.NoError(t, fs.WalkDir(os.DirFS(root), ".", func(p string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			out[p] = readNode(t, root, p)
		}
		return err
	}))
	return out
}

// unwrapped takes out the line breaks and bars that terraform puts into
// messages.
func unwrapped(out string) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(out, "│", " ")), " ")
}
