package containerd

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// listNode is a node with random endpoint lists.
type listNode struct {
	fstest.MapFS
	// lines are those of each namespace's list and of its host's settings.
	lines map[string][]int
	text  string
}

var (
	listNamespaces = []string{"docker.io", "quay.io", "reg.example:5000", "a.example", "b.example:8443", "localhost:5000", "127.0.0.1:5001", "[::1]:5002", "registry-1.docker.io", "*"}
	listEndpoints  = []string{
		"https://a.example", "https://a.example/v2", "https://a.example/", "http://a.example", "a.example", "https://b.example:8443", "http://b.example:8443/v2/hub",
		"https://a.example/base", "https://a.example/base/v2", "https://a.example/v2/hub/", "https://a.example/v2/50%25/x", "https://registry-1.docker.io", "https://docker.io",
		"https://quay.io", "https://reg.example:5000/v2/own", "reg.example:5000", "localhost:5000", "http://localhost:5000", "https://127.0.0.1:5001", "127.0.0.1:5001/v2/x",
		"http://[::1]:5002", "https://[fd00::1]:5000", "https://u:p@a.example", "https://a.example?x=1", "ftp://a.example", "HTTPS://A.example", "https://quay.io/v2/quay",
	}
	listReferences = []string{
		"alpine:3", "docker.io/team/app@sha256:" + strings.Repeat("0", 64), "quay.io/x", "reg.example:5000/x", "a.example/x", "b.example:8443/x", "localhost:5000/x", "localhost:80/x",
		"localhost:443/x", "localhost/x", "127.0.0.1:5001/x", "127.0.0.9/x", "[::1]:5002/x", "registry-1.docker.io/library/x", "other.example/x", "A.example/x", "[fd00::1]:5000/x",
	}
)

// randomLists writes a version 2 file with endpoint lists and, now and then,
// TLS settings, credentials and directories that nothing reads yet.
func randomLists(r *rand.Rand) listNode {
	n := listNode{MapFS: fstest.MapFS{}, lines: map[string][]int{}}
	text, line := "version = 2\n", 1
	write := func(format string, args ...any) {
		s := fmt.Sprintf(format, args...)
		text += s
		line += strings.Count(s, "\n")
	}
	const registry = `plugins."io.containerd.grpc.v1.cri".registry`
	for _, i := range r.Perm(len(listNamespaces))[:r.IntN(4)] {
		ns := listNamespaces[i]
		n.lines[ns] = append(n.lines[ns], line+1, line+2)
		var endpoints []string
		for range r.IntN(4) {
			endpoints = append(endpoints, fmt.Sprintf("%q", listEndpoints[r.IntN(len(listEndpoints))]))
		}
		if strings.Contains(ns, "[") { // no header has it before 2.0
			write("[%s.mirrors]\n%q.endpoint = [%s]\n", registry, ns, strings.Join(endpoints, ", "))
			continue
		}
		write("[%s.mirrors.%q]\nendpoint = [%s]\n", registry, ns, strings.Join(endpoints, ", "))
	}
	hosts := []string{"a.example", "b.example:8443", "registry-1.docker.io", "docker.io", "localhost:5000", "reg.example:5000", "quay.io"}
	for _, i := range r.Perm(len(hosts))[:max(0, r.IntN(4)-1)] {
		switch r.IntN(3) {
		case 0:
			write("[%s.configs.%q.auth]\nusername = \"u\"\n", registry, hosts[i])
		case 1:
			write("[%s.configs.%q.tls]\ninsecure_skip_verify = true\n", registry, hosts[i])
		default:
			write("[%s.configs.%q.tls]\nca_file = \"/etc/ssl/ca.pem\"\n", registry, hosts[i])
		}
	}
	n.text = text
	n.MapFS[configName] = &fstest.MapFile{Data: []byte(text)}
	n.MapFS["etc/ssl/ca.pem"] = &fstest.MapFile{Data: []byte("x")}
	for _, dir := range []string{"quay.io", "_default", "reg.example:5000", "other.example"} {
		if r.IntN(12) == 0 {
			n.MapFS["etc/containerd/certs.d/"+dir+"/hosts.toml"] = &fstest.MapFile{Data: []byte("[host.\"https://unread.example\"]\n")}
		}
	}
	return n
}

