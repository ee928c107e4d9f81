package podman

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

const styled = `# Registries of the office. Ask ops before you change this.
unqualified-search-registries = ['docker.io']   # the hub alone

[[registry]]   # the hub
    prefix   = 'docker.io'
    location = 'docker.io'

    # near
    [[registry.mirror]]
        location = 'a.test'     # rack 1
        insecure = false
    # far
    [[registry.mirror]]
        location = 'b.test'

# Everything of the team.
[[registry]]
    location = 'quay.io/team'

[aliases]
'alpine' = 'docker.io/library/alpine'
# end
`

func edited(t *testing.T, text string, edit func(*RegistriesFile) error) string {
	t.Helper()
	f, err := ParseRegistries("r.conf", []byte(text))
	require.NoError(t, err)
	require.NoError(t, edit(f))
	return string(f.Format())
}

// Each edit changes its own lines, its opposite restores the file, and it is
// idempotent where it sets something.
func TestEdits(t *testing.T) {
	for name, c := range map[string]struct {
		do, undo func(*RegistriesFile) error
		add, cut []string // lines
	}{
		"search": {
			do:   func(f *RegistriesFile) error { return f.SetSearch([]string{"docker.io", "quay.io"}) },
			undo: func(f *RegistriesFile) error { return f.SetSearch([]string{"docker.io"}) },
			add:  []string{"unqualified-search-registries = ['docker.io', 'quay.io']   # the hub alone"}, cut: []string{"unqualified-search-registries = ['docker.io']   # the hub alone"},
		},
		"mode": {
			do:   func(f *RegistriesFile) error { return f.SetShortNameMode("enforcing") },
			undo: func(f *RegistriesFile) error { return f.SetShortNameMode("") },
			add:  []string{"short-name-mode = 'enforcing'"},
		},
		"alias": {
			do:   func(f *RegistriesFile) error { return f.SetAlias("b", "quay.io/b") },
			undo: func(f *RegistriesFile) error { _, err := f.DropAlias("b"); return err },
			add:  []string{"b = 'quay.io/b'"},
		},
		"mirror at the end": {
			do:   func(f *RegistriesFile) error { return f.AddMirror("docker.io", Mirror{Location: "c.test"}) },
			undo: func(f *RegistriesFile) error { return f.DropMirror("docker.io", 2) },
			add:  []string{"    [[registry.mirror]]", "        location = 'c.test'"},
		},
		"mirror in front": {
			do:   func(f *RegistriesFile) error { return f.InsertMirror("docker.io", 0, Mirror{Location: "c.test"}) },
			undo: func(f *RegistriesFile) error { return f.DropMirror("docker.io", 0) },
			add:  []string{"    [[registry.mirror]]", "        location = 'c.test'"},
		},
		"first mirror of an entry": {
			do:   func(f *RegistriesFile) error { return f.AddMirror("quay.io/team", Mirror{Location: "c.test/q"}) },
			undo: func(f *RegistriesFile) error { return f.DropMirror("quay.io/team", 0) },
			add:  []string{"[[registry.mirror]]", "location = 'c.test/q'"},
		},
		"new entry": {
			do: func(f *RegistriesFile) error {
				return f.SetRegistry(Registry{Prefix: "ghcr.io", Location: "ghcr.io", Mirrors: []Mirror{{Location: "g.test"}}})
			},
			undo: func(f *RegistriesFile) error { _, err := f.DropRegistry("ghcr.io"); return err },
			add:  []string{"[[registry]]", "prefix = 'ghcr.io'", "location = 'ghcr.io'", "[[registry.mirror]]", "location = 'g.test'"},
		},
		"a key of an entry": {
			do: func(f *RegistriesFile) error {
				return f.SetRegistry(Registry{Location: "quay.io/team", Blocked: mirror.On})
			},
			undo: func(f *RegistriesFile) error { return f.SetRegistry(Registry{Location: "quay.io/team"}) },
			add:  []string{"    blocked = true"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			once := edited(t, styled, c.do)
			added, cut := lineDiff(styled, once)
			trim := func(in []string) []string {
				var out []string
				for _, l := range in {
					if strings.TrimSpace(l) != "" {
						out = append(out, strings.TrimSpace(l))
					}
				}
				return out
			}
			assert.Equal(t, trim(c.add), trim(added), once)
			assert.Equal(t, trim(c.cut), trim(cut), once)
			assert.Equal(t, styled, edited(t, once, c.undo), "the opposite restores the file")
			_, err := UnmarshalRegistries([]byte(once))
			require.NoError(t, err)
		})
	}
}

