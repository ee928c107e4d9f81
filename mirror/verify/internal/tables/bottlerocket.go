package tables

import "slices"

const bottlerocketTest = "bottlerocket-core-kit sources/thar-be-registries/src/main.rs "

// bottlerocketHosts: the directory has the port, the server its scheme, and
// an endpoint with a path is taken as it stands.
func bottlerocketHosts() []Case {
	const source = bottlerocketTest + "test_write_hosts_toml"
	const image, example = "docker.io/library/busybox:1", "registry.example.com/busybox:1"
	const hub, both = "server = \"https://registry-1.docker.io\"\n", "capabilities = [\"pull\", \"resolve\"]\n"
	const server = "server = \"https://registry.example.com\"\n"
	host := func(url, more string) string { return "[host.\"" + url + "\"]\n" + more }
	const path, override = "/path/to/resource", both + "override_path = true\n"
	const mirror, registry = "https://mirror.example.com", "https://registry.example.com"
	rows := []struct {
		name, dir, text, reference string
		bases                      []string
	}{
		{"docker.io", "docker.io", hub + host(mirror, both), image, []string{mirror + "/v2", hubV2}},
		{"port", "registry.example.com_5000_", "server = \"" + registry + ":5000\"\n" + host("https://mirror.local", both), "registry.example.com:5000/busybox:1", []string{"https://mirror.local/v2", registry + ":5000/v2"}},
		{"path below v2", "docker.io", hub + host("https://ecr-cache.example.com/v2/docker-hub", override), image, []string{"https://ecr-cache.example.com/v2/docker-hub", hubV2}},
		{"all registries", "_default", host("https://mirror.global", both), example, []string{"https://mirror.global/v2", registry + "/v2"}},
		{"port 443", "registry.example.com_443_", "server = \"" + registry + ":443\"\n" + host("https://mirror.local", both), "registry.example.com:443/busybox:1", []string{"https://mirror.local/v2", registry + ":443/v2"}},
		{"port 80", "registry.example.com_80_", "server = \"http://registry.example.com:80\"\n" + host("http://mirror.local", both), "registry.example.com:80/busybox:1", []string{"http://mirror.local/v2", "http://registry.example.com:80/v2"}},
		{"http", "registry.local_5000_", "server = \"http://registry.local:5000\"\n" + host("http://mirror.local:5000", both), "registry.local:5000/busybox:1", []string{"http://mirror.local:5000/v2", "http://registry.local:5000/v2"}},
		{"address, port 443, path", "docker.io", hub + host("https://10.0.0.1:443"+path, override), image, []string{"https://10.0.0.1:443" + path, hubV2}},
		{"address, port, path", "registry.example.com", server + host("https://172.16.0.5:8443"+path, override), example, []string{"https://172.16.0.5:8443" + path, registry + "/v2"}},
		{"address, port 443, path, no scheme", "public.ecr.aws", "server = \"https://public.ecr.aws\"\n" + host("196.18.8.18:443/v2/eks-a-test", override), "public.ecr.aws/busybox:1", []string{"https://196.18.8.18:443/v2/eks-a-test", "https://public.ecr.aws/v2"}},
		{"address, port, path, no scheme", "registry.example.com", server + host("192.168.1.1:5000"+path, override), example, []string{"https://192.168.1.1:5000" + path, registry + "/v2"}},
		{"name, port, path, no scheme", "registry.example.com", server + host("mirror.local:5000"+path, override), example, []string{"https://mirror.local:5000" + path, registry + "/v2"}},
		{"http, name, port, path", "registry.example.com", server + host("http://mirror.local:5000"+path, override), example, []string{"http://mirror.local:5000" + path, registry + "/v2"}},
		{"name, path", "docker.io", hub + host(mirror+path, override), image, []string{mirror + path, hubV2}},
		{"pull alone, by tag", "docker.io", hub + host(mirror, "capabilities = [\"pull\"]\n"), image, []string{hubV2}},
		{"pull alone, by digest", "docker.io", hub + host(mirror, "capabilities = [\"pull\"]\n"), "docker.io/library/busybox@" + digest, []string{mirror + "/v2", hubV2}},
		{"three capabilities", "docker.io", hub + host(mirror, "capabilities = [\"pull\", \"resolve\", \"push\"]\n"), image, []string{mirror + "/v2", hubV2}},
		{"no capability that is known", "docker.io", hub + host(mirror, "capabilities = []\n"), image, []string{mirror + "/v2", hubV2}}, // none is all
		{"several in order", "registry.example.com", server + host("https://c.example.com", both) + host("https://a.example.com", both) + host("https://b.example.com", both), example, []string{"https://c.example.com/v2", "https://a.example.com/v2", "https://b.example.com/v2", registry + "/v2"}},
		{"no endpoints", "registry.example.com", server, example, []string{registry + "/v2"}},
	}
	var out []Case
	for _, row := range rows {
		out = append(out, treeCases("bottlerocket: "+row.name, source, tree(row.dir+"/hosts.toml", row.text), pulled{row.reference, row.bases})...)
	}
	return append(out, bottlerocketCredentials()...)
}

// bottlerocketCredentials: a file that only Bottlerocket's containerd reads.
// To the others it is a directory without hosts.toml, which takes the place of
// _default; docker.io's is not docker.io's.
func bottlerocketCredentials() []Case {
	const source = bottlerocketTest + "test_write_credentials_toml, test_workflow_mirror_and_credential_same_registry"
	const mirror = "https://mirror.example.com/v2"
	const any = "[host.\"https://mirror.example.com\"]\ncapabilities = [\"pull\", \"resolve\"]\n"
	rows := []struct{ name, dir, text, reference, base string }{
		{"user", "registry.example.com", "username = \"user\"\npassword = \"pass\"\n", "registry.example.com/busybox:1", "https://registry.example.com/v2"},
		{"token", "registry.example.com", "identitytoken = \"token123\"\n", "registry.example.com/busybox:1", "https://registry.example.com/v2"},
		{"auth", "registry.example.com", "auth = \"dXNlcjpwYXNz\"\n", "registry.example.com/busybox:1", "https://registry.example.com/v2"},
		{"port 443", "registry.example.com_443_", "username = \"user\"\npassword = \"pass\"\n", "registry.example.com:443/busybox:1", "https://registry.example.com:443/v2"},
		{"port 80", "registry.example.com_80_", "username = \"user\"\npassword = \"pass\"\n", "registry.example.com:80/busybox:1", "https://registry.example.com:80/v2"},
	}
	var out []Case
	for _, row := range rows {
		files := tree("_default/hosts.toml", any, row.dir+"/credentials.toml", row.text)
		out = append(out, treeCases("bottlerocket: credentials, "+row.name, source, files, pulled{row.reference, []string{row.base}})...)
	}
	return slices.Concat(out,
		treeCases("bottlerocket: credentials of docker.io", source, tree("_default/hosts.toml", any, "registry-1.docker.io/credentials.toml", "username = \"user\"\n"),
			pulled{"docker.io/library/busybox:1", []string{mirror, hubV2}}),
		treeCases("bottlerocket: mirror and credentials", source, tree("registry.example.com/hosts.toml", "server = \"https://registry.example.com\"\n"+any, "registry.example.com/credentials.toml", "username = \"user\"\n"),
			pulled{"registry.example.com/busybox:1", []string{mirror, "https://registry.example.com/v2"}}))
}
