package tables

import "github.com/mirrorcfg/mirrorcfg/mirror/verify/internal/upstream"

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
		}
		return c
	}
	return []Case{
		row("proxies", "test_docker_config_empty", "{"+proxies+"}", ""),
		row("proxies beside other keys", "test_docker_config_existing", `{"log-driver": "json-file", "experimental": true, `+proxies+"}", ""),
		row("comma at the end", "test_docker_config_invalid_json", "{\n\"log-driver\": \"json-file\",\n\"experimental\": true,\n}\n", "invalid JSON"),
		row("proxies and exceptions", "test_docker_config_proxies_existing", `{"proxies": {"http-proxy": "http://old-proxy:3128", "no-proxy": "old-no-proxy"}, "log-driver": "json-file"}`, ""),
	}
}
