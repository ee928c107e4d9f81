package mirrortest_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/mirrorcfg/mirrorcfg/mirror"
	"github.com/mirrorcfg/mirrorcfg/mirror/fileset"
	"github.com/mirrorcfg/mirrorcfg/mirror/mirrortest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// recorder stands for a test whose failure is wanted.
type recorder struct {
	testing.TB
	failed string
}

func (r *recorder) Helper()                           {}
func (r *recorder) Errorf(format string, args ...any) { r.failed += fmt.Sprintf(format, args...) }
func (r *recorder) Fatalf(format string, args ...any) { r.Errorf(format, args...) }

func plan() mirror.Plan {
	return mirror.Plan{
		Changes: []mirror.Change{
			{Path: "/etc/containerd/certs.d/docker.io/hosts.toml", Kind: mirror.Create, Mode: 0o600, Secret: true, Reason: "docker.io gets a mirror",
				After: []byte("[host.\"https://u:hunter2@m\".header]\n  X-Key = \"hunter2\"\n")},
			{Path: "/etc/containerd/certs.d/old.io/hosts.toml", Kind: mirror.Delete, Prune: true, Before: []byte("x")},
			{Path: "/etc/docker/daemon.json", Kind: mirror.Update, Mode: 0o644, Before: []byte("{}"), After: []byte("{\"a\": 1}")},
			{Path: "/etc/opaque", Kind: mirror.Create, Secret: true, After: []byte("hunter2\n")},
		},
		Actions:     []mirror.Action{{Command: []string{"systemctl", "reload", "docker"}, Reason: "it reads daemon.json\nat its start"}},
		Diagnostics: mirror.Diagnostics{{Severity: mirror.Warning, Code: "loss/header", Field: "registries[0]", Message: "https://u:hunter2@m loses its header"}},
	}
}

func TestPlan(t *testing.T) {
	mirrortest.Plan(t, "testdata/plan.txtar", plan())
	text, err := mirrortest.FormatPlan(plan())
	require.NoError(t, err)
	assert.NotContains(t, string(text), "hunter2")
	files, err := fileset.ParseTxtar(text)
	require.NoError(t, err, "the golden file is an archive of the files")
	assert.Len(t, files, 3)
	assert.Equal(t, `{"a": 1}`, string(files[1].Data))
}

func TestFailures(t *testing.T) {
	golden := filepath.Join(t.TempDir(), "sub", "tree.txtar")
	files := mirror.Files{{Path: "/etc/a", Mode: 0o600, Data: []byte("one\ntwo\n")}}
	try := func(files mirror.Files, opts ...mirrortest.Option) string {
		r := &recorder{TB: t}
		mirrortest.Files(r, golden, files, opts...)
		return r.failed
	}
	assert.Contains(t, try(files), "does not exist")
	assert.Empty(t, try(files, mirrortest.Update(true)))
	assert.Empty(t, try(files))
	changed := mirror.Files{{Path: "/etc/a", Mode: 0o644, Data: []byte("one\n2\n")}}
	failure := try(changed)
	for _, line := range []string{"-0600 /etc/a\n", "+0644 /etc/a\n", "-two\n", "+2\n", " one\n"} {
		assert.Contains(t, failure, line)
	}
	assert.Contains(t, try(mirror.Files{{Path: "etc/a"}}), "etc/a")

	data, err := os.ReadFile(golden)
	require.NoError(t, err)
	assert.Equal(t, "0600 /etc/a\n-- /etc/a --\none\ntwo\n", string(data))
}

func TestWhoDecidesAboutUpdating(t *testing.T) {
	golden := filepath.Join(t.TempDir(), "tree.txtar")
	run := func(data string, opts ...mirrortest.Option) bool {
		r := &recorder{TB: t}
		mirrortest.Files(r, golden, mirror.Files{{Path: "/a", Data: []byte(data)}}, opts...)
		return r.failed == ""
	}
	require.Nil(t, flag.Lookup("update"), "the package declares no flag")
	require.True(t, run("1\n", mirrortest.Update(true)))
	require.False(t, run("2\n"))

	t.Setenv("MIRRORCFG_UPDATE", "1")
	require.True(t, run("2\n"), "the environment")
	require.False(t, run("3\n", mirrortest.Update(false)), "the option before the environment")
	t.Setenv("MIRRORCFG_UPDATE", "maybe")
	require.False(t, run("2\n"), "not a boolean")

	t.Setenv("MIRRORCFG_UPDATE", "1")
	// From here on the binary has a flag, as a consumer's test may.
	update := flag.Bool("update", false, "")
	require.True(t, run("3\n"), "a flag that is not given leaves it to the environment")
	t.Setenv("MIRRORCFG_UPDATE", "")
	require.False(t, run("4\n"), "neither is given")
	*update = true
	require.True(t, run("4\n"), "the flag")
	require.False(t, run("5\n", mirrortest.Update(false)), "the option before the flag")
	t.Setenv("MIRRORCFG_UPDATE", "1")
	require.NoError(t, flag.Set("update", "false"))
	require.False(t, run("5\n"), "the flag before the environment")
}

func ExampleFormatFiles() {
	text, err := mirrortest.FormatFiles(mirror.Files{
		{Path: "/etc/containers/registries.conf", Mode: 0o644, Data: []byte("short-name-mode = \"enforcing\"\n")},
		{Path: "/root/auth.json", Mode: 0o600, Data: []byte("{\"auths\": {\"r.io\": {\"auth\": \"c2VjcmV0\"}}}\n")},
	})
	if err != nil {
		panic(err)
	}
	fmt.Print(string(text))
	// Output:
	// 0644 /etc/containers/registries.conf
	// 0600 /root/auth.json
	// -- /etc/containers/registries.conf --
	// short-name-mode = "enforcing"
	// -- /root/auth.json --
	// {"auths": {"r.io": {"auth": "***"}}}
}

func ExampleFiles() {
	var t *testing.T // of the test function
	check := func(files mirror.Files) { mirrortest.Files(t, "testdata/node.txtar", files) }
	_ = check
}

func ExamplePlan() {
	var t *testing.T // of the test function
	check := func(plan mirror.Plan) { mirrortest.Plan(t, "testdata/plan.txtar", plan) }
	_ = check
}
