package bench

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The bounds are on ratios of what was measured in turns, and well below what is
// in README.md, so that a busy machine does not fail the test and code that has
// become slow does. Absolute times are logged only.
func TestSideBySide(t *testing.T) {
	effort := Effort{Rounds: 3, Sample: 10 * time.Millisecond}
	for _, w := range All() {
		t.Run(w.Name, func(t *testing.T) {
			results, err := w.Run(effort)
			require.NoError(t, err)
			for _, l := range w.Lines(results) {
				budget, met := l.Budget()
				other := ""
				if l.Other != nil {
					other = l.Other.Name + " " + duration(l.Other.CPU)
					if l.Other.AtLeast > 0 {
						assert.GreaterOrEqual(t, l.Ratio, l.Other.AtLeast, "%s / %s", l.Other.Name, l.Ours.Name)
					}
				}
				if l.Growth {
					assert.LessOrEqual(t, l.Ratio, MaxGrowth, l.Ours.Name)
				}
				// Unlike times, allocations are the same on every machine.
				if limit := l.Ours.AllocsPerUnit; limit > 0 {
					assert.LessOrEqual(t, l.Ours.Allocs/l.Ours.units(), limit+0.05, "allocations of %s", l.Ours.Name)
				}
				t.Logf("%s %s (%s), beside it %s, ratio %.3g, budget %q met %t", l.Ours.Name, duration(l.Ours.CPU), allocations(l.Ours), other, l.Ratio, budget, met)
			}
		})
	}
}
