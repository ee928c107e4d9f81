package trace

import (
	"bytes"
	"fmt"
	"strconv"
	"time"
)

// parseSize reads a size as progress bars show it: "4.0MiB", "0.0 B", "27.0 M"
// and "2.0 Ki" (containerd cuts its column short, and means MiB and KiB),
// "12.5MB" (docker counts in thousands). It returns the bytes and what
// follows, or -1.
func parseSize(s []byte) (int64, []byte) {
	s = bytes.TrimLeft(s, " \t")
	i := 0
	for i < len(s) && (s[i] >= '0' && s[i] <= '9' || s[i] == '.') {
		i++
	}
	value, err := strconv.ParseFloat(string(s[:i]), 64)
	if err != nil {
		return -1, s
	}
	s = s[i:]
	if len(s) > 1 && s[0] == ' ' && isUnit(s[1]) {
		s = s[1:]
	}
	step := 1024.0
	power := 0
	if len(s) > 0 {
		if power = bytes.IndexByte([]byte("bkmgt"), s[0]|0x20); power < 0 {
			return int64(value), s
		}
		s = s[1:]
		if power > 0 {
			switch {
			case bytes.HasPrefix(s, []byte("iB")):
				s = s[2:]
			case bytes.HasPrefix(s, []byte("i")):
				s = s[1:]
			case bytes.HasPrefix(s, []byte("B")):
				s = s[1:]
				step = 1000
			}
		}
	}
	for range power {
		value *= step
	}
	if value > 1<<60 {
		return -1, s
	}
	return int64(value + 0.5), s
}

func isUnit(b byte) bool { return bytes.IndexByte([]byte("bkmgt"), b|0x20) >= 0 }

// formatBytes writes a size in binary units with one decimal: "4.0 MiB".
func formatBytes(n float64) string {
	units := [...]string{"B", "KiB", "MiB", "GiB", "TiB"}
	i := 0
	for n >= 1024 && i < len(units)-1 {
		n /= 1024
		i++
	}
	return fmt.Sprintf("%.1f %s", n, units[i])
}

// FormatRate writes bytes per second as "2.0 MiB/s".
func FormatRate(bytesPerSecond float64) string { return formatBytes(bytesPerSecond) + "/s" }

// seconds reads "5.5 s" and "133.0s", and containerd's longer "1m2.5s".
func seconds(s []byte) float64 {
	s = bytes.TrimSpace(s)
	number, unit := s, []byte(nil)
	if i := bytes.IndexAny(s, " smh"); i >= 0 {
		number, unit = s[:i], bytes.TrimSpace(s[i:])
	}
	if string(unit) == "s" {
		if v, err := strconv.ParseFloat(string(number), 64); err == nil && v >= 0 && v < 1e9 {
			return v
		}
	}
	if d, err := time.ParseDuration(string(s)); err == nil && d > 0 {
		return d.Seconds()
	}
	return -1
}
