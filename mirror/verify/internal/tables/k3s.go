package tables

import (
	"fmt"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/mirror/verify/internal/upstream"
)

const k3sTest = "k3s pkg/agent/containerd/config_test.go Test_UnitGetHostConfigs; wharfie v0.7.1 pkg/registries/endpoints.go"

// k3sHosts are k3s' cases about endpoints, as the hosts.toml that k3s makes
// of them: an endpoint without a scheme is https, or http on the node itself;
// a path other than /v2 stands as it is written, with override_path; one that
// is listed twice is asked once; the default endpoint comes last. k3s' own
// build of containerd leaves the default out where server is missing, and
// knows rewrites. The releases of containerd do neither, so such cases show
// what they do.
func k3sHosts() []Case {
	const hub, pull = "https://registry-1.docker.io", "capabilities = [\"pull\", \"resolve\"]\n"
	type host struct{ url, more string }
	rows := []struct {
		name, dir, server string
		hosts             []host
		ref               string
		want              []string // bases, the registry's own last
	}{
		{"registry with no endpoints", "docker.io", hub + "/v2", nil, "docker.io/busybox:1", []string{hub + "/v2"}},
		{"registry with its default endpoint", "docker.io", hub + "/v2", nil, "docker.io/library/busybox:1", []string{hub + "/v2"}},
		{"one endpoint", "docker.io", hub + "/v2", []host{{"https://registry.example.com/v2", ""}}, "docker.io/busybox:1", []string{"https://registry.example.com/v2", hub + "/v2"}},
		{"endpoint with a port", "docker.io", hub + "/v2", []host{{"https://registry.example.com:5000/v2", ""}}, "docker.io/busybox:1", []string{"https://registry.example.com:5000/v2", hub + "/v2"}},
		{"endpoint without a path", "docker.io", hub + "/v2", []host{{"https://registry.example.com", ""}}, "docker.io/busybox:1", []string{"https://registry.example.com/v2", hub + "/v2"}},
		{"endpoint with a slash", "docker.io", hub + "/v2", []host{{"https://registry.example.com/", ""}}, "docker.io/busybox:1", []string{"https://registry.example.com/v2", hub + "/v2"}},
		{"endpoint with a path", "docker.io", hub + "/v2", []host{{"https://registry.example.com/prefix/v2", "override_path = true\n"}}, "docker.io/busybox:1", []string{"https://registry.example.com/prefix/v2", hub + "/v2"}},
		{"endpoint with a project", "docker.io", hub + "/v2", []host{{"https://registry.example.com/v2/project", "override_path = true\n"}}, "docker.io/busybox:1", []string{"https://registry.example.com/v2/project", hub + "/v2"}},
		{"endpoint over plain http", "docker.io", hub + "/v2", []host{{"http://registry.example.com/v2", ""}}, "docker.io/busybox:1", []string{"http://registry.example.com/v2", hub + "/v2"}},
		{"several endpoints in order", "docker.io", hub + "/v2", []host{{"https://b.example.com/v2", ""}, {"https://a.example.com/v2", ""}}, "docker.io/busybox:1", []string{"https://b.example.com/v2", "https://a.example.com/v2", hub + "/v2"}},
		{"default endpoint before another", "docker.io", hub + "/v2", []host{{hub + "/v2", ""}, {"https://a.example.com/v2", ""}}, "docker.io/busybox:1", []string{hub + "/v2", "https://a.example.com/v2", hub + "/v2"}},
		{"default endpoint with its port, to force a rewrite", "docker.io", hub + "/v2", []host{{hub + ":443/v2", ""}}, "docker.io/busybox:1", []string{hub + ":443/v2", hub + "/v2"}},
		{"registry with a port", "registry.example.com_5000_", "https://registry.example.com:5000/v2", []host{{"https://a.example.com/v2", ""}}, "registry.example.com:5000/busybox:1", []string{"https://a.example.com/v2", "https://registry.example.com:5000/v2"}},
		{"registry by address", "10.0.0.7_5000_", "https://10.0.0.7:5000/v2", nil, "10.0.0.7:5000/busybox:1", []string{"https://10.0.0.7:5000/v2"}},
		{"registry on this node over http", "127.0.0.1_5000_", "http://127.0.0.1:5000/v2", nil, "127.0.0.1:5000/busybox:1", []string{"http://127.0.0.1:5000/v2"}},
		{"registry on this node over https", "127.0.0.1_443_", "https://127.0.0.1:443/v2", nil, "127.0.0.1:443/busybox:1", []string{"https://127.0.0.1:443/v2"}},
		{"embedded registry first", "docker.io", hub + "/v2", []host{{"https://127.0.0.1:6443/v2", ""}, {"https://a.example.com/v2", ""}}, "docker.io/busybox:1", []string{"https://127.0.0.1:6443/v2", "https://a.example.com/v2", hub + "/v2"}},
		{"wildcard", "_default", "", []host{{"https://a.example.com/v2", ""}}, "quay.io/busybox:1", []string{"https://a.example.com/v2", "https://quay.io/v2"}},
		{"wildcard is not for a registry of its own", "docker.io", hub + "/v2", nil, "quay.io/busybox:1", []string{"https://quay.io/v2"}},
		{"no default endpoint is k3s' own", "docker.io", "", []host{{"https://a.example.com/v2", ""}}, "docker.io/busybox:1", []string{"https://a.example.com/v2", hub + "/v2"}},
		{"rewrites are k3s' own", "docker.io", hub + "/v2", []host{{"https://a.example.com/v2", "[host.\"https://a.example.com/v2\".rewrite]\n\"^busybox$\" = \"mirror/busybox\"\n"}}, "docker.io/busybox:1", []string{"https://a.example.com/v2", hub + "/v2"}},
	}
	cases := make([]Case, len(rows))
	for i, row := range rows {
		var text strings.Builder
		text.WriteString("# File generated by k3s. DO NOT EDIT.\n")
		if row.server != "" {
			fmt.Fprintf(&text, "server = %q\ncapabilities = [\"pull\", \"resolve\", \"push\"]\n", row.server)
		}
		text.WriteString("[host]\n")
		for _, h := range row.hosts {
			fmt.Fprintf(&text, "[host.%q]\n%s%s", h.url, pull, h.more)
		}
		c := Case{
			Name: "k3s: " + row.name, Source: k3sTest, Reference: row.ref,
			Files: []upstream.File{file(CertsRoot+"/"+row.dir+"/hosts.toml", text.String())},
		}
		domain, repository, _ := strings.Cut(strings.TrimSuffix(row.ref, ":1"), "/")
		if domain == "docker.io" && !strings.Contains(repository, "/") {
			repository = "library/" + repository
		}
		for _, base := range row.want {
			request := "HEAD " + base + "/" + repository + "/manifests/1"
			if own := "://" + domain + "/"; !strings.Contains(base, own) && !strings.Contains(base, "://registry-1.docker.io/") {
				request += "?ns=" + strings.ReplaceAll(domain, ":", "%3A")
			}
			c.Want = append(c.Want, request)
		}
		cases[i] = c
	}
	return cases
}
