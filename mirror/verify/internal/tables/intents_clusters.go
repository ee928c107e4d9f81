package tables

import (
	"slices"

	"github.com/mirrorcfg/mirrorcfg/mirror"
	"github.com/mirrorcfg/mirrorcfg/mirror/verify/internal/upstream"
)

const buildkitTest = "buildkit 73ed682 util/resolver/resolver_test.go TestNewMirrorRegistryHost"

// clusterIntents: Bottlerocket's endpoints whose path has no /v2 are asked as
// they stand, which no registry serves and the model does not say.
func clusterIntents() []Intent {
	return slices.Concat(carenIntents(), bottlerocketIntents(), dragonflyIntents(), buildkitIntents(), configIntents())
}

func at(url, repository string) []mirror.Endpoint {
	return []mirror.Endpoint{{URL: url, Repository: repository, Capabilities: mirror.Pull | mirror.Resolve}}
}

func carenIntents() []Intent {
	const source = carenTest + "Test_generateContainerdDefaultHostsFile"
	const ecr, quay = "https://o-0123456789.dkr.ecr.us-east-1.amazonaws.com", "quay.io/team/busybox:1"
	const ca = "/etc/ssl/mymirror.crt"
	secured := mirrors("https://mymirror.com")
	secured[0].TLS.CA = []string{ca}
	registry := mirror.Registry{Prefix: "myregistry.com", Upstream: &mirror.Endpoint{URL: "https://myregistry.com", TLS: mirror.TLS{CA: []string{ca}}}}
	any := mirror.Registry{Prefix: "*", Mirrors: secured}
	return []Intent{
		{Name: "caren: mirror", Source: source, Engines: hostsFamilies, Want: wants(mirror.Registry{Prefix: "*", Mirrors: mirrors(ecr)}),
			Asks: []Ask{asked(quay, ecr+"/v2", "https://quay.io/v2")}},
		{Name: "caren: mirror with a path", Source: source, Engines: hostsFamilies, Want: wants(mirror.Registry{Prefix: "*", Mirrors: at(ecr, "myproject")}),
			Asks: []Ask{asked(quay, ecr+"/v2/myproject", "https://quay.io/v2")}},
		{Name: "caren: mirror with a CA", Source: source, Engines: hostsFamilies, Node: with(nil, ca), Want: wants(any),
			Asks: []Ask{asked("myregistry.com/busybox:1", "https://mymirror.com/v2", "https://myregistry.com/v2")}},
		{Name: "caren: mirror and registry with CAs", Source: source, Engines: []string{FamilyContainerd}, Node: with(nil, ca), Want: wants(any, registry),
			Asks: []Ask{asked(quay, "https://mymirror.com/v2", "https://quay.io/v2"), asked("myregistry.com/busybox:1", "https://myregistry.com/v2")}},
		{Name: "caren: registry with a CA", Source: source, Engines: []string{FamilyContainerd}, Node: with(nil, ca), Want: wants(registry),
			Asks: []Ask{asked("myregistry.com/busybox:1", "https://myregistry.com/v2")}},
	}
}

