package tables

import (
	"slices"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var hostsFamilies = []string{FamilyContainerd, FamilyDocker}

// spegelIntents: spegel's dial timeout is left out, since containerd 2.0 takes
// it for a TLS setting.
func spegelIntents() []Intent {
	const source = spegelTest + "TestMirrorConfiguration"
	const image, other, local, foo = "docker.io/library/busybox:1", "foo.bar:5000/busybox:1", "http://127.0.0.1:5000/v2", "http://foo.bar:5000/v2"
	pair := mirror.TLS{Client: []mirror.ClientCert{{Cert: "/etc/certs/xxx/client.cert"}, {Cert: "/etc/certs/xxx/client.key"}}}
	upstream := &mirror.Endpoint{URL: "http://foo.bar:5000"}
	node := mirrors("http://127.0.0.1:5000")
	pullOnly := []mirror.Endpoint{{URL: "http://127.0.0.1:5000", Capabilities: mirror.Pull}}
	before := mirrors("https://example.com:30020", "https://example.com:30021", "https://bar.com:30020")
	for i := range before {
		before[i].TLS = pair
	}
	secret := mirrors("http://127.0.0.1:5000", "http://127.0.0.1:5001")
	for i := range secret {
		secret[i].Headers = []mirror.Header{{Name: "Authorization", Values: []mirror.Secret{mirror.NewSecret("Basic aGVsbG86d29ybGQ=")}}}
	}
	existing := with(tree("docker.io/hosts.toml", `server = "https://registry-1.docker.io"

[host."https://example.com:30020"]
capabilities = ["pull", "resolve"]
client = ["/etc/certs/xxx/client.cert", "/etc/certs/xxx/client.key"]

[host."https://example.com:30021"]
client = ["/etc/certs/xxx/client.cert", "/etc/certs/xxx/client.key"]
capabilities = ["pull", "resolve"]

[host."https://bar.com:30020"]
capabilities = ["pull", "resolve"]
client = ["/etc/certs/xxx/client.cert", "/etc/certs/xxx/client.key"]
`), "/etc/certs/xxx/client.cert", "/etc/certs/xxx/client.key")
	const byDigest = "docker.io/library/busybox@" + digest
	out := []Intent{
		{Name: "spegel: several targets", Source: source, Engines: hostsFamilies,
			Want: wants(mirror.Registry{Prefix: "foo.bar:5000", Mirrors: mirrors("http://127.0.0.1:5000", "http://127.0.0.2:5000", "http://127.0.0.1:5001"), Upstream: upstream}),
			Asks: []Ask{asked(other, local, "http://127.0.0.2:5000/v2", "http://127.0.0.1:5001/v2", foo)}},
		{Name: "spegel: all registries", Source: source, Engines: hostsFamilies, Want: wants(mirror.Registry{Prefix: "*", Mirrors: node}),
			Asks: []Ask{asked(image, local, hubV2), asked(other, local, "https://foo.bar:5000/v2")}},
		{Name: "spegel: tags not resolved", Source: source, Engines: hostsFamilies,
			Want: wants(mirror.Registry{Prefix: "docker.io", Mirrors: pullOnly}, mirror.Registry{Prefix: "foo.bar:5000", Mirrors: pullOnly, Upstream: upstream}),
			Asks: []Ask{asked(image, hubV2), asked(byDigest, local, hubV2), asked(other, foo), asked("foo.bar:5000/busybox@"+digest, local, foo)}},
		{Name: "spegel: two registries", Source: source, Engines: hostsFamilies,
			Want: wants(mirror.Registry{Prefix: "docker.io", Mirrors: node}, mirror.Registry{Prefix: "foo.bar:5000", Mirrors: node, Upstream: upstream}),
			Asks: []Ask{asked(image, local, hubV2), asked(other, local, foo)}},
		{Name: "spegel: before what was there", Source: source, Engines: []string{FamilyContainerd}, Node: existing,
			Want: wants(mirror.Registry{Prefix: "docker.io", Mirrors: slices.Concat(node, before)}),
			Asks: []Ask{asked(image, local, "https://example.com:30020/v2", "https://example.com:30021/v2", "https://bar.com:30020/v2", hubV2)}},
		{Name: "spegel: instead of what was there", Source: source, Engines: []string{FamilyContainerd}, Node: existing,
			Want: wants(mirror.Registry{Prefix: "docker.io", Mirrors: node}), Asks: []Ask{asked(image, local, hubV2)}},
		{Name: "spegel: credentials", Source: source, Engines: hostsFamilies,
			Want: wants(mirror.Registry{Prefix: "foo.bar:5000", Mirrors: secret, Upstream: upstream}),
			Asks: []Ask{asked(other, local, "http://127.0.0.1:5001/v2", foo)}},
		{Name: "spegel: two wildcards", Source: "spegel b8c715a pkg/oci/filter_test.go TestParseRegistries", Refused: "mirror/duplicate-registry",
			Want: wants(mirror.Registry{Prefix: "*", Mirrors: node}, mirror.Registry{Prefix: "*", Mirrors: node})},
	}
	for _, row := range []struct{ url, code string }{
		{"ftp://mirror.example", "mirror/url"}, {"https://mirror.example?foo=bar", "mirror/url"}, {"https://foo@mirror.example", "mirror/url"},
	} {
		out = append(out, Intent{Name: "spegel: " + row.url, Source: "spegel b8c715a pkg/oci/filter_test.go TestValidateRegistryURL", Refused: row.code,
			Want: wants(mirror.Registry{Prefix: "quay.io", Mirrors: mirrors(row.url)})})
	}
	return out
}

func talosIntents() []Intent {
	const image, ghcr, quay = "docker.io/library/busybox:1", "ghcr.io/team/busybox:1", "quay.io/team/busybox:1"
	const local, some, any, ghcrV2, quayV2 = "http://127.0.0.1:5000/v2", "https://some.host/v2", "http://127.0.0.1:5001/v2", "https://ghcr.io/v2", "https://quay.io/v2"
	harbor := func(repository string) mirror.Endpoint {
		return mirror.Endpoint{URL: "https://harbor", Repository: repository, Capabilities: mirror.Pull | mirror.Resolve}
	}
	two, all := mirrors("http://127.0.0.1:5000", "https://some.host"), mirrors("http://127.0.0.1:5001")
	hub := mirror.Registry{Prefix: "docker.io", Mirrors: two, Fallback: mirror.Off}
	resolver := func(name string, want mirror.Config, asks ...Ask) Intent {
		return Intent{Name: "talos: " + name, Source: talosResolver + "TestRegistryEndpoints", Engines: hostsFamilies, Want: want, Asks: asks}
	}
	out := []Intent{
		resolver("nothing", wants(), asked(image, hubV2), asked(quay, quayV2)),
		resolver("mirrors, no fallback", wants(hub), asked(image, local, some), asked(quay, quayV2)),
		resolver("mirrors and fallback", wants(mirror.Registry{Prefix: "ghcr.io", Mirrors: two}), asked(ghcr, local, some, ghcrV2), asked(image, hubV2)),
		resolver("mirrors and a default, no fallback", wants(hub, mirror.Registry{Prefix: "*", Mirrors: all, Fallback: mirror.Off}), asked(image, local, some), asked(quay, any)),
		resolver("default and fallback", wants(mirror.Registry{Prefix: "*", Mirrors: all}), asked(image, any, hubV2), asked(quay, any, quayV2)),
		resolver("path", wants(
			mirror.Registry{Prefix: "docker.io", Mirrors: []mirror.Endpoint{harbor("registry.docker.io")}, Fallback: mirror.Off},
			mirror.Registry{Prefix: "ghcr.io", Mirrors: []mirror.Endpoint{harbor("registry.ghcr.io")}},
		), asked(image, "https://harbor/v2/registry.docker.io"), asked(ghcr, "https://harbor/v2/registry.ghcr.io", ghcrV2), asked(quay, quayV2)),
	}
	return slices.Concat(out, talosTreeIntents(), talosValidation())
}

func talosTreeIntents() []Intent {
	const image, ghcr, quay = "docker.io/library/busybox:1", "ghcr.io/team/busybox:1", "quay.io/team/busybox:1"
	const hub2 = "https://registry-2.docker.io/v2"
	files := with(nil, "/etc/ssl/ca.crt", "/etc/ssl/client.crt", "/etc/ssl/client.key")
	skip := mirror.TLS{SkipVerify: mirror.On}
	secured := mirror.TLS{SkipVerify: mirror.On, CA: []string{"/etc/ssl/ca.crt"}, Client: []mirror.ClientCert{{Cert: "/etc/ssl/client.crt", Key: "/etc/ssl/client.key"}}}
	two := mirrors("https://registry-1.docker.io", "https://registry-2.docker.io")
	unverified := slices.Clone(two)
	unverified[1].TLS = skip
	trusted := mirrors("https://my-registry1", "https://my-registry2")
	trusted[0].TLS.CA = []string{"/etc/ssl/ca.crt"}
	project := func(name string) mirror.Endpoint {
		return mirror.Endpoint{URL: "https://harbor", Repository: "mirrors/" + name, Capabilities: mirror.Pull | mirror.Resolve, TLS: skip}
	}
	return []Intent{
		{Name: "talos: TLS", Source: talosTest + "TestGenerateHostsWithTLS", Engines: []string{FamilyContainerd}, Node: files,
			Want: wants(
				mirror.Registry{Prefix: "docker.io", Mirrors: unverified},
				mirror.Registry{Prefix: "some.host:123", Upstream: &mirror.Endpoint{URL: "https://some.host:123", TLS: secured}},
				mirror.Registry{Prefix: "registry-2.docker.io", Upstream: &mirror.Endpoint{URL: "https://registry-2.docker.io", TLS: skip}},
			), Asks: []Ask{asked(image, hubV2, hub2, hubV2), asked("some.host:123/busybox:1", "https://some.host:123/v2"), asked("registry-2.docker.io/busybox:1", hub2)}},
		{Name: "talos: no TLS", Source: talosTest + "TestGenerateHostsWithoutTLS", Engines: hostsFamilies,
			Want: wants(mirror.Registry{Prefix: "docker.io", Mirrors: two}, mirror.Registry{Prefix: "*", Mirrors: mirrors("https://my-registry")}),
			Asks: []Ask{asked(image, hubV2, hub2, hubV2), asked(quay, "https://my-registry/v2", "https://quay.io/v2")}},
		{Name: "talos: CA of a wildcard's mirror", Source: talosTest + "TestGenerateHostsTLSWildcard", Engines: hostsFamilies, Node: files,
			Want: wants(mirror.Registry{Prefix: "*", Mirrors: trusted}),
			Asks: []Ask{asked(quay, "https://my-registry1/v2", "https://my-registry2/v2", "https://quay.io/v2")}},
		{Name: "talos: harbor", Source: talosTest + "TestGenerateHostsWithHarbor", Engines: hostsFamilies,
			Want: wants(mirror.Registry{Prefix: "docker.io", Mirrors: []mirror.Endpoint{project("proxy.docker.io")}}, mirror.Registry{Prefix: "ghcr.io", Mirrors: []mirror.Endpoint{project("proxy.ghcr.io")}}),
			Asks: []Ask{asked(image, "https://harbor/v2/mirrors/proxy.docker.io", hubV2), asked(ghcr, "https://harbor/v2/mirrors/proxy.ghcr.io", "https://ghcr.io/v2")}},
		{Name: "talos: no fallback", Source: talosTest + "TestGenerateHostsSkipFallback", Engines: hostsFamilies,
			Want: wants(
				mirror.Registry{Prefix: "docker.io", Mirrors: append([]mirror.Endpoint{{URL: "https://harbor", Repository: "mirrors/proxy.docker.io", Capabilities: mirror.Pull | mirror.Resolve}}, mirrors("http://127.0.0.1:5001")...), Fallback: mirror.Off},
				mirror.Registry{Prefix: "ghcr.io", Mirrors: mirrors("http://127.0.0.1:5002"), Fallback: mirror.Off},
			), Asks: []Ask{asked(image, "https://harbor/v2/mirrors/proxy.docker.io", "http://127.0.0.1:5001/v2"), asked(ghcr, "http://127.0.0.1:5002/v2")}},
		{Name: "talos: path without override", Source: talosResolver + "TestRegistryHosts", Engines: hostsFamilies,
			Want: wants(mirror.Registry{Prefix: "docker.io", Mirrors: mirrors("http://127.0.0.1:5000/docker.io", "https://some.host"), Fallback: mirror.Off}),
			Asks: []Ask{asked(image, "http://127.0.0.1:5000/docker.io/v2", "https://some.host/v2")}},
	}
}

// talosValidation: Talos allows a registry without endpoints, and so does the
// model.
func talosValidation() []Intent {
	const source = "talos ad88231 pkg/machinery/config/types/cri/registry_mirror_test.go TestRegistryMirrorConfigValidate"
	const gcr = "gcr.io/team/busybox:1"
	return []Intent{
		{Name: "talos: no name", Source: source, Refused: "mirror/prefix", Want: wants(mirror.Registry{Mirrors: mirrors("https://m.example")})},
		{Name: "talos: no URL", Source: source, Refused: "mirror/url", Want: wants(mirror.Registry{Prefix: "docker.io", Mirrors: mirrors("")})},
		{Name: "talos: another scheme", Source: source, Refused: "mirror/url", Want: wants(mirror.Registry{Prefix: "docker.io", Mirrors: mirrors("ftp://my-registry.local:5000")})},
		// Talos writes two tables of one name, and an empty file.
		{Name: "talos: one endpoint twice", Source: talosTest + "(no case)", Refused: "mirror/duplicate-mirror", Want: wants(mirror.Registry{Prefix: "docker.io", Mirrors: mirrors("https://m.example", "https://m.example")})},
		{Name: "talos: no endpoints, no fallback", Source: talosTest + "(no case)", Refused: "mirror/nothing-left", Want: wants(mirror.Registry{Prefix: "docker.io", Fallback: mirror.Off})},
		{Name: "talos: no endpoints", Source: source, Want: wants(mirror.Registry{Prefix: "gcr.io"}), Asks: []Ask{asked(gcr, "https://gcr.io/v2")}},
		{Name: "talos: two endpoints", Source: source, Engines: hostsFamilies,
			Want: wants(mirror.Registry{Prefix: "gcr.io", Mirrors: append(mirrors("https://my-private-registry.local:5000"), mirror.Endpoint{URL: "http://my-harbor", Repository: "registry-k8s.io", Capabilities: mirror.Pull | mirror.Resolve})}),
			Asks: []Ask{asked(gcr, "https://my-private-registry.local:5000/v2", "http://my-harbor/v2/registry-k8s.io", "https://gcr.io/v2")}},
	}
}
