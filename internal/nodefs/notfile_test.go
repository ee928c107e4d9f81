package nodefs

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestNotAFile(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	require.NoError(t, os.Mkdir(at("dir"), 0o755))
	require.NoError(t, os.WriteFile(at("file"), nil, 0o644))
	require.NoError(t, os.Symlink("self", at("self")))
	require.NoError(t, os.Symlink("b", at("a")))
	require.NoError(t, os.Symlink("/a", at("b")))
	require.NoError(t, os.Symlink("file", at("link")))
	for name, want := range map[string]string{
		"dir": "a directory", "file": "", "absent": "", "link": "", "self": "a loop of symbolic links", "a": "a loop of symbolic links",
	} {
		assert.Equal(t, want, NotAFile(os.DirFS(dir), "/"+name), name)
	}
	assert.Empty(t, NotAFile(denied{}, "/etc/a"))
}
