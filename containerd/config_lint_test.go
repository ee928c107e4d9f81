package containerd

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

const (
	imagesRegistry = `[plugins."io.containerd.cri.v1.images".registry]` + "\n"
	grpcRegistry   = `[plugins."io.containerd.grpc.v1.cri".registry]` + "\n"
)

// TestConfigLint has a file that triggers each rule, at a line and column, and
// a near miss that does not.
func TestConfigLint(t *testing.T) {
	tree := "etc/containerd/certs.d/quay.io/hosts.toml"
	hosts := "server = \"https://quay.io\"\n"
	type files = map[string]string
	tests := []struct {
		rule         mirror.Rule
		version      string
		bad          files
		file         string
		line, column int
		good         files
	}{
		{ruleConfigSyntax, "2.4", files{configName: "version = 3\nx = \n"}, "", 2, 0, files{configName: "version = 3\nx = 1\n"}},
		{ruleConfigVersion, "1.7", files{configName: "\nversion = 3\n"}, "", 2, 1, files{configName: "version = 2\n"}},
		{ruleConfigKeyUnread, "1.7", files{configName: "version = 2\n" + imagesRegistry + "config_path = '/a'\n"}, "", 2, 1, files{configName: "version = 2\n" + grpcRegistry + "config_path = '/a'\n"}},
		{ruleConfigBothKeys, "2.0", files{configName: "version = 2\n" + imagesRegistry + "config_path = '/a'\n" + grpcRegistry + "config_path = '/b'\n"}, "", 2, 1,
			files{configName: "version = 3\n" + imagesRegistry + "config_path = '/a'\n"}},
		{ruleConfigConflict, "2.4", files{configName: "version = 3\n" + imagesRegistry + "config_path = '/a'\n[plugins.'io.containerd.cri.v1.images'.registry.mirrors.x]\nendpoint = []\n"}, "", 4, 1,
			files{configName: "version = 3\n" + imagesRegistry + "config_path = '/a'\n[plugins.'io.containerd.cri.v1.images'.registry.mirrors]\n"}},
		{ruleConfigMultiRoot, "2.4", files{configName: "version = 3\n" + imagesRegistry + "  config_path = '/a:/b'\n"}, "", 3, 3,
			files{configName: "version = 3\n" + imagesRegistry + "config_path = '/a:/b'\n[plugins.'io.containerd.cri.v1.images']\nuse_local_image_pull = true\n"}},
		{ruleConfigNoPath, "2.0", files{configName: "version = 3\n", tree: hosts}, "", 0, 0, files{configName: "version = 3\n" + imagesRegistry + "config_path = '/etc/containerd/certs.d'\n", tree: hosts}},
		{ruleConfigTransferPath, "2.4", files{configName: "version = 3\n[plugins.'io.containerd.transfer.v1.local']\nconfig_path = '/a'\n"}, "", 3, 1,
			files{configName: "version = 3\n[plugins.'io.containerd.transfer.v1.local']\nmax_concurrent_downloads = 3\n"}},
		{ruleConfigDeprecated, "2.4", files{configName: "version = 3\n[plugins.'io.containerd.cri.v1.images'.registry.mirrors.x]\nendpoint = ['https://m.io']\n"}, "", 2, 1, files{configName: "version = 3\n"}},
		{ruleConfigTLSUnread, "2.0", files{configName: "version = 2\n[plugins.'io.containerd.grpc.v1.cri'.registry.configs.'x'.tls]\nca_file = '/x'\n"}, "", 2, 1,
			files{configName: "version = 2\n[plugins.'io.containerd.grpc.v1.cri'.registry.configs.'x'.auth]\nusername = 'x'\n"}},
		{ruleConfigEndpointPath, "1.7", files{configName: "version = 2\n[plugins.'io.containerd.grpc.v1.cri'.registry.mirrors.'x.io']\n  endpoint = ['https://m.io', 'https://m.io/']\n"}, "", 3, 31,
			files{configName: "version = 2\n[plugins.'io.containerd.grpc.v1.cri'.registry.mirrors.'x.io']\n  endpoint = ['https://m.io', 'https://m.io/v2/x']\n"}},
		{ruleConfigUnknownKey, "2.4", files{configName: "version = 3\n" + imagesRegistry + "config-path = '/a'\n"}, "", 3, 1, files{configName: "version = 3\n" + imagesRegistry + "config_path = '/a'\n"}},
		{ruleConfigUnknownKey, "2.0", files{configName: "version = 3\n[plugins.'io.containerd.cri.v1.images']\nuse_local_image_pull = true\n"}, "", 3, 1, files{configName: "version = 3\n[plugins.'io.containerd.cri.v1.images']\nmax_concurrent_downloads = 3\n"}},
		{ruleConfigUnknownKey, "1.7", files{configName: "version = 2\n[plugins.'io.containerd.grpc.v1.cri']\nuse_local_image_pull = true\n"}, "", 3, 1, files{configName: "version = 2\n[plugins.'io.containerd.grpc.v1.cri']\nuse_local_image_pull = false\n"}},
		{ruleConfigUnknownKey, "2.1", files{configName: "version = 2\n[plugins.'io.containerd.grpc.v1.cri']\nuse_local_image_pull = true\n"}, "", 3, 1,
			files{configName: "version = 2\n[plugins.'io.containerd.cri.v1.images']\nuse_local_image_pull = true\n"}},
		{ruleConfigSyntax, "2.3", files{configName: "version = 3\nx = {a = 1,}\n"}, "", 2, 0, files{configName: "version = 3\nx = {a = 1}\n"}},
		{ruleConfigDuplicate, "2.4", files{configName: "version = 3\nversion = 3\n"}, "", 2, 1, files{configName: "version = 3\n"}},
		{ruleConfigType, "2.4", files{configName: "version = 3\n" + imagesRegistry + "config_path = ['/a']\n"}, "", 3, 1, files{configName: "version = 3\n" + imagesRegistry + "config_path = '/a'\n"}},
		{ruleImportMissing, "2.4", files{configName: "version = 3\nimports = ['/none.toml']\n"}, "", 2, 12, files{configName: "version = 3\nimports = ['/none*.toml']\n"}},
		{ruleImportVersion, "2.3.1", files{configName: "version = 2\nimports = ['/etc/containerd/conf.d/*']\n", "etc/containerd/conf.d/a.toml": "version = 3\n"}, "/etc/containerd/conf.d/a.toml", 1, 1,
			files{configName: "version = 3\nimports = ['/etc/containerd/conf.d/*']\n", "etc/containerd/conf.d/a.toml": "version = 2\n"}},
		{ruleImportReplaces, "1.7", files{configName: "version = 2\nimports = ['conf.d/*']\n" + grpcRegistry, "etc/containerd/conf.d/a.toml": "version = 2\n" + grpcRegistry}, "/etc/containerd/conf.d/a.toml", 2, 10,
			files{configName: "version = 2\nimports = ['conf.d/*']\n" + grpcRegistry, "etc/containerd/conf.d/a.toml": "version = 2\n[metrics]\n"}},
		{ruleConfigDisabled, "2.4", files{configName: "version = 3\ndisabled_plugins = ['a.b', 'io.containerd.grpc.v1.cri']\n"}, "", 2, 28,
			files{configName: "version = 3\ndisabled_plugins = ['io.containerd.snapshotter.v1.zfs']\n"}},
		{ruleConfigMissingCert, "1.7", files{configName: "version = 2\n[plugins.'io.containerd.grpc.v1.cri'.registry.configs.'x'.tls]\nca_file = '/x.pem'\n"}, "", 2, 1,
			files{configName: "version = 2\n[plugins.'io.containerd.grpc.v1.cri'.registry.configs.'x'.tls]\nca_file = '/x.pem'\n", "x.pem": ""}},
		{ruleConfigMissingCert, "1.6", files{configName: "version = 2\n[plugins.'io.containerd.grpc.v1.cri'.registry.configs.'x'.tls]\ncert_file = '/x.pem'\n", "x.pem": ""}, "", 2, 1,
			files{configName: "version = 2\n[plugins.'io.containerd.grpc.v1.cri'.registry.configs.'x'.tls]\ncert_file = '/x.pem'\nkey_file = 'x.pem'\n", "x.pem": ""}},
		{ruleImportUnread, "2.4", files{configName: "version = 3\n", "etc/containerd/conf.d/a.toml": ""}, "/etc/containerd/conf.d/a.toml", 0, 0,
			files{configName: "version = 3\nimports = ['conf.d/*.toml']\n", "etc/containerd/conf.d/a.toml": ""}},
	}
	for _, tt := range tests {
		t.Run(tt.rule.Code, func(t *testing.T) {
			lint := func(f files) mirror.Diagnostics {
				view, err := Engine{Version: tt.version}.Read(configNode(f))
				require.NoError(t, err)
				return view.Lint()
			}
			found := lint(tt.bad).WithCode(tt.rule.Code)
			require.NotEmpty(t, found)
			file := tt.file
			if file == "" {
				file = "/" + configName
			}
			d := found[len(found)-1]
			assert.Equal(t, fmt.Sprintf("%s:%d", file, tt.line), fmt.Sprintf("%s:%d", d.File, d.Line))
			if tt.column > 0 {
				assert.Equal(t, tt.column, d.Column)
			}
			assert.NotEmpty(t, d.Message)
			assert.Empty(t, lint(tt.good).WithCode(tt.rule.Code))
		})
	}
}