// lineDiff gives the lines that are only in b, and only in a, when the rest
// is in one order.
func lineDiff(a, b string) (added, cut []string) {
	as, bs := strings.Split(a, "\n"), strings.Split(b, "\n")
	head := 0
	for head < len(as) && head < len(bs) && as[head] == bs[head] {
		head++
	}
	tail := 0
	for tail < len(as)-head && tail < len(bs)-head && as[len(as)-1-tail] == bs[len(bs)-1-tail] {
		tail++
	}
	return bs[head : len(bs)-tail], as[head : len(as)-tail]
}

// An empty text means the same as none, and is not what the edit is about.
func TestSetRegistryKeepsEmptyTexts(t *testing.T) {
	const file = "[[registry]]\n  prefix = \"\"\n  location = \"quay.io\"\n  [[registry.mirror]]\n    location = \"m.example\"\n    pull-from-mirror = \"\"\n"
	got := edited(t, file, func(f *RegistriesFile) error {
		return f.SetRegistry(Registry{Location: "quay.io", Blocked: mirror.On, Mirrors: []Mirror{{Location: "m.example"}}})
	})
	require.Equal(t, strings.Replace(file, "\"quay.io\"\n", "\"quay.io\"\n  blocked = true\n", 1), got)
}

func TestMoveMirror(t *testing.T) {
	moved := edited(t, styled, func(f *RegistriesFile) error { return f.MoveMirror("docker.io", 1, 0) })
	r, err := UnmarshalRegistries([]byte(moved))
	require.NoError(t, err)
	assert.Equal(t, []Mirror{{Location: "b.test"}, {Location: "a.test", Insecure: mirror.Off}}, r.Registries[0].Mirrors)
	for _, comment := range []string{"# near", "# far", "# rack 1", "# Everything of the team."} {
		assert.Contains(t, moved, comment)
	}
	assert.Equal(t, styled, edited(t, moved, func(f *RegistriesFile) error { return f.MoveMirror("docker.io", 0, 1) }))
}

func TestEditFaults(t *testing.T) {
	f, err := ParseRegistries("r.conf", []byte(styled))
	require.NoError(t, err)
	assert.ErrorIs(t, f.AddMirror("none.test", Mirror{Location: "c.test"}), ErrNoRegistry)
	assert.ErrorIs(t, f.DropMirror("docker.io", 2), ErrNoMirror)
	assert.ErrorIs(t, f.InsertMirror("docker.io", 3, Mirror{}), ErrNoMirror)
	assert.ErrorIs(t, f.MoveMirror("docker.io", 0, 2), ErrNoMirror)
	n, err := f.DropRegistry("none.test")
	require.NoError(t, err)
	assert.Zero(t, n)
	assert.Error(t, f.SetShortNameMode("\xff"))
	assert.Equal(t, styled, string(f.Format()))
}

