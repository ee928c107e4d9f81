package containerd

import "time"

// sameDuration reports whether two texts are the same duration.
func sameDuration(a, b string) bool {
	if a == b {
		return true
	}
	x, errX := time.ParseDuration(a)
	y, errY := time.ParseDuration(b)
	return errX == nil && errY == nil && x == y
}
