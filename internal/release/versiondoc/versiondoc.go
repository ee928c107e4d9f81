// Package versiondoc keeps the documents about versions equal to the version
// tables in the code.
package versiondoc

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/internal/release"
)

// Group is the rows of a version table that belong together.
type Group struct {
	Title    string
	Features []*release.Feature
}

// Check compares VERSIONS.md of the package under test with its tables, or
// writes it anew.
func Check(t testing.TB, update bool, title string, groups ...Group) {
	t.Helper()
	want := markdown(title, groups)
	if update {
		require.NoError(t, os.WriteFile("VERSIONS.md", []byte(want), 0o644))
	}
	got, err := os.ReadFile("VERSIONS.md")
	require.NoError(t, err)
	require.Equal(t, want, string(got), "run: go test . -update")
}

func markdown(title string, groups []Group) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\nGenerated from the version tables in the code: run `go test . -update` here after a change.\n", title)
	escape := strings.NewReplacer("|", "\\|", "<", "&lt;", "*", "\\*", "_", "\\_").Replace
	for _, g := range groups {
		fmt.Fprintf(&b, "\n## %s\n\n| what | versions | known from |\n|---|---|---|\n", g.Title)
		for _, f := range g.Features {
			fmt.Fprintf(&b, "| %s | %s | %s |\n", escape(f.Name), escape(f.Versions()), escape(f.Source))
		}
	}
	return b.String()
}
