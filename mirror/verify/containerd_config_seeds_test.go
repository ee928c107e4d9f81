package verify

import (
	"pgregory.net/rapid"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// configSeeds are config.toml files of every version, which drawMutated
// changes.
var configSeeds = []string{
	`version = 2
[plugins]
  [plugins."io.containerd.grpc.v1.cri"]
    max_concurrent_downloads = 3
    [plugins."io.containerd.grpc.v1.cri".containerd]
      disable_snapshot_annotations = true
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
        runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.grpc.v1.cri".registry]
      config_path = ""
      [plugins."io.containerd.grpc.v1.cri".registry.mirrors]
        [plugins."io.containerd.grpc.v1.cri".registry.mirrors."reg.example"]
          endpoint = ["https://m.example", "http://n.example:5000"]
        [plugins."io.containerd.grpc.v1.cri".registry.mirrors."*"]
          endpoint = ["https://all.example/v2/x"]
      [plugins."io.containerd.grpc.v1.cri".registry.configs."m.example".auth]
        username = "u"
`,
	`version = 3
[plugins."io.containerd.cri.v1.images"]
  use_local_image_pull = false
  discard_unpacked_layers = false
[plugins."io.containerd.cri.v1.images".registry]
  config_path = "/etc/containerd/certs.d"
[plugins."io.containerd.cri.v1.images".registry.headers]
  X-A = ["b"]
`,
	`version = 2
[plugins."io.containerd.grpc.v1.cri".registry]
config_path = "/etc/containerd/certs.d:/etc/docker/certs.d"
`,
	`version = 1
[plugins.cri.registry.mirrors."reg.example"]
endpoint = ["https://m.example"]
[plugins.cri.registry.configs."m.example".tls]
insecure_skip_verify = true
`,
	`version = 4
[plugins.'io.containerd.cri.v1.images']
registry = { config_path = "/etc/containerd/certs.d" }
[plugins.'io.containerd.transfer.v1.local']
config_path = "/etc/containerd/certs.d"
`,
}

// configWords go in where a change puts a word.
var configWords = []string{
	"version = 2", "version = 3", "version = 4", "config_path = '/etc/containerd/certs.d'", "config_path = ''", "true", "false", "3", "4",
	"use_local_image_pull = true", "max_concurrent_downloads = 5", "disable_snapshot_annotations = false", "discard_unpacked_layers = true", "image_pull_with_sync_fs = true",
	`[plugins."io.containerd.grpc.v1.cri"]`, `[plugins."io.containerd.cri.v1.images"]`, `[plugins."io.containerd.cri.v1.images".registry]`,
	`[plugins."io.containerd.grpc.v1.cri".registry]`, `[plugins."io.containerd.grpc.v1.cri".registry.mirrors."docker.io"]`, `[plugins."io.containerd.grpc.v1.cri".registry.mirrors]`,
	"endpoint = []", "endpoint = ['https://z.example/']", `""`, `"https://q.example"`, "[", "]", "=", "#", "endpoint", "config_path",
	`[plugins."io.containerd.grpc.v1.cri".registry.auths."https://m.example"]`, `[plugins."io.containerd.grpc.v1.cri".registry.configs."reg.example".tls]`, "ca_file = 'x'",
	"[timeouts]", "root = 1", "[grpc]", "uid = '0'", "imports = ['conf.d/*']",
}

// drawConfigFiles are config.toml, a file that it may import, and two trees
// that it may put in force.
func drawConfigFiles(t *rapid.T) mirror.Files {
	files := mirror.Files{
		{Path: "/etc/containerd/certs.d/reg.example/hosts.toml", Mode: 0o644, Data: []byte("[host.\"https://tree.example\"]\n")},
		{Path: "/etc/docker/certs.d/docker.io/hosts.toml", Mode: 0o644, Data: []byte("[host.\"https://other.tree.example\"]\n")},
	}
	main := drawMutated(t, configSeeds, configWords)
	if rapid.IntRange(0, 3).Draw(t, "imports") == 0 {
		main = "imports = ['/etc/containerd/conf.d/*.toml']\n" + main
		files = append(files, mirror.File{Path: "/etc/containerd/conf.d/a.toml", Mode: 0o644, Data: []byte(drawMutated(t, configSeeds, configWords))})
	}
	return append(files, mirror.File{Path: "/etc/containerd/config.toml", Mode: 0o644, Data: []byte(main)})
}
