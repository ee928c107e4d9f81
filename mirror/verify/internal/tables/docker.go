package tables

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/mirror/verify/internal/upstream"
)

// DaemonJSON is Docker Engine's file.
const DaemonJSON = "/etc/docker/daemon.json"

const (
	mobyConfigTest = "moby v2.0.0-beta.24 daemon/pkg/registry/config_test.go "
	mobyHostsTest  = "moby v2.0.0-beta.24 daemon/hosts_test.go "
)

// Docker returns the cases about daemon.json.
func Docker() []Case {
	return slices.Concat(validateMirror(), insecureRegistries(), mirrorsToHosts(), dragonflyDaemon())
}

func daemon(key string, values ...string) []upstream.File {
	data, err := json.Marshal(map[string][]string{key: values})
	if err != nil {
		panic(err)
	}
	return []upstream.File{{Path: DaemonJSON, Data: data}}
}

func hub(method string, urls ...string) []string {
	out := make([]string, len(urls), len(urls)+1)
	for i, u := range urls {
		out[i] = method + " " + u
	}
	return append(out, method+" https://registry-1.docker.io/v2/library/alpine/manifests/3")
}

// Versions of Docker Engine, as cases name them. Up to 24.0.7 a mirror has no
// path; from 28 on hosts.toml is read, and what is refused is said in words of
// its own; 20.10 has no proxies.
var (
	dockerOldest    = []string{"20", "23", "24.0.7"}
	dockerPaths     = []string{"24", "25", "26", "27", "28", "29"}
	dockerOlder     = []string{"20", "23", "24.0.7", "24", "25", "26", "27"}
	dockerProxies   = []string{"23", "24.0.7", "24", "25", "26", "27", "28", "29"}
	dockerHostsTOML = []string{"28", "29"}
)

// validateMirror: a valid mirror is one that is asked, by the older image
// store, at its own path before /v2.
func validateMirror() []Case {
	const source = mobyConfigTest + "TestValidateMirror"
	var cases []Case
	for _, valid := range []string{
		"http://mirror-1.example.com", "http://mirror-1.example.com/", "https://mirror-1.example.com", "https://mirror-1.example.com/",
		"http://localhost", "https://localhost", "http://localhost:5000", "https://localhost:5000",
		"http://127.0.0.1", "https://127.0.0.1", "http://127.0.0.1:5000", "https://127.0.0.1:5000",
		"http://mirror-1.example.com/v1/", "https://mirror-1.example.com/v1/",
	} {
		cases = append(cases, Case{
			Name: valid, Source: source, Files: daemon("registry-mirrors", valid), Store: upstream.GraphDriver, Reference: "alpine:3",
			Want: hub("HEAD", strings.TrimSuffix(valid, "/")+"/v2/library/alpine/manifests/3"),
		})
	}
	for i := range cases {
		if strings.HasSuffix(cases[i].Name, "/v1/") {
			cases[i].Only = dockerPaths
			cases = append(cases, Case{
				Name: cases[i].Name + " with a path", Source: source, Files: cases[i].Files, Reference: "alpine:3", Only: dockerOldest,
				Err: "path, query, or fragment at end of the URI",
			})
		}
	}
	for _, row := range []struct{ mirror, err string }{
		{"!invalid!://%as%", "is not a valid URI"},
		{"mirror-1.example.com", "no scheme specified"},
		{"mirror-1.example.com:5000", "no scheme specified"},
		{"ftp://mirror-1.example.com", `unsupported scheme "ftp"`},
		{"http://mirror-1.example.com/?q=foo", "query or fragment"},
		{"http://mirror-1.example.com/v1/?q=foo", "query or fragment"},
		{"http://mirror-1.example.com/v1/?q=foo#frag", "query or fragment"},
		{"http://mirror-1.example.com?q=foo", "query or fragment"},
		{"https://mirror-1.example.com#frag", "query or fragment"},
		{"https://mirror-1.example.com/#frag", "query or fragment"},
		{"http://foo:bar@mirror-1.example.com/", "username/password not allowed"},
		{"https://mirror-1.example.com/v1/#frag", "query or fragment"},
		{"https://mirror-1.example.com?q", "query or fragment"},
	} {
		cases = append(cases, Case{
			Name: row.mirror, Source: source, Files: daemon("registry-mirrors", row.mirror), Reference: "alpine:3", Err: row.err,
		})
		older := cases[len(cases)-1]
		switch row.err {
		case "no scheme specified":
			older.Err, older.Only, cases[len(cases)-1].Only = "invalid mirror", dockerOlder, dockerHostsTOML
		case "query or fragment":
			older.Err, older.Only, cases[len(cases)-1].Only = "path, query, or fragment", dockerOldest, dockerPaths
		default:
			continue
		}
		older.Name += " in older words"
		cases = append(cases, older)
	}
	return cases
}

