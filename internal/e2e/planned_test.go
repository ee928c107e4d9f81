package e2e_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/mirrorcfg/mirrorcfg/internal/e2e/recorder"
	"github.com/mirrorcfg/mirrorcfg/internal/release"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// registry describes one, with mirrors given by URL.
func registry(prefix string, urls ...string) mirror.Registry {
	r := mirror.Registry{Prefix: prefix}
	for _, url := range urls {
		r.Mirrors = append(r.Mirrors, mirror.Endpoint{URL: url})
	}
	return r
}

func config(registries ...mirror.Registry) mirror.Config {
	return mirror.Config{Registries: registries}
}

func dockerIO(mirrors ...mirror.Endpoint) mirror.Config {
	return config(mirror.Registry{Prefix: "docker.io", Mirrors: mirrors})
}

func mirrorOnly(urls ...string) mirror.Config {
	r := registry("docker.io", urls...)
	r.Fallback = mirror.Off
	return config(r)
}

// planned are configurations that containerd and the Podman family can both express.
func planned() []scenario {
	const team = "quay.io/team/app"
	return []scenario{
		{name: "one mirror", want: config(registry("docker.io", "http://"+plainA)), pulls: asks(plainA, hub)},
		{name: "three mirrors", want: config(registry("docker.io", "http://"+plainA, "http://"+plainB, "http://"+plainC)),
			pulls: asks(plainA, plainB, plainC, hub)},
		{name: "order is kept", want: config(registry("docker.io", "http://"+plainC, "https://"+secureA, "http://"+plainA)),
			pulls: asks(plainC, secureA, plainA, hub)},
		{name: "mirror by name", want: config(registry("docker.io", "https://"+namedA)), pulls: asks(namedA, hub)},
		{name: "mirror by name and port", want: config(registry("docker.io", "https://"+namedA+":443", "https://"+namedB)),
			pulls: asks(namedA+":443", namedB, hub)},
		{name: "plain http by name", want: config(registry("docker.io", "http://"+namedA+":80")), pulls: asks(namedA+":80", hub)},
		{name: "repository prefix", want: dockerIO(mirror.Endpoint{URL: "http://" + plainA, Repository: "hub"}),
			pulls: asks(plainA, hub), check: firstPathHas("/v2/hub/library/alpine/")},
		{name: "deep repository prefix", want: dockerIO(mirror.Endpoint{URL: "https://" + secureA, Repository: "proxies/docker.io"}),
			pulls: asks(secureA, hub), check: firstPathHas("/v2/proxies/docker.io/library/alpine/")},
		{name: "another registry", want: config(registry("quay.io", "http://"+plainA)),
			pulls: []pull{{name: team, tag: []string{plainA, quay}}, {name: alpine, tag: []string{hub}}}},
		{name: "several registries", want: config(registry("quay.io", "http://"+plainA), registry("ghcr.io", "http://"+plainB, "http://"+plainC), registry("docker.io", "https://"+secureA)),
			pulls: []pull{{name: team, tag: []string{plainA, quay}}, {name: "ghcr.io/a/b/c", tag: []string{plainB, plainC, ghcr}}, {name: alpine, tag: []string{secureA, hub}}}},
		{name: "registry with a port", want: config(registry(onPort, "http://"+plainA)),
			pulls: []pull{{name: onPort + "/app", tag: []string{plainA, onPort}}}},
		{name: "mirror only", want: mirrorOnly("http://" + plainA), pulls: asks(plainA)},
		{name: "mirrors only", want: mirrorOnly("http://"+plainA, "https://"+secureB, "http://"+plainC), pulls: asks(plainA, secureB, plainC)},
		{name: "mirrors only, the last with a repository", want: config(mirror.Registry{Prefix: "docker.io", Fallback: mirror.Off,
			Mirrors: []mirror.Endpoint{{URL: "http://" + plainA}, {URL: "http://" + plainB, Repository: "hub"}}}), pulls: asks(plainA, plainB)},
		{name: "blocked beside mirrors", want: config(mirror.Registry{Prefix: "docker.io", Blocked: true,
			Mirrors: []mirror.Endpoint{{URL: "http://" + plainA}}}), pulls: asks(plainA)},
		{name: "digests only", want: dockerIO(mirror.Endpoint{URL: "http://" + plainA, Capabilities: mirror.Pull}),
			pulls: []pull{{name: alpine, tag: []string{hub}, digest: thenHub(plainA)}}},
		{name: "one of two for digests only", want: dockerIO(
			mirror.Endpoint{URL: "http://" + plainA, Capabilities: mirror.Pull},
			mirror.Endpoint{URL: "http://" + plainB, Capabilities: mirror.Pull | mirror.Resolve}),
			pulls: []pull{{name: alpine, tag: thenHub(plainB), digest: thenHub(plainA, plainB)}}},
		{name: "certificate not checked", want: dockerIO(mirror.Endpoint{URL: "https://" + privateA, TLS: mirror.TLS{SkipVerify: mirror.On}}),
			pulls: asks(privateA, hub)},
		{name: "certificate that is not trusted", want: config(registry("docker.io", "https://"+privateA, "http://"+plainA)),
			pulls: asks(privateA, plainA, hub), dead: []string{privateA}},
		{name: "mirror that is down", want: config(registry("docker.io", "http://"+nothing, "http://"+plainA)),
			pulls: asks(nothing, plainA, hub), dead: []string{nothing}},
		{name: "all mirrors down", want: config(registry("docker.io", "http://"+nothing, "http://127.0.0.1:5198")),
			pulls: asks(nothing, "127.0.0.1:5198", hub), dead: []string{nothing, "127.0.0.1:5198"}},
		{name: "upstream elsewhere", want: config(mirror.Registry{Prefix: "docker.io", Mirrors: []mirror.Endpoint{{URL: "http://" + plainA}},
			Upstream: &mirror.Endpoint{URL: "https://" + secureB}}), pulls: asks(plainA, secureB)},
		{name: "deep repository", want: config(registry("docker.io", "http://"+plainA)),
			pulls: []pull{{name: "docker.io/team/group/app", tag: []string{plainA, hub}}}},
	}
}

