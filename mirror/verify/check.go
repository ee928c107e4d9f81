package verify

import (
	"strings"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// TB is the part of testing.TB that Check needs.
type TB interface {
	Helper()
	Errorf(format string, args ...any)
}

// Check fails a test when upstream's parser refuses the files, ignores
// something in them, or makes other requests of them than the engine says. It
// asks for References of what the files configure, and for more references if
// they are given.
func Check(t TB, files mirror.Files, engine mirror.Engine, more ...string) {
	t.Helper()
	ctx := contextOf(t)
	p, err := For(ctx, engine)
	if err != nil {
		t.Errorf("%v", err)
		return
	}
	fsys := files.FS()
	view, err := engine.Read(fsys)
	if err != nil {
		t.Errorf("%s: %v", engine.Name(), err)
		return
	}
	refs := append(References(view.Config()), more...)
	results, err := p.Explain(fsys, mirror.OpPull, refs...)
	if err != nil {
		t.Errorf("%v", err)
		return
	}
	for _, fault := range faults(results) {
		t.Errorf("%s: %s", engine.Name(), fault)
	}
	differences, err := p.CompareAll(fsys)
	if err == nil && len(more) > 0 {
		var extra []Difference
		extra, err = p.Compare(fsys, mirror.OpPull, more...)
		differences = append(differences, extra...)
	}
	if err != nil {
		t.Errorf("%v", err)
	}
	for _, d := range differences {
		t.Errorf("%s: %s", engine.Name(), d)
	}
}

// faults are what the parser complains about, each once.
func faults(results []Result) []string {
	var out []string
	seen := map[string]bool{}
	add := func(s string) {
		if !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	for _, r := range results {
		if r.Err != nil && !r.Blocked {
			add("upstream refuses " + r.Reference + ": " + r.Err.Error())
		}
		for _, line := range r.Logged {
			if loggedFault(line) {
				add("upstream logs: " + line)
			}
		}
		if len(r.Ignored) > 0 {
			add("upstream ignores the keys " + strings.Join(r.Ignored, ", "))
		}
	}
	return out
}
