//go:build unix

package docker

import "syscall"

// cpuTime is what this process has used so far, in nanoseconds: other work on the machine does not count.
func cpuTime() int64 {
	var usage syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &usage) != nil {
		return 0
	}
	return usage.Utime.Nano() + usage.Stime.Nano()
}