// plannedContainerd are configurations that only containerd, and dockerd with hosts.toml, can express.
func plannedContainerd() []scenario {
	timeout := 3 * time.Second
	return []scenario{
		{name: "base path", want: dockerIO(mirror.Endpoint{URL: "http://" + plainA + "/proxy"}, mirror.Endpoint{URL: "https://" + secureA + "/a/b"}),
			pulls: asks(plainA, secureA, hub), check: firstPathHas("/proxy/v2/library/alpine/")},
		{name: "base path and repository", want: dockerIO(mirror.Endpoint{URL: "http://" + plainA + "/proxy", Repository: "hub"}),
			pulls: asks(plainA, hub), check: firstPathHas("/proxy/v2/hub/library/alpine/")},
		{name: "every other registry", want: config(registry("*", "http://"+plainA)),
			pulls: []pull{{name: "quay.io/team/app", tag: []string{plainA, quay}}, {name: alpine, tag: thenHub(plainA)}},
			in:    release.From("1.6.17")},
		{name: "named before every other", want: config(registry("*", "http://"+plainA), registry("docker.io", "http://"+plainB)),
			pulls: []pull{{name: "quay.io/team/app", tag: []string{plainA, quay}}, {name: alpine, tag: thenHub(plainB)}}},
		{name: "certificate authority", want: dockerIO(mirror.Endpoint{URL: "https://" + privateA, TLS: mirror.TLS{CA: []string{"/etc/mirrors/ca.pem"}}}),
			pulls: asks(privateA, hub)},
		{name: "certificate authority of a mirror that is alone", want: config(mirror.Registry{Prefix: "docker.io", Fallback: mirror.Off,
			Mirrors: []mirror.Endpoint{{URL: "https://" + privateA, TLS: mirror.TLS{CA: []string{"/etc/mirrors/ca.pem"}}}}}), pulls: asks(privateA)},
		{name: "headers", want: dockerIO(mirror.Endpoint{URL: "http://" + plainA, Headers: []mirror.Header{{Name: "Authorization", Values: []mirror.Secret{mirror.NewSecret("Basic dXNlcjpwYXNz")}}}}),
			pulls: asks(plainA, hub), check: func(t *testing.T, requests recorder.Requests) {
				for _, r := range requests.Manifests() {
					assert.Equal(t, "Basic", r.Authorization, r.String())
				}
			}},
		{name: "dial timeout", want: dockerIO(mirror.Endpoint{URL: "http://" + plainA, DialTimeout: &timeout}), pulls: asks(plainA, hub)},
		{name: "pull and resolve", want: dockerIO(mirror.Endpoint{URL: "http://" + plainA, Capabilities: mirror.Pull | mirror.Resolve}), pulls: asks(plainA, hub)},
		{name: "no mirror resolves", want: dockerIO(mirror.Endpoint{URL: "http://" + plainA, Capabilities: mirror.Pull}, mirror.Endpoint{URL: "https://" + secureA, Capabilities: mirror.Pull}),
			pulls: []pull{{name: alpine, tag: []string{hub}, digest: thenHub(plainA, secureA)}}},
		{name: "upstream with a path", want: config(mirror.Registry{Prefix: "quay.io", Mirrors: []mirror.Endpoint{{URL: "http://" + plainA}},
			Upstream: &mirror.Endpoint{URL: "http://" + plainB + "/real"}}), pulls: []pull{{name: "quay.io/team/app", tag: []string{plainA, plainB}}}},
		{name: "registry on loopback", want: config(registry(plainB, "http://"+plainA)),
			pulls: []pull{{name: plainB + "/app", tag: []string{plainA, plainB}}}},
	}
}

// firstPathHas checks where the first manifest was asked for.
func firstPathHas(part string) func(*testing.T, recorder.Requests) {
	return func(t *testing.T, requests recorder.Requests) {
		t.Helper()
		if manifests := requests.Manifests(); assert.NotEmpty(t, manifests) {
			assert.Contains(t, manifests[0].Path, part)
		}
	}
}