// told reports whether a diagnostic of the plan is about requests to a
// namespace.
func (n *listNode) told(ds mirror.Diagnostics, namespace string) bool {
	list := n.lines[namespace]
	if list == nil {
		list = n.lines["*"]
	}
	for _, d := range ds {
		switch {
		case d.Code == ruleMigrateLocalhost.Code && isLocalhost(namespace):
			return true
		case d.Code == ruleTreeInForce.Code:
			if dir := NamespaceOf(d.File[strings.LastIndexByte(d.File, '/')+1:]); dir == namespace || dir == "*" {
				return true
			}
		case d.File == "/"+configName && slices.Contains(list, d.Line) && (d.Code == ruleMigrateSlash.Code || d.Code == ruleMigrateSkipped.Code || d.Code == ruleMigrateRepeated.Code):
			return true
		}
	}
	return false
}

// requestsOf are the requests for a reference, none where a pull fails before
// the first.
func requestsOf(t *testing.T, e Engine, node fstest.MapFS, ref mirror.Reference) []string {
	t.Helper()
	view, err := e.Read(node)
	require.NoError(t, err)
	var out []string
	for _, a := range view.Explain(ref, mirror.OpPull).Attempts {
		out = append(out, a.Method+" "+a.URL+" "+a.TLS.String())
	}
	return out
}

// checkMigration: a reference is asked as before, or a diagnostic says that it
// is not. Requests that were made twice on end are made once.
func checkMigration(t *testing.T, version string, seed uint64) (migrated bool) {
	node := randomLists(rand.New(rand.NewPCG(seed, 0)))
	e := Engine{Version: version}
	plan, err := e.Migrate(node)
	require.NoError(t, err)
	after := applied(node.MapFS, plan)
	show := func() string {
		out := fmt.Sprintf("seed %d, containerd %s\n%s", seed, version, node.text)
		for _, c := range plan.Changes {
			out += fmt.Sprintf("-- %s %s --\n%s", c.Kind, c.Path, c.After)
		}
		return out + fmt.Sprint(plan.Diagnostics)
	}
	for _, given := range listReferences {
		ref, err := mirror.ParseReference(given)
		require.NoError(t, err)
		was, is := requestsOf(t, e, node.MapFS, ref), requestsOf(t, e, after, ref)
		if !slices.Equal(slices.Compact(was), slices.Compact(is)) && !node.told(plan.Diagnostics, ref.Domain) {
			t.Fatalf("%s\n%s\nbefore: %s\nafter:  %s", given, show(), strings.Join(was, "\n        "), strings.Join(is, "\n        "))
		}
	}
	again, err := e.Migrate(after)
	require.NoError(t, err)
	if len(again.Changes) > 0 {
		t.Fatalf("a second run changes %s\n%s", again.Changes[0].Path, show())
	}
	view, err := e.Read(after)
	require.NoError(t, err)
	if faults := view.Lint().AtLeast(mirror.Error).WithCode(ruleBadURL.Code); len(faults) > 0 {
		t.Fatalf("%v\n%s", faults, show())
	}
	return !plan.Empty()
}

func TestMigrateSaysWhatItChanges(t *testing.T) {
	for _, version := range []string{"1.6", "1.6.5", "1.6.20", "1.7", "2.0", "2.1", "2.2", "2.4"} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			migrated := 0
			for seed := range uint64(200) {
				if checkMigration(t, version, seed) {
					migrated++
				}
			}
			assert.Greater(t, migrated, 100)
		})
	}
}

func FuzzMigrate(f *testing.F) {
	f.Add("1.7", uint64(1))
	f.Add("2.4", uint64(2))
	f.Fuzz(func(t *testing.T, version string, seed uint64) {
		if _, _, err := parseVersion(version); err != nil || strings.HasPrefix(version, "2.2.") {
			return
		}
		checkMigration(t, version, seed)
	})
}
