//go:build !unix

package docker

import "time"

var began = time.Now()

// cpuTime is wall-clock time where there is nothing better.
func cpuTime() int64 { return int64(time.Since(began)) }
