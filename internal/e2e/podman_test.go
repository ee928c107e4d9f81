package e2e_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/mirrorcfg/mirrorcfg/internal/e2e/engines"
	"github.com/mirrorcfg/mirrorcfg/internal/e2e/node"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

const leastPodman = 15

func TestPodmanFamilyScenarios(t *testing.T) {
	node.Each(t, func(t *testing.T, engine engines.Engine) {
		s := newSubject(t, engine, nil)
		runScenarios(t, s, "", planned())
		runScenarios(t, s, "", plannedPodman())
		runScenarios(t, s, "", handwrittenRegistries(engine))
		assert.GreaterOrEqual(t, results.Cases(row(engine, "")), leastPodman)
	}, engines.Skopeo, engines.Podman, engines.Buildah)
}

// plannedPodman are configurations that only the Podman family can express.
func plannedPodman() []scenario {
	const team = "quay.io/team/app"
	return []scenario{
		{name: "sub-domains", want: config(registry("*.reg.example.com", "http://"+plainA)),
			pulls: []pull{{name: "app.reg.example.com/app", tag: []string{plainA, "app.reg.example.com"}}, {name: "reg.example.com/app", tag: []string{"reg.example.com"}}}},
		{name: "part of a registry", want: config(registry("quay.io/team", "http://"+plainA)),
			pulls: []pull{{name: team, tag: []string{plainA, quay}}, {name: "quay.io/teams/app", tag: []string{quay}}}},
		{name: "longest prefix wins", want: config(registry("quay.io", "http://"+plainA), registry("quay.io/team", "http://"+plainB), registry("quay.io/team/app", "http://"+plainC)),
			pulls: []pull{{name: team, tag: []string{plainC, quay}}, {name: "quay.io/team/other", tag: []string{plainB, quay}}, {name: "quay.io/x", tag: []string{plainA, quay}}}},
		{name: "blocked", want: config(mirror.Registry{Prefix: "quay.io", Blocked: true}), pulls: []pull{{name: team}}, refuses: "is blocked in"},
		{name: "part that is blocked", want: config(registry("quay.io", "http://"+plainA), mirror.Registry{Prefix: "quay.io/team", Blocked: true}),
			pulls: []pull{{name: team}}, refuses: "is blocked in"},
		{name: "tags only", want: dockerIO(mirror.Endpoint{URL: "http://" + plainA, Capabilities: mirror.Resolve}),
			pulls: []pull{{name: alpine, tag: thenHub(plainA), digest: []string{hub}}}},
		{name: "repository for part of a registry", want: config(mirror.Registry{Prefix: "quay.io/team", Mirrors: []mirror.Endpoint{{URL: "http://" + plainA, Repository: "quay/team-mirror"}}}),
			pulls: []pull{{name: team, tag: []string{plainA, quay}}}, check: firstPathHas("/v2/quay/team-mirror/team/app/manifests/")},
		{name: "two repositories of one mirror", want: dockerIO(mirror.Endpoint{URL: "http://" + plainA, Repository: "a"}, mirror.Endpoint{URL: "http://" + plainA, Repository: "b"}),
			pulls: asks(plainA, plainA, hub)},
		{name: "upstream in a repository", want: config(mirror.Registry{Prefix: "quay.io", Upstream: &mirror.Endpoint{URL: "https://" + secureB, Repository: "quay"}}),
			pulls: []pull{{name: team, tag: []string{secureB}}}, check: firstPathHas("/v2/quay/team/app/manifests/")},
		{name: "registry on loopback", want: config(registry(secureA, "http://"+plainA)),
			pulls: []pull{{name: secureA + "/app", tag: []string{plainA, secureA}}}},
	}
}

const registriesFile = "/etc/containers/registries.conf"

