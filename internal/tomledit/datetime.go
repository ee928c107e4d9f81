package tomledit

import (
	"bytes"
	"strings"
	"time"
)

// parseTime reads a date, a time or both, as TOML 1.1 has them; without an
// offset the result is in UTC. go-toml's parser finds where they begin and end
// and leaves to its decoder whether there is such a day; the decoder would
// bring 0.4 MB to each program for that alone.
func parseTime(raw []byte, kind Kind) (time.Time, bool) {
	r := timeReader{rest: raw}
	year, month, day := 1, 1, 1
	if kind != LocalTime {
		year = r.number(4, 9999)
		r.one("-")
		month = r.number(2, 12)
		r.one("-")
		day = r.number(2, 31)
	}
	if kind == OffsetDateTime || kind == LocalDateTime {
		r.one("Tt ")
	}
	var hour, minute, second, nanos int
	zone := time.UTC
	if kind != LocalDate {
		hour = r.number(2, 23)
		r.one(":")
		minute = r.number(2, 59)
		if r.has(":") {
			second = r.number(2, 59)
			if r.has(".") {
				nanos = r.fraction()
			}
		}
	}
	if kind == OffsetDateTime && !r.has("Zz") {
		west := r.has("-")
		if !west {
			r.one("+")
		}
		offset := r.number(2, 23) * 3600
		r.one(":")
		offset += r.number(2, 59) * 60
		if west {
			offset = -offset
		}
		if offset != 0 {
			zone = time.FixedZone("", offset)
		}
	}
	if r.bad || len(r.rest) > 0 {
		return time.Time{}, false
	}
	t := time.Date(year, time.Month(month), day, hour, minute, second, nanos, zone)
	// time.Date takes the 30th of February for a day in March, and month 0 for
	// December.
	return t, t.Day() == day && int(t.Month()) == month
}

type timeReader struct {
	rest []byte
	bad  bool
}

// has goes over one of the characters, if it is next.
func (r *timeReader) has(set string) bool {
	if len(r.rest) == 0 || strings.IndexByte(set, r.rest[0]) < 0 {
		return false
	}
	r.rest = r.rest[1:]
	return true
}

func (r *timeReader) one(set string) { r.bad = !r.has(set) || r.bad }

// number reads exactly so many digits.
func (r *timeReader) number(digits, limit int) int {
	n := 0
	for range digits {
		if len(r.rest) == 0 || r.rest[0] < '0' || r.rest[0] > '9' {
			r.bad = true
			return 0
		}
		n = n*10 + int(r.rest[0]-'0')
		r.rest = r.rest[1:]
	}
	r.bad = r.bad || n > limit
	return n
}

// fraction reads the digits behind the point in nanoseconds; more than nine are
// cut off.
func (r *timeReader) fraction() int {
	digits := len(r.rest) - len(bytes.TrimLeft(r.rest, "0123456789"))
	r.bad = r.bad || digits == 0
	n, unit := 0, int(time.Second)
	for _, c := range r.rest[:digits] {
		unit /= 10
		n += int(c-'0') * unit
	}
	r.rest = r.rest[digits:]
	return n
}
