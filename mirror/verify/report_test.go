package verify

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"time"
)

// report counts what the suite did, for the table in the README.
var report tally

type tally struct {
	mu   sync.Mutex
	rows map[string]*counts
}

type counts struct {
	cases, references, refused, lossy, failures int
	took                                        time.Duration
}

func (t *tally) row(name string) *counts {
	if t.rows == nil {
		t.rows = map[string]*counts{}
	}
	if t.rows[name] == nil {
		t.rows[name] = &counts{}
	}
	return t.rows[name]
}

// add counts one case.
func (t *tally) add(target fmt.Stringer, property string, c counts) {
	t.mu.Lock()
	defer t.mu.Unlock()
	row := t.row(fmt.Sprintf("| %s | %s ", target, property))
	row.cases += c.cases
	row.references += c.references
	row.refused += c.refused
	row.lossy += c.lossy
	row.failures += c.failures
}

// took notes how long a target's cases took, beside one other.
func (t *tally) took(target fmt.Stringer, property string, d time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.row(fmt.Sprintf("| %s | %s ", target, property)).took = d
}

// String is the table, in Markdown.
func (t *tally) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.rows) == 0 {
		return ""
	}
	var names []string
	for name := range t.rows {
		names = append(names, name)
	}
	slices.Sort(names)
	var b strings.Builder
	b.WriteString("\n| engine | property | cases | references | refused | lossy | failures | seconds |\n|---|---|---:|---:|---:|---:|---:|---:|\n")
	for _, name := range names {
		c := t.rows[name]
		fmt.Fprintf(&b, "%s| %d | %d | %d | %d | %d | %.0f |\n", name, c.cases, c.references, c.refused, c.lossy, c.failures, c.took.Seconds())
	}
	return b.String()
}

// writeReadme puts the table between its marks in README.md.
func (t *tally) writeReadme() error {
	const name, begin, end = "README.md", "<!-- table -->\n", "<!-- /table -->\n"
	text, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	head, rest, found := bytes.Cut(text, []byte(begin))
	_, tail, foundEnd := bytes.Cut(rest, []byte(end))
	if !found || !foundEnd {
		return errors.New("README.md has no marks for the table")
	}
	table := strings.TrimPrefix(t.String(), "\n")
	return os.WriteFile(name, fmt.Appendf(nil, "%s%s\n%s\n%s%s", head, begin, table, end, tail), 0o644)
}