// Forms of the file that other tools leave behind.
func TestEditForms(t *testing.T) {
	add := func(f *RegistriesFile) error {
		return f.InsertMirror("a.test", 0, Mirror{Location: "n.test", Insecure: mirror.On})
	}
	for name, c := range map[string]struct {
		have, want string
	}{
		"inline mirrors":  {"[[registry]]\nlocation = \"a.test\"\nmirror = [{ location = \"m.test\" }]\n", "[[registry]]\nlocation = \"a.test\"\nmirror = [{ location = \"n.test\", insecure = true }, { location = \"m.test\" }]\n"},
		"inline registry": {"registry = [{ location = \"a.test\" }]\n", "registry = [{ location = \"a.test\", mirror = [{ location = \"n.test\", insecure = true }] }]\n"},
		"CRLF":            {"[[registry]]\r\nlocation = \"a.test\"\r\n\r\n[[registry.mirror]]\r\nlocation = \"m.test\"\r\n", "[[registry]]\r\nlocation = \"a.test\"\r\n\r\n[[registry.mirror]]\r\nlocation = \"n.test\"\r\ninsecure = true\r\n\r\n[[registry.mirror]]\r\nlocation = \"m.test\"\r\n"},
		"other case":      {"[[Registry]]\nLocation = \"a.test\"\n\n[[Registry.Mirror]]\nLocation = \"m.test\"\n", "[[Registry]]\nLocation = \"a.test\"\n\n[[Registry.Mirror]]\nlocation = \"n.test\"\ninsecure = true\n\n[[Registry.Mirror]]\nLocation = \"m.test\"\n"},
	} {
		assert.Equal(t, c.want, edited(t, c.have, add), name)
	}
	assert.Equal(t, "registry = [{ location = \"a.test\" }, { location = \"b.test\", mirror = [{ location = \"m.test\" }] }]\n",
		edited(t, "registry = [{ location = \"a.test\" }]\n", func(f *RegistriesFile) error {
			return f.SetRegistry(Registry{Location: "b.test", Mirrors: []Mirror{{Location: "m.test"}}})
		}))
}

// All mirrors replaced, some kept, order turned: the value is as wanted.
func TestSetRegistryReachesTheValue(t *testing.T) {
	m := func(names ...string) (out []Mirror) {
		for _, n := range names {
			out = append(out, Mirror{Location: n + ".test"})
		}
		return out
	}
	lists := [][]Mirror{nil, m("a"), m("b"), m("a", "b"), m("b", "a"), m("c", "a", "b"), m("a", "c", "b"), m("x", "y"), m("b", "x", "a", "y"), m("y", "b", "c", "a", "x")}
	inline := "[[registry]]\nlocation = 'a.test'\nmirror = [\n  {location = 'a.test'}, # one\n  {location = 'b.test'},\n]\n"
	for _, text := range []string{styled, inline, reg("docker.io", mir("a.test"), mir("b.test"))} {
		f, err := ParseRegistries("r.conf", []byte(text))
		require.NoError(t, err)
		for i, list := range append(lists, lists...) {
			want := f.Value().Registries[0]
			want.Mirrors = lists[(i*7+3)%len(lists)]
			require.NoError(t, f.SetRegistry(want))
			assert.Equal(t, normalValue(Registries{Registries: []Registry{want}}).Registries[0], f.Value().Registries[0], "%s\n%d %v", f.Format(), i, list)
		}
	}
}

// The errors of edits say where.
func TestEditErrors(t *testing.T) {
	f, err := ParseRegistries("r.conf", []byte("\n"+reg("a.test", mir("m.test"))))
	require.NoError(t, err)
	for want, got := range map[string]error{
		`r.conf: no entry of this prefix: "b.test"`:        f.AddMirror("b.test", Mirror{Location: "x.test"}),
		"r.conf:2:1: no mirror at this place: 2 of 1":      f.InsertMirror("a.test", 2, Mirror{Location: "x.test"}),
		"r.conf:2:1: no mirror at this place: 1 of 1":      f.DropMirror("a.test", 1),
		"r.conf:2:1: no mirror at this place: 0 or 1 of 1": f.MoveMirror("a.test", 0, 1),
	} {
		assert.EqualError(t, got, want)
	}
	assert.Equal(t, "r.conf", f.Name())
	_, err = f.DropRegistry("b.test")
	assert.NoError(t, err)
}

func TestCredentialHelpers(t *testing.T) {
	f, err := ParseRegistries("r.conf", []byte("# First.\ncredential-helpers = ['a', 'b'] # two\n"))
	require.NoError(t, err)
	require.NoError(t, f.SetCredentialHelpers([]string{"b"}))
	assert.Equal(t, "# First.\ncredential-helpers = ['b'] # two\n", string(f.Format()))
	require.NoError(t, f.SetCredentialHelpers(nil))
	assert.Empty(t, string(f.Format()))
	require.NoError(t, f.SetCredentialHelpers([]string{}))
	assert.Equal(t, []string{}, f.Value().CredentialHelpers)
}

