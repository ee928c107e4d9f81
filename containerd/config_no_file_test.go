package containerd

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// TestConfigThatIsNoFile: what keeps containerd from starting is told, not an
// error of the caller's.
func TestConfigThatIsNoFile(t *testing.T) {
	for name, lay := range map[string]func(t *testing.T, dir string) (file string){
		"a directory": func(t *testing.T, dir string) string {
			require.NoError(t, os.Mkdir(filepath.Join(dir, "config.toml"), 0o755))
			return "config.toml"
		},
		"a link to itself": func(t *testing.T, dir string) string {
			require.NoError(t, os.Symlink("config.toml", filepath.Join(dir, "config.toml")))
			return "config.toml"
		},
		"two links": func(t *testing.T, dir string) string {
			require.NoError(t, os.Symlink("b.toml", filepath.Join(dir, "config.toml")))
			require.NoError(t, os.Symlink("config.toml", filepath.Join(dir, "b.toml")))
			return "config.toml"
		},
		"an import": func(t *testing.T, dir string) string {
			require.NoError(t, os.WriteFile(filepath.Join(dir, "config.toml"), []byte("version = 2\nimports = ['conf.d*']\n"), 0o644))
			require.NoError(t, os.Mkdir(filepath.Join(dir, "conf.d"), 0o755))
			return "conf.d"
		},
	} {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			dir := filepath.Join(root, "etc", "containerd")
			require.NoError(t, os.MkdirAll(dir, 0o755))
			file := lay(t, dir)
			for _, version := range []string{"1.7", "2.4"} {
				e := Engine{Version: version}
				view, err := e.Read(os.DirFS(root))
				require.NoError(t, err)
				found := view.Lint().WithCode(ruleConfigNoFile.Code)
				require.Len(t, found, 1)
				require.Equal(t, mirror.Error, found[0].Severity)
				require.Equal(t, "/etc/containerd/"+file, found[0].File)
				got := explain(t, e, os.DirFS(root), "alpine:3", mirror.OpPull)
				require.Empty(t, got.Attempts)
				require.Len(t, got.Diagnostics.WithCode(ruleConfigNoFile.Code), 1)
				_, err = e.Plan(os.DirFS(root), hub(at("https://m.example")))
				require.ErrorContains(t, err, ruleConfigNoFile.Code)
			}
		})
	}
}

// deniedConfig refuses to open config.toml.
type deniedConfig struct{ fs.FS }

func (d deniedConfig) Open(name string) (fs.File, error) {
	if name == configName {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return d.FS.Open(name)
}

func TestConfigThatTheCallerMayNotRead(t *testing.T) {
	_, err := Engine{}.Read(deniedConfig{os.DirFS(t.TempDir())})
	require.ErrorIs(t, err, fs.ErrPermission)
}
