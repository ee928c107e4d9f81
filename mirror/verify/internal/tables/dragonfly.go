package tables

import (
	"slices"

	"github.com/mirrorcfg/mirrorcfg/mirror/verify/internal/upstream"
)

const dragonflyTest = "dragonflyoss/client ff17c0b dragonfly-client-init/src/container_runtime/"

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

// dragonflyRegistries: the proxy is asked over https before http.
func dragonflyRegistries() []Case {
	var out []Case
	for _, row := range [][2]string{{"crio.rs test_crio_config", "127.0.0.1:65001"}, {"podman.rs test_podman_config", "127.0.0.1:5000"}} {
		files := []upstream.File{file(RegistriesConf, `unqualified-search-registries = ["registry.example.com"]

[[registry]]
prefix = "registry.example.com"
location = "registry.example.com"

[[registry.mirror]]
location = "`+row[1]+`"
insecure = true
`)}
		for _, reference := range []string{"registry.example.com/busybox:1", "busybox:1"} {
			out = append(out, Case{
				Name: "dragonfly: " + row[1] + ": " + reference, Source: dragonflyTest + row[0], Files: files, Reference: reference,
				Want: []string{get(row[1] + "/busybox:1"), get("registry.example.com/busybox:1")},
				TLS:  []upstream.TLS{{SkipVerify: true}, {}},
			})
		}
	}
	return out
}

// dragonflyDaemon: a proxy of the daemon's is no mirror.
func dragonflyDaemon() []Case {
	const source = dragonflyTest + "docker.rs "
	const proxies = `"proxies": {"http-proxy": "http://127.0.0.1:5000", "https-proxy": "http://127.0.0.1:5000"}`
	row := func(name, test, text, err string) Case {
		c := Case{Name: "dragonfly: " + name, Source: source + test, Files: []upstream.File{file(DaemonJSON, text)}, Store: upstream.GraphDriver, Reference: "alpine:3", Err: err}
		if err == "" {
			c.Want = hub("HEAD")
			c.Only = dockerProxies
		}
		return c
	}
	return []Case{
		row("proxies", "test_docker_config_empty", "{"+proxies+"}", ""),
		row("proxies beside other keys", "test_docker_config_existing", `{"log-driver": "json-file", "experimental": true, `+proxies+"}", ""),
		row("comma at the end", "test_docker_config_invalid_json", "{\n\"log-driver\": \"json-file\",\n\"experimental\": true,\n}\n", "looking for beginning of object key string"),
		row("proxies and exceptions", "test_docker_config_proxies_existing", `{"proxies": {"http-proxy": "http://old-proxy:3128", "no-proxy": "old-no-proxy"}, "log-driver": "json-file"}`, ""),
	}
}
