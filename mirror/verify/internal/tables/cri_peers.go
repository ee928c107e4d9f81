package tables

import (
	"slices"

	"github.com/mirrorcfg/mirrorcfg/mirror/verify/internal/upstream"
)

const (
	eksTest      = "amazon-eks-ami 81fec2e nodeadm/test/e2e/cases/"
	gardenerTest = "gardener b312835 pkg/nodeagent/controller/operatingsystemconfig/containerd_config_test.go"
	kindTest     = "kind fed2688 pkg/internal/patch/toml_test.go TestContainerdTOML"
	nvidiaTest   = "nvidia-container-toolkit d34b304 pkg/config/engine/containerd/"
)

// peerConfigs are the files of containerd's own that other projects write,
// with a hosts.toml or mirrors for reg.example, which either reach the CRI
// plugin or do not.
func peerConfigs() []Case {
	const dir, second = "/etc/containerd/certs.d", "/etc/docker/certs.d"
	before22, since21 := []string{"1.6", "1.7", "2.0"}, []string{"2.1", "2.2", "2.3", "2.4"}
	every := append(slices.Clone(v1), v2...)
	rows := []peerConfig{
		// EKS names two directories, of which the transfer service reads none.
		// To discard layers takes a pull without that service.
		{"eks: version 2", eksTest + "containerdv1-config", eksV2, second, true, before22},
		{"eks: version 2", eksTest + "containerdv1-config", eksV2, dir, false, since21},
		{"eks: version 3", eksTest + "containerdv2-config", eksV3, second, true, v2},
		{"gardener: version 2", gardenerTest, gardenerV2, dir, true, every},
		{"gardener: version 3", gardenerTest, gardenerV3, dir, true, v2},
		{"gardener: version 4", gardenerTest, "version = 4\n" + gardenerV3[len("version = 3\n"):], dir, true, v23on},
		// Without a version a file is one of version 1, which has no such plugin.
		{"dragonfly: no version", dragonflyTest + "containerd.rs test_containerd_config_with_v2_config_path", grpcCRI + "]\nconfig_path = \"" + dir + "\"\n", dir, false, append(slices.Clone(v1), v20to22...)},
		{"dragonfly: no version", dragonflyTest + "containerd.rs test_containerd_config_with_v2_config_path", grpcCRI + "]\nconfig_path = \"" + dir + "\"\n", dir, true, v23on},
		{"dragonfly: version 3", dragonflyTest + "containerd.rs test_containerd_config_with_v3_config_path", "version = 3\n[plugins]\n" + imagesCRI + "]\nconfig_path = \"" + dir + "\"\n", dir, true, v2},
		{"talos: credentials beside the directory", "talos ad88231 internal/pkg/containers/cri/containerd/config_test.go TestGenerateRegistriesConfig", talosConfig, "/etc/cri/conf.d/hosts", true, v2},
		// kind's own example: the table of version 1 in a file of version 2.
		{"kind: registry patch", kindTest, "version = 2\n" + kindPatched, "", false, v20to22},
		{"kind: registry patch without a version", kindTest, kindPatched, "", true, v1},
	}
	var out []Case
	for _, row := range rows {
		out = append(out, row.asCase())
	}
	return slices.Concat(out, carenDropIn(), kindFailures(), nvidiaDropIns())
}

// peerConfig is a config.toml and whether a mirror is asked that stands in
// the host directory.
type peerConfig struct {
	name, source, text, dir string
	mirrored                bool
	only                    []string
}

func (p peerConfig) asCase() Case {
	c := Case{Name: p.name, Source: p.source, Only: p.only, Files: []upstream.File{file(ContainerdConfig, p.text)}}
	if p.dir != "" {
		c.Files = append(c.Files, file(p.dir+"/reg.example/hosts.toml", "[host.\"https://m.example\"]\ncapabilities = [\"pull\", \"resolve\"]\n"))
	}
	return c.reached(p.mirrored)
}

// reached: the mirror m.example of reg.example is asked, or not.
func (c Case) reached(mirrored bool) Case {
	c.Reference = "reg.example/r:1"
	if mirrored {
		c.Want = pulls(c.Reference, "https://m.example/v2")
	}
	c.Want = append(c.Want, pulls(c.Reference, "https://reg.example/v2")...)
	return c
}

const eksV2 = `version = 2
root = "/var/lib/containerd"
state = "/run/containerd"
[grpc]
address = "/run/foo/foo.sock"
[plugins."io.containerd.grpc.v1.cri"]
enable_cdi = true
sandbox_image = "localhost/kubernetes/pause:latest"
[plugins."io.containerd.grpc.v1.cri".containerd]
default_runtime_name = "runc"
discard_unpacked_layers = false
[plugins."io.containerd.grpc.v1.cri".registry]
config_path = "/etc/containerd/certs.d:/etc/docker/certs.d"
`

const eksV3 = `version = 3
root = "/var/lib/containerd"
state = "/run/containerd"
[grpc]
address = "/run/foo/foo.sock"
[plugins."io.containerd.cri.v1.images"]
discard_unpacked_layers = true
[plugins."io.containerd.cri.v1.images".pinned_images]
sandbox = "registry.k8s.io/pause:3.10"
[plugins."io.containerd.cri.v1.images".registry]
config_path = "/etc/containerd/certs.d:/etc/docker/certs.d"
[plugins."io.containerd.cri.v1.runtime"]
enable_cdi = true
[plugins."io.containerd.cri.v1.runtime".containerd]
default_runtime_name = "runc"
`

