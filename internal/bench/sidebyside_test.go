package bench

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The bounds are on ratios of what was measured in turns, and well below what is
// in README.md, so that a busy machine does not fail the test and code that has
// become slow does. Absolute times are logged only.
func TestSideBySide(t *testing.T) {
	for _, w := range All() {
		t.Run(w.Name, func(t *testing.T) {
			// What a first look finds too slow is looked at for longer: only
			// the best turn counts, and on a busy machine it can take a while
			// until each entry has had a quiet one.
			var below []string
			for _, effort := range []Effort{{Rounds: 3, Sample: 10 * time.Millisecond}, {Rounds: 20, Sample: 10 * time.Millisecond}} {
				results, err := w.Run(effort)
				require.NoError(t, err)
				lines := w.Lines(results)
				for _, l := range lines {
					t.Log(l.text())
				}
				if below = belowBounds(lines); len(below) == 0 {
					break
				}
			}
			require.Empty(t, below)
		})
	}
}

func (l Line) text() string {
	beside := ""
	if l.Other != nil {
		beside = fmt.Sprintf(", beside it %s %s", l.Other.Name, duration(l.Other.CPU))
	}
	budget, met := l.Budget()
	return fmt.Sprintf("%s %s, allocations %s%s, ratio %.3g, budget %q met %t", l.Ours.Name, duration(l.Ours.CPU), allocations(l.Ours), beside, l.Ratio, budget, met)
}

func belowBounds(lines []Line) (out []string) {
	for _, l := range lines {
		if l.Other != nil && l.Ratio < l.Other.AtLeast {
			out = append(out, fmt.Sprintf("%s took %.3g times as long as %s, less than %g", l.Other.Name, l.Ratio, l.Ours.Name, l.Other.AtLeast))
		}
		if l.Growth && l.Ratio > MaxGrowth {
			out = append(out, fmt.Sprintf("%s: %.3g times as long for one", l.Ours.Name, l.Ratio))
		}
		// Unlike times, allocations are the same on every machine.
		if limit := l.Ours.AllocsPerUnit; limit > 0 && l.Ours.Allocs/l.Ours.units() > limit {
			out = append(out, fmt.Sprintf("%s: %s allocations, more than %g", l.Ours.Name, allocations(l.Ours), limit))
		}
	}
	return out
}

// A ratio below its bound, growth and allocations are found, each alone.
func TestBoundsAreJudged(t *testing.T) {
	w := Work{Name: "w"}
	ours := Result{Entry: Entry{Name: "ours", Units: 10, AllocsPerUnit: 2}, CPU: 100, Allocs: 20}
	slow := Result{Entry: Entry{Name: "peer", Role: Peer, AtLeast: 2}, CPU: 199}
	require.Equal(t, []string{"peer took 1.99 times as long as ours, less than 2"}, belowBounds(w.Lines([]Result{ours, slow})))
	slow.CPU = 200
	require.Empty(t, belowBounds(w.Lines([]Result{ours, slow})))
	ours.Allocs = 21
	require.Equal(t, []string{"ours: 2.1 each allocations, more than 2"}, belowBounds(w.Lines([]Result{ours, slow})))

	few := Result{Entry: Entry{Name: "few", Units: 10}, CPU: 100}
	many := Result{Entry: Entry{Name: "many", Units: 1_000}, CPU: 30_000}
	require.Empty(t, belowBounds(w.Lines([]Result{few, many})))
	many.CPU = 31_000
	require.Equal(t, []string{"many: 3.1 times as long for one"}, belowBounds(w.Lines([]Result{few, many})))
}

func TestFloorsAreTakenOff(t *testing.T) {
	results := []Result{{Entry: Entry{Name: "files", Role: Floor}, CPU: 40}, {Entry: Entry{Name: "peer", Role: Peer, Less: "files"}, CPU: 100}}
	require.NoError(t, takeOffFloors(results))
	require.Equal(t, time.Duration(60), results[1].CPU)
	require.Equal(t, time.Duration(40), results[1].Floor)
	results[1].Less = "nothing"
	require.ErrorContains(t, takeOffFloors(results), "nothing")
}
