//go:build unix

package containerd

import (
	"syscall"
	"time"
)

// cpuTime is what the process has used; wall-clock time says little on a
// machine that is shared.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
