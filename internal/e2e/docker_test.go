package e2e_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/internal/e2e/engines"
	"github.com/mirrorcfg/mirrorcfg/internal/e2e/node"
	"github.com/mirrorcfg/mirrorcfg/internal/release"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

const (
	leastDockerd = 15
	daemonFile   = "/etc/docker/daemon.json"

	graphdriver     = "graphdriver store"
	containerdStore = "containerd image store"
)

// stores are the image stores of a dockerd, and the daemon.json that chooses each. One is what the version
// chooses by itself.
func stores(engine engines.Engine) map[string]files {
	switch {
	case atLeast("29")(engine):
		return map[string]files{containerdStore: nil, graphdriver: {daemonFile: `{"features": {"containerd-snapshotter": false}}` + "\n"}}
	case atLeast("24")(engine):
		return map[string]files{graphdriver: nil, containerdStore: {daemonFile: `{"features": {"containerd-snapshotter": true}}` + "\n"}}
	default:
		return map[string]files{graphdriver: nil}
	}
}

func TestDockerdScenarios(t *testing.T) {
	node.Each(t, func(t *testing.T, engine engines.Engine) {
		for _, store := range []string{graphdriver, containerdStore} {
			base, has := stores(engine)[store]
			if !has {
				continue // 20.10 has one store
			}
			t.Run(store, func(t *testing.T) {
				s := newSubject(t, engine, base)
				require.NoError(t, s.Start())
				s.started = s.startFiles(t)
				runScenarios(t, s, store, plannedDocker(engine, store))
				runScenarios(t, s, store, handwrittenDaemon(store, base[daemonFile]))
				if store == containerdStore && atLeast("28")(engine) {
					runScenarios(t, s, store, plannedDockerHosts())
				}
				assert.GreaterOrEqual(t, results.Cases(row(engine, store)), leastDockerd)
			})
		}
	}, engines.Dockerd)
}

// plannedDocker are configurations that daemon.json can express.
func plannedDocker(engine engines.Engine, store string) []scenario {
	// Before 28.0 the containerd image store forgets the scheme of a mirror, and takes http for one on loopback.
	var plainOnly []string
	if store == containerdStore && !atLeast("28")(engine) {
		plainOnly = []string{"http://" + secureA}
	}
	// It forgets the base path too, so that no plan writes one.
	basePath := release.From("24.0.8")
	if store == containerdStore {
		basePath = release.From("28.0")
	}
	return []scenario{
		{name: "one mirror", want: config(registry("docker.io", "http://"+plainA)), pulls: asks(plainA, hub)},
		{name: "three mirrors", want: config(registry("docker.io", "http://"+plainC, "https://"+secureA, "http://"+plainA)),
			pulls: asks(plainC, secureA, plainA, hub), dead: plainOnly},
		{name: "mirror by name", want: config(registry("docker.io", "https://"+namedA, "https://"+namedB+":443")), pulls: asks(namedA, namedB+":443", hub)},
		{name: "plain http by name", want: config(registry("docker.io", "http://"+namedA+":80")), pulls: asks(), in: release.From("28.0")},
		{name: "base path", want: config(registry("docker.io", "http://"+plainA+"/proxy", "http://"+plainB+"/a/b")), pulls: asks(plainA, plainB, hub), in: basePath},
		{name: "mirror that is down", want: config(registry("docker.io", "http://"+nothing, "http://"+plainA)), pulls: asks(nothing, plainA, hub), dead: []string{nothing}},
		{name: "all mirrors down", want: config(registry("docker.io", "http://"+nothing, "http://127.0.0.1:5198")),
			pulls: asks(nothing, "127.0.0.1:5198", hub), dead: []string{nothing, "127.0.0.1:5198"}},
		{name: "certificate that is not trusted", want: config(registry("docker.io", "https://"+namedA+":5141", "http://"+plainA)),
			pulls: asks(namedA+":5141", plainA, hub), dead: []string{namedA + ":5141"}, unserved: store == graphdriver,
			facts: []fact{{
				holds: func(engines.Engine) bool { return store == graphdriver },
				why:   "dockerd looks the name of a mirror up, and checks no certificate where an address is in 127.0.0.0/8; a prediction looks no names up",
				log:   "from https://" + namedA + ":5141",
				recorded: func(lines []string) []string {
					mirror := strings.Replace(lines[0], "http://"+plainA, "https://"+namedA+":5141", 1)
					return append([]string{mirror}, lines...)
				},
			}}},
		{name: "certificate not checked", want: dockerIO(mirror.Endpoint{URL: "https://" + namedA + ":5141", TLS: mirror.TLS{SkipVerify: mirror.On}}),
			pulls: asks(namedA+":5141", hub), accept: []string{"loss/tls-verify"}},
		{name: "deep repository", want: config(registry("docker.io", "http://"+plainA)), pulls: []pull{{name: "docker.io/team/group/app", tag: []string{plainA, hub}}}},
		{name: "another registry is asked directly", want: config(registry("docker.io", "http://"+plainA)),
			pulls: []pull{{name: "quay.io/team/app", tag: []string{quay}}, {name: onPort + "/app", tag: []string{onPort}}}},
	}
}

