package matrix_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/internal/e2e/matrix"
)

func TestMarkdown(t *testing.T) {
	var m matrix.Matrix
	assert.True(t, m.Empty())
	older, newer := matrix.Engine{Name: "skopeo", Version: "1.9.3", Origin: "here"}, matrix.Engine{Name: "skopeo", Version: "1.18.0", Origin: "there"}
	m.Add(newer, matrix.Equal, 3)
	m.Add(newer, matrix.Wrong, 2)
	m.Add(older, matrix.Different, 1)
	m.Add(older, matrix.Equal, 1)
	assert.Equal(t, 2, m.Cases(older))
	assert.Equal(t, `| engine | version | how obtained | cases | pulls compared | equal | different, as a fact below says | wrong |
|---|---|---|--:|--:|--:|--:|--:|
| skopeo | 1.9.3 | here | 2 | 2 | 1 | 1 |  |
| skopeo | 1.18.0 | there | 2 | 5 | 1 | 0 | 1 |
`, m.Markdown())
}

func TestWriteSection(t *testing.T) {
	file := filepath.Join(t.TempDir(), "README.md")
	require.NoError(t, os.WriteFile(file, []byte("above\n<!-- x -->\nold\n<!-- /x -->\nbelow\n"), 0o644))
	require.NoError(t, matrix.WriteSection(file, "x", "new\n"))
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, "above\n<!-- x -->\nnew\n<!-- /x -->\nbelow\n", string(data))
	assert.ErrorIs(t, matrix.WriteSection(file, "y", ""), matrix.ErrNoPlace)
}
