package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestFaultsPointAtAttributes(t *testing.T) {
	w := newWorkspace(t)
	root := node(t, nil)
	for _, tt := range []struct {
		name, engine, body string
		want               []string
	}{
		{
			"URL", "containerd@2.4",
			"registries = [{\n prefix = \"docker.io\"\n mirrors = [\n{ url = \"https://a.example\" },\n{ url = \"m.example:5000\" }] }]",
			[]string{"mirror/url", "registries[0].mirrors[1].url", "https://m.example:5000"},
		},
		{
			"capability", "containerd@2.4",
			`registries = [{ prefix = "docker.io", mirrors = [{ url = "https://a.example", capabilities = ["pul"] }] }]`,
			[]string{"mirror/capabilities", "capabilities[0]", "pul"},
		},
		{
			"line in mirrors.toml", "docker@28.5", `config = "[[registry]]\nprefix = \"docker.io\"\nmirrors = []\n"`,
			[]string{"mirror/unknown-key", "line 3", `did you mean "mirror"`},
		},
		{
			"loss of security", "docker@28.5",
			`registries = [{ prefix = "docker.io", blocked = true }]`,
			[]string{"loss/blocked", `accept = ["loss/blocked"]`},
		},
		{"engine", "contanerd", `config = ""`, []string{`did you mean "containerd"?`}},
		{"version", "containerd@two", `config = "search = []"`, []string{`version "two"`}},
		{"nothing", "containerd", ``, []string{"Nothing is wanted"}},
		{"twice", "containerd", "config = \"\"\nsearch = []", []string{"Said twice"}},
		{"ownership", "containerd", "config = \"search = []\"\nownership = \"all\"", []string{"merge, exclusive, remove"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w.write("main.tf", mainTF(root, tt.engine, tt.body))
			code, out := w.run("plan")
			require.Equal(t, 1, code, out)
			for _, want := range tt.want {
				assert.Contains(t, unwrapped(out), want)
			}
			assert.Contains(t, out, "in resource \"mirrorcfg_node\" \"this\"")
		})
	}
	assert.Empty(t, contents(t, root))
}

func TestApplyRefusesANodeThatChangedSinceThePlan(t *testing.T) {
	w := newWorkspace(t)
	root := node(t, existing)
	w.write("main.tf", mainTF(root, "docker@28.5", `registries = [{ prefix = "docker.io", mirrors = [{ url = "https://m.example" }] }]`))
	w.must(0, "plan", "-out=planned")
	writeNode(t, root, daemonJSON, "{\"debug\": true}\n")
	code, out := w.run("apply", "planned")
	assert.Equal(t, 1, code)
	assert.Contains(t, out, "inconsistent final plan", "Terraform compares the digests of the files")
	assert.Equal(t, "{\"debug\": true}\n", readNode(t, root, daemonJSON))
	w.must(0, "apply", "-auto-approve")
}

func TestValuesKnownOnlyAtApply(t *testing.T) {
	w := newWorkspace(t)
	root := node(t, nil)
	w.write("main.tf", mainTF(root, "docker@28.5", `registries = [{ prefix = "docker.io", mirrors = [{ url = terraform_data.url.output }] }]`)+`
variable "url" { type = string }
resource "terraform_data" "url" { input = var.url }
`)
	w.must(0, "apply", "-auto-approve", "-var", "url=https://one.example")
	assert.Contains(t, readNode(t, root, daemonJSON), "one.example")
	w.must(0, "apply", "-auto-approve", "-var", "url=https://two.example")
	assert.Contains(t, readNode(t, root, daemonJSON), "two.example")
	assert.Contains(t, w.state("mirrorcfg_node.this")["diff"], "two.example")
	w.must(0, "plan", "-detailed-exitcode", "-var", "url=https://two.example")
	w.must(0, "destroy", "-auto-approve", "-var", "url=https://two.example")
	assert.Empty(t, withoutJournal(contents(t, root)))
}

func TestARootThatIsGone(t *testing.T) {
	w := newWorkspace(t)
	root := filepath.Join(t.TempDir(), "image")
	require.NoError(t, os.Mkdir(root, 0o755))
	w.write("main.tf", mainTF(root, "docker@28.5", `registries = [{ prefix = "docker.io", mirrors = [{ url = "https://m.example" }] }]`))
	w.must(0, "apply", "-auto-approve")
	require.NoError(t, os.RemoveAll(root))
	out := w.must(2, "plan", "-detailed-exitcode")
	assert.Contains(t, out, "will be created")
	w.must(0, "destroy", "-auto-approve")
}
