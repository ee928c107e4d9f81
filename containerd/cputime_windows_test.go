package containerd

import "time"

var processStart = time.Now()

// cpuTime is wall-clock time here.
func cpuTime() time.Duration { return time.Since(processStart) }