const gardenerV2 = `imports = ["/etc/containerd/conf.d/*.toml"]
version = 2
[plugins."io.containerd.grpc.v1.cri"]
sandbox_image = "foo:1.23"
[plugins."io.containerd.grpc.v1.cri".cni]
bin_dir = "/opt/cni/bin"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
SystemdCgroup = true
[plugins."io.containerd.grpc.v1.cri".registry]
config_path = "/etc/containerd/certs.d"
`

const gardenerV3 = `version = 3
imports = ["/etc/containerd/conf.d/*.toml"]
[plugins."io.containerd.cri.v1.images".pinned_images]
sandbox = "foo:1.23"
[plugins."io.containerd.cri.v1.images".registry]
config_path = "/etc/containerd/certs.d"
[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc.options]
SystemdCgroup = true
`

const talosConfig = `version = 3
[plugins."io.containerd.cri.v1.images".registry]
config_path = "/etc/cri/conf.d/hosts"
[plugins."io.containerd.cri.v1.images".registry.configs."registry-1.docker.io".auth]
username = "root"
password = "topsecret"
auth = ""
identitytoken = ""
[plugins."io.containerd.cri.v1.images".registry.configs."some.host:123".auth]
username = "root"
password = "secret"
auth = "auth"
identitytoken = "token"
`

const kindPatched = `[plugins.linux]
shim_debug = true
[plugins.cri.containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"
[plugins.cri.containerd.runtimes.runsc]
runtime_type = "io.containerd.runsc.v1"
[plugins.cri.registry.mirrors."reg.example"]
endpoint = ["https://m.example"]
`

// carenDropIn names the directory for either generation in one file that is
// imported.
func carenDropIn() []Case {
	const text = grpcCRI + "]\nconfig_path = \"/etc/containerd/certs.d\"\n" + imagesCRI + "]\nconfig_path = \"/etc/containerd/certs.d\"\n"
	const imports = "imports = [\"/etc/caren/containerd/patches/*.toml\"]\n"
	row := func(version string, mirrored bool, only []string) Case {
		c := peerConfig{"caren: drop-in of version " + version, carenTest + "Test_generateContainerdRegistryConfigDropInFile", "version = " + version + "\n" + imports, "/etc/containerd/certs.d", mirrored, only}.asCase()
		c.Files = append(c.Files, file("/etc/caren/containerd/patches/registry-config.toml", text))
		return c
	}
	return []Case{row("2", true, append(slices.Clone(v1), v2...)), row("3", true, v2)}
}

// kindFailures: what kind does not patch containerd does not start with, nor
// with the names that its examples have.
func kindFailures() []Case {
	var out []Case
	for _, row := range [][3]string{
		{"no TOML", "🗿", "TOML"}, {"version in words", "version = \"five\"\n", "TOML"},
		{"plugin by its short name", "version = 2\ndisabled_plugins = [\"restart\"]\n", "invalid disabled plugin URI"},
	} {
		out = append(out, Case{Name: "kind: " + row[0], Source: kindTest, Reference: "reg.example/r:1", Files: []upstream.File{file(ContainerdConfig, row[1])}, Err: row[2]})
	}
	return out
}

// nvidiaDropIns: runtimes in a file of their own. containerd 1.x takes a
// plugin's section from the last file that has one, so the toolkit copies the
// whole section; 2.x merges.
func nvidiaDropIns() []Case {
	const source = nvidiaTest + "config_drop_in_test.go TestEnsureImports, config_test.go TestAddRuntime"
	const imports, path = "imports = [\"/etc/containerd/conf.d/*.toml\"]\n", "/etc/containerd/conf.d/99-nvidia.toml"
	const runtimes = `[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.test]
privileged_without_host_devices = false
runtime_type = "io.containerd.runc.v2"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.test.options]
BinaryName = "/usr/bin/test"
`
	const runtimesV3 = `version = 3
[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.test]
runtime_type = "io.containerd.runc.v2"
[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.test.options]
BinaryName = "/usr/bin/test"
`
	mirrored := mirrorTable(grpcCRI, "reg.example", "https://m.example")
	main := file(ContainerdConfig, "version = 2\n"+imports+mirrored)
	row := func(name string, only []string, reached bool, files ...upstream.File) Case {
		return Case{Name: "nvidia: " + name, Source: source, Only: only, Files: files}.reached(reached)
	}
	return []Case{
		row("runtimes alone", v1, false, main, file(path, "version = 2\n"+runtimes)),
		row("runtimes alone", v2, true, main, file(path, "version = 2\n"+runtimes)),
		row("the section copied", append(slices.Clone(v1), v2...), true, main, file(path, "version = 2\n"+mirrored+runtimes)),
		row("in one file", append(slices.Clone(v1), v2...), true, file(ContainerdConfig, "version = 2\n"+mirrored+runtimes)),
		row("runtimes of version 3", v2, true, file(ContainerdConfig, "version = 3\n"+imports+mirrorTable(imagesCRI, "reg.example", "https://m.example")), file(path, runtimesV3)),
	}
}