// Comments on entries of V1 lists go where the entries go.
func TestMigrateV1Comments(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"search list stays as it is laid out": {
			"# Search. # Twice.\n[registries.search] # here\n# in this order\nregistries = [\n  'docker.io', # the hub\n  # '#' and ours\n  'quay.io',\n] # all\n",
			"# Search. # Twice.\n# here\n# in this order\n# all\nunqualified-search-registries = [\n  'docker.io', # the hub\n  # '#' and ours\n  'quay.io',\n]\n"},
		"entries": {
			"[registries.insecure]\nregistries = [ # self-signed\n  'a.test', # lab\n  # the one\n  #and other\n  'b.test/',\n  # end\n]\n",
			"# end\n# self-signed\n# lab\n[[registry]]\nprefix = 'a.test'\nlocation = 'a.test'\ninsecure = true\n\n# the one\n# and other\n[[registry]]\nprefix = 'b.test'\nlocation = 'b.test'\ninsecure = true\n"},
		"both lists": {
			"[registries.insecure]\nregistries = ['a.test'] # lab\n# No.\n[registries.block]\nregistries = [\n'a.test', # evil\n]\n",
			"# No.\n# evil\n# lab\n[[registry]]\nprefix = 'a.test'\nlocation = 'a.test'\ninsecure = true\nblocked = true\n"},
		"a V2 table stays as it is": {
			"[[registry]]\nlocation = 'a.test' # ours\n\n[registries.block]\nregistries = [\n  'a.test', # theirs\n  'b.test', # evil\n]\n",
			"[[registry]]\nlocation = 'a.test' # ours\n\n# evil\n[[registry]]\nprefix = 'b.test'\nlocation = 'b.test'\nblocked = true\n"},
		"what nothing is made of": {
			"# Kept.\n\n# None.\n[registries.block]\nregistries = [] # none\n\n# Also kept.\n",
			"# Kept.\n\n# Also kept.\n"},
		"not of a table": {
			"# One.\nregistries.block.registries = [\"\"\"a#\\\"b\"\"\"\"] # two\n",
			"# One.\n# two\n[[registry]]\nprefix = \"a#\\\"b\\\"\"\nlocation = \"a#\\\"b\\\"\"\nblocked = true\n"},
		"inline": {
			"# One.\nregistries = {block = {registries = [\n  \"a.test\", # two\n]}}\n",
			"# One.\n# two\n[[registry]]\nprefix = \"a.test\"\nlocation = \"a.test\"\nblocked = true\n"},
		"CRLF": {
			"[registries.block]\r\nregistries = [\r\n  \"a.test\", # two\r\n]\r\n",
			"# two\r\n[[registry]]\r\nprefix = \"a.test\"\r\nlocation = \"a.test\"\r\nblocked = true\r\n"},
	} {
		f, err := ParseRegistries("r.conf", []byte(c.text))
		require.NoError(t, err, name)
		_, err = f.MigrateV1()
		require.NoError(t, err, name)
		assert.Equal(t, c.want, string(f.Format()), name)
	}
}

