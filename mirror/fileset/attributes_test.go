package fileset

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// attributesAt shows the extended attributes of a file or directory.
func attributesAt(t testing.TB, path string) string {
	t.Helper()
	f, err := os.Open(path)
	if os.IsPermission(err) {
		return " unreadable"
	}
	require.NoError(t, err)
	defer func() { _ = f.Close() }()
	attributes, _, err := readAttributes(f)
	require.NoError(t, err)
	var b strings.Builder
	for _, a := range attributes {
		fmt.Fprintf(&b, " %s=%x", a.Name, a.Value)
	}
	return b.String()
}