func bottlerocketIntents() []Intent {
	const source = bottlerocketTest + "test_write_hosts_toml"
	const image, example, mirrorURL, registry = "docker.io/library/busybox:1", "registry.example.com/busybox:1", "https://mirror.example.com", "https://registry.example.com"
	one := func(prefix string, endpoints []mirror.Endpoint) mirror.Config {
		return wants(mirror.Registry{Prefix: prefix, Mirrors: endpoints})
	}
	with := func(c mirror.Capabilities) []mirror.Endpoint {
		return []mirror.Endpoint{{URL: mirrorURL, Capabilities: c}}
	}
	plain := func(prefix, upstream, url string) mirror.Config {
		return wants(mirror.Registry{Prefix: prefix, Mirrors: mirrors(url), Upstream: &mirror.Endpoint{URL: upstream}})
	}
	const three = "https://c.example.com"
	return []Intent{
		{Name: "bottlerocket: docker.io", Source: source, Want: one("docker.io", mirrors(mirrorURL)), Asks: []Ask{asked(image, mirrorURL+"/v2", hubV2)}},
		{Name: "bottlerocket: port", Source: source, Want: one("registry.example.com:5000", mirrors("https://mirror.local")),
			Asks: []Ask{asked("registry.example.com:5000/busybox:1", "https://mirror.local/v2", registry+":5000/v2")}},
		{Name: "bottlerocket: path below v2", Source: source, Want: one("docker.io", at("https://ecr-cache.example.com", "docker-hub")),
			Asks: []Ask{asked(image, "https://ecr-cache.example.com/v2/docker-hub", hubV2)}},
		{Name: "bottlerocket: address, port 443, path below v2", Source: source, Want: one("public.ecr.aws", at("https://196.18.8.18:443", "eks-a-test")),
			Asks: []Ask{asked("public.ecr.aws/busybox:1", "https://196.18.8.18:443/v2/eks-a-test", "https://public.ecr.aws/v2")}},
		{Name: "bottlerocket: all registries", Source: source, Engines: hostsFamilies, Want: one("*", mirrors("https://mirror.global")),
			Asks: []Ask{asked(example, "https://mirror.global/v2", registry+"/v2")}},
		{Name: "bottlerocket: port 443", Source: source, Want: one("registry.example.com:443", mirrors("https://mirror.local")),
			Asks: []Ask{asked("registry.example.com:443/busybox:1", "https://mirror.local/v2", registry+":443/v2")}},
		{Name: "bottlerocket: port 80", Source: source, Engines: hostsFamilies, Want: plain("registry.example.com:80", "http://registry.example.com:80", "http://mirror.local"),
			Asks: []Ask{asked("registry.example.com:80/busybox:1", "http://mirror.local/v2", "http://registry.example.com:80/v2")}},
		{Name: "bottlerocket: http", Source: source, Engines: hostsFamilies, Want: plain("registry.local:5000", "http://registry.local:5000", "http://mirror.local:5000"),
			Asks: []Ask{asked("registry.local:5000/busybox:1", "http://mirror.local:5000/v2", "http://registry.local:5000/v2")}},
		{Name: "bottlerocket: pull alone", Source: source, Want: one("docker.io", with(mirror.Pull)),
			Asks: []Ask{asked(image, hubV2), asked("docker.io/library/busybox@"+digest, mirrorURL+"/v2", hubV2)}},
		{Name: "bottlerocket: three capabilities", Source: source, Want: one("docker.io", with(mirror.Pull|mirror.Resolve|mirror.Push)), Asks: []Ask{asked(image, mirrorURL+"/v2", hubV2)}},
		{Name: "bottlerocket: several in order", Source: source, Want: one("registry.example.com", mirrors(three, "https://a.example.com", "https://b.example.com")),
			Asks: []Ask{asked(example, three+"/v2", "https://a.example.com/v2", "https://b.example.com/v2", registry+"/v2")}},
		{Name: "bottlerocket: no endpoints", Source: source, Want: one("registry.example.com", nil), Asks: []Ask{asked(example, registry+"/v2")}},
	}
}

// dragonflyIntents: Podman and CRI-O try https at the proxy first.
func dragonflyIntents() []Intent {
	const source = dragonflyTest
	const registry, image, quay = "https://registry.example.com/v2", "docker.io/library/busybox:1", "quay.io/team/busybox:1"
	proxy := mirrors("http://127.0.0.1:65001")
	proxy[0].Headers = []mirror.Header{{Name: "X-Dragonfly-Registry", Values: []mirror.Secret{mirror.NewSecret("https://registry.example.com")}}}
	hub := mirror.Registry{Prefix: "docker.io", Mirrors: proxy, Upstream: &mirror.Endpoint{URL: "https://registry.example.com"}}
	insecure := func(url string) mirror.Config {
		c := wants(mirror.Registry{Prefix: "registry.example.com", Mirrors: mirrors(url)})
		c.Search = []string{"registry.example.com"}
		return c
	}
	short := func(url string) []Ask {
		return []Ask{asked("registry.example.com/busybox:1", url, registry), {Reference: "busybox:1", URLs: []string{url + "/busybox/manifests/1", registry + "/busybox/manifests/1"}}}
	}
	return []Intent{
		{Name: "dragonfly: containerd", Source: source + "containerd.rs test_containerd_config_with_v2_config_path", Engines: hostsFamilies, Want: wants(hub), Asks: []Ask{asked(image, "http://127.0.0.1:65001/v2", registry), asked(quay, "https://quay.io/v2")}},
		{Name: "dragonfly: all registries", Source: source + "containerd.rs test_containerd_config_with_proxy_all_registries", Engines: hostsFamilies, Want: wants(hub, mirror.Registry{Prefix: "*", Mirrors: mirrors("http://127.0.0.1:65001")}),
			Asks: []Ask{asked(image, "http://127.0.0.1:65001/v2", registry), asked(quay, "http://127.0.0.1:65001/v2", "https://quay.io/v2")}},
		{Name: "dragonfly: CRI-O", Source: source + "crio.rs test_crio_config", Engines: []string{FamilyPodman}, Want: insecure("http://127.0.0.1:65001"), Asks: short("https://127.0.0.1:65001/v2")},
		{Name: "dragonfly: Podman", Source: source + "podman.rs test_podman_config", Engines: []string{FamilyPodman}, Want: insecure("http://127.0.0.1:5000"), Asks: short("https://127.0.0.1:5000/v2")},
	}
}

