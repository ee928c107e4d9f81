package main

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/mirror/fileset"
)

// existing is what the operators of the node have written.
var existing = map[string]string{
	"etc/containerd/config.toml":                         "version = 3\n# what the operators have set\n[plugins.'io.containerd.cri.v1.images']\n  snapshotter = 'overlayfs' # faster\n",
	"etc/docker/daemon.json":                             "{\n\t\"log-driver\": \"local\"\n}\n",
	"etc/containerd/certs.d/reg.corp.example/hosts.toml": "# theirs\nserver = \"https://reg.corp.example\"\n",
}

const (
	hubHosts   = "etc/containerd/certs.d/docker.io/hosts.toml"
	daemonJSON = "etc/docker/daemon.json"
)

// withoutJournal leaves the lock file of mirrorcfg's journal out.
func withoutJournal(files map[string]string) map[string]string {
	delete(files, "var/lib/mirrorcfg/lock")
	return files
}

func TestNodeFromPlanToDestroy(t *testing.T) {
	w := newWorkspace(t)
	root := node(t, existing)
	w.use("examples/node/main.tf", "examples/node/mirrors.toml")
	w.write("terraform.tfvars", "root = "+quoted(root)+"\nharbor_token = \"Basic c2VjcmV0\"\n")

	out := w.must(2, "plan", "-detailed-exitcode", "-out=planned")
	assert.Contains(t, out, "loss/blocked", "an accepted loss stays visible")
	assert.Contains(t, out, "mirrors.toml", "beside the attribute that it is about")
	assert.Contains(t, out, `+[host."https://docker.m.daocloud.io"]`, "the plan shows the change")
	assert.NotContains(t, out, "c2VjcmV0")
	assert.Equal(t, existing, contents(t, root), "a plan touches nothing")

	out = w.must(0, "apply", "planned")
	assert.NotContains(t, out, "c2VjcmV0")
	assert.Contains(t, out, "systemctl restart containerd")
	assert.Contains(t, readNode(t, root, hubHosts), "Basic c2VjcmV0", "the file itself has the header")
	assert.Contains(t, readNode(t, root, daemonJSON), "\t\"log-driver\": \"local\"", "what was there stays as it was written")
	assert.Contains(t, readNode(t, root, "etc/containerd/config.toml"), "snapshotter = 'overlayfs' # faster")
	applied := contents(t, root)
	w.must(0, "plan", "-detailed-exitcode")

	// Someone's comment changes nothing that matters, someone's mirror does.
	writeNode(t, root, hubHosts, "# a note\n"+applied[hubHosts])
	w.must(0, "plan", "-detailed-exitcode")
	writeNode(t, root, hubHosts, "[host.\"https://elsewhere.example\"]\n")
	out = w.must(2, "plan", "-detailed-exitcode")
	assert.Contains(t, out, `-[host."https://elsewhere.example"]`)
	w.must(0, "apply", "-auto-approve")
	assert.NotContains(t, readNode(t, root, hubHosts), "elsewhere.example")
	w.must(0, "plan", "-detailed-exitcode")

	// What was there before the last apply is someone's drift, which the
	// record of the first apply then does not match.
	out = w.must(0, "destroy", "-auto-approve")
	assert.Contains(t, out, "not put back as they were")
	assert.Contains(t, unwrapped(out), "systemctl restart containerd")
	assert.Equal(t, existing[daemonJSON], readNode(t, root, daemonJSON))
	assert.NotContains(t, contents(t, root), hubHosts)
}

func TestDestroyPutsEveryByteBack(t *testing.T) {
	w := newWorkspace(t)
	root := node(t, existing)
	w.use("examples/node/main.tf", "examples/node/mirrors.toml")
	w.write("terraform.tfvars", "root = "+quoted(root)+"\n")
	w.must(0, "apply", "-auto-approve")
	w.write("mirrors.toml", "[[registry]]\nprefix = \"docker.io\"\n  [[registry.mirror]]\n  url = \"https://second.example\"\n")
	w.must(0, "apply", "-auto-approve")
	assert.Contains(t, readNode(t, root, daemonJSON), "second.example")
	w.must(0, "destroy", "-auto-approve")
	assert.Equal(t, existing, withoutJournal(contents(t, root)), "through two applies of two resources on one root")
}

