package release

import (
	"fmt"
	"strings"
)

// Group is the rows of a version table that belong together.
type Group struct {
	Title    string
	Features []*Feature
}

// Markdown writes version tables for people to read.
func Markdown(title string, groups ...Group) string {
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
