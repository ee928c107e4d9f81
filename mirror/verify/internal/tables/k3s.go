package tables

const k3sTest = "k3s 06ea261c pkg/agent/containerd/config_test.go Test_UnitGetHostConfigs"

// k3sHosts are k3s' 46 cases about registries.yaml. Each row has the outcome
// that k3s expects, which it writes as hosts.toml files:
//
//   - an endpoint without a scheme is https, or http on this node but for port
//     443; without a path it has /v2; one that is listed twice is asked once;
//   - another path than /v2 stands as it is written, with override_path;
//   - the default endpoint comes last, also where it is listed last, unless
//     that is turned off;
//   - the embedded registry comes first, but for registries on this node;
//   - a registry about which nothing is said has no file.
//
// Credentials go into config.toml and change no request. k3s' own build of
// containerd asks no default endpoint where server is missing, and rewrites
// repositories; the releases of containerd do neither.
func k3sHosts() []Case {
	const example = "https://registry.example.com"
	hub := &hostsEntry{url: "https://registry-1.docker.io/v2"}
	node := hostsEntry{url: "https://127.0.0.1:6443/v2", ca: true, client: true}
	embedded := hostsTree{registry: "127.0.0.1:6443", server: &node}
	private := hostsTree{registry: "registry.example.com", server: &hostsEntry{url: example + "/v2"}}
	of := func(urls ...string) (list []hostsEntry) {
		for _, u := range urls {
			list = append(list, hostsEntry{url: u})
		}
		return list
	}
	docker := func(hosts ...hostsEntry) hostsTree { return hostsTree{"docker.io", hub, hosts} }
	mirror, second := hostsEntry{url: example + "/v2"}, hostsEntry{url: "https://registry.example.org/v2"}
	prefix := hostsEntry{url: example + "/prefix/v2", override: true}
	project := hostsEntry{url: example + "/project/registry", override: true}
	rewriting := hostsEntry{url: example + "/v2", rewrite: `"^rancher/(.*)" = "docker/rancher-images/$1"`}
	unverified := hostsEntry{skipVerify: true}

	const image, other, own = "docker.io/library/busybox:1", "quay.io/team/busybox:1", "registry.example.com/busybox:1"
	type trees = []hostsTree
	rows := []struct {
		name  string
		asked []string
		trees trees
	}{
		{"no registries", []string{image}, nil},
		{"default endpoint", []string{image}, nil},
		{"default endpoint listed", []string{image}, nil},
		{"default endpoint, embedded registry", []string{image, "127.0.0.1:6443/busybox:1"}, trees{docker(node), embedded}},
		{"default endpoint and credentials", []string{image}, trees{docker()}},
		{"default endpoint listed, and credentials", []string{image}, trees{docker()}},
		{"credentials alone", []string{image, other}, trees{docker()}},
		{"private registry, default endpoint", []string{own}, nil},
		{"private registry, default endpoint and credentials", []string{own}, trees{private}},
		{"private registry, credentials alone", []string{own}, trees{private}},
		{"URL with a path", []string{image}, trees{docker(prefix)}},
		{"host with a path", []string{image}, trees{docker(prefix)}},
		{"host with /v2", []string{image}, trees{docker(mirror)}},
		{"URL with /v2", []string{image}, trees{docker(mirror)}},
		{"URL without a path", []string{image}, trees{docker(mirror)}},
		{"host", []string{image}, trees{docker(mirror)}},
		{"host and port", []string{image}, trees{docker(of(example + ":443/v2")...)}},
		{"address", []string{image}, trees{docker(of("https://1.2.3.4/v2")...)}},
		{"address and port", []string{image}, trees{docker(of("https://1.2.3.4:443/v2")...)}},
		{"one endpoint twice", []string{image}, trees{docker(mirror)}},
		{"one endpoint in several forms", []string{image}, trees{docker(mirror)}},
		{"one endpoint at two places", []string{image}, trees{docker(mirror, second)}},
		{"localhost and port", []string{image}, trees{docker(of("http://localhost:5000/v2")...)}},
		{"URL of localhost", []string{image}, trees{docker(of("https://localhost:5000/v2")...)}},
		{"loopback address and port", []string{image}, trees{docker(of("http://127.0.0.1:5000/v2")...)}},
		{"URL of a loopback address", []string{image}, trees{docker(of("https://127.0.0.1:5000/v2")...)}},
		{"credentials of a mirror", []string{image, own}, trees{docker(mirror), private}},
		{"credentials of a mirror with a path", []string{image, own}, trees{docker(prefix), {private.registry, private.server, []hostsEntry{prefix}}}},
		{"credentials of a mirror with a path without /v2", []string{image, own}, trees{docker(project), {private.registry, private.server, []hostsEntry{project}}}},
		{"no default endpoint", []string{image, own}, trees{{"docker.io", nil, []hostsEntry{mirror}}, private}},
		{"embedded registry before a mirror", []string{image, own}, trees{docker(node, mirror), private, embedded}},
		{"embedded registry before a mirror that rewrites", []string{image, "docker.io/rancher/busybox:1"}, trees{docker(node, rewriting), private, embedded}},
		{"embedded registry, no default endpoint", []string{image}, trees{{"docker.io", nil, []hostsEntry{node, mirror}}, private, embedded}},
		{"embedded registry, default endpoint listed last", []string{image}, trees{docker(node, mirror, second), embedded}},
		{"embedded registry, no default endpoint but the one listed", []string{image}, trees{{"docker.io", nil, []hostsEntry{node, mirror, second, *hub}}, embedded}},
		{"wildcard without endpoints", []string{other}, nil},
		{"wildcard", []string{other, image}, trees{{"_default", nil, []hostsEntry{mirror}}}},
		{"wildcard, embedded registry", []string{other, "127.0.0.1:6443/busybox:1"}, trees{{"_default", nil, []hostsEntry{node, mirror}}, embedded}},
		{"wildcard, embedded registry, no default endpoint", []string{other}, trees{{"_default", nil, []hostsEntry{node, mirror}}, embedded}},
		{"wildcard for settings alone", []string{other, image}, trees{{"_default", &unverified, nil}}},
		{"localhost", []string{"localhost/busybox:1"}, nil},
		{"localhost at 443", []string{"localhost:443/busybox:1"}, nil},
		{"localhost at another port", []string{"localhost:5000/busybox:1"}, nil},
		{"localhost at 80", []string{"localhost:80/busybox:1"}, nil},
		{"localhost at another port, embedded registry", []string{"localhost:5000/busybox:1"}, trees{embedded}},
		{"localhost over https without verification", []string{"localhost:5000/busybox:1"}, trees{{
			"localhost:5000", &hostsEntry{url: "http://localhost:5000/v2", skipVerify: true},
			[]hostsEntry{{url: "https://localhost:5000/v2", skipVerify: true}},
		}}},
	}
	var cases []Case
	for _, row := range rows {
		for _, reference := range row.asked {
			c := Case{Name: "k3s: " + row.name + ": " + reference, Source: k3sTest, Reference: reference, Files: treeFiles("# File generated by k3s. DO NOT EDIT.\n", row.trees)}
			c.Want, c.TLS = treeRequests(row.trees, reference)
			cases = append(cases, c)
		}
	}
	return cases
}
