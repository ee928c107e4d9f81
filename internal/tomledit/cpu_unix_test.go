//go:build unix

package tomledit

import (
	"syscall"
	"testing"
	"time"
)

// cpuTime is the processor time this process has used.
func cpuTime() time.Duration {
	var r syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &r)
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

// BenchmarkBudget measures processor time, which other load on the machine
// disturbs less: 1000 registries of three mirrors each, 200 kB.
func BenchmarkBudget(b *testing.B) {
	src := manyRegistries(1000)
	start := cpuTime()
	for b.Loop() {
		setOne(b, src)
	}
	b.ReportMetric(float64((cpuTime()-start).Microseconds())/float64(b.N), "cpu-µs/op")
}
