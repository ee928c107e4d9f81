package tables

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/mirror/verify/internal/upstream"
)

// ContainerdConfig is containerd's own file.
const ContainerdConfig = "/etc/containerd/config.toml"

// CRI returns the cases about registries in containerd's config.toml.
func CRI() []Case {
	return slices.Concat(registryEndpoints(), configVersions(), configPath(), dropInConfigs(), peerConfigs())
}

const (
	grpcCRI   = `[plugins."io.containerd.grpc.v1.cri".registry`
	imagesCRI = `[plugins."io.containerd.cri.v1.images".registry`
	oldCRI    = `[plugins.cri.registry`
)

func mirrorTable(plugin, namespace string, endpoints ...string) string {
	return fmt.Sprintf("%s.mirrors.%q]\nendpoint = [%s]\n", plugin, namespace, `"`+strings.Join(endpoints, `", "`)+`"`)
}

// registryEndpoints asks version 2 files, which all versions read.
func registryEndpoints() []Case {
	const source = "containerd 2.4.2 internal/cri/server/images/image_pull_test.go TestRegistryEndpoints"
	two := []string{"https://registry-1.io", "https://registry-2.io"}
	rows := []struct {
		name string
		text string
		want []string
	}{
		{"no mirror configured", mirrorTable(grpcCRI, "registry-1.io", two...), []string{"https://registry-3.io/v2"}},
		{"mirror configured", mirrorTable(grpcCRI, "registry-3.io", two...), []string{"https://registry-1.io/v2", "https://registry-2.io/v2", "https://registry-3.io/v2"}},
		{"wildcard mirror configured", mirrorTable(grpcCRI, "*", two...), []string{"https://registry-1.io/v2", "https://registry-2.io/v2", "https://registry-3.io/v2"}},
		{"host before wildcard", mirrorTable(grpcCRI, "*", two[0]) + mirrorTable(grpcCRI, "registry-3.io", two[1]), []string{"https://registry-2.io/v2", "https://registry-3.io/v2"}},
		{"own endpoint with http", mirrorTable(grpcCRI, "registry-3.io", two[0], two[1], "http://registry-3.io"), []string{"https://registry-1.io/v2", "https://registry-2.io/v2", "http://registry-3.io/v2"}},
		{"own endpoint with https", mirrorTable(grpcCRI, "registry-3.io", two[0], two[1], "https://registry-3.io"), []string{"https://registry-1.io/v2", "https://registry-2.io/v2", "https://registry-3.io/v2"}},
		{"own endpoint with path", mirrorTable(grpcCRI, "registry-3.io", two[0], two[1], "https://registry-3.io/path"), []string{"https://registry-1.io/v2", "https://registry-2.io/v2", "https://registry-3.io/path"}},
		{"endpoints without scheme", mirrorTable(grpcCRI, "registry-3.io", "https://registry-3.io", "registry-1.io", "127.0.0.1:1234"), []string{"https://registry-3.io/v2", "https://registry-1.io/v2", "http://127.0.0.1:1234/v2"}},
	}
	cases := make([]Case, len(rows))
	for i, row := range rows {
		cases[i] = Case{
			Name: row.name, Source: source, Files: []upstream.File{file(ContainerdConfig, "version = 2\n"+row.text)},
			Reference: "registry-3.io/r:1",
		}
		for _, base := range row.want {
			c := "HEAD " + base + "/r/manifests/1"
			if !strings.Contains(base, "//registry-3.io") {
				c += "?ns=registry-3.io"
			}
			cases[i].Want = append(cases[i].Want, c)
		}
	}
	return cases
}

var (
	v1      = []string{"1.6", "1.7"}
	v20to22 = []string{"2.0", "2.1", "2.2"}
	v23on   = []string{"2.3", "2.4"}
	v2      = []string{"2.0", "2.1", "2.2", "2.3", "2.4"}
)

// configVersions is which plugin key reaches the plugin, by the version that
// a file states: containerd 2.4.2 cmd/containerd/server/config,
// LoadConfigWithPlugins, and plugins/cri/images/plugin_test.go,
// TestRegistryConfigMigration.
func configVersions() []Case {
	const source = "containerd 2.4.2 plugins/cri/images/plugin_test.go TestRegistryConfigMigration"
	const (
		lost = ""
		kept = "https://m.example"
	)
	rows := []struct {
		name, text, want, err string
		only                  []string
	}{
		{"1 with cri", "version = 1\n" + oldCRI, kept, "", v1},
		{"1 with cri", "version = 1\n" + oldCRI, lost, "", v20to22},
		{"1 with cri", "version = 1\n" + oldCRI, kept, "", v23on},
		{"no version, cri", oldCRI, kept, "", v1},
		{"no version, cri", oldCRI, lost, "", v20to22},
		{"no version, cri", oldCRI, kept, "", v23on},
		{"no version, grpc.v1.cri", grpcCRI, lost, "", append(slices.Clone(v1), v20to22...)},
		{"no version, grpc.v1.cri", grpcCRI, kept, "", v23on},
		{"no version, cri.v1.images", imagesCRI, lost, "", v1},
		{"no version, cri.v1.images", imagesCRI, kept, "", v2},
		{"2 with grpc.v1.cri", "version = 2\n" + grpcCRI, kept, "", append(slices.Clone(v1), v2...)},
		{"2 with cri.v1.images", "version = 2\n" + imagesCRI, lost, "", v1},
		{"2 with cri.v1.images", "version = 2\n" + imagesCRI, kept, "", v2},
		{"3 with cri.v1.images", "version = 3\n" + imagesCRI, "", "unsupported config version", v1},
		{"3 with cri.v1.images", "version = 3\n" + imagesCRI, kept, "", v2},
		{"3 with grpc.v1.cri", "version = 3\n" + grpcCRI, lost, "", v20to22},
		{"3 with grpc.v1.cri", "version = 3\n" + grpcCRI, kept, "", v23on},
		{"4 with cri.v1.images", "version = 4\n" + imagesCRI, "", "config version", append(slices.Clone(v1), v20to22...)},
		{"4 with cri.v1.images", "version = 4\n" + imagesCRI, kept, "", v23on},
		{"4 with grpc.v1.cri", "version = 4\n" + grpcCRI, lost, "", v23on},
	}
	cases := make([]Case, len(rows))
	for i, row := range rows {
		head, plugin, found := strings.Cut(row.text, "\n")
		if !found {
			head, plugin = "", row.text
		}
		c := Case{
			Name: row.name, Source: source, Only: row.only, Err: row.err, Reference: "reg.example/r:1",
			Files: []upstream.File{file(ContainerdConfig, head+"\n"+mirrorTable(plugin, "reg.example", kept))},
		}
		if row.want == kept {
			c.Want = append(c.Want, "HEAD https://m.example/v2/r/manifests/1?ns=reg.example")
		}
		c.Want = append(c.Want, "HEAD https://reg.example/v2/r/manifests/1")
		cases[i] = c
	}
	return cases
}

