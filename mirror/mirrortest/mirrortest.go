// Package mirrortest pins what mirrorcfg writes, for the tests of programs
// that use it: a whole tree of files, or a whole plan, in one golden file.
//
//	func TestNodeFiles(t *testing.T) {
//		plan, err := engine.Plan(node, want)
//		require.NoError(t, err)
//		mirrortest.Plan(t, "testdata/node.txtar", plan)
//	}
//
// Golden files are txtar archives, to be read and reviewed as text. Secrets
// are masked in them, and modes are shown. To write them anew, use the option
// [Update], or a boolean flag -update that the test declares itself, or
// MIRRORCFG_UPDATE=1 in the environment; the first of these that is given
// decides. The package declares no flag, so that it fits beside any other
// golden-file helper.
package mirrortest

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/aymanbagabas/go-udiff"
	"github.com/mirrorcfg/mirrorcfg/mirror"
	"github.com/mirrorcfg/mirrorcfg/mirror/fileset"
)

type options struct {
	update *bool
}

// Option adjusts Files and Plan.
type Option func(*options)

// Update says whether golden files are written instead of compared, whatever
// the command line and the environment say.
func Update(yes bool) Option { return func(o *options) { o.update = &yes } }

// Files compares files with the golden file and fails the test where they
// differ.
func Files(t testing.TB, golden string, files mirror.Files, opts ...Option) {
	t.Helper()
	text, err := FormatFiles(files)
	if err != nil {
		t.Fatalf("mirrortest: %v", err)
		return
	}
	compare(t, golden, text, opts)
}

// Plan compares a plan with the golden file and fails the test where they
// differ: the files as they will be, the deletions, the actions and the
// diagnostics.
func Plan(t testing.TB, golden string, plan mirror.Plan, opts ...Option) {
	t.Helper()
	text, err := FormatPlan(plan)
	if err != nil {
		t.Fatalf("mirrortest: %v", err)
		return
	}
	compare(t, golden, text, opts)
}

// FormatFiles returns the text of a golden file for files.
func FormatFiles(files mirror.Files) ([]byte, error) {
	shown := make(mirror.Files, 0, len(files))
	for _, f := range files {
		f.Data = fileset.Redact(f.Path, f.Data)
		shown = append(shown, f)
	}
	return fileset.Txtar(shown)
}

// FormatPlan returns the text of a golden file for a plan.
func FormatPlan(plan mirror.Plan) ([]byte, error) {
	var head strings.Builder
	var files mirror.Files
	for _, c := range plan.Changes {
		fmt.Fprintf(&head, "# %s %s", c.Kind, c.Path)
		if c.Prune {
			head.WriteString(" and its directory if empty")
		}
		if c.Reason != "" {
			fmt.Fprintf(&head, ": %s", oneLine(c.Reason))
		}
		head.WriteByte('\n')
		if c.Kind == mirror.Delete {
			continue
		}
		f := mirror.File{Path: c.Path, Mode: c.Mode, Data: fileset.Redact(c.Path, c.After)}
		if c.Secret {
			f.Mode = 0o600
			if string(f.Data) == string(c.After) {
				f.Data = []byte("***\n") // secret, and none recognised to mask
			}
		}
		files = append(files, f)
	}
	for _, a := range plan.Actions {
		fmt.Fprintf(&head, "# run %s: %s\n", quoteAll(a.Command), oneLine(a.Reason))
	}
	for _, d := range plan.Diagnostics {
		fmt.Fprintf(&head, "# %s\n", oneLine(string(fileset.Redact("diagnostic.txt", []byte(d.Error())))))
	}
	archive, err := fileset.Txtar(files)
	return append([]byte(head.String()), archive...), err
}

// oneLine keeps the text of others from looking like another line.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

func quoteAll(words []string) string {
	out := make([]string, len(words))
	for i, w := range words {
		if out[i] = w; w == "" || strings.ContainsAny(w, " \t\n\"'\\$") {
			out[i] = strconv.Quote(w)
		}
	}
	return strings.Join(out, " ")
}

func compare(t testing.TB, golden string, got []byte, opts []Option) {
	t.Helper()
	update, err := updating(opts)
	if err != nil {
		t.Fatalf("mirrortest: %v", err)
		return
	}
	if update {
		if err := write(golden, got); err != nil {
			t.Fatalf("mirrortest: %v", err)
		}
		return
	}
	want, err := os.ReadFile(golden)
	if errors.Is(err, fs.ErrNotExist) {
		t.Errorf("mirrortest: %s does not exist; run the test with MIRRORCFG_UPDATE=1 to write it:\n%s", golden, got)
		return
	}
	if err != nil {
		t.Fatalf("mirrortest: %v", err)
		return
	}
	// Git on Windows may have turned the line ends of the golden file.
	before := strings.ReplaceAll(string(want), "\r\n", "\n")
	if before != string(got) {
		t.Errorf("mirrortest: the result differs from %s; run the test with MIRRORCFG_UPDATE=1 if it should:\n%s",
			golden, udiff.Unified(golden, "result", before, string(got)))
	}
}

// updating asks the option, the flag and the environment, in this order.
func updating(opts []Option) (bool, error) {
	var o options
	for _, set := range opts {
		set(&o)
	}
	if o.update != nil {
		return *o.update, nil
	}
	if f := flag.Lookup("update"); f != nil {
		given := false // a flag at its default leaves it to the environment
		flag.Visit(func(v *flag.Flag) { given = given || v == f })
		if yes, err := strconv.ParseBool(f.Value.String()); err == nil && (yes || given) {
			return yes, nil
		}
	}
	text := os.Getenv("MIRRORCFG_UPDATE")
	if text == "" {
		return false, nil
	}
	yes, err := strconv.ParseBool(text)
	if err != nil {
		return false, fmt.Errorf("MIRRORCFG_UPDATE is %q: write 1 or 0", text)
	}
	return yes, nil
}

func write(golden string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(golden), 0o755); err != nil {
		return err
	}
	return os.WriteFile(golden, text, 0o644)
}
