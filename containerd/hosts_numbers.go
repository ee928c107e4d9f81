package containerd

import (
	"errors"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/internal/release"
	"github.com/mirrorcfg/mirrorcfg/internal/tomledit"
)

// numbersUnchecked: a number that is none is found when its key is decoded,
// which keys that hosts.toml does not have never are.
var numbersUnchecked = release.Feature{Name: "a malformed number in an unknown key is passed over", In: []release.Span{release.Between("2.0", "2.4")},
	Source: "go-toml 2.2.4 and 2.3.0 unstable/parser.go scanIntOrFloat"}

// maxNumbers bounds the work on hostile files.
const maxNumbers = 16

// wellFormedNumbers puts 0 in the place of numbers that are none. A known key
// takes no number at all, so that the file is refused for those as before.
// Positions stay.
func wellFormedNumbers(data []byte) []byte {
	out := []byte(strings.Clone(string(data)))
	for range maxNumbers {
		_, err := tomledit.Parse(out)
		var fault *tomledit.SyntaxError
		if !errors.As(err, &fault) || !blankNumber(out, fault.Offset) {
			break
		}
	}
	return out
}

// blankNumber writes 0 and blanks over the run of number characters around an
// offset, if a value can begin there.
func blankNumber(data []byte, offset int) bool {
	const characters = "0123456789+-_.eE"
	start, end := min(offset, len(data)), min(offset, len(data))
	for start > 0 && strings.IndexByte(characters, data[start-1]) >= 0 {
		start--
	}
	for end < len(data) && strings.IndexByte(characters, data[end]) >= 0 {
		end++
	}
	before := strings.TrimRight(string(data[:start]), " \t\r\n")
	if start == end || before == "" || strings.IndexByte("=,[", before[len(before)-1]) < 0 {
		return false
	}
	for i := start; i < end; i++ {
		data[i] = ' '
	}
	data[start] = '0'
	return true
}
