package fileset

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/mirrorcfg/mirrorcfg/mirror"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestRedact(t *testing.T) {
	const s = "hunter2"
	cases := []struct{ name, path, in, want string }{
		{"header table", "hosts.toml", "[host.\"https://m\".header]\n  X-Key = \"" + s + "\" # why\n[host.\"https://n\"]\nca = \"/x\"\n",
			"[host.\"https://m\".header]\n  X-Key = \"***\" # why\n[host.\"https://n\"]\nca = \"/x\"\n"},
		{"header list", "hosts.toml", "[header]\na = ['" + s + "', \"\"\"\n" + s + "\"\"\", # " + s + " = " + s + "\n]\n", "[header]\na = [\"***\", \"***\", # " + s + " = ***\n]\n"},
		{"inline", "hosts.toml", "[host.x]\nheader = { authorization = [\"Basic " + s + "\"], b = '" + s + "' }\nca = 'c'\n", "[host.x]\nheader = { authorization = [\"***\"], b = \"***\" }\nca = 'c'\n"},
		{"dotted", "hosts.toml", "host.\"https://x\".header.a = \"" + s + "\"\nx = 1\n", "host.\"https://x\".header.a = \"***\"\nx = 1\n"},
		{"escaped key", "hosts.toml", "[\"he\\u0061der\"]\na = '" + s + "'\n", "[\"he\\u0061der\"]\na = \"***\"\n"},
		{"any case", "x.toml", "Password = '" + s + "'\n", "Password = \"***\"\n"},
		{"auth table", "config.toml", "[plugins.\"io.containerd.grpc.v1.cri\".registry.configs.\"r.io\".auth]\n  username = \"" + s + "\"\n", "[plugins.\"io.containerd.grpc.v1.cri\".registry.configs.\"r.io\".auth]\n  username = \"***\"\n"},
		{"comment", "hosts.toml", "# password = \"" + s + "\"\na = 1\n", "# password = ***\na = 1\n"},
		{"comment in a header table", "hosts.toml", "[header]\n# X-Key = \"" + s + "\"\n", "[header]\n# X-Key = ***\n"},
		{"number", "x.toml", "token = 1234\nn = 5\n", "token = \"***\"\nn = 5\n"},
		{"not closed", "x.toml", "password = \"" + s + "\na = 1\n", "password = \"***\"\na = 1\n"},
		{"no key", "x.toml", "password: " + s + "\na = 1\n", "password: ***\na = 1\n"},
		{"text behind", "x.toml", "password = \"a\" " + s + " = " + s + "\n", "password = \"***\" " + s + " = ***\n"},
		{"url", "registries.conf", "location = \"https://u:" + s + "@h/x\" # http://" + s + "@y\n", "location = \"https://***@h/x\" # http://***@y\n"},
		{"crlf", "x.toml", "auth = \"" + s + "\"\r\nb = 2\r\n", "auth = \"***\"\r\nb = 2\r\n"},
		{"untouched", "x.toml", "a = [1, 2] # c\n[[t]]\nb = { c = 'd' }\nauthor = 'me'\n", "a = [1, 2] # c\n[[t]]\nb = { c = 'd' }\nauthor = 'me'\n"},
		{"json", "config.json", "{\n \"auths\": {\"r.io\": {\"auth\": \"" + s + "\", \"email\": \"e\"}},\n \"HttpHeaders\": {\"X\": [\"" + s + "\"]}, \"n\": 1e9}\n",
			"{\n \"auths\": {\"r.io\": {\"auth\": \"***\", \"email\": \"e\"}},\n \"HttpHeaders\": {\"X\": [\"***\"]}, \"n\": 1e9}\n"},
		{"json comments", "daemon.json", "{ // token: " + s + "\n /* password = " + s + " */ \"a\": 1 }", "{ // token: ***\n /* password = *** */ \"a\": 1 }"},
		{"json without a name", "auth", "{\"identitytoken\": \"" + s + "\"}", "{\"identitytoken\": \"***\"}"},
		{"json cut off", "x.json", "{\"auth\": \"" + s, "{\"auth\": \"***\""},
		{"json twice", "x.json", "{} {\"auth\": \"" + s + "\"}", "{} {\"auth\": \"***\"}"},
		{"json escape", "x.json", "{\"\\u0061uth\": \"" + s + "\\\"" + s + "\"}", "{\"\\u0061uth\": \"***\"}"},
		{"key file", "ca.key", "-----BEGIN RSA PRIVATE KEY-----\n" + s + "\n-----END RSA PRIVATE KEY-----\n", "-----BEGIN RSA PRIVATE KEY-----\n***\n-----END RSA PRIVATE KEY-----\n"},
		{"other files", "x.txt", "plain = text\n", "plain = text\n"},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			assert.Equal(t, tc.want, string(Redact(tc.path, []byte(tc.in))))
			assert.Equal(t, tc.want, string(Redact(tc.path, []byte(tc.want))), "a second time changes nothing")
		})
	}
}