// The default of 2.2 to 2.4 names two directories: a tree beside it is not
// read.
func TestLintDefaultPathBesideATree(t *testing.T) {
	node := configNode(map[string]string{"etc/containerd/certs.d/quay.io/hosts.toml": "server = \"https://quay.io\"\n"})
	for _, version := range []string{"2.2", "2.3", "2.4"} {
		view, err := Engine{Version: version}.Read(node)
		require.NoError(t, err)
		assert.NotEmpty(t, view.Lint().WithCode(ruleConfigMultiRoot.Code), version)
	}
	delete(node, "etc/containerd/certs.d/quay.io/hosts.toml")
	view, err := Engine{Version: "2.4"}.Read(node)
	require.NoError(t, err)
	assert.Empty(t, view.Lint().AtLeast(mirror.Warning))
}

// What "config default" prints of registries: no tree, no finding.
func TestLintDefaultsAreQuiet(t *testing.T) {
	const tree = "etc/containerd/certs.d/quay.io/hosts.toml"
	for _, file := range []string{
		imagesRegistry + "config_path = '/etc/containerd/certs.d:/etc/docker/certs.d'\n",
		imagesRegistry + "config_path = ''\n",
		"[plugins.'io.containerd.transfer.v1.local']\nconfig_path = ''\n",
	} {
		node := configNode(map[string]string{configName: "version = 3\n" + file})
		view, err := Engine{Version: "2.4"}.Read(node)
		require.NoError(t, err)
		assert.Empty(t, view.Lint().AtLeast(mirror.Warning), file)
		view, err = Engine{Version: "2.4"}.Read(configNode(map[string]string{configName: "version = 3\n" + file, tree: "server = \"https://quay.io\"\n"}))
		require.NoError(t, err)
		assert.NotEmpty(t, view.Lint().WithCode(ruleConfigMultiRoot.Code), file)
	}
}

func TestLintFixesAMultiRootPath(t *testing.T) {
	node := configNode(map[string]string{configName: "version = 3\n" + imagesRegistry + "config_path = '/a:/b' # x\n"})
	view, err := Engine{Version: "2.4"}.Read(node)
	require.NoError(t, err)
	plan, err := mirror.FixPlan(node, view.Lint())
	require.NoError(t, err)
	require.Len(t, plan.Changes, 1)
	assert.True(t, strings.HasSuffix(string(plan.Changes[0].After), "config_path = \"/a\" # x\n"))
}