// buildkitIntents: the path of a mirror goes behind /v2.
func buildkitIntents() []Intent {
	const image, quay, fake = "docker.io/library/busybox:1", "quay.io/team/busybox:1", "fake.io/team/busybox:1"
	const local = "https://yourmirror.local:5000"
	return []Intent{
		{Name: "buildkit: mirrors with and without a path", Source: buildkitTest,
			Want: wants(
				mirror.Registry{Prefix: "docker.io", Mirrors: append(mirrors("https://hub.docker.io"), at(local, "proxy.docker.io")...)},
				mirror.Registry{Prefix: "quay.io", Mirrors: at(local, "proxy.quay.io")}),
			Asks: []Ask{asked(image, "https://hub.docker.io/v2", local+"/v2/proxy.docker.io", hubV2), asked(quay, local+"/v2/proxy.quay.io", "https://quay.io/v2")}},
		{Name: "buildkit: URLs with and without a path", Source: buildkitTest, Engines: hostsFamilies,
			Want: wants(mirror.Registry{Prefix: "fake.io", Mirrors: append(mirrors("https://url/"), at("https://url", "path")...)}),
			Asks: []Ask{asked(fake, "https://url/v2", "https://url/v2/path", "https://fake.io/v2")}},
	}
}

// configIntents: a mirror on a node whose config.toml another project wrote.
func configIntents() []Intent {
	const image, local = "docker.io/library/busybox:1", "localhost:5001/busybox:1"
	const imports = "version = 2\nimports = [\"/etc/containerd/conf.d/*.toml\"]\n"
	const runc = `[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"
`
	hub := wants(mirror.Registry{Prefix: "docker.io", Mirrors: mirrors("https://m.example")})
	node := wants(mirror.Registry{Prefix: "localhost:5001", Mirrors: mirrors("http://kind-registry:5000")})
	row := func(name, source string, want mirror.Config, ask Ask, files ...upstream.File) Intent {
		return Intent{Name: name, Source: source, Engines: []string{FamilyContainerd}, Node: files, Want: want, Asks: []Ask{ask}}
	}
	served := asked(image, "https://m.example/v2", hubV2)
	return []Intent{
		row("eks: two directories", eksTest+"containerdv1-config", hub, served, file(ContainerdConfig, eksV2)),
		row("gardener: a directory", gardenerTest, hub, served, file(ContainerdConfig, gardenerV2)),
		row("kind: without a directory", kindTest, node, asked(local, "http://kind-registry:5000/v2", "https://localhost:5001/v2"), file(ContainerdConfig, "version = 2\n"+runc)),
		row("kind: patched with mirrors", kindTest, hub, served, file(ContainerdConfig, "version = 2\n"+runc+mirrorTable(grpcCRI, "registry:5000", "http://registry:5000"))),
		row("nvidia: drop-in", nvidiaTest+"config_drop_in_test.go", hub, served, file(ContainerdConfig, imports), file("/etc/containerd/conf.d/99-nvidia.toml", "version = 2\n"+runc)),
		row("nvidia: drop-in that hides mirrors", nvidiaTest+"config_drop_in_test.go", hub, served,
			file(ContainerdConfig, imports+mirrorTable(grpcCRI, "docker.io", "https://old.example")), file("/etc/containerd/conf.d/99-nvidia.toml", "version = 2\n"+runc)),
	}
}