// handwrittenRegistries are files as people write them, drop-ins and the user's own among them.
func handwrittenRegistries(engine engines.Engine) []scenario {
	entry := func(location string) string {
		return "[[registry]]\nlocation = \"docker.io\"\n[[registry.mirror]]\nlocation = \"" + location + "\"\ninsecure = true\n"
	}
	const team = "quay.io/team/app"
	search := []pull{{name: "e2e/app", tag: []string{quay, ghcr}}}
	if engine.Kind == engines.Skopeo { // to which a short name means Docker Hub
		search = []pull{{name: "e2e/app", tag: []string{hub}}}
	}
	return []scenario{
		{name: "no configuration", pulls: asks(hub)},
		{name: "drop-in", files: files{"/etc/containers/registries.conf.d/50-mirrors.conf": entry(plainA)}, pulls: asks(plainA, hub)},
		{name: "drop-in after drop-in", files: files{"/etc/containers/registries.conf.d/50-mirrors.conf": entry(plainA), "/etc/containers/registries.conf.d/60-mirrors.conf": entry(plainB)},
			pulls: asks(plainB, hub)},
		{name: "drop-in over the main file", files: files{registriesFile: entry(plainA), "/etc/containers/registries.conf.d/50-mirrors.conf": entry(plainB)}, pulls: asks(plainB, hub)},
		{name: "the user's file", files: files{registriesFile: entry(plainA), "/root/.config/containers/registries.conf": entry(plainB)}, pulls: asks(plainB, hub)},
		{name: "the user's drop-in", files: files{"/etc/containers/registries.conf.d/50-mirrors.conf": entry(plainA), "/root/.config/containers/registries.conf.d/50-mirrors.conf": entry(plainB)},
			pulls: asks(plainB, hub)},
		{name: "search registries", files: files{registriesFile: "unqualified-search-registries = [\"quay.io\", \"ghcr.io\"]\nshort-name-mode = \"permissive\"\n"}, pulls: search, unserved: true},
		{name: "mirror-by-digest-only", files: files{registriesFile: "[[registry]]\nlocation = \"docker.io\"\nmirror-by-digest-only = true\n[[registry.mirror]]\nlocation = \"" + plainA + "\"\ninsecure = true\n"},
			pulls: []pull{{name: alpine, tag: []string{hub}, digest: thenHub(plainA)}}},
		{name: "prefix inside a mirror", files: files{registriesFile: "[[registry]]\nlocation = \"docker.io\"\n[[registry.mirror]]\nprefix = \"docker.io/library\"\nlocation = \"" + plainA + "\"\ninsecure = true\n"},
			pulls: asks(plainA, hub)},
		{name: "prefix and location", files: files{registriesFile: "[[registry]]\nprefix = \"quay.io/team\"\nlocation = \"" + secureA + "/other\"\n"},
			pulls: []pull{{name: team, tag: []string{secureA}}}, check: firstPathHas("/v2/other/app/manifests/")},
		{name: "insecure registry", files: files{registriesFile: "[[registry]]\nlocation = \"" + plainA + "\"\ninsecure = true\n"}, pulls: []pull{{name: plainA + "/app", tag: []string{plainA}}}},
		{name: "insecure mirror with https", files: files{registriesFile: entry(privateA)}, pulls: asks(privateA, hub)},
		{name: "file that does not parse", files: files{registriesFile: "[[registry]\n"}, refuses: "registries.conf"},
		{name: "drop-in that does not parse", files: files{"/etc/containers/registries.conf.d/50-mirrors.conf": "location = docker.io\n"}, refuses: "50-mirrors.conf"},
		{name: "mirror without a location", files: files{registriesFile: "[[registry]]\nlocation = \"docker.io\"\n[[registry.mirror]]\ninsecure = true\n"}, refuses: "invalid"},
		{name: "scheme in a location", files: files{registriesFile: entry("http://" + plainA)}, refuses: "http"},
		{name: "the old form", files: files{registriesFile: "[registries.search]\nregistries = ['quay.io', 'ghcr.io']\n[registries.insecure]\nregistries = ['" + plainA + "']\n[registries.block]\nregistries = []\n"},
			pulls: append([]pull{{name: plainA + "/app", tag: []string{plainA}}}, search...), unserved: true},
		{name: "the old form blocks", files: files{registriesFile: "[registries.search]\nregistries = []\n[registries.insecure]\nregistries = []\n[registries.block]\nregistries = ['quay.io']\n"},
			pulls: []pull{{name: team}}, refuses: "blocked"},
		{name: "both forms", files: files{registriesFile: "[registries.search]\nregistries = ['quay.io']\n\n" + entry(plainA)}, refuses: "mixing sysregistry v1/v2 is not supported"},
	}
}
