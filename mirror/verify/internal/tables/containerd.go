package tables

import (
	"net/url"
	"slices"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/mirror/verify/internal/upstream"
)

// CertsRoot is the host directory that the cases about containerd use.
const CertsRoot = "/etc/containerd/certs.d"

const hostsTest = "containerd 2.4.2 core/remotes/docker/config/hosts_test.go "

// Containerd returns the cases about containerd's host directories.
func Containerd() []Case {
	return slices.Concat(parseHostFile(), defaultHosts(), certFiles(), hostPaths(), k3sHosts(), peerHosts(), wharfieEndpoints(), wharfieRewrites())
}

var since22 = []string{"2.2", "2.3", "2.4"}

// parseHostFile is one file with every key, asked for what each host is good
// for.
func parseHostFile() []Case {
	const source = hostsTest + "TestParseHostFile"
	const text = `server = "https://default.example"
ca = "/etc/path/default"
[header]
  x-custom-1 = "custom header"

[host."https://mirror.example"]
  capabilities = ["pull"]
  ca = "/etc/certs/mirror.pem"
  skip_verify = false
  [host."https://mirror.example".header]
    x-custom-2 = ["value1", "value2"]

[host."https://mirror-bak.example/us"]
  capabilities = ["pull"]
  skip_verify = true

[host."http://mirror.example"]
  capabilities = ["pull"]

[host."https://test-1.example"]
  capabilities = ["pull", "resolve", "push", "referrers"]
  ca = ["/etc/certs/test-1-ca.pem", "/etc/certs/special.pem"]
  client = [["/etc/certs/client.cert", "/etc/certs/client.key"]]

[host."https://test-2.example"]
  client = "/etc/certs/client.pem"

[host."https://test-3.example"]
  client = ["/etc/certs/client-1.pem", "/etc/certs/client-2.pem"]

[host."https://no-referrers.example"]
  capabilities = ["pull", "resolve", "push"]
  client = ["/etc/certs/client-1.pem", "/etc/certs/client-2.pem"]

[host."https://own-path.example/v2/prefix"]
  capabilities = ["pull"]
  override_path = true

[host."https://no-path.example"]
  override_path = true

[host."https://only-header.example".header]
  x-custom-1 = "justaheader"

[host."https://dial-timeout.example"]
  dial_timeout = "3s"
`
	cert := Certificate()
	both := slices.Concat(cert.Cert, cert.Key)
	files := []upstream.File{file(CertsRoot+"/reg.example/hosts.toml", text)}
	for _, name := range []string{"certs/mirror.pem", "certs/test-1-ca.pem", "certs/special.pem", "path/default"} {
		files = append(files, upstream.File{Path: "/etc/" + name, Data: cert.Cert})
	}
	for _, name := range []string{"client.pem", "client-1.pem", "client-2.pem"} {
		files = append(files, upstream.File{Path: "/etc/certs/" + name, Data: both})
	}
	files = append(files,
		upstream.File{Path: "/etc/certs/client.cert", Data: cert.Cert},
		upstream.File{Path: "/etc/certs/client.key", Data: cert.Key})

	pull := []string{"https://mirror.example/v2", "https://mirror-bak.example/us/v2", "http://mirror.example/v2"}
	trusted := []string{"https://test-1.example/v2", "https://test-2.example/v2", "https://test-3.example/v2", "https://no-referrers.example/v2"}
	own := []string{"https://own-path.example/v2/prefix"}
	rest := []string{"https://no-path.example", "https://only-header.example/v2", "https://dial-timeout.example/v2", "https://default.example/v2"}

	base := Case{Source: source, Files: files, Only: since22}
	byTag, byDigest, push, upto21 := base, base, base, base
	byTag.Name, byTag.Reference = "all keys, by tag", "reg.example/repo:1"
	byTag.Want = requests("HEAD", "repo/manifests/1?ns=reg.example", slices.Concat(trusted, rest)...)
	byDigest.Name, byDigest.Reference = "all keys, by digest", "reg.example/repo@"+digest
	byDigest.Want = requests("HEAD", "repo/manifests/"+digest+"?ns=reg.example", slices.Concat(pull, trusted, own, rest)...)
	push.Name, push.Reference, push.Operation = "all keys, push", "reg.example/repo:1", upstream.Push
	push.Want = requests("HEAD", "repo/manifests/1?ns=reg.example", trusted[0])
	push.Only = []string{"2.3", "2.4"} // a push names the namespace from 2.3 on
	upto21.Name, upto21.Reference = "referrers is no capability before 2.2", "reg.example/repo:1"
	upto21.Only = []string{"1.6", "1.7", "2.0", "2.1"}
	upto21.Logged = "unknown capability referrers"
	upto21.Want = requests("HEAD", "repo/manifests/1", "https://reg.example/v2")
	return []Case{byTag, byDigest, push, upto21}
}

func requests(method, rest string, bases ...string) []string {
	out := make([]string, len(bases))
	for i, base := range bases {
		out[i] = method + " " + base + "/" + rest
	}
	return out
}

