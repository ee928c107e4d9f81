package probe

import (
	"fmt"
	"slices"

	"github.com/mirrorcfg/mirrorcfg/internal/rulebook"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// book holds the rules below.
var book rulebook.Book

// Rules returns every code that Report.Ranked reports.
func Rules() []mirror.Rule { return book.Rules() }

var (
	ruleDead = book.Declare(mirror.Rule{
		Code: "probe/dead-mirror", Severity: mirror.Warning,
		Summary:     "a mirror that cannot be pulled through",
		Consequence: "engines wait for it to fail before they ask the next",
		Fix:         "drop it, or keep it last until it works again",
	})
	ruleResolve = book.Declare(mirror.Rule{
		Code: "probe/wrong-digest", Severity: mirror.Warning,
		Summary:     "a mirror that gives another digest for a tag than the upstream or most mirrors do",
		Consequence: "a tag pulled through it is another image",
		Fix:         "use it for digests only: take the capability resolve away",
	})
	ruleNoneLeft = book.Declare(mirror.Rule{
		Code: "probe/none-left", Severity: mirror.Error,
		Summary:     "every mirror of a registry without a fallback is dead",
		Consequence: "nothing can be pulled from it; its mirrors are kept as they are",
		Fix:         "name another mirror",
	})
)

// DeadMirrors says what Ranked does with mirrors that cannot be pulled
// through.
type DeadMirrors uint8

const (
	// KeepDead puts them last.
	KeepDead DeadMirrors = iota
	// DropDead leaves them out, save where a registry without a fallback
	// would have none left.
	DropDead
)

// Ranked returns a copy of the Config that was probed with the mirrors of
// each registry in the order of their worth: those that work by speed, then
// slow ones, then those for digests only, without the capability resolve, and
// dead ones last. Speed is the latency and the time for a blob of 4 MiB.
// Mirrors of equal worth keep their order. What changed beyond the order is
// in the diagnostics. Registries and mirrors that the report does not know
// stay as they are.
func (r Report) Ranked(c mirror.Config, dead DeadMirrors) (mirror.Config, mirror.Diagnostics) {
	out := c.Clone()
	var ds mirror.Diagnostics
	for i := range out.Registries {
		known := slices.IndexFunc(r.Registries, func(k RegistryReport) bool { return k.Prefix == out.Registries[i].Prefix })
		if known >= 0 {
			ds = append(ds, r.Registries[known].rank(&out.Registries[i], dead, fmt.Sprintf("registries[%d]", i))...)
		}
	}
	return out, ds
}

type ranked struct {
	endpoint mirror.Endpoint
	result   Result
}

func (r RegistryReport) rank(reg *mirror.Registry, dead DeadMirrors, field string) mirror.Diagnostics {
	if len(reg.Mirrors) == 0 {
		return nil
	}
	var ds mirror.Diagnostics
	var order []ranked
	for j, m := range reg.Mirrors {
		result, ok := r.find(m)
		if !ok {
			result = Result{Verdict: Alive}
		}
		at := fmt.Sprintf("%s.mirrors[%d]", field, j)
		switch {
		case result.Verdict == WrongDigest && m.Capabilities != 0 && !m.Capabilities.Has(mirror.Pull):
			// It may only resolve, and does that wrongly: nothing is left.
			result.Verdict = Broken
			fallthrough
		case !result.Verdict.Usable():
			ds = append(ds, ruleDead.At(mirror.Position{}, at, fmt.Sprintf("%s: %s: %s", m.URL, result.Verdict, result.Reason)))
		case result.Verdict == WrongDigest:
			m.Capabilities = withoutResolve(m.Capabilities)
			ds = append(ds, ruleResolve.At(mirror.Position{}, at+".capabilities", fmt.Sprintf("%s: %s", m.URL, result.Reason)))
		}
		order = append(order, ranked{m, result})
	}
	slices.SortStableFunc(order, func(a, b ranked) int { return compareWorth(a.result, b.result) })
	alive := slices.IndexFunc(order, func(o ranked) bool { return !o.result.Verdict.Usable() })
	if alive < 0 {
		alive = len(order)
	}
	if dead == DropDead {
		if alive == 0 && (!reg.Fallback.Or(true) || reg.Blocked) {
			return append(ds, ruleNoneLeft.At(mirror.Position{}, field+".mirrors", fmt.Sprintf("%s has no mirror that works", reg.Prefix)))
		}
		order = order[:alive]
	}
	reg.Mirrors = make([]mirror.Endpoint, 0, len(order))
	for _, o := range order {
		reg.Mirrors = append(reg.Mirrors, o.endpoint)
	}
	return ds
}

func (r RegistryReport) find(m mirror.Endpoint) (Result, bool) {
	i := slices.IndexFunc(r.Mirrors, func(k Result) bool { return k.URL == m.URL && k.Repository == m.Repository })
	if i < 0 {
		return Result{}, false
	}
	return r.Mirrors[i], true
}

// withoutResolve narrows capabilities to digests. Where none were written,
// the engine's default set is replaced by pull alone.
func withoutResolve(c mirror.Capabilities) mirror.Capabilities {
	if !c.IsSet() {
		return mirror.Pull
	}
	return c &^ mirror.Resolve
}

// worthClass orders verdicts; all that is dead is equal.
func worthClass(v Verdict) int {
	if !v.Usable() {
		return int(WrongDigest) + 1
	}
	return int(v)
}

func compareWorth(a, b Result) int {
	if c := worthClass(a.Verdict) - worthClass(b.Verdict); c != 0 {
		return c
	}
	if !a.Verdict.Usable() {
		return 0
	}
	ta, knownA := a.expected()
	tb, knownB := b.expected()
	switch {
	case knownA && !knownB:
		return -1
	case knownB && !knownA:
		return 1
	case ta < tb:
		return -1
	case ta > tb:
		return 1
	}
	return 0
}
