package trace

import (
	"bytes"
	"time"
)

// instant is a moment on the log's own clock in nanoseconds: since the
// process began in console logs, since 1970 in the others. The two never mix
// within one pull in practice; where they do, since gives no duration.
type instant int64

const noInstant instant = -1

// when reads the time stamp of a record.
func (r *record) when() instant {
	s := r.stamp
	if len(s) == 0 {
		return noInstant
	}
	if len(s) < 10 { // seconds since the process began
		n := number(s)
		if n < 0 {
			return noInstant
		}
		return instant(n) * instant(time.Second)
	}
	if i := bytes.IndexByte(s, ' '); i == 10 { // CRI-O writes a blank for the T
		fixed := append([]byte(nil), s...)
		fixed[i] = 'T'
		s = fixed
	}
	t, err := time.Parse(time.RFC3339Nano, string(s))
	if err != nil || t.Year() < 1971 || t.Year() > 2261 {
		return noInstant
	}
	return instant(t.UnixNano())
}

// since returns the seconds between two instants, or -1 where they cannot be
// compared.
func (end instant) since(start instant) float64 {
	if start < 0 || end < start {
		return -1
	}
	d := time.Duration(end - start)
	if d > 30*24*time.Hour {
		return -1 // a console log glued to one with dates
	}
	return d.Seconds()
}
