package mirror

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/internal/nodefs"
)

// FixPlan turns the edits that diagnostics carry into a plan for the node
// whose files they were found in. Where two edits touch the same bytes, the
// first counts; a second run mends the rest. The error is one of reading, or
// of an edit that does not fit the file.
func FixPlan(node fs.FS, ds Diagnostics) (Plan, error) {
	type mend struct {
		edit Edit
		why  string
	}
	byFile := map[string][]mend{}
	for _, d := range ds {
		for _, e := range d.Edits {
			byFile[e.File] = append(byFile[e.File], mend{e, d.Code})
		}
	}
	var plan Plan
	for file, mends := range byFile {
		before, exists, err := nodefs.ReadFile(node, file)
		if err != nil {
			return Plan{}, err
		}
		if !exists {
			return Plan{}, fmt.Errorf("%s: the file to mend does not exist", file)
		}
		slices.SortStableFunc(mends, func(a, b mend) int { return a.edit.Start - b.edit.Start })
		var after []byte
		var why []string
		end := 0
		for _, m := range mends {
			e := m.edit
			if e.Start < 0 || e.End < e.Start || e.End > len(before) {
				return Plan{}, fmt.Errorf("%s: an edit of bytes %d to %d does not fit a file of %d", file, e.Start, e.End, len(before))
			}
			if e.Start < end {
				continue
			}
			after = append(append(after, before[end:e.Start]...), e.Text...)
			end = e.End
			if !slices.Contains(why, m.why) {
				why = append(why, m.why)
			}
		}
		after = append(after, before[end:]...)
		if string(after) == string(before) {
			continue
		}
		info, err := nodefs.Stat(node, file)
		if err != nil {
			return Plan{}, err
		}
		plan.Changes = append(plan.Changes, Change{
			Path: file, Kind: Update, Before: before, After: after, Mode: info.Mode().Perm(), Reason: "mends " + strings.Join(why, ", "),
		})
	}
	slices.SortFunc(plan.Changes, func(a, b Change) int { return strings.Compare(a.Path, b.Path) })
	return plan, nil
}
