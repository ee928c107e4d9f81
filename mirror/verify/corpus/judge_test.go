package corpus

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestJudges: what judges the edits sees what it is there for.
func TestJudges(t *testing.T) {
	const file = "# head\na = 1 # one\n\n# of t\n[t]\nb = [ 'x', 'y' ]\n# behind\n\n# alone\n\n[u]\nc = 3\n"
	f := func(s string) []byte { return []byte(s) }
	insert := func(after, want string) error { return onlyInserts(f(file), f(after), want) }
	assert.NoError(t, insert("# head\na = 1 # one\nn = 2\n\n# of t\n[t]\nb = [ 'x', 'y' ]\n# behind\n\n# alone\n\n[u]\nc = 3\n", "n=2"))
	assert.NoError(t, insert("# head\na = 1 # one\n\n# of t\n[t]\nb = [ 'x', 'z', 'y' ]\n# behind\n\n# alone\n\n[u]\nc = 3\n", "'z'"))
	for name, after := range map[string]string{
		"a comment goes":         "# head\na = 1\nn = 2\n\n# of t\n[t]\nb = [ 'x', 'y' ]\n# behind\n\n# alone\n\n[u]\nc = 3\n",
		"more than was meant":    "# head\na = 1 # one\nn = 2\nm = 2\n\n# of t\n[t]\nb = [ 'x', 'y' ]\n# behind\n\n# alone\n\n[u]\nc = 3\n",
		"something else changes": "# head\na = 1 # one\nn = 2\n\n# of t\n[t]\nb = [ 'x', 'y' ]\n# behind\n\n# alone\n\n[u]\nc = 4\n",
		"nothing happens":        file,
		"an order changes":       "# head\na = 1 # one\nn = 2\n\n# of t\n[t]\nb = [ 'y', 'x' ]\n# behind\n\n# alone\n\n[u]\nc = 3\n",
		"another line end":       "# head\na = 1 # one\nn = 2\r\n\n# of t\n[t]\nb = [ 'x', 'y' ]\n# behind\n\n# alone\n\n[u]\nc = 3\n",
	} {
		assert.Error(t, insert(after, "n=2"), name)
	}
	assert.NoError(t, onlyReplaces(f(file), f("# head\na = 2 # one\n\n# of t\n[t]\nb = [ 'x', 'y' ]\n# behind\n\n# alone\n\n[u]\nc = 3\n"), "1", "2"))
	assert.Error(t, onlyReplaces(f(file), f("# head\na = 2\n\n# of t\n[t]\nb = [ 'x', 'y' ]\n# behind\n\n# alone\n\n[u]\nc = 3\n"), "1", "2"))
	assert.NoError(t, onlyMoves(f(file), f("# head\na = 1 # one\n\n[u]\nc = 3\n\n# of t\n[t]\nb = [ 'x', 'y' ]\n# behind\n\n# alone\n")))
	assert.Error(t, onlyMoves(f(file), f("# head\na = 1 # one\n\n[u]\nc = 3\n\n[t]\nb = [ 'x', 'y' ]\n# behind\n\n# alone\n")))
	assert.Equal(t, "# of t\n[t]\nb = [ 'x', 'y' ]\n# behind\n", block(f(file), "[t]", ""))

	assert.Empty(t, lostComments(f(file), f("# head\na = 1 # one\n\n# alone\n\n[u]\nc = 3\n")))
	assert.Equal(t, []string{"# alone"}, lostComments(f(file), f("# head\na = 1 # one\n\n[u]\nc = 3\n")))
	assert.Equal(t, []string{"# of t"}, lostComments(f(file), f("# head\na = 1 # one\n\n[t]\nb = [ 'x', 'y' ]\n# behind\n\n# alone\n\n[u]\nc = 3\n")))

	assert.Equal(t, []string{"/t/b", "/u/d"}, changedLeaves(leaves(t, configKind, f(file)), leaves(t, configKind, f("a = 1\n[t]\nb = ['y', 'x']\n[u]\nc = 3\nd = 4\n"))))
	assert.Equal(t, []string{"/i"}, changedLeaves(leaves(t, daemonKind, f(`{"i": 9223372036854775807}`)), leaves(t, daemonKind, f(`{"i": 9223372036854776000}`))))
}
