package containerd

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/internal/release"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

const configName = "etc/containerd/config.toml"

func configNode(files map[string]string) fstest.MapFS {
	node := fstest.MapFS{}
	for name, text := range files {
		node[name] = &fstest.MapFile{Data: []byte(text), Mode: 0o644}
	}
	return node
}

func criOf(t *testing.T, version string, files map[string]string) (criRegistry, mirror.Diagnostics) {
	t.Helper()
	reg, ds, err := readCRI(configNode(files), Paths{}, release.MustParse(version))
	require.NoError(t, err)
	return reg, ds
}

func codes(ds mirror.Diagnostics) []string {
	var out []string
	for _, d := range ds {
		out = append(out, d.Code)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// TestConfigVersionTable asks every row of the table through whole files.
func TestConfigVersionTable(t *testing.T) {
	head := map[int]string{0: "", 1: "version = 1\n", 2: "version = 2\n", 3: "version = 3\n", 4: "version = 4\n"}
	const (
		read    = "read"
		unread  = "unread"
		refused = "refused"
	)
	tests := []struct {
		version string
		file    int
		key     PluginKey
		want    string
	}{
		{"1.6", 0, KeyCRI, read}, {"1.7", 1, KeyCRI, read}, {"1.7", 0, KeyGRPC, unread}, {"1.7", 0, KeyImages, unread},
		{"1.7", 2, KeyGRPC, read}, {"1.7", 2, KeyImages, unread}, {"1.7", 2, KeyCRI, refused},
		{"1.7", 3, KeyImages, refused}, {"1.7", 3, KeyGRPC, refused}, {"1.7", 4, KeyImages, refused}, {"1.6.20", 3, KeyImages, unread},
		{"1.6.31", 3, KeyGRPC, read}, {"1.6.32", 3, KeyGRPC, refused}, {"1.7.16", 3, KeyGRPC, read}, {"1.7.17", 4, KeyGRPC, refused},
		{"2.0", 0, KeyCRI, unread}, {"2.1", 0, KeyGRPC, unread}, {"2.2", 0, KeyImages, read}, {"2.0", 1, KeyCRI, unread},
		{"2.0", 2, KeyGRPC, read}, {"2.2", 2, KeyImages, read}, {"2.0", 3, KeyImages, read}, {"2.2", 3, KeyGRPC, unread},
		{"2.0", 4, KeyImages, refused}, {"2.2", 4, KeyGRPC, refused},
		{"2.3", 0, KeyCRI, read}, {"2.4", 0, KeyGRPC, read}, {"2.3", 0, KeyImages, read}, {"2.3", 2, KeyGRPC, read}, {"2.4", 2, KeyImages, read},
		{"2.4", 3, KeyImages, read}, {"2.3", 3, KeyGRPC, read}, {"2.3", 4, KeyImages, read}, {"2.4", 4, KeyGRPC, unread}, {"2.4", 5, KeyImages, refused},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprintf("%s file %d %s", tt.version, tt.file, tt.key), func(t *testing.T) {
			text := head[tt.file]
			if tt.file == 5 {
				text = "version = 5\n"
			}
			text += fmt.Sprintf("[plugins.%q.registry]\nconfig_path = \"/etc/certs\"\n", tt.key)
			reg, ds := criOf(t, tt.version, map[string]string{configName: text})
			got := unread
			switch {
			case reg.Broken:
				got = refused
				assert.Error(t, ds.Err())
			case slices.Equal(reg.Roots, []string{"/etc/certs"}):
				got = read
				assert.Equal(t, mirror.Position{File: "/" + configName, Line: strings.Count(text, "\n"), Column: 1}, reg.RootsPos)
				assert.Empty(t, ds.AtLeast(mirror.Warning))
			default:
				assert.NotEmpty(t, ds.WithCode("containerd/config-key-unread"), "%v", ds)
			}
			assert.Equal(t, tt.want, got, "%v", ds)
		})
	}
}

func TestConfigBothKeys(t *testing.T) {
	both := func(version int) map[string]string {
		return map[string]string{configName: fmt.Sprintf("version = %d\n[plugins.\"io.containerd.grpc.v1.cri\".registry]\nconfig_path = \"/old\"\n"+
			"[plugins.\"io.containerd.cri.v1.images\".registry]\nconfig_path = \"/new\"\n", version)}
	}
	for _, tt := range []struct {
		containerd string
		file       int
		want       string
	}{{"2.0", 2, "/old"}, {"2.0", 3, "/new"}, {"2.2", 3, "/new"}, {"2.3", 3, "/old"}, {"2.4", 3, "/old"}, {"2.4", 4, "/new"}, {"2.4", 2, "/old"}} {
		reg, _ := criOf(t, tt.containerd, both(tt.file))
		assert.Equal(t, []string{tt.want}, reg.Roots, "%s, file %d", tt.containerd, tt.file)
	}
}

func TestConfigPathDefaults(t *testing.T) {
	const v3, v2 = "version = 3\n", "version = 2\n"
	const grpcContainerd = "[plugins.\"io.containerd.grpc.v1.cri\".containerd]\n"
	const images = "[plugins.\"io.containerd.cri.v1.images\"]\n"
	tests := []struct {
		name, containerd, text string
		roots                  []string
		transfer, broken       bool
	}{
		{"no file, 1.7", "1.7", "", nil, false, false},
		{"no file, 2.0", "2.0", "", nil, false, false},
		{"no file, 2.1", "2.1", "", nil, true, false},
		{"no file, 2.4: the default of two directories is not read", "2.4", "", nil, true, false},
		{"local pull reads both", "2.4", v3 + images + "use_local_image_pull = true\n", []string{"/etc/containerd/certs.d", "/etc/docker/certs.d"}, false, false},
		{"another setting forces local pull", "2.4", v3 + images + "max_concurrent_downloads = 5\n", []string{"/etc/containerd/certs.d", "/etc/docker/certs.d"}, false, false},
		{"the default value does not", "2.4", v3 + images + "max_concurrent_downloads = 3\n", nil, true, false},
		{"snapshot annotations in a version 2 file", "2.4", v2 + grpcContainerd + "disable_snapshot_annotations = false\nruntimes.runc.runtime_type = \"io.containerd.runc.v2\"\n",
			[]string{"/etc/containerd/certs.d", "/etc/docker/certs.d"}, false, false},
		{"which migration leaves behind without runtimes", "2.4", v2 + grpcContainerd + "disable_snapshot_annotations = false\n", nil, true, false},
		{"and discard_unpacked_layers with them", "2.1", v2 + grpcContainerd + "discard_unpacked_layers = true\n", nil, true, false},
		{"use_local_image_pull is left behind", "2.4", v2 + "[plugins.\"io.containerd.grpc.v1.cri\"]\nuse_local_image_pull = true\n", nil, true, false},
		{"and is read under the newer name", "2.4", v2 + "[plugins.\"io.containerd.grpc.v1.cri\"]\n[plugins.\"io.containerd.cri.v1.images\"]\nuse_local_image_pull = true\n",
			[]string{"/etc/containerd/certs.d", "/etc/docker/certs.d"}, false, false},
		{"it is true or false", "2.4", v3 + images + "use_local_image_pull = \"true\"\n", nil, false, true},
		{"a limit that is text", "2.4", v3 + images + "max_concurrent_downloads = \"3\"\n", nil, false, true},
		{"a path that is a list", "2.4", v3 + images + "registry.config_path = [\"/a\"]\n", nil, false, true},
		{"endpoints that are text", "1.7", v2 + "[plugins.\"io.containerd.grpc.v1.cri\".registry.mirrors.x]\nendpoint = \"https://m\"\n", nil, false, true},
		{"mirrors that are a list", "1.7", v2 + "[plugins.\"io.containerd.grpc.v1.cri\".registry]\nmirrors = []\n", nil, false, true},
		{"a header that is a number", "2.0", v3 + images + "registry.headers.X-A = 5\n", nil, false, true},
		{"a user name that is a number", "2.4", v3 + images + "registry.configs.x.auth.username = 5\n", nil, false, true},
		{"an auth that is text", "1.7", v2 + "[plugins.\"io.containerd.grpc.v1.cri\".registry]\nauths.x = \"y\"\n", nil, false, true},
		{"a key twice", "2.4", v3 + v3, nil, false, true},
		{"a plugin that is no table", "1.7", v2 + "[plugins]\nmax_concurrent_downloads = 3\n", nil, false, true},
		{"a plugin that is no table on 2.0", "2.0", v2 + "[plugins]\n'io.containerd.x.v1.y' = 3\n", nil, false, false},
		{"a table twice", "1.7", v2 + "[metrics]\n[metrics]\n", nil, false, true},
		{"TOML 1.1 before 2.4", "2.3", v3 + "metrics = {address = \"\",}\n", nil, false, true},
		{"TOML 1.1", "2.4", v3 + "metrics = {address = \"\",}\n", nil, true, false},
		{"a byte order mark", "2.0", "\uFEFF" + v3, nil, false, true},
		{"a byte order mark on 1.7", "1.7", "\uFEFF" + v2, nil, false, false},
		{"a bracket in a header", "1.7", v2 + "[plugins.\"io.containerd.grpc.v1.cri\".registry.mirrors.\"[::1]:5000\"]\nendpoint = []\n", nil, false, true},
		{"a bracket in a header on 2.0", "2.0", v2 + "[plugins.\"io.containerd.grpc.v1.cri\".registry.mirrors.\"[::1]:5000\"]\nendpoint = []\n", nil, false, false},
		{"one directory", "2.4", v3 + "[plugins.\"io.containerd.cri.v1.images\".registry]\nconfig_path = \"/a\"\n", []string{"/a"}, true, false},
		{"two directories, transfer", "2.4", v3 + "[plugins.\"io.containerd.cri.v1.images\".registry]\nconfig_path = \"/a:/b\"\n", nil, true, false},
		{"two directories, 2.0", "2.0", v3 + "[plugins.\"io.containerd.cri.v1.images\".registry]\nconfig_path = \"/a:/b\"\n", []string{"/a", "/b"}, false, false},
		{"mirrors and path", "2.0", v3 + "[plugins.\"io.containerd.cri.v1.images\".registry]\nconfig_path = \"/a\"\n[plugins.\"io.containerd.cri.v1.images\".registry.mirrors.x]\nendpoint=[]\n", nil, false, true},
		{"mirrors and 2.2.1's default", "2.2.1", v3 + "[plugins.\"io.containerd.cri.v1.images\".registry.mirrors.x]\nendpoint=[]\n", nil, false, true},
		{"an empty path switches 2.2.1's default off", "2.2.1", v3 + "[plugins.\"io.containerd.cri.v1.images\".registry]\nconfig_path = \"\"\n[plugins.\"io.containerd.cri.v1.images\".registry.mirrors.x]\nendpoint=[]\n", nil, false, false},
		{"but not in a version 2 file", "2.2.1", v2 + "[plugins.\"io.containerd.grpc.v1.cri\".registry]\nconfig_path = \"\"\n[plugins.\"io.containerd.grpc.v1.cri\".registry.mirrors.x]\nendpoint=[]\n", nil, false, true},
		{"mirrors alone on 2.4", "2.4", v3 + "[plugins.\"io.containerd.cri.v1.images\".registry.mirrors.x]\nendpoint=[]\n", nil, false, false},
		{"configs.tls and path on 1.7", "1.7", v2 + "[plugins.\"io.containerd.grpc.v1.cri\".registry]\nconfig_path = \"/a\"\n[plugins.\"io.containerd.grpc.v1.cri\".registry.configs.x.tls]\nca_file=\"/x\"\n", nil, false, true},
		{"configs.tls and path on 2.0", "2.0", v2 + "[plugins.\"io.containerd.grpc.v1.cri\".registry]\nconfig_path = \"/a\"\n[plugins.\"io.containerd.grpc.v1.cri\".registry.configs.x.tls]\nca_file=\"/x\"\n", []string{"/a"}, false, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			files := map[string]string{}
			if tt.text != "" {
				files[configName] = tt.text
			}
			reg, ds := criOf(t, tt.containerd, files)
			assert.Equal(t, tt.broken, reg.Broken, "%v", ds)
			if !tt.broken {
				assert.Equal(t, tt.roots, reg.Roots)
				assert.Equal(t, tt.transfer, reg.Transfer)
			}
		})
	}
}