// configPath is which hosts.toml is read.
func configPath() []Case {
	const source = "containerd 2.4.2 internal/cri/config/config_test.go TestValidateConfig, TestCheckLocalImagePullConfigs"
	hosts := func(root string) upstream.File {
		return file(root+"/reg.example/hosts.toml", "[host.\"https://m.example\"]\n")
	}
	set := func(version, plugin, more string) upstream.File {
		return file(ContainerdConfig, "version = "+version+"\n"+more+plugin+"]\nconfig_path = \"/etc/containerd/certs.d:/etc/docker/certs.d\"\n")
	}
	single := file(ContainerdConfig, "version = 2\n"+grpcCRI+"]\nconfig_path = \"/etc/containerd/certs.d\"\n")
	with := []string{"HEAD https://m.example/v2/r/manifests/1?ns=reg.example", "HEAD https://reg.example/v2/r/manifests/1"}
	without := with[1:]
	local := "[plugins.\"io.containerd.cri.v1.images\"]\nuse_local_image_pull = true\n"
	conflict := file(ContainerdConfig, "version = 2\n"+grpcCRI+"]\nconfig_path = \"/etc/containerd/certs.d\"\n"+mirrorTable(grpcCRI, "reg.example", "https://x.example"))
	rows := []struct {
		name  string
		files []upstream.File
		want  []string
		err   string
		only  []string
	}{
		{"one root", []upstream.File{single, hosts("/etc/containerd/certs.d")}, with, "", append(slices.Clone(v1), v2...)},
		{"two roots", []upstream.File{set("2", grpcCRI, ""), hosts("/etc/docker/certs.d")}, with, "", []string{"1.6", "1.7", "2.0"}},
		{"two roots through the transfer service", []upstream.File{set("2", grpcCRI, ""), hosts("/etc/containerd/certs.d")}, without, "", []string{"2.1", "2.2", "2.3", "2.4"}},
		{"two roots with a local pull", []upstream.File{set("3", imagesCRI, local), hosts("/etc/docker/certs.d")}, with, "", []string{"2.1", "2.2", "2.3", "2.4"}},
		{"nothing set", []upstream.File{hosts("/etc/containerd/certs.d")}, without, "", append(slices.Clone(v1), v2...)},
		{"mirrors beside config_path", []upstream.File{conflict}, nil, "`mirrors` cannot be set when `config_path` is provided", append(slices.Clone(v1), v2...)},
	}
	cases := make([]Case, len(rows))
	for i, row := range rows {
		cases[i] = Case{Name: row.name, Source: source, Files: row.files, Reference: "reg.example/r:1", Want: row.want, Err: row.err, Only: row.only}
	}
	return cases
}

// dropInConfigs are imported files: 1.x replaces a plugin's whole section, 2.x
// merges into it.
func dropInConfigs() []Case {
	const source = "containerd 2.4.2 cmd/containerd/server/config/config_test.go TestLoadConfigWithImports, TestMergingPluginsWithTwoCriRegistryDropInConfigs"
	files := []upstream.File{
		file(ContainerdConfig, "version = 2\nimports = [\"/etc/containerd/conf.d/*.toml\"]\n"+mirrorTable(grpcCRI, "reg.example", "https://m.example")),
		file("/etc/containerd/conf.d/a.toml", "version = 2\n"+mirrorTable(grpcCRI, "other.example", "https://o.example")),
	}
	with := []string{"HEAD https://m.example/v2/r/manifests/1?ns=reg.example", "HEAD https://reg.example/v2/r/manifests/1"}
	other := []string{"HEAD https://o.example/v2/r/manifests/1?ns=other.example", "HEAD https://other.example/v2/r/manifests/1"}
	return []Case{
		{Name: "drop-in hides the main file's section", Source: source, Files: files, Reference: "reg.example/r:1", Want: with[1:], Only: v1},
		{Name: "drop-in is merged", Source: source, Files: files, Reference: "reg.example/r:1", Want: with, Only: v2},
		{Name: "drop-in is read", Source: source, Files: files, Reference: "other.example/r:1", Want: other},
		{Name: "conf.d without imports is not read", Source: source, Files: []upstream.File{file(ContainerdConfig, "version = 2\n"), files[1]}, Reference: "other.example/r:1", Want: other[1:]},
	}
}
