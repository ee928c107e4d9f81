package bench

import (
	"fmt"
	"time"
)

const millisecond = time.Millisecond

// growthSizes are those over which time has to grow in proportion.
var growthSizes = []int{1_000, 10_000, 100_000}

// growth compares the time for one unit among many with that among few. A
// ratio of 1 is linear; the garbage collector and the processor's caches cost
// something, work that is quadratic would cost 100.
func growth(name, title string, op func(n int) (func() error, error)) Work {
	return Work{Name: name, Title: title,
		Setup: func(string) ([]Entry, error) {
			var out []Entry
			for _, n := range growthSizes {
				do, err := op(n)
				if err != nil {
					return nil, err
				}
				out = append(out, Entry{Name: fmt.Sprintf("of %s", count(n)), Units: n, Op: do})
			}
			return out, nil
		}}
}

// MaxGrowth is how much more a unit may cost among 100 times as many.
const MaxGrowth = 3.0

// Grows tells whether a work is about growth, and how much more a unit costs
// among the most than among the fewest.
func (w Work) Grows(results []Result) (float64, bool) {
	for _, r := range results {
		if r.Role != Ours || r.Limit > 0 {
			return 0, false
		}
	}
	if len(results) < 2 {
		return 0, false
	}
	return float64(results[len(results)-1].PerUnit()) / float64(results[0].PerUnit()), true
}

// perThousand scales a budget that is stated for 1,000.
func perThousand(n int, d time.Duration) time.Duration { return d * time.Duration(n) / 1_000 }

// count writes 10000 as 10,000.
func count(n int) string {
	if n < 1_000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%s,%03d", count(n/1_000), n%1_000)
}