// insecureRegistries: the older image store asks an insecure registry with
// https, or with http where it speaks no https.
func insecureRegistries() []Case {
	const source = mobyConfigTest + "TestLoadInsecureRegistries"
	var cases []Case
	for _, row := range []struct{ entry, host string }{
		{"127.0.0.1", "127.0.0.1"},
		{"127.0.0.1:8080", "127.0.0.1:8080"},
		{"2001:db8::1", ""}, // no reference can name it
		{"[2001:db8::1]:80", "[2001:db8::1]:80"},
		{"http://myregistry.example.com", "myregistry.example.com"},
		{"https://myregistry.example.com", "myregistry.example.com"},
		{"HTTP://myregistry.example.com", "myregistry.example.com"},
	} {
		c := Case{
			Name: "insecure " + row.entry, Source: source, Files: daemon("insecure-registries", row.entry),
			Store: upstream.GraphDriver, Reference: row.host + "/r:1",
		}
		if row.host == "" {
			c.Reference, c.Want = "alpine:3", hub("HEAD")
		} else {
			c.Want = []string{fmt.Sprintf("HEAD https://%s/v2/r/manifests/1", row.host)}
		}
		cases = append(cases, c)
	}
	for _, row := range []struct{ entry, err string }{
		{"svn://myregistry.example.com", "should not contain '://'"},
		{"-invalid-registry", "Cannot begin or end with a hyphen"},
		{"mytest-.com", "invalid host"},
		{"1200:0000:AB00:1234:0000:2552:7777:1313:8080", "invalid host"},
		{"myregistry.example.com:500000", `invalid port "500000"`},
		{`"myregistry.example.com"`, "invalid host"},
		{`"myregistry.example.com:5000"`, "invalid host"},
	} {
		cases = append(cases, Case{
			Name: "insecure " + row.entry, Source: source, Files: daemon("insecure-registries", row.entry), Reference: "alpine:3", Err: row.err,
		})
	}
	return cases
}

// mirrorsToHosts: upstream's rows without a scheme are past validation; in a
// file they need one.
func mirrorsToHosts() []Case {
	var cases []Case
	for _, row := range []struct{ mirror, base string }{
		{"https://localhost:5000", "https://localhost:5000/v2"},
		{"http://localhost:5000", "http://localhost:5000/v2"},
		{"http://localhost:5000/v2", "http://localhost:5000/v2"},
		{"https://localhost:5000/trailingslash/", "https://localhost:5000/trailingslash/v2"},
		{"https://localhost:5000/2trailingslash//", "https://localhost:5000/2trailingslash/v2"},
		{"https://localhost:5000/v2/", "https://localhost:5000/v2"},
		{"https://localhost:5000/base", "https://localhost:5000/base/v2"},
		{"https://localhost:5000/v2/base", "https://localhost:5000/v2/base/v2"},
	} {
		cases = append(cases, Case{
			Name: "host of " + row.mirror, Source: mobyHostsTest + "TestMirrorsToHosts", Files: daemon("registry-mirrors", row.mirror),
			Store: upstream.ContainerdStore, Reference: "alpine:3", Only: dockerHostsTOML,
			Want: hub("HEAD", row.base+"/library/alpine/manifests/3?ns=docker.io"),
		})
	}
	return cases
}
