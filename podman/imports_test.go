package podman

import (
	"go/parser"
	"go/token"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// These would bring hundreds of kilobytes to each program that imports this
// package; what needs one of them is in a package of its own, as authfile is.
func TestImportsStayLight(t *testing.T) {
	for _, dir := range []string{".", "../internal/tomledit"} {
		files, err := os.ReadDir(dir)
		require.NoError(t, err)
		for _, f := range files {
			if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
				continue
			}
			source, err := parser.ParseFile(token.NewFileSet(), dir+"/"+f.Name(), nil, parser.ImportsOnly)
			require.NoError(t, err)
			for _, i := range source.Imports {
				path, err := strconv.Unquote(i.Path.Value)
				require.NoError(t, err)
				heavy := strings.HasPrefix(path, "encoding/") || strings.HasPrefix(path, "crypto/") || path == "regexp" || path == "net/http" || strings.HasSuffix(path, "go-toml/v2")
				assert.False(t, heavy, "%s imports %s", f.Name(), path)
			}
		}
	}
}
