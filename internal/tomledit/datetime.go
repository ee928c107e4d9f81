package tomledit

import (
	"bytes"
	"strings"
)

// isTime reports whether there is such a date, time or both, as TOML 1.1 has
// them. go-toml's parser finds where they begin and end and leaves that to its
// decoder, which would bring 0.4 MB to each program for that alone.
func isTime(raw []byte, kind Kind) bool {
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
	if kind != LocalDate {
		r.number(2, 23)
		r.one(":")
		r.number(2, 59)
		if r.has(":") {
			r.number(2, 59)
			if r.has(".") {
				r.fraction()
			}
		}
	}
	if kind == OffsetDateTime && !r.has("Zz") {
		r.one("+-")
		r.number(2, 23)
		r.one(":")
		r.number(2, 59)
	}
	return !r.bad && len(r.rest) == 0 && month >= 1 && day >= 1 && day <= daysOf(year, month)
}

// daysOf is the length of a month in the Gregorian calendar, which TOML's
// RFC 3339 has for every year.
func daysOf(year, month int) int {
	switch {
	case month == 2 && year%4 == 0 && (year%100 != 0 || year%400 == 0):
		return 29
	case month == 2:
		return 28
	case month == 4, month == 6, month == 9, month == 11:
		return 30
	default:
		return 31
	}
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

// fraction goes over the digits behind the point.
func (r *timeReader) fraction() {
	rest := bytes.TrimLeft(r.rest, "0123456789")
	r.bad = r.bad || len(rest) == len(r.rest)
	r.rest = rest
}