func TestDestroyLeavesTheChangesOfOthers(t *testing.T) {
	w := newWorkspace(t)
	root := node(t, existing)
	w.write("main.tf", mainTF(root, "docker@28.5", `registries = [{ prefix = "docker.io", mirrors = [{ url = "https://m.example" }] }]`))
	w.must(0, "apply", "-auto-approve")
	writeNode(t, root, daemonJSON, "{\n\t\"log-driver\": \"journald\",\n\t\"registry-mirrors\": [\"https://m.example\"]\n}\n")
	out := w.must(0, "destroy", "-auto-approve")
	assert.Contains(t, out, "not put back as they were")
	left := readNode(t, root, daemonJSON)
	assert.Contains(t, left, "journald")
	assert.NotContains(t, left, "m.example")
	records, err := fileset.Records(root)
	require.NoError(t, err)
	assert.Empty(t, records, "of a resource that is gone")
	assert.Len(t, withoutJournal(contents(t, root)), len(existing), "the journal goes with the last record")
}

func TestImport(t *testing.T) {
	w := newWorkspace(t)
	root := node(t, map[string]string{
		"etc/containerd/config.toml": "version = 3\n[plugins.\"io.containerd.cri.v1.images\".registry]\nconfig_path = \"/etc/containerd/certs.d\"\n",
		hubHosts:                     "[host.\"https://m.example\"]\n  capabilities = [\"pull\", \"resolve\"]\n",
	})
	w.write("main.tf", mainTF(root, "containerd@2.4",
		`registries = [{ prefix = "docker.io", mirrors = [{ url = "https://m.example", capabilities = ["pull", "resolve"] }] }]`))
	out := w.must(0, "import", "mirrorcfg_node.this", "containerd@2.4:"+root)
	assert.Contains(t, out, "Import successful")
	assert.Contains(t, w.state("mirrorcfg_node.this")["files"], "/"+hubHosts)
	w.must(0, "plan", "-detailed-exitcode")
	w.must(0, "destroy", "-auto-approve")
	assert.NotContains(t, contents(t, root), hubHosts)

	code, out := w.run("import", "mirrorcfg_node.this", "containerd")
	assert.Equal(t, 1, code)
	assert.Contains(t, out, "containerd@2.4:/")
}

func TestOtherEngines(t *testing.T) {
	w := newWorkspace(t)
	root := node(t, nil)
	const registries = `registries = [{ prefix = "quay.io/team", blocked = true }, { prefix = "docker.io", mirrors = [{ url = "https://m.example" }] }]
	search = ["docker.io"]`
	w.write("main.tf", mainTF(root, "podman@5.4", registries))
	w.must(0, "apply", "-auto-approve")
	before := contents(t, root)
	require.NotEmpty(t, before)

	// CRI-O reads the same files, so that nothing is replaced.
	w.write("main.tf", mainTF(root, "cri-o@1.36", registries))
	out := w.must(2, "plan", "-detailed-exitcode")
	assert.NotContains(t, out, "must be replaced")
	w.write("main.tf", mainTF(root, "containerd@2.4", `registries = [{ prefix = "docker.io", mirrors = [{ url = "https://m.example" }] }]`))
	out = w.must(2, "plan", "-detailed-exitcode")
	assert.Contains(t, out, "must be replaced")
	w.must(0, "apply", "-auto-approve")
	after := contents(t, root)
	assert.Contains(t, after, hubHosts)
	assert.NotContains(t, after, "etc/containers/registries.conf")
	w.must(0, "plan", "-detailed-exitcode")
}

func TestExclusiveAndRemove(t *testing.T) {
	w := newWorkspace(t)
	root := node(t, existing)
	theirs := "etc/containerd/certs.d/reg.corp.example/hosts.toml"
	w.write("main.tf", mainTF(root, "containerd@2.4", `ownership = "exclusive"
	registries = [{ prefix = "docker.io", mirrors = [{ url = "https://m.example" }] }]`))
	w.must(0, "apply", "-auto-approve")
	assert.NotContains(t, contents(t, root), theirs)
	w.must(0, "plan", "-detailed-exitcode")
	w.must(0, "destroy", "-auto-approve")
	assert.Equal(t, existing, withoutJournal(contents(t, root)))

	w.write("main.tf", mainTF(root, "containerd@2.4", `ownership = "remove"
	registries = [{ prefix = "reg.corp.example" }]`))
	w.must(0, "apply", "-auto-approve")
	assert.NotContains(t, contents(t, root), theirs)
	w.must(0, "plan", "-detailed-exitcode")
	w.must(0, "destroy", "-auto-approve")
	assert.Equal(t, existing, withoutJournal(contents(t, root)))
}

// mainTF is a configuration with one node.
func mainTF(root, engine, rest string) string {
	return `terraform {
  required_providers {
    mirrorcfg = { source = "mirrorcfg/mirrorcfg" }
  }
}

resource "mirrorcfg_node" "this" {
  root   = ` + quoted(root) + `
  engine = ` + quoted(engine) + `
  ` + rest + `
}
`
}
