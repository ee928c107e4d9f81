package engines

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// ParseAll returns the engines of several specs.
func ParseAll(specs []string, o Options) ([]mirror.Engine, error) {
	out := make([]mirror.Engine, 0, len(specs))
	for _, s := range specs {
		e, err := Parse(s, o)
		if err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, nil
}

// Join makes one plan of those that plan returns for each engine. Engines of
// one family (podman, cri-o) share files: a change, action or diagnostic that
// they have in common counts once, and it is an error when they want one file
// otherwise. With an error there are diagnostics and no changes.
func Join(all []mirror.Engine, plan func(mirror.Engine) (mirror.Plan, error)) (mirror.Plan, error) {
	var joined mirror.Plan
	var errs []error
	for _, e := range all {
		p, err := plan(e)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", e.Name(), err))
		}
		for _, d := range p.Diagnostics {
			if !slices.ContainsFunc(joined.Diagnostics, func(o mirror.Diagnostic) bool { return o.Code == d.Code && o.Error() == d.Error() }) {
				joined.Diagnostics = append(joined.Diagnostics, d)
			}
		}
		for _, a := range p.Actions {
			if !slices.ContainsFunc(joined.Actions, func(o mirror.Action) bool { return slices.Equal(o.Command, a.Command) }) {
				joined.Actions = append(joined.Actions, a)
			}
		}
		for _, c := range p.Changes {
			i := slices.IndexFunc(joined.Changes, func(o mirror.Change) bool { return o.Path == c.Path })
			if i < 0 {
				joined.Changes = append(joined.Changes, c)
			} else if o := joined.Changes[i]; o.Kind != c.Kind || string(o.After) != string(c.After) {
				errs = append(errs, fmt.Errorf("%s wants %s otherwise than another engine does", e.Name(), c.Path))
			}
		}
	}
	slices.SortFunc(joined.Changes, func(a, b mirror.Change) int { return strings.Compare(a.Path, b.Path) })
	if len(errs) > 0 {
		joined.Changes, joined.Actions = nil, nil
	}
	return joined, errors.Join(errs...)
}
