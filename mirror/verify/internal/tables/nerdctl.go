package tables

const nerdctlTest = "nerdctl 8da5040 pkg/imgutil/dockerconfigresolver/registryurl_test.go TestURLParsingAndID"

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