// defaultHosts asks for registries that nothing is configured for.
// TestHTTPFallback's rows with a DefaultScheme or DefaultTLS set options of
// the Go API that no file can set.
func defaultHosts() []Case {
	rows := []struct{ source, host, want string }{
		{"TestDefaultHosts", "docker.io/library", "https://registry-1.docker.io/v2/library"},
		{"TestHTTPFallback", "localhost:8080", "https://localhost:8080/v2"},
		{"TestHTTPFallback", "localhost:80", "http://localhost:80/v2"},
		{"TestHTTPFallback", "localhost:443", "https://localhost:443/v2"},
		{"TestHTTPFallback", "localhost", "https://localhost/v2"},
		{"TestHTTPFallback", "localhost:5000", "https://localhost:5000/v2"},
		{"TestHTTPFallback", "example.com", "https://example.com/v2"},
		{"TestHTTPFallback", "example.com:5000", "https://example.com:5000/v2"},
		{"TestHTTPFallback", "127.0.0.254:5000", "https://127.0.0.254:5000/v2"},
		{"TestHTTPFallback", "127.0.0.254", "https://127.0.0.254/v2"},
		{"TestHTTPFallback", "[::1]:5000", "https://[::1]:5000/v2"},
		{"TestHTTPFallback", "[::1]", "https://[::1]/v2"},
	}
	cases := make([]Case, len(rows))
	for i, row := range rows {
		cases[i] = Case{
			Name: "nothing configured for " + row.host, Source: hostsTest + row.source,
			Reference: row.host + "/repo:1", Want: []string{"HEAD " + row.want + "/repo/manifests/1"},
		}
	}
	return cases
}

// certFiles are directories without a hosts.toml.
func certFiles() []Case {
	cert := Certificate()
	const dir = CertsRoot + "/testing.example/"
	ca := upstream.File{Path: dir + "ca.crt", Data: cert.Cert}
	pair := []upstream.File{{Path: dir + "client.cert", Data: cert.Cert}, {Path: dir + "client.key", Data: cert.Key}}
	rows := map[string][]upstream.File{
		"crt only": {ca}, "crt and cert pair": append([]upstream.File{ca}, pair...), "cert pair only": pair,
	}
	var cases []Case
	for _, name := range []string{"crt only", "crt and cert pair", "cert pair only"} {
		cases = append(cases, Case{
			Name: name, Source: hostsTest + "TestLoadCertFiles", Files: rows[name],
			Reference: "testing.example/repo:1",
			Want:      []string{"HEAD https://testing.example/v2/repo/manifests/1"},
		})
	}
	return cases
}

// hostPaths is which directory is taken for a registry: containerd 2.4.2
// core/remotes/docker/config/config_unix.go, hostPaths, and
// hosts_resolver_test.go, TestResolverWithHostsDir.
func hostPaths() []Case {
	const source = "containerd 2.4.2 core/remotes/docker/config/config_unix.go hostPaths"
	rows := []struct {
		name, reference string
		dirs            []string
		want            string
	}{
		{"port between underscores first", "reg.example:5000/r:1", []string{"reg.example_5000_", "reg.example:5000", "_default"}, "reg.example_5000_"},
		{"then the plain name", "reg.example:5000/r:1", []string{"reg.example:5000", "reg.example", "_default"}, "reg.example:5000"},
		{"then _default", "reg.example:5000/r:1", []string{"reg.example", "_default"}, "_default"},
		{"a port is not dropped", "reg.example:443/r:1", []string{"reg.example"}, ""},
		{"docker.io by its own name only", "alpine:1", []string{"registry-1.docker.io", "index.docker.io"}, ""},
		{"docker.io", "alpine:1", []string{"docker.io", "_default"}, "docker.io"},
		{"IPv6 with a port", "[fd00::1]:5000/r:1", []string{"[fd00::1]_5000_", "_default"}, "[fd00::1]_5000_"},
	}
	cases := make([]Case, len(rows))
	for i, row := range rows {
		c := Case{Name: row.name, Source: source, Reference: row.reference}
		for j, dir := range row.dirs {
			c.Files = append(c.Files, file(CertsRoot+"/"+dir+"/hosts.toml", "server = \"https://"+mirrorName(j)+"\"\n[host]\n"))
		}
		domain, repo, _ := strings.Cut(row.reference, "/")
		base, ns := "https://"+domain+"/v2/", ""
		if !strings.Contains(row.reference, "/") {
			domain, repo, base = "docker.io", "library/"+row.reference, "https://registry-1.docker.io/v2/"
		}
		if at := slices.Index(row.dirs, row.want); at >= 0 {
			base, ns = "https://"+mirrorName(at)+"/v2/", "?ns="+url.QueryEscape(domain)
		}
		c.Want = []string{"HEAD " + base + strings.Replace(repo, ":", "/manifests/", 1) + ns}
		cases[i] = c
	}
	return cases
}

func mirrorName(i int) string { return []string{"first.example", "second.example", "third.example"}[i] }
