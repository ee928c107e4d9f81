package e2e_test

import "github.com/mirrorcfg/mirrorcfg/internal/release"

const (
	hostsFile   = "/etc/containerd/certs.d/docker.io/hosts.toml"
	configFile  = "/etc/containerd/config.toml"
	treeInForce = `version = 2
[plugins."io.containerd.grpc.v1.cri".registry]
  config_path = "/etc/containerd/certs.d"
`
)

// hosts is a hosts.toml of docker.io, written by hand, in a tree that is read.
func hosts(content string) files { return files{configFile: treeInForce, hostsFile: content} }

// handwrittenHosts are certs.d trees as people write them.
func handwrittenHosts() []scenario {
	return []scenario{
		{name: "directory without a file hides _default", files: files{configFile: treeInForce,
			"/etc/containerd/certs.d/_default/hosts.toml": "[host.\"http://" + plainA + "\"]\n", "/etc/containerd/certs.d/docker.io": ""},
			pulls: []pull{{name: alpine, tag: []string{hub}}, {name: "quay.io/team/app", tag: []string{plainA, quay}}}, in: release.From("1.6.17")},
		{name: "file that does not parse", files: hosts("[host.\"http://" + plainA + "\"\n"), pulls: asks(hub)},
		{name: "capability that does not exist", files: hosts("[host.\"http://" + plainA + "\"]\n  capabilities = [\"pull\", \"reslove\"]\n"), pulls: asks(hub)},
		{name: "value of a wrong type", files: hosts("[host.\"http://" + plainA + "\"]\n  skip_verify = \"yes\"\n"), pulls: asks()},
		{name: "server alone", files: hosts("server = \"http://" + plainA + "\"\n"), pulls: asks()},
		{name: "server with capabilities", files: hosts("server = \"http://" + plainA + "\"\ncapabilities = [\"pull\"]\n[host.\"http://" + plainB + "\"]\n"),
			pulls: []pull{{name: alpine, tag: []string{plainB}, digest: []string{plainB, plainA}}}, unserved: true},
		{name: "host without a scheme", files: hosts("[host.\"" + namedA + "\"]\n"), pulls: asks(namedA, hub)},
		{name: "path that ends in v2", files: hosts("[host.\"http://" + plainA + "/proxy/v2\"]\n"), pulls: asks(plainA, hub)},
		{name: "path after v2 without override_path", files: hosts("[host.\"http://" + plainA + "/v2/hub\"]\n"), pulls: asks(plainA, hub)},
		{name: "override_path without v2", files: hosts("[host.\"http://" + plainA + "/hub\"]\n  override_path = true\n"), pulls: asks(plainA, hub)},
		{name: "override_path without a path", files: hosts("[host.\"http://" + plainA + "\"]\n  override_path = true\n"), pulls: asks(plainA, hub)},
		{name: "empty capabilities", files: hosts("[host.\"http://" + plainA + "\"]\n  capabilities = []\n"), pulls: asks(plainA, hub)},
		{name: "capabilities in capitals", files: hosts("[host.\"http://" + plainA + "\"]\n  capabilities = [\"PULL\", \"Resolve\"]\n"), pulls: asks()},
		{name: "upstream as its own mirror", files: hosts("server = \"https://" + hub + "\"\n[host.\"http://" + plainA + "\"]\n"), pulls: asks(plainA, hub)},
		{name: "hosts as dotted keys", files: hosts("host.\"http://" + plainA + "\".skip_verify = false\nhost.\"http://" + plainB + "\".skip_verify = false\n"), pulls: asks()},
		{name: "hosts as an inline table", files: hosts("server = \"http://" + plainC + "\"\nhost = {\"http://" + plainA + "\" = {}}\n"), pulls: asks()},
		{name: "sub-tables before their host", files: hosts("[host.\"http://" + plainB + "\".header]\nx = \"y\"\n[host.\"http://" + plainA + "\"]\n[host.\"http://" + plainB + "\"]\n"), pulls: asks()},
		{name: "byte order mark", files: hosts("\ufeff[host.\"http://" + plainA + "\"]\n"), pulls: asks()},
		{name: "carriage returns", files: hosts("[host.\"http://" + plainA + "\"]\r\n  skip_verify = false\r\n"), pulls: asks(plainA, hub)},
		{name: "http with an authority on a port of https", files: hosts("[host.\"http://" + namedA + ":5141\"]\n  ca = \"/etc/mirrors/ca.pem\"\n"),
			pulls: asks(namedA+":5141", hub), in: release.From("1.7.7")},
		{name: "directory with port in both forms", files: files{configFile: treeInForce,
			"/etc/containerd/certs.d/reg.example.com_5000_/hosts.toml": "[host.\"http://" + plainA + "\"]\n",
			"/etc/containerd/certs.d/reg.example.com:5000/hosts.toml":  "[host.\"http://" + plainB + "\"]\n"},
			pulls: []pull{{name: onPort + "/app", tag: []string{plainA, onPort}}}},
		{name: "directory of the hub's host", files: files{configFile: treeInForce,
			"/etc/containerd/certs.d/registry-1.docker.io/hosts.toml": "[host.\"http://" + plainA + "\"]\n"}, pulls: asks(hub)},
		{name: "unknown keys", files: hosts("servre = \"http://" + plainC + "\"\n[host.\"http://" + plainA + "\"]\n  skip_verfy = true\n"), pulls: asks(plainA, hub)},
	}
}
