package docker

import (
	"slices"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var declared []mirror.Rule

// rule declares a diagnostic code. Each is declared once, beside the code that finds it.
func rule(r mirror.Rule) mirror.Rule {
	declared = append(declared, r)
	return r
}

// Rules returns every code that this package reports, ordered by code.
func Rules() []mirror.Rule {
	out := slices.Clone(declared)
	slices.SortFunc(out, func(a, b mirror.Rule) int { return strings.Compare(a.Code, b.Code) })
	return out
}