// A comment on a mirror goes with the mirror, be it replaced or removed; one
// that stands off stays, and so does one on a mirror that is changed.
func TestCommentsOfMirrors(t *testing.T) {
	const (
		off    = "# Both are ours.\n\n"
		first  = "# Slow.\n[[registry.mirror]] # east\nlocation = \"m1.test\" # until May\n"
		second = "\n# Fast.\n[[registry.mirror]]\nlocation = \"m2.test\"\n"
		x      = "[[registry.mirror]]\nlocation = \"x.test\"\n"
		y      = "[[registry.mirror]]\nlocation = \"y.test\"\n"
		next   = "\n# Another.\n[[registry]]\nlocation = \"b.test\"\n"
	)
	head := "[[registry]]\nlocation = \"a.test\" # here\n\n" + off
	array := func(items string) string {
		return "[[registry]]\nlocation = \"a.test\"\nmirror = [ # in this order\n" + items + "]\n"
	}
	for name, c := range map[string]struct {
		have, want string
		mirrors    []Mirror
	}{
		"all replaced":   {head + first + second + next, head + x + next, []Mirror{{Location: "x.test"}}},
		"by more":        {head + first + next, head + x + "\n" + y + next, []Mirror{{Location: "x.test"}, {Location: "y.test"}}},
		"first":          {head + first + second + next, head + x + second + next, []Mirror{{Location: "x.test"}, {Location: "m2.test"}}},
		"second":         {head + first + second + next, head + first + "\n" + x + next, []Mirror{{Location: "m1.test"}, {Location: "x.test"}}},
		"removed":        {head + first + second + next, head + first + next, []Mirror{{Location: "m1.test"}}},
		"changed":        {head + first + next, head + first + "insecure = true\n" + next, []Mirror{{Location: "m1.test", Insecure: mirror.On}}},
		"array":          {array("  # Slow.\n  {location = 'm1.test'}, # east\n  {location = 'm2.test'}, # west\n"), array("  { location = \"x.test\" },\n  {location = 'm2.test'}, # west\n"), []Mirror{{Location: "x.test"}, {Location: "m2.test"}}},
		"array, all":     {array("  # Slow.\n  {location = 'm1.test'}, # east\n"), array("  { location = \"x.test\" },\n"), []Mirror{{Location: "x.test"}}},
		"array, to none": {array("  {location = 'm1.test'}, # east\n"), "[[registry]]\nlocation = \"a.test\"\n", nil},
	} {
		f, err := ParseRegistries("r.conf", []byte(c.have))
		require.NoError(t, err)
		want := f.Value().Registries[0]
		want.Mirrors = c.mirrors
		require.NoError(t, f.SetRegistry(want))
		assert.Equal(t, c.want, string(f.Format()), name)
	}
}

func TestMigrateV1(t *testing.T) {
	text := "# Where images come from.\n[registries.search]\nregistries = ['docker.io', 'quay.io']\n\n# Ours.\n[registries.insecure]\nregistries = [\"r.test:5000/\", 'b.test']\n\n[registries.block]\nregistries = ['b.test']\n"
	want := "# Where images come from.\nunqualified-search-registries = ['docker.io', 'quay.io']\n\n[[registry]]\nprefix = 'b.test'\nlocation = 'b.test'\ninsecure = true\nblocked = true\n\n# Ours.\n[[registry]]\nprefix = 'r.test:5000'\nlocation = 'r.test:5000'\ninsecure = true\n"
	f, err := ParseRegistries(etcMain, []byte(text))
	require.NoError(t, err)
	done, err := f.MigrateV1()
	require.NoError(t, err)
	assert.True(t, done)
	assert.Equal(t, want, string(f.Format()))
	done, err = f.MigrateV1()
	require.NoError(t, err)
	assert.False(t, done)

	// The old version makes the same of both.
	for _, ref := range []string{"r.test:5000/x", "b.test/x", "quay.io/x", "app"} {
		assert.Equal(t, short(explain(t, oldPodman, file(text), ref, mirror.OpPull).Attempts), short(explain(t, oldPodman, file(want), ref, mirror.OpPull).Attempts), ref)
	}

	// On a node: the main file and a drop-in, which the new version refuses.
	node := tree{etcMain: text, etcD + "a.conf": "[registries.block]\nregistries = ['c.test']\n", etcD + "b.conf": reg("d.test")}
	plan, err := newPodman.Migrate(node.fs())
	require.NoError(t, err)
	require.Len(t, plan.Changes, 2)
	after := node.after(plan)
	assert.Equal(t, want, after[etcMain])
	assert.Equal(t, reg("d.test"), after[etcD+"b.conf"])
	assert.Equal(t, "[[registry]]\nprefix = 'c.test'\nlocation = 'c.test'\nblocked = true\n", after[etcD+"a.conf"])
	plan, err = newPodman.Migrate(after.fs())
	require.NoError(t, err)
	assert.Empty(t, plan.Changes)
}
