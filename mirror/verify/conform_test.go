package verify

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// conform runs a property for every engine and version, two at a time on two
// processors: the parsers that are programs of their own work beside this
// one. -rapid.seed repeats a run.
func conform(t *testing.T, property string, one func(*rapid.T, *Parser, target) (counts, error)) {
	t.Parallel()
	for _, target := range targets() {
		t.Run(target.String(), func(t *testing.T) {
			t.Parallel()
			p := parserFor(t, target)
			start := time.Now()
			done, failed := 0, false
			rapid.Check(t, func(t *rapid.T) {
				// Every target has the same limit, that of -rapid.checks,
				// which cannot be set for each: what is beyond the target's
				// own number is passed over. A failing case is run many more
				// times to make it small, and counts once.
				if done >= target.cases() && !failed {
					return
				}
				c, err := one(t, p, target)
				if !failed {
					done++
					c.cases = 1
					if err != nil {
						failed, c.failures = true, 1
					}
					report.add(target, property, c)
				}
				if err != nil {
					t.Fatalf("%v", err)
				}
			})
			report.took(target, property, time.Since(start))
		})
	}
}
