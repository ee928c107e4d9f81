package corpus

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// hunk is a run of lines that differ, with their line ends.
type hunk struct{ removed, added []string }

// diff gives the hunks that turn one text into another: those of a longest
// common subsequence of lines. A line differs when a byte of it does, its end
// included.
func diff(before, after []byte) []hunk {
	a, b := lines(before), lines(after)
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	common := make([][]int, len(a)+1) // of a[i:] and b[j:]
	for i := range common {
		common[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if common[i][j] = max(common[i+1][j], common[i][j+1]); a[i] == b[j] {
				common[i][j] = common[i+1][j+1] + 1
			}
		}
	}
	var out []hunk
	var open hunk
	i, j := 0, 0
	flush := func() {
		if len(open.removed)+len(open.added) > 0 {
			out, open = append(out, open), hunk{}
		}
	}
	for i < len(a) || j < len(b) {
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			flush()
			i, j = i+1, j+1
		case j == len(b) || i < len(a) && common[i+1][j] >= common[i][j+1]:
			open.removed = append(open.removed, a[i])
			i++
		default:
			open.added = append(open.added, b[j])
			j++
		}
	}
	flush()
	return out
}

func lines(text []byte) []string { return slices.Collect(strings.Lines(string(text))) }

// bare is text without what separates: white space and commas. Both quotes
// are one.
func bare(text string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case ' ', '\t', '\r', '\n', ',':
			return -1
		case '\'':
			return '"'
		}
		return r
	}, text)
}

// change is what an edit does to a text, apart from separators.
type change struct{ removed, added string }

// changes are the parts of a text that an edit took out and put in. What two
// changed lines have in common at their beginnings and ends is not among
// them.
func changes(before, after []byte) []change {
	var out []change
	for _, h := range diff(before, after) {
		r, a := bare(strings.Join(h.removed, "")), bare(strings.Join(h.added, ""))
		for len(r) > 0 && len(a) > 0 && r[0] == a[0] {
			r, a = r[1:], a[1:]
		}
		for len(r) > 0 && len(a) > 0 && r[len(r)-1] == a[len(a)-1] {
			r, a = r[:len(r)-1], a[:len(a)-1]
		}
		if r != "" || a != "" {
			out = append(out, change{r, a})
		}
	}
	return out
}

// onlyInserts fails unless the edit put in one of the wanted texts and took
// out nothing.
func onlyInserts(before, after []byte, want ...string) error {
	var added strings.Builder
	for _, c := range changes(before, after) {
		if c.removed != "" {
			return fmt.Errorf("took out %q", c.removed)
		}
		added.WriteString(c.added)
	}
	for _, w := range want {
		if rotated(added.String(), bare(w)) {
			return newSeparators(before, after)
		}
	}
	return fmt.Errorf("put in %q, want %q", added.String(), want)
}

// onlyRemoves is onlyInserts the other way round.
func onlyRemoves(before, after []byte, want ...string) error {
	return onlyInserts(after, before, want...)
}

// onlyReplaces fails unless all that differs is that a part of the old text
// became a part of the new.
func onlyReplaces(before, after []byte, old, new string) error {
	all := changes(before, after)
	if len(all) != 1 {
		return fmt.Errorf("changed %d places: %q", len(all), all)
	}
	if !strings.Contains(bare(old), all[0].removed) || !strings.Contains(bare(new), all[0].added) {
		return fmt.Errorf("took out %q and put in %q, want %q and %q", all[0].removed, all[0].added, old, new)
	}
	return newSeparators(before, after)
}

// onlyMoves fails unless the same lines, apart from separators, are there in
// another order.
func onlyMoves(before, after []byte) error {
	var removed, added []rune
	for _, c := range changes(before, after) {
		removed, added = append(removed, []rune(c.removed)...), append(added, []rune(c.added)...)
	}
	slices.Sort(removed)
	slices.Sort(added)
	if !slices.Equal(removed, added) {
		return fmt.Errorf("took out other text than it put in: %q", changes(before, after))
	}
	return newSeparators(before, after)
}

// newSeparators: an edit keeps the line ends that the file has.
func newSeparators(before, after []byte) error {
	if bytes.Contains(before, []byte("\r\n")) && bytes.Count(after, []byte("\n")) != bytes.Count(after, []byte("\r\n")) {
		return fmt.Errorf("mixed line ends")
	}
	if !bytes.Contains(before, []byte("\r\n")) && bytes.Contains(after, []byte("\r")) && len(before) > 0 {
		return fmt.Errorf("put in a carriage return")
	}
	return nil
}

// rotated: where what is put in ends like what stands before it, a diff may
// show it as beginning earlier.
func rotated(got, want string) bool {
	return len(got) == len(want) && strings.Contains(want+want, got)
}

// block is a table's text, as the rules of editing have it: the header, found
// by its own text or by a key below it, the comments directly above it, all
// tables below it, and the comments directly below its last key, unless they
// stand directly above the next header.
func block(data []byte, header, key string) string {
	all := lines(data)
	is := func(i int, mark string) bool { return strings.HasPrefix(strings.TrimSpace(all[i]), mark) }
	blank := func(i int) bool { return strings.TrimSpace(all[i]) == "" }
	name := strings.Trim(bare(header), "[]")
	for at := range all {
		if !strings.HasPrefix(bare(all[at]), bare(header)) {
			continue
		}
		next, found := at+1, key == ""
		for next < len(all) && (!headerLine.MatchString(all[next]) || strings.HasPrefix(strings.TrimLeft(bare(all[next]), "["), name+".")) {
			found = found || strings.HasPrefix(bare(all[next]), bare(key))
			next++
		}
		if !found {
			continue
		}
		end := next
		for end > at+1 && (is(end-1, "#") || blank(end-1)) {
			end--
		}
		below := end
		for below < next && is(below, "#") {
			below++
		}
		if below < next || next == len(all) {
			end = below
		}
		begin := at
		for begin > 0 && is(begin-1, "#") {
			begin--
		}
		return strings.Join(all[begin:end], "")
	}
	return ""
}

var headerLine = regexp.MustCompile(`^\s*\[{1,2}\s*[A-Za-z]`)

type errPutIn string

func (e errPutIn) Error() string { return fmt.Sprintf("put in %q", string(e)) }
