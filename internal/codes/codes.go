// Package codes writes mirror/CODES.md from the rules that the packages
// declare, so that the document cannot say anything else than the code.
package codes

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// Group is the rules of one package under a heading.
type Group struct {
	Title string
	Rules []mirror.Rule
}

// Markdown returns the document.
func Markdown(groups []Group) string {
	var b strings.Builder
	b.WriteString("# Diagnostic codes\n\nGenerated from the rules in the code: run `go test ./internal/codes -update` after a change.\n\n" +
		"A code is stable. Severity `error` does not work or loses security, `warning` works otherwise than its author is likely to\n" +
		"think, `info` is worth knowing. Losses of severity `error` can be accepted by their code: `mirror.Accept(\"loss/blocked\")`,\n" +
		"or `--accept loss/blocked`.\n")
	for _, g := range groups {
		fmt.Fprintf(&b, "\n## %s\n\n| code | severity | what | what happens | fix | versions | evidence |\n|---|---|---|---|---|---|---|\n", g.Title)
		rules := slices.Clone(g.Rules)
		slices.SortFunc(rules, func(a, b mirror.Rule) int { return strings.Compare(a.Code, b.Code) })
		for _, r := range rules {
			cells := []string{"`" + r.Code + "`", r.Severity.String(), cell(r.Summary), cell(r.Consequence), cell(r.Fix), cell(r.Versions), cell(r.Evidence)}
			b.WriteString("| " + strings.Join(cells, " | ") + " |\n")
		}
	}
	return b.String()
}

// cell keeps a text inside its cell of the table.
func cell(s string) string {
	return strings.NewReplacer("|", "\\|", "\n", " ", "<", "&lt;", "*", "\\*").Replace(s)
}