func TestRedactSurvivesDepth(t *testing.T) {
	deep := strings.Repeat("[", 1<<20)
	for path, in := range map[string]string{"x.json": deep + `{"auth":"hunter2"`, "x.toml": "a = " + deep + "{auth='hunter2'}", "y.json": strings.Repeat(`{"a":`, 1<<18) + `{"auth":"hunter2"`} {
		assert.NotContains(t, string(Redact(path, []byte(in))), "hunter2")
	}
}

// A secret value must not be seen, whatever stands around it.
func FuzzRedact(f *testing.F) {
	f.Add("a = 1\n", "\nb = 2", true)
	f.Add("[header]\n", "\n[x]\n", true)
	f.Add("{\"a\": [1, {", "}]}", false)
	f.Fuzz(func(t *testing.T, before, after string, toml bool) {
		const secret = "hunter2hunter2"
		path, line := "x.json", "\n{\"auth\": \""+secret+"\"}\n"
		if toml {
			path, line = "x.toml", "\npassword = \""+secret+"\"\n"
		}
		out := string(Redact(path, []byte(before+line+after)))
		if strings.ContainsAny(before, "\"'/#[{,=:") {
			return // the line may be inside of a string; then there is no key
		}
		if strings.Contains(out, secret) {
			t.Errorf("%q", out)
		}
	})
}

func TestDiff(t *testing.T) {
	plan := planOf(
		update("/etc/docker/daemon.json", "{\n  \"a\": 1\n}\n", "{\n  \"a\": 2\n}\n"),
		create("/etc/containerd/certs.d/docker.io/hosts.toml", "server = 'x'\n"),
		remove("/etc/old", "one\ntwo"),
		mirror.Change{Path: "/etc/z/hosts.toml", Kind: mirror.Update, Secret: true, Before: []byte("[header]\na = 'hunter2'\n"), After: []byte("[header]\na = 'hunter3'\nb = 'hunter4'\n")},
		mirror.Change{Path: "/etc/z/only.toml", Kind: mirror.Update, Secret: true, Before: []byte("[header]\na = 'hunter2'\n"), After: []byte("[header]\na = 'hunter3'\n")},
		mirror.Change{Path: "/etc/z/opaque", Kind: mirror.Create, Secret: true, Mode: 0o640, After: []byte("hunter2")},
		mirror.Change{Path: "/etc/z/binary\n", Kind: mirror.Create, After: []byte("\x00")},
	)
	want := `diff --git a/etc/containerd/certs.d/docker.io/hosts.toml b/etc/containerd/certs.d/docker.io/hosts.toml
new file mode 100644
--- /dev/null
+++ b/etc/containerd/certs.d/docker.io/hosts.toml
@@ -0,0 +1 @@
+server = 'x'
diff --git a/etc/docker/daemon.json b/etc/docker/daemon.json
--- a/etc/docker/daemon.json
+++ b/etc/docker/daemon.json
@@ -1,3 +1,3 @@
 {
-  "a": 1
+  "a": 2
 }
diff --git a/etc/old b/etc/old
deleted file mode 100644
--- a/etc/old
+++ /dev/null
@@ -1,2 +0,0 @@
-one
-two
\ No newline at end of file
diff --git "a/etc/z/binary\n" "b/etc/z/binary\n"
new file mode 100644
Binary files /dev/null and "b/etc/z/binary\n" differ
diff --git a/etc/z/hosts.toml b/etc/z/hosts.toml
--- a/etc/z/hosts.toml
+++ b/etc/z/hosts.toml
@@ -1,2 +1,3 @@
 [header]
 a = "***"
+b = "***"
`
	want += `diff --git a/etc/z/only.toml b/etc/z/only.toml
Files a/etc/z/only.toml and b/etc/z/only.toml differ in masked secrets alone
diff --git a/etc/z/opaque b/etc/z/opaque
new file mode 100600
Secret files /dev/null and b/etc/z/opaque differ
`
	assert.Equal(t, want, Diff(plan))
	require.Equal(t, Diff(plan), Diff(plan))
	assert.Equal(t, "/etc/docker/daemon.json", plan.Changes[0].Path, "the plan is left in its order")
	assert.Empty(t, Diff(mirror.Plan{}))
}

// Where nothing is masked, the diff is one that git applies.
func TestDiffIsAPatch(t *testing.T) {
	git, err := exec.LookPath("git")
	if err != nil {
		t.Skip("git is not installed")
	}
	root, work := fastDir(t), t.TempDir()
	plan := thirtyFiles(t, root)
	plan.Changes = append(plan.Changes, create("/etc/no-newline", "a\nb"), create("/etc/with space", "x\n"))
	thirtyFiles(t, work)
	cmd := exec.Command(git, "apply", "-p1", "-")
	cmd.Dir, cmd.Stdin = work, strings.NewReader(Diff(plan))
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
	_, err = Apply(root, plan)
	require.NoError(t, err)
	for _, f := range plan.Files() {
		assert.Equal(t, string(f.Data), content(t, work, f.Path), f.Path)
	}
	assert.NoDirExists(t, work+"/etc/certs.d/gone0.io")
}
