package podman

import (
	"slices"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var rules []mirror.Rule

// rule registers the declaration of a code.
func rule(r mirror.Rule) mirror.Rule {
	rules = append(rules, r)
	return r
}

// Rules returns every code that this package reports, ordered by code. Losses
// of a plan are among mirror.LossRules.
func Rules() []mirror.Rule {
	out := slices.Clone(rules)
	slices.SortFunc(out, func(a, b mirror.Rule) int { return strings.Compare(a.Code, b.Code) })
	return out
}
