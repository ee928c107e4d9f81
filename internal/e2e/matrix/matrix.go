// Package matrix counts, for each engine, the cases in which what it requested was what had been predicted.
package matrix

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Engine is one row.
type Engine struct {
	Name    string // such as "dockerd (containerd image store)"
	Version string
	Origin  string // how it was obtained
}

// Matrix holds the counts. The zero value is empty; it is safe for concurrent use.
type Matrix struct {
	mu   sync.Mutex
	rows map[Engine]*counts
}

type counts struct {
	cases, equal, different int
	pulls                   int
}

// Outcome is what became of one case.
type Outcome uint8

// The outcomes.
const (
	Wrong     Outcome = iota // a request differed, and nobody had said so
	Equal                    // every request was as predicted
	Different                // a request differed as a fact that is written down and asserted says
)

// Add counts one case and the pulls that were compared in it.
func (m *Matrix) Add(engine Engine, outcome Outcome, pulls int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.rows == nil {
		m.rows = map[Engine]*counts{}
	}
	row := m.rows[engine]
	if row == nil {
		row = &counts{}
		m.rows[engine] = row
	}
	row.cases++
	row.pulls += pulls
	switch outcome {
	case Equal:
		row.equal++
	case Different:
		row.different++
	}
}

// Cases is the number of cases of an engine.
func (m *Matrix) Cases(engine Engine) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	if row := m.rows[engine]; row != nil {
		return row.cases
	}
	return 0
}

// Empty says whether nothing was counted.
func (m *Matrix) Empty() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.rows) == 0
}

// Markdown is the matrix as a table, ordered by name and version. The last column is empty in a run without
// failures.
func (m *Matrix) Markdown() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	engines := make([]Engine, 0, len(m.rows))
	for engine := range m.rows {
		engines = append(engines, engine)
	}
	slices.SortFunc(engines, func(a, b Engine) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), compareVersions(a.Version, b.Version), strings.Compare(a.Origin, b.Origin))
	})
	var table strings.Builder
	table.WriteString("| engine | version | how obtained | cases | pulls compared | equal | different, as a fact below says | wrong |\n|---|---|---|--:|--:|--:|--:|--:|\n")
	for _, engine := range engines {
		c := m.rows[engine]
		wrong := ""
		if n := c.cases - c.equal - c.different; n > 0 {
			wrong = strconv.Itoa(n)
		}
		fmt.Fprintf(&table, "| %s | %s | %s | %d | %d | %d | %d | %s |\n",
			engine.Name, engine.Version, engine.Origin, c.cases, c.pulls, c.equal, c.different, wrong)
	}
	return table.String()
}

// compareVersions orders 1.9 before 1.18.
func compareVersions(a, b string) int {
	left, right := strings.Split(a, "."), strings.Split(b, ".")
	for i := range min(len(left), len(right)) {
		x, errX := strconv.Atoi(left[i])
		y, errY := strconv.Atoi(right[i])
		if errX != nil || errY != nil {
			return strings.Compare(left[i], right[i])
		}
		if x != y {
			return cmp.Compare(x, y)
		}
	}
	return cmp.Compare(len(left), len(right))
}

// ErrNoPlace says that a file has no place for a generated section.
var ErrNoPlace = errors.New("no markers for the section")

// WriteSection replaces what stands between the lines <!-- NAME --> and <!-- /NAME --> of a file.
func WriteSection(file, name, content string) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	open, shut := "<!-- "+name+" -->\n", "<!-- /"+name+" -->"
	head, rest, found := strings.Cut(string(data), open)
	_, tail, closed := strings.Cut(rest, shut)
	if !found || !closed {
		return fmt.Errorf("%s: %s: %w", file, name, ErrNoPlace)
	}
	return os.WriteFile(file, []byte(head+open+content+shut+tail), 0o644)
}
