package tables

import (
	"slices"

	"github.com/mirrorcfg/mirrorcfg/mirror/verify/internal/upstream"
)

const (
	talosTest     = "talos ad88231 internal/pkg/containers/cri/containerd/hosts_test.go "
	talosResolver = "talos ad88231 internal/pkg/containers/image/resolver_test.go "
)

// talosHosts are the trees that Talos makes of its machine configuration. A
// registry that has TLS settings gets a directory of its own. Talos' own
// resolver asks a registry's listed host once; containerd asks it again as the
// upstream.
func talosHosts() []Case {
	const hub2 = "https://registry-2.docker.io/v2"
	const image = "docker.io/library/busybox:1"
	const own = `[host."https://registry-1.docker.io"]
capabilities = ["pull", "resolve"]
`
	const second = `[host."https://registry-2.docker.io"]
capabilities = ["pull", "resolve"]
`
	const any = `[host."https://my-registry"]
capabilities = ["pull", "resolve"]
`
	const someHost = CertsRoot + "/some.host_123_/"
	withTLS := with(tree(
		"docker.io/hosts.toml", own+second+"skip_verify = true\n",
		"registry-2.docker.io/hosts.toml", "server = \"https://registry-2.docker.io\"\nskip_verify = true\n",
		"some.host_123_/hosts.toml", `server = "https://some.host:123"
ca = "`+someHost+`ca.crt"
client = [["`+someHost+`client.crt", "`+someHost+`client.key"]]
skip_verify = true
`), someHost+"ca.crt", someHost+"client.crt", someHost+"client.key")
	ca := with(tree(
		"_default/hosts.toml", `[host."https://my-registry1"]
capabilities = ["pull", "resolve"]
ca = "`+CertsRoot+`/_default/ca.crt"
[host."https://my-registry2"]
capabilities = ["pull", "resolve"]
`, "my-registry1/hosts.toml", "server = \"https://my-registry1\"\nca = \""+CertsRoot+"/my-registry1/ca.crt\"\n",
	), CertsRoot+"/_default/ca.crt", CertsRoot+"/my-registry1/ca.crt")
	harbor := func(project string) string {
		return "[host.\"https://harbor/v2/mirrors/" + project + "\"]\ncapabilities = [\"pull\", \"resolve\"]\noverride_path = true\n"
	}
	const skip = "skip_verify = true\n"
	const noFallback = talosTest + "TestGenerateHostsSkipFallback"
	oneMirror := tree("ghcr.io/hosts.toml", "server = \"http://127.0.0.1:5002\"\ncapabilities = [\"pull\", \"resolve\"]\n")
	rootOnlyRead := append([]string{"1.7"}, v2...)
	// containerd 1.6 wants a host table and without one falls back after all.
	rootOnly := heldFor([]string{"1.6"}, treeCases("talos: no fallback", noFallback, oneMirror, pulled{"ghcr.io/team/busybox:1", []string{"https://ghcr.io/v2"}}))
	rootOnly[0].Logged = "invalid `host` tree"
	skips, checks := upstream.TLS{SkipVerify: true}, upstream.TLS{}
	return slices.Concat(
		settled(treeCases("talos: TLS", talosTest+"TestGenerateHostsWithTLS", withTLS, pulled{image, []string{hubV2, hub2, hubV2}}), checks, skips, checks),
		settled(heldFor(rootOnlyRead, treeCases("talos: TLS", talosTest+"TestGenerateHostsWithTLS", withTLS, pulled{"some.host:123/busybox:1", []string{"https://some.host:123/v2"}})),
			upstream.TLS{SkipVerify: true, CAs: 1, ClientCerts: 1}),
		treeCases("talos: no TLS", talosTest+"TestGenerateHostsWithoutTLS", tree("docker.io/hosts.toml", own+second, "_default/hosts.toml", any),
			pulled{image, []string{hubV2, hub2, hubV2}}, pulled{"quay.io/busybox:1", []string{"https://my-registry/v2", "https://quay.io/v2"}}),
		settled(treeCases("talos: CA of a wildcard's mirror", talosTest+"TestGenerateHostsTLSWildcard", ca,
			pulled{"quay.io/busybox:1", []string{"https://my-registry1/v2", "https://my-registry2/v2", "https://quay.io/v2"}}), upstream.TLS{CAs: 1}, checks, checks),
		settled(treeCases("talos: harbor", talosTest+"TestGenerateHostsWithHarbor", tree(
			"docker.io/hosts.toml", harbor("proxy.docker.io")+skip, "ghcr.io/hosts.toml", harbor("proxy.ghcr.io")+skip, "harbor/hosts.toml", "server = \"https://harbor\"\n"+skip,
		), pulled{image, []string{"https://harbor/v2/mirrors/proxy.docker.io", hubV2}},
			pulled{"ghcr.io/team/busybox:1", []string{"https://harbor/v2/mirrors/proxy.ghcr.io", "https://ghcr.io/v2"}}), skips, checks),
		treeCases("talos: no fallback", noFallback, tree(
			"docker.io/hosts.toml", "server = \"http://127.0.0.1:5001/v2/\"\ncapabilities = [\"pull\", \"resolve\"]\noverride_path = true\n"+harbor("proxy.docker.io"),
		), pulled{image, []string{"https://harbor/v2/mirrors/proxy.docker.io", "http://127.0.0.1:5001/v2"}}),
		heldFor(rootOnlyRead, treeCases("talos: no fallback", noFallback, oneMirror, pulled{"ghcr.io/team/busybox:1", []string{"http://127.0.0.1:5002/v2"}})),
		rootOnly,
		// Talos adds /v2 where the path is not the whole.
		treeCases("talos: path without override", talosResolver+"TestRegistryHosts", tree(
			"docker.io/hosts.toml", "server = \"https://some.host\"\n[host.\"http://127.0.0.1:5000/docker.io\"]\ncapabilities = [\"pull\", \"resolve\"]\n",
		), pulled{image, []string{"http://127.0.0.1:5000/docker.io/v2", "https://some.host/v2"}}),
	)
}