// plannedDockerHosts are configurations for which dockerd 28 and later get hosts.toml files.
func plannedDockerHosts() []scenario {
	return []scenario{
		{name: "repository prefix", want: dockerIO(mirror.Endpoint{URL: "http://" + plainA, Repository: "hub"}), pulls: asks(plainA, hub), check: firstPathHas("/v2/hub/library/alpine/")},
		{name: "mirror only", want: mirrorOnly("http://"+plainA, "https://"+secureB), pulls: asks(plainA, secureB)},
		{name: "another registry", want: config(registry("quay.io", "http://"+plainA)), pulls: []pull{{name: "quay.io/team/app", tag: []string{plainA, quay}}, {name: alpine, tag: []string{hub}}}},
		{name: "every other registry", want: config(registry("*", "http://"+plainA)), pulls: []pull{{name: "quay.io/team/app", tag: []string{plainA, quay}}}},
		{name: "registry with a port", want: config(registry(onPort, "http://"+plainA)), pulls: []pull{{name: onPort + "/app", tag: []string{plainA, onPort}}}},
		{name: "digests only", want: dockerIO(mirror.Endpoint{URL: "http://" + plainA, Capabilities: mirror.Pull}), pulls: []pull{{name: alpine, tag: []string{hub}, digest: thenHub(plainA)}}},
		{name: "certificate authority", want: dockerIO(mirror.Endpoint{URL: "https://" + privateA, TLS: mirror.TLS{CA: []string{"/etc/mirrors/ca.pem"}}}), pulls: asks(privateA, hub)},
		{name: "hosts.toml beside registry-mirrors", want: config(registry("quay.io", "http://"+plainA), registry("docker.io", "http://"+plainB)),
			pulls: []pull{{name: "quay.io/team/app", tag: []string{plainA, quay}}, {name: alpine, tag: thenHub(plainB)}}},
	}
}

// handwrittenDaemon are daemon.json files as people write them. base is what chooses the image store.
func handwrittenDaemon(store, base string) []scenario {
	daemon := func(members string) files {
		if len(base) > 2 {
			members += ",\n " + base[1:len(base)-2]
		}
		return files{daemonFile: "{\n " + members + "\n}\n"}
	}
	mirrorsOf := func(list string) files { return daemon(`"registry-mirrors": [` + list + `]`) }
	const one = `"http://` + plainA + `"`
	return []scenario{
		{name: "no mirrors", files: mirrorsOf(""), pulls: asks(hub)},
		{name: "null", files: daemon(`"registry-mirrors": null`), pulls: asks(hub)},
		{name: "singular key", files: daemon(`"registry-mirror": [` + one + `]`), pulls: asks(hub)},
		{name: "key in a section", files: daemon(`"registry": {"registry-mirrors": [` + one + `]}`), pulls: asks()},
		{name: "key twice", files: daemon(`"registry-mirrors": [` + one + `], "registry-mirrors": ["http://` + plainB + `"]`), pulls: asks(plainB, hub)},
		{name: "slash at the end", files: mirrorsOf(`"http://` + plainA + `/"`), pulls: asks(plainA, hub)},
		{name: "mirror twice", files: mirrorsOf(one + `, "http://` + plainA + `/", "http://` + plainB + `"`), pulls: asks(plainA, plainB, hub)},
		{name: "base path in the file", files: mirrorsOf(`"http://` + plainA + `/proxy"`), pulls: asks(plainA, hub), in: release.From("24.0.8")},
		{name: "path that ends in v2", files: mirrorsOf(`"http://` + plainA + `/v2"`), pulls: asks(plainA, hub), in: release.From("24.0.8")},
		{name: "path after v2", files: mirrorsOf(`"http://` + plainA + `/v2/hub"`), pulls: asks(plainA, hub), in: release.From("24.0.8")},
		{name: "upstream by its host", files: mirrorsOf(one), pulls: []pull{{name: hub + "/library/alpine", tag: []string{hub}}}},
		{name: "other name of docker.io", files: mirrorsOf(one), pulls: []pull{{name: "index.docker.io/library/alpine", tag: []string{plainA, hub}}}},
		{name: "hosts.toml of containerd", files: files{hostsFile: "[host.\"http://" + plainA + "\"]\n"}, pulls: asks(hub)},
		{name: "hosts.toml", files: files{"/etc/docker/certs.d/docker.io/hosts.toml": "[host.\"http://" + plainA + "\"]\n"}, pulls: asks()},
		{name: "hosts.toml with a server alone", files: merged(mirrorsOf(one), files{"/etc/docker/certs.d/docker.io/hosts.toml": "server = \"http://" + plainB + "\"\n"}), pulls: asks()},
		{name: "hosts.toml that does not parse", files: merged(mirrorsOf(one), files{"/etc/docker/certs.d/docker.io/hosts.toml": "[host\n"}), pulls: asks()},
		{name: "registry on loopback with TLS", files: mirrorsOf(one), pulls: []pull{{name: secureA + "/app"}}},
		{name: "registry on loopback", files: mirrorsOf(one), pulls: []pull{{name: plainB + "/app"}}},
		{name: "insecure registry by name", files: daemon(`"insecure-registries": ["` + namedA + `:5141"]`), pulls: []pull{{name: namedA + ":5141/app"}}},
		{name: "insecure registry without TLS", files: daemon(`"insecure-registries": ["` + namedB + `:80"]`), pulls: []pull{{name: namedB + ":80/app"}}},
	}
}

func merged(all ...files) files {
	out := files{}
	for _, f := range all {
		for name, content := range f {
			out[name] = content
		}
	}
	return out
}
