package bench

import (
	"fmt"
	"os"
	"runtime"
	"time"
)

// Result is what one Op of an entry took, at best.
type Result struct {
	Entry
	// CPU is user and system time of the whole process, the garbage
	// collector's included, less the floor.
	CPU time.Duration
	// Floor is what was taken off.
	Floor  time.Duration
	Allocs float64
	Bytes  float64
}

// PerUnit is the time for one registry or mirror.
func (r Result) PerUnit() time.Duration { return time.Duration(float64(r.CPU) / r.units()) }

// Effort says how long to measure: each entry in turn for about Sample, Rounds
// times over; the best turn counts.
type Effort struct {
	Rounds int
	Sample time.Duration
}

// Run measures the entries of a work in turns, on one processor.
func (w Work) Run(effort Effort) ([]Result, error) {
	dir, err := os.MkdirTemp(MemoryDir(), "mirrorcfg-bench")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	entries, err := w.Setup(dir)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", w.Name, err)
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))

	results := make([]Result, len(entries))
	counts := make([]int, len(entries))
	for i, e := range entries {
		results[i].Entry = e
		if counts[i], err = calibrate(e, effort.Sample); err != nil {
			return nil, fmt.Errorf("%s: %s: %w", w.Name, e.Name, err)
		}
	}
	for round := range effort.Rounds {
		for i, e := range entries {
			if err := results[i].turn(e.Op, counts[i], round == 0); err != nil {
				return nil, fmt.Errorf("%s: %s: %w", w.Name, e.Name, err)
			}
		}
	}
	return results, takeOffFloors(results)
}

// calibrate does the work once, checks it, and returns how often it is done in
// a sample.
func calibrate(e Entry, sample time.Duration) (int, error) {
	if err := e.Op(); err != nil {
		return 0, err
	}
	if e.Check != nil {
		if err := e.Check(); err != nil {
			return 0, err
		}
	}
	for n := 1; ; n *= 4 {
		start := cpuTime()
		for range n {
			if err := e.Op(); err != nil {
				return 0, err
			}
		}
		// Short measurements are mostly error of the clock.
		if took := cpuTime() - start; took > sample/8 {
			return max(1, int(float64(n)*float64(sample)/float64(took))), nil
		}
	}
}

func (r *Result) turn(op func() error, n int, first bool) error {
	runtime.GC() // the garbage of one entry is not to be collected in another's time
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := cpuTime()
	for range n {
		if err := op(); err != nil {
			return err
		}
	}
	took := (cpuTime() - start) / time.Duration(n)
	runtime.ReadMemStats(&after)
	if first || took < r.CPU {
		r.CPU = took
		r.Allocs = float64(after.Mallocs-before.Mallocs) / float64(n)
		r.Bytes = float64(after.TotalAlloc-before.TotalAlloc) / float64(n)
	}
	return nil
}

func takeOffFloors(results []Result) error {
	floors := map[string]time.Duration{}
	for _, r := range results {
		if r.Role == Floor {
			floors[r.Name] = r.CPU
		}
	}
	for i := range results {
		r := &results[i]
		if r.Less == "" {
			continue
		}
		floor, ok := floors[r.Less]
		if !ok {
			return fmt.Errorf("%s: there is no floor %q", r.Name, r.Less)
		}
		r.Floor = floor
		r.CPU -= floor
	}
	return nil
}
