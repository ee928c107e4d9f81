package corpus

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/mirror"
	"github.com/mirrorcfg/mirrorcfg/mirror/verify"
)

// verb makes one edit of a file's bytes.
type verb func(data []byte) ([]byte, error)

// edit is one row of a table of edits: what is done and what may come of it.
type edit struct {
	name string
	do   verb
	// undo is the opposite edit, which gives the bytes back; nil where no
	// edit promises that.
	undo verb
	// once is set where doing it again is refused or does something else.
	once bool
	// since is the first version that knows the key; empty for all.
	since string
	// text judges what became of the bytes.
	text func(before, after []byte) error
	// leaves are the paths of the values that may change.
	leaves []string
	// asked turns the hosts that upstream asked before into those that it
	// asks now; nil where they stay the same.
	asked func([]string) []string
	// reference is what is pulled to find out whom upstream asks.
	reference string
}

// run puts the edit to a file.
func (e edit) run(t *testing.T, s sample) {
	before := slices.Clone(s.data)
	after, err := e.do(before)
	require.NoError(t, err)
	require.Equal(t, string(s.data), string(before), "the input itself was changed")

	if err := e.text(before, after); err != nil {
		t.Errorf("%v\nbefore:\n%s\nafter:\n%s", err, before, after)
	}
	onlyBelow(t, s.kind, before, after, e.leaves...)
	if !e.once {
		again, err := e.do(after)
		require.NoError(t, err)
		assert.Equal(t, string(after), string(again), "a second run changes something")
	}
	if e.undo != nil {
		reverted, err := e.undo(after)
		require.NoError(t, err)
		assert.Equal(t, string(before), string(reverted), "the opposite edit does not restore the bytes")
	}
	for _, engine := range s.engines() {
		if _, version, _ := strings.Cut(engine.Name(), "@"); version < e.since {
			continue
		}
		agrees(t, engine, s.files(after), s.files(before))
		if e.reference == "" {
			continue
		}
		was, is := asked(t, engine, s.files(before), e.reference), asked(t, engine, s.files(after), e.reference)
		if e.asked != nil {
			was = e.asked(slices.Clone(was))
		}
		assert.Equal(t, was, is, "%s asks others than meant\n%s", engine.Name(), after)
	}
}

func parser(t testing.TB, engine mirror.Engine) *verify.Parser {
	t.Helper()
	p, err := verify.For(context.Background(), engine)
	require.NoError(t, err)
	return p
}

// agrees fails the test when upstream's parser makes other requests of files
// than the engine says, or ignores more in them than it did before. What it
// ignores of other plugins is no concern of the engine's.
func agrees(t testing.TB, engine mirror.Engine, files mirror.Files, before mirror.Files) {
	t.Helper()
	differences, err := parser(t, engine).CompareAll(files.FS())
	require.NoError(t, err)
	for _, d := range differences {
		if strings.Contains(d.Theirs, unknownKey) && unknownKeys(t, engine, files) <= unknownKeys(t, engine, before) {
			continue
		}
		if d.Operation == mirror.OpPush && strings.Contains(d.Theirs, "no push hosts") && strings.HasPrefix(d.Ours, "lint has no warning") {
			continue // hosts that may be pulled from alone are what was meant
		}
		t.Errorf("%s: %s\n%s", engine.Name(), d, show(files))
	}
}

const unknownKey = "Ignoring unknown key"

// unknownKeys counts what upstream ignores with a word to its log.
func unknownKeys(t testing.TB, engine mirror.Engine, files mirror.Files) int {
	t.Helper()
	results, err := parser(t, engine).Explain(files.FS(), mirror.OpPull, "unlisted.example/team/app:1")
	require.NoError(t, err)
	return strings.Count(strings.Join(results[0].Logged, "\n"), unknownKey)
}

// asked are the hosts, with scheme and path, that upstream asks for a
// reference; an error stands in their place.
func asked(t testing.TB, engine mirror.Engine, files mirror.Files, reference string) []string {
	t.Helper()
	results, err := parser(t, engine).Explain(files.FS(), mirror.OpPull, reference)
	require.NoError(t, err)
	var out []string
	for _, a := range results[0].Attempts {
		u, err := url.Parse(a.URL)
		require.NoError(t, err)
		out = append(out, u.Scheme+"://"+u.Host)
	}
	if results[0].Err != nil {
		out = append(out, "error: "+results[0].Err.Error())
	}
	return out
}

func show(files mirror.Files) string {
	var out string
	for _, f := range files {
		if !strings.HasPrefix(f.Path, "/etc/ssl/") {
			out += "-- " + f.Path + " --\n" + string(f.Data)
		}
	}
	return out
}

func insertAt(i int, host string) func([]string) []string {
	return func(hosts []string) []string { return slices.Insert(hosts, min(i, len(hosts)), host) }
}

func without(host string) func([]string) []string {
	return func(hosts []string) []string {
		return slices.DeleteFunc(hosts, func(h string) bool { return h == host })
	}
}
