package tables

import (
	"slices"

	"github.com/mirrorcfg/mirrorcfg/mirror/verify/internal/upstream"
)

const (
	carenTest        = "cluster-api-runtime-extensions-nutanix a3310a60 pkg/handlers/generic/mutation/generic/mirrors/containerd_files_test.go "
	bottlerocketTest = "bottlerocket-core-kit sources/thar-be-registries/src/main.rs "
	dragonflyTest    = "dragonflyoss/client ff17c0b dragonfly-client-init/src/container_runtime/"
	nerdctlTest      = "nerdctl 8da5040 pkg/imgutil/dockerconfigresolver/registryurl_test.go TestURLParsingAndID"
)

// carenHosts: one mirror for all registries, with the whole path in its URL.
// The CA of a registry is put where it makes a directory of that registry's
// own, for which _default then no longer holds.
func carenHosts() []Case {
	const source = carenTest + "Test_generateContainerdDefaultHostsFile"
	const quay = "quay.io/team/busybox:1"
	all := func(base, more string) []upstream.File {
		return tree("_default/hosts.toml", "[host.\""+base+"\"]\ncapabilities = [\"pull\", \"resolve\"]\n"+more+"override_path = true\n")
	}
	const ecr, mirror = "https://o-0123456789.dkr.ecr.us-east-1.amazonaws.com/v2", "https://mymirror.com/v2"
	const mirrorCA, registryCA, addressCA = CertsRoot + "/mymirror.com/ca.crt", CertsRoot + "/myregistry.com/ca.crt", CertsRoot + "/172.100.0.10:5000/ca.crt"
	const caSource, exampleCA = carenTest + "Test_generateRegistryCACertFiles", CertsRoot + "/registry.example.com/ca.crt"
	secured := all(mirror, "ca = \""+mirrorCA+"\"\n")
	registry := pulled{"myregistry.com/busybox:1", []string{"https://myregistry.com/v2"}}
	return slices.Concat(
		treeCases("caren: mirror", source, all(ecr, ""), pulled{quay, []string{ecr, "https://quay.io/v2"}}),
		treeCases("caren: mirror with a path", source, all(ecr+"/myproject", ""), pulled{quay, []string{ecr + "/myproject", "https://quay.io/v2"}}),
		treeCases("caren: mirror with a CA, registry without", source, with(slices.Clone(secured), mirrorCA),
			pulled{quay, []string{mirror, "https://quay.io/v2"}}, pulled{"myregistry.com/busybox:1", []string{mirror, "https://myregistry.com/v2"}}),
		treeCases("caren: mirror and registries with CAs", source, with(slices.Clone(secured), mirrorCA, registryCA, addressCA),
			pulled{quay, []string{mirror, "https://quay.io/v2"}}, registry, pulled{"172.100.0.10:5000/myproject/busybox:1", []string{"https://172.100.0.10:5000/v2"}}),
		treeCases("caren: registry with a CA", source, with(nil, registryCA), registry),
		treeCases("caren: mirror and registry on one host", caSource, with(all("https://registry.example.com/v2/mirror", "ca = \""+exampleCA+"\"\n"), exampleCA),
			pulled{quay, []string{"https://registry.example.com/v2/mirror", "https://quay.io/v2"}},
			pulled{"registry.example.com/library/busybox:1", []string{"https://registry.example.com/v2"}}),
	)
}

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

// dragonflyHosts: one proxy on the node for each registry. It has TLS
// settings, so containerd tries https where http is written.
func dragonflyHosts() []Case {
	const source = dragonflyTest + "containerd.rs test_containerd_config_"
	const server, both = "server = \"https://registry.example.com\"\n", "[host.\"http://127.0.0.1:65001\"]\ncapabilities = [\"pull\", \"resolve\"]\n"
	const tls, header = "skip_verify = true\nca = [\"test-ca-cert\"]\n", "[host.\"http://127.0.0.1:65001\".header]\nX-Dragonfly-Registry = \"https://registry.example.com\"\n"
	const image, registry = "docker.io/library/busybox:1", "https://registry.example.com/v2"
	files := tree("docker.io/hosts.toml", server+both+tls+header)
	noCA := Case{Name: "dragonfly: CA that is not there", Source: source + "with_v2_config_path", Files: files, Reference: image, Err: "unable to read CA cert"}
	proxy := tree("docker.io/hosts.toml", server+both+header, "_default/hosts.toml", both)
	return slices.Concat([]Case{noCA},
		treeCases("dragonfly: proxy", source+"with_v2_config_path", with(slices.Clone(files), CertsRoot+"/docker.io/test-ca-cert"), pulled{image, []string{"https://127.0.0.1:65001/v2", registry}}),
		treeCases("dragonfly: all registries", source+"with_proxy_all_registries", proxy,
			pulled{image, []string{"http://127.0.0.1:65001/v2", registry}}, pulled{"quay.io/team/busybox:1", []string{"http://127.0.0.1:65001/v2", "https://quay.io/v2"}}),
		treeCases("dragonfly: not all registries", source+"without_proxy_all_registries", proxy[:1], pulled{"quay.io/team/busybox:1", []string{"https://quay.io/v2"}}),
	)
}

// nerdctlHosts: nerdctl finds the same credentials for a registry with the
// standard port and without. A directory belongs to one name: to a name with
// a port the one with that port, and port 443 is no exception.
func nerdctlHosts() []Case {
	const text = "server = \"https://found.example\"\n[host]\n"
	rows := []struct{ domain, dir, want string }{
		{"docker.io", "docker.io", "https://found.example/v2"},
		{"docker.io", "index.docker.io", hubV2},
		{"docker.io:80", "docker.io_80_", "https://found.example/v2"},
		{"docker.io:80", "docker.io", "https://docker.io:80/v2"},
		{"docker.io:8080", "docker.io_8080_", "https://found.example/v2"},
		{"index.docker.io:80", "index.docker.io_80_", "https://found.example/v2"},
		{"index.docker.io:8080", "index.docker.io_8080_", "https://found.example/v2"},
		{"foo.docker.io", "foo.docker.io", "https://found.example/v2"},
		{"foo.docker.io", "foo.docker.io_443_", "https://foo.docker.io/v2"},
		{"foo.docker.io:443", "foo.docker.io", "https://foo.docker.io:443/v2"},
		{"localhost:1234", "localhost_1234_", "https://found.example/v2"},
		{"127.0.0.1:1234", "127.0.0.1_1234_", "https://found.example/v2"},
		{"[::1]:1234", "[::1]_1234_", "https://found.example/v2"},
	}
	var out []Case
	for _, row := range rows {
		out = append(out, treeCases("nerdctl: "+row.dir, nerdctlTest, tree(row.dir+"/hosts.toml", text), pulled{row.domain + "/team/busybox:1", []string{row.want}})...)
	}
	return out
}