func TestImports(t *testing.T) {
	grpc := func(version int, body string) string {
		text := ""
		if version > 0 {
			text = fmt.Sprintf("version = %d\n", version)
		}
		return text + "[plugins.\"io.containerd.grpc.v1.cri\"]\n" + body
	}
	images := func(version int, body string) string {
		return strings.ReplaceAll(grpc(version, body), "grpc.v1.cri", "cri.v1.images")
	}
	importing := func(text string) string { return "imports = [\"conf.d/*.toml\"]\n" + text }
	tests := []struct {
		name, containerd, main, dropIn string
		want                           []string
		codes                          []string
	}{
		{"1.7 replaces the plugin's table", "1.7", importing(grpc(2, "registry.config_path = \"/a\"\n")), grpc(2, "max_concurrent_downloads = 3\n"), nil, []string{"containerd/import-replaces"}},
		{"2.0 merges it", "2.0", importing(grpc(2, "registry.config_path = \"/a\"\n")), grpc(2, "max_concurrent_downloads = 3\n"), []string{"/a"}, nil},
		{"the later file wins", "2.2", importing(images(3, "registry.config_path = \"/a\"\n")), images(3, "registry.config_path = \"/b\"\n"), []string{"/b"}, nil},
		{"2.0: version 3 in the drop-in loses the main file's old key", "2.0", importing(grpc(2, "registry.config_path = \"/a\"\n")), images(3, "max_concurrent_downloads = 3\n"), nil, []string{"containerd/config-key-unread"}},
		{"2.0: version 2 in the drop-in works", "2.0", importing(images(3, "max_concurrent_downloads = 3\n")), grpc(2, "registry.config_path = \"/b\"\n"), []string{"/b"}, nil},
		{"2.3.0 refuses a higher version", "2.3.0", importing(grpc(2, "registry.config_path = \"/a\"\n")), images(3, ""), nil, []string{"containerd/import-version"}},
		{"2.4: mirrors and a path of a newer drop-in meet", "2.4", importing(grpc(2, "registry.mirrors.x.endpoint = []\n")), images(3, "registry.config_path = \"/b\"\n"), nil, []string{"containerd/config-conflict"}},
		{"2.3: a newer drop-in overrides", "2.3", importing(grpc(2, "registry.config_path = \"/a\"\n")), images(3, "registry.config_path = \"/b\"\n"), []string{"/b"}, nil},
		{"2.3: and an older one", "2.3", importing(images(3, "registry.config_path = \"/a\"\n")), grpc(2, "registry.config_path = \"/b\"\n"), []string{"/b"}, nil},
		{"2.4 migrates each on its own", "2.4", importing(grpc(2, "registry.config_path = \"/a\"\n")), images(3, "max_concurrent_downloads = 3\n"), []string{"/a"}, nil},
		{"conf.d that nothing imports", "2.4", images(3, "registry.config_path = \"/a\"\n"), images(3, "registry.config_path = \"/b\"\n"), []string{"/a"}, []string{"containerd/import-unread"}},
		{"a missing file", "2.4", "imports = [\"/etc/containerd/none.toml\"]\n" + images(3, ""), "", nil, []string{"containerd/import-missing"}},
		{"1.7: the last version counts", "1.7", importing("version = 3\n"), grpc(2, "registry.config_path = \"/b\"\n"), []string{"/b"}, nil},
		{"2.0: the last version counts", "2.0", importing("version = 4\n"), images(3, "registry.config_path = \"/b\"\n"), []string{"/b"}, nil},
		{"circles end", "2.4", importing(images(3, "")), "imports = [\"../config.toml\"]\n" + images(3, "registry.config_path = \"/b\"\n"), []string{"/b"}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			files := map[string]string{configName: tt.main}
			if tt.dropIn != "" {
				files["etc/containerd/conf.d/50-x.toml"] = tt.dropIn
			}
			reg, ds := criOf(t, tt.containerd, files)
			assert.Equal(t, tt.want, reg.Roots, "%v", ds)
			assert.Subset(t, codes(ds), tt.codes)
			if tt.codes == nil {
				assert.Empty(t, ds.AtLeast(mirror.Warning))
			}
		})
	}
}

func TestVersionTablesNameTheirSources(t *testing.T) {
	for _, f := range append(slices.Clone(hostsFeatures), configFeatures...) {
		assert.NotEmpty(t, f.Name)
		assert.NotEmpty(t, f.Source, f.Name)
		assert.NotEmpty(t, f.In, f.Name)
	}
	for _, row := range configRows {
		assert.NotEmpty(t, row.source)
		if row.outcome != configRead {
			assert.NotEmpty(t, row.why, "%v %s", row.files, row.key)
		}
	}
}
