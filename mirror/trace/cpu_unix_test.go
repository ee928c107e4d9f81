//go:build unix

package trace_test

import (
	"syscall"
	"testing"
	"time"
)

// perCPU reports MB/s of processor time in user mode, collecting garbage
// included: on a machine that is busy with other things it tells more than the
// time on the wall. The function returned is called at the end.
func perCPU(b *testing.B, size int64) (done func()) {
	user := func() time.Duration {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			b.Fatal(err)
		}
		return time.Duration(u.Utime.Nano())
	}
	began := user()
	return func() {
		b.ReportMetric(float64(size)*float64(b.N)/1e6/(user()-began).Seconds(), "user-MB/s")
	}
}
