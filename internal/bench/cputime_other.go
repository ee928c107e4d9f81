//go:build !unix

package bench

import "time"

var began = time.Now()

// cpuTime is the time that went by, for want of a better clock.
func cpuTime() time.Duration { return time.Since(began) }
