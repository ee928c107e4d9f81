package fileset

import (
	"bytes"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/aymanbagabas/go-udiff"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// Diff shows a plan as one unified diff in git's style, in path order, with
// three lines of context. The same plan gives the same text.
//
// It is for eyes and logs: secrets are masked, see Redact, so that it cannot
// be applied where there are any. Content marked Secret in which no secret is
// recognised is not shown at all.
func Diff(plan mirror.Plan) string {
	changes := slices.Clone(plan.Changes)
	slices.SortStableFunc(changes, func(a, b mirror.Change) int { return strings.Compare(a.Path, b.Path) })
	var b strings.Builder
	for _, c := range changes {
		b.WriteString(Patch(c))
	}
	return b.String()
}

// Patch shows one change, as Diff does.
func Patch(c mirror.Change) string {
	var b strings.Builder
	from, to := quotePath("a"+c.Path), quotePath("b"+c.Path)
	fmt.Fprintf(&b, "diff --git %s %s\n", from, to)
	switch c.Kind {
	case mirror.Create:
		fmt.Fprintf(&b, "new file mode 100%03o\n", freshMode(c)&fs.ModePerm)
		from = "/dev/null"
	case mirror.Delete:
		// The mode that the file has is not in a plan; git wants one.
		b.WriteString("deleted file mode 100644\n")
		to = "/dev/null"
	}
	before, after := c.Before, c.After
	if c.Kind == mirror.Create {
		before = nil
	}
	if c.Kind == mirror.Delete {
		after = nil
	}
	if !isText(before) || !isText(after) {
		fmt.Fprintf(&b, "Binary files %s and %s differ\n", from, to)
		return b.String()
	}
	old, hidOld := redact(c.Path, before)
	fresh, hidFresh := redact(c.Path, after)
	if c.Secret && !hidOld && !hidFresh {
		fmt.Fprintf(&b, "Secret files %s and %s differ\n", from, to)
		return b.String()
	}
	if bytes.Equal(old, fresh) && !bytes.Equal(before, after) {
		fmt.Fprintf(&b, "Files %s and %s differ in masked secrets alone\n", from, to)
		return b.String()
	}
	b.WriteString(udiff.Unified(from, to, string(old), string(fresh)))
	return b.String()
}

func isText(data []byte) bool {
	return utf8.Valid(data) && bytes.IndexByte(data, 0) < 0
}

// quotePath writes a path as git does: in quotes where it has bytes that a
// line of a diff cannot carry.
func quotePath(p string) string {
	if q := strconv.QuoteToASCII(p); q != `"`+p+`"` {
		return q
	}
	return p
}
