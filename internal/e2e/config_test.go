package e2e_test

import (
	"fmt"

	"github.com/mirrorcfg/mirrorcfg/internal/e2e/engines"
	"github.com/mirrorcfg/mirrorcfg/internal/release"
)

// criKey is where a file of a config version has the CRI plugin's registry settings.
func criKey(version int) string {
	if version >= 3 {
		return "io.containerd.cri.v1.images"
	}
	return "io.containerd.grpc.v1.cri"
}

func registryTable(version int, content string) string {
	return fmt.Sprintf("version = %d\n[plugins.'%s'.registry]\n%s", version, criKey(version), content)
}

func mirrorsTable(version int, namespace, endpoints string) string {
	return fmt.Sprintf("[plugins.'%s'.registry.mirrors.%q]\n  endpoint = [%s]\n", criKey(version), namespace, endpoints)
}

// handwrittenConfig are config.toml files as people write them, those that break CRI pulls among them.
func handwrittenConfig(engine engines.Engine) []scenario {
	tree := "[host.\"http://" + plainA + "\"]\n"
	both := `"http://` + plainA + `", "https://` + secureA + `"`
	const conflict = "`mirrors` cannot be set when `config_path` is provided"
	scenarios := []scenario{
		{name: "no config.toml", files: files{configFile: "version = 2\n", hostsFile: tree}, pulls: asks(hub)},
		{name: "two directories in config_path", files: files{configFile: registryTable(2, "  config_path = \"/etc/containerd/certs.d:/etc/docker/certs.d\"\n"), hostsFile: tree}, pulls: asks()},
		{name: "second directory of config_path", files: files{configFile: registryTable(2, "  config_path = \"/etc/containerd/certs.d:/etc/docker/certs.d\"\n"),
			"/etc/docker/certs.d/docker.io/hosts.toml": tree}, pulls: asks()},
		{name: "directory that does not exist", files: files{configFile: registryTable(2, "  config_path = \"/etc/nowhere\"\n"), hostsFile: tree}, pulls: asks(hub)},
		{name: "another directory", files: files{configFile: registryTable(2, "  config_path = \"/etc/registries\"\n"), "/etc/registries/docker.io/hosts.toml": tree}, pulls: asks(plainA, hub)},
		{name: "endpoint list", files: files{configFile: registryTable(2, "") + mirrorsTable(2, "docker.io", both)}, pulls: asks(plainA, secureA, hub)},
		{name: "endpoint list of another registry", files: files{configFile: registryTable(2, "") + mirrorsTable(2, "quay.io", both)},
			pulls: []pull{{name: "quay.io/team/app", tag: []string{plainA, secureA, quay}}, {name: alpine, tag: []string{hub}}}},
		{name: "endpoint list for all", files: files{configFile: registryTable(2, "") + mirrorsTable(2, "*", `"http://`+plainA+`"`) + mirrorsTable(2, "ghcr.io", `"http://`+plainB+`"`)},
			pulls: []pull{{name: alpine, tag: thenHub(plainA)}, {name: "ghcr.io/a/b", tag: []string{plainB, ghcr}}}},
		{name: "endpoint list that names the registry", files: files{configFile: registryTable(2, "") + mirrorsTable(2, "quay.io", `"https://quay.io", "http://`+plainA+`"`)},
			pulls: []pull{{name: "quay.io/team/app", tag: []string{quay, plainA}}}},
		{name: "endpoint with a path", files: files{configFile: registryTable(2, "") + mirrorsTable(2, "docker.io", `"http://`+plainA+`/v2/hub", "http://`+plainB+`/hub"`)},
			pulls: asks(plainA, plainB, hub)},
		{name: "endpoint without a scheme", files: files{configFile: registryTable(2, "") + mirrorsTable(2, "docker.io", `"`+plainA+`", "`+namedA+`"`)},
			pulls: asks(plainA, namedA, hub)},
		{name: "endpoint list and config_path", files: files{configFile: registryTable(2, "  config_path = \"/etc/containerd/certs.d\"\n") + mirrorsTable(2, "docker.io", both), hostsFile: tree}, refuses: conflict},
	}
	for _, version := range []int{2, 3, 4} {
		in := map[int]release.Span{2: {}, 3: release.From("2.0"), 4: release.From("2.2")}[version]
		scenarios = append(scenarios,
			scenario{name: fmt.Sprintf("config_path in version %d", version), in: in,
				files: files{configFile: registryTable(version, "  config_path = '/etc/containerd/certs.d'\n"), hostsFile: tree}, pulls: asks(plainA, hub)},
			scenario{name: fmt.Sprintf("endpoint list in version %d", version), in: in,
				files: files{configFile: registryTable(version, "") + mirrorsTable(version, "docker.io", both)}, pulls: asks(plainA, secureA, hub)},
			scenario{name: fmt.Sprintf("config_path in a drop-in of version %d", version), in: in,
				files: files{configFile: fmt.Sprintf("version = %d\nimports = [\"/etc/containerd/conf.d/*.toml\"]\n", version),
					"/etc/containerd/conf.d/50-mirrors.toml": registryTable(version, "  config_path = '/etc/containerd/certs.d'\n"), hostsFile: tree}, pulls: asks()},
			scenario{name: fmt.Sprintf("endpoint list in a drop-in beside config_path of version %d", version), in: release.From(map[int]string{2: "2.0", 3: "2.0", 4: "2.2"}[version]),
				files: listBesidePath(version, both), refuses: conflict},
		)
	}
	scenarios = append(scenarios,
		scenario{name: "two directories and local pulls", in: release.From("2.1"), files: files{hostsFile: tree,
			configFile: "version = 3\n[plugins.'io.containerd.cri.v1.images']\n  use_local_image_pull = true\n[plugins.'io.containerd.cri.v1.images'.registry]\n  config_path = '/etc/containerd/certs.d:/etc/docker/certs.d'\n"}, pulls: asks(plainA, hub)},
	)
	// Before 2.0 a drop-in's whole plugin section replaces the one in config.toml.
	scenarios = append(scenarios, scenario{name: "endpoint list in a drop-in instead of config_path", in: release.Before("2.0"),
		files: listBesidePath(2, both), pulls: asks(plainA, secureA, hub)})
	if atLeast("2.0")(engine) {
		scenarios = append(scenarios, scenario{name: "settings of version 2 under the key of version 3", files: files{hostsFile: tree,
			configFile: "version = 2\n[plugins.'io.containerd.cri.v1.images'.registry]\n  config_path = '/etc/containerd/certs.d'\n"}, pulls: asks()})
	}
	return scenarios
}

// listBesidePath has config_path in config.toml and an endpoint list in a drop-in.
func listBesidePath(version int, endpoints string) files {
	return files{
		configFile:                               "imports = [\"/etc/containerd/conf.d/*.toml\"]\n" + registryTable(version, "  config_path = '/etc/containerd/certs.d'\n"),
		"/etc/containerd/conf.d/50-mirrors.toml": registryTable(version, "") + mirrorsTable(version, "docker.io", endpoints),
		hostsFile:                                "[host.\"http://" + plainC + "\"]\n",
	}
}
