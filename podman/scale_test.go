package podman

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// Nothing that a file can hold takes more than time in proportion to its
// size: each of these is read, linted and explained well within the limit.
func TestHostileSizes(t *testing.T) {
	many := func(n int, line func(int) string) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(line(i))
		}
		return b.String()
	}
	for name, text := range map[string]string{
		"deep array":    "registry = " + strings.Repeat("[", 10000) + strings.Repeat("]", 10000) + "\n",
		"deep inline":   "x = " + strings.Repeat("{a=", 10000) + "1" + strings.Repeat("}", 10000) + "\n",
		"deep key":      strings.Repeat("a.", 10000) + "a = 1\n",
		"open brackets": strings.Repeat("[", 200000),
		"unknown keys":  many(20000, func(i int) string { return fmt.Sprintf("k%d = 1\n", i) }),
		"faults":        many(5000, func(i int) string { return fmt.Sprintf("[[registry]]\nprefix = 'a%d.test'\n", i) }),
		"mirrors":       reg("a.test", many(10000, func(i int) string { return mir(fmt.Sprintf("m%d.test", i)) })),
		"one prefix":    many(10000, func(int) string { return reg("a.test") }),
		"long line":     "short-name-mode = '" + strings.Repeat("x", 20<<20) + "'\n",
		"aliases":       "[aliases]\n" + many(20000, func(i int) string { return fmt.Sprintf("a%d = 'r.test/a%d'\n", i, i) }),
		"search":        "unqualified-search-registries = [" + many(5000, func(i int) string { return fmt.Sprintf("'r%d.test',", i) }) + "]\n",
		"arrays again":  strings.Repeat("a = []\n", 20000),
		"search again":  strings.Repeat("unqualified-search-registries = []\n", 20000),
		"tables again":  strings.Repeat("[a]\n", 20000),
		"keys of one":   reg("a.test", many(20000, func(i int) string { return fmt.Sprintf("k%d = 1\n", i) })),
		"bare search":   "unqualified-search-registries = [" + many(50000, func(i int) string { return fmt.Sprintf("'r%d',", i) }) + "]\n",
		"V1 list":       "[registries.insecure]\nregistries = [" + many(50000, func(i int) string { return fmt.Sprintf("'r%d.test',", i) }) + "]\n",
		"one line":      "registry = [" + many(20000, func(i int) string { return fmt.Sprintf("{location='r%d.test',mirror=[{location='m.test'}]},", i) }) + "]\n",
		"comments":      strings.Repeat("# comment\n", 200000),
		"no line ends":  strings.Repeat("a", 1<<20),
	} {
		for _, library := range []string{"5.36.2", "5.42.0"} {
			start := time.Now()
			view, err := Engine{Library: library}.Read(file(text).fs())
			require.NoError(t, err, name)
			view.Lint()
			_, _ = mirror.Attempts(view, "a.test/x", mirror.OpPull)
			assert.Less(t, time.Since(start), 10*time.Second, name)
		}
	}
}

// A plan for many registries is linear, and leaves others alone.
func TestPlanManyRegistries(t *testing.T) {
	want := mirror.Config{}
	for i := range 3000 {
		want.Registries = append(want.Registries, mirror.Registry{Prefix: fmt.Sprintf("registry-%d.example.com", i*2), Mirrors: ends("https://m.test")})
	}
	node := tree{etcMain: string(manyRegistries(3000))}
	plan, err := Engine{}.Plan(node.fs(), want)
	require.NoError(t, err)
	view, err := Engine{}.Read(node.after(plan).fs())
	require.NoError(t, err)
	c := view.Config()
	assert.Len(t, c.Registries, 4500)
	r, ok := c.Find("registry-4.example.com")
	require.True(t, ok)
	assert.Equal(t, ends("https://m.test"), r.Mirrors)
	r, ok = c.Find("registry-5.example.com")
	require.True(t, ok)
	assert.Len(t, r.Mirrors, 3)
	again, err := Engine{}.Plan(node.after(plan).fs(), want)
	require.NoError(t, err)
	assert.Empty(t, again.Changes)
	none, err := Engine{}.Plan(node.fs(), mirror.Config{}, mirror.Own(mirror.Exclusive))
	require.NoError(t, err)
	require.Len(t, none.Changes, 1)
	assert.Empty(t, strings.TrimSpace(string(none.Changes[0].After)))
}

// A view is asked from several places at once.
func TestViewIsShared(t *testing.T) {
	view, err := Engine{}.Read(nodeWith(manyRegistries(50)))
	require.NoError(t, err)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			ref, _ := mirror.ParseReference(fmt.Sprintf("registry-%d.example.com/x", i))
			assert.Len(t, view.Explain(ref, mirror.OpPull).Attempts, 3)
			view.Lint()
			view.Config()
		}()
	}
	wg.Wait()
}

// Positions that are counted from one to the next are those that the document
// gives.
func TestLineCounter(t *testing.T) {
	text := "\ufeffa = 1\r\n\nb = [\n'x', 'y',\n]\n" + strings.Repeat("c", 50) + " = 2"
	f, err := ParseRegistries("r.conf", []byte(text))
	require.NoError(t, err)
	c := lineCounter{}
	c.of(&loadedFile{source: source{path: "r.conf"}, doc: f})
	for i := range 2000 {
		offset := i * i * 7919 % len(text)
		assert.Equal(t, f.at(max(offset, 3)), c.position(max(offset, 3)), "%d", offset)
	}
}
