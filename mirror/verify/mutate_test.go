package verify

import (
	"strings"

	"pgregory.net/rapid"
)

// drawMutated is a seed, changed a few times: lines are dropped, doubled,
// moved, taken from other seeds; words are exchanged.
func drawMutated(t *rapid.T, seeds, words []string) string {
	lines := strings.SplitAfter(rapid.SampledFrom(seeds).Draw(t, "seed"), "\n")
	for range rapid.IntRange(0, 4).Draw(t, "changes") {
		at := rapid.IntRange(0, len(lines)-1).Draw(t, "line")
		switch rapid.IntRange(0, 6).Draw(t, "change") {
		case 0:
			lines = append(lines[:at:at], lines[at+1:]...)
			if len(lines) == 0 {
				lines = []string{""}
			}
		case 1:
			lines = append(lines[:at+1:at+1], lines[at:]...)
		case 2:
			other := rapid.IntRange(0, len(lines)-1).Draw(t, "other")
			lines = append([]string(nil), lines...)
			lines[at], lines[other] = lines[other], lines[at]
		case 3:
			donor := strings.SplitAfter(rapid.SampledFrom(seeds).Draw(t, "donor"), "\n")
			lines = append(lines[:at:at], append([]string{rapid.SampledFrom(donor).Draw(t, "line of donor")}, lines[at:]...)...)
		case 4:
			word := rapid.SampledFrom(words).Draw(t, "word")
			lines = append(lines[:at:at], append([]string{word + "\n"}, lines[at:]...)...)
		default:
			fields := strings.SplitAfter(lines[at], " ")
			i := rapid.IntRange(0, len(fields)-1).Draw(t, "field")
			end := ""
			if strings.HasSuffix(fields[i], "\n") {
				end = "\n"
			} else if strings.HasSuffix(fields[i], " ") {
				end = " "
			}
			fields[i] = rapid.SampledFrom(words).Draw(t, "word") + end
			lines = append([]string(nil), lines...)
			lines[at] = strings.Join(fields, "")
		}
	}
	return strings.Join(lines, "")
}
