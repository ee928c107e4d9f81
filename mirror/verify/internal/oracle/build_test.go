package oracle

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/mirror/verify/internal/tables"
	"github.com/mirrorcfg/mirrorcfg/mirror/verify/internal/upstream"
)

func TestMain(m *testing.M) {
	code := m.Run()
	if err := Close(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func TestContainerdTables(t *testing.T) {
	for _, program := range []Program{Containerd16, Containerd20, Containerd21, Containerd22, Containerd23} {
		t.Run(program.Mod, func(t *testing.T) {
			parser, err := program.Run(context.Background())
			require.NoError(t, err)
			for _, c := range tables.Containerd() {
				if c.HoldsFor(strings.TrimPrefix(program.Mod, "containerd-")) {
					t.Run(c.Name, func(t *testing.T) { tables.Check(t, parser, c) })
				}
			}
		})
	}
}

func TestCRITables(t *testing.T) {
	for _, version := range []string{"1.6", "1.7", "2.0", "2.1", "2.2", "2.3", "2.4"} {
		t.Run(version, func(t *testing.T) {
			program, ok := CRI(version)
			require.True(t, ok)
			parser, err := program.Run(context.Background())
			require.NoError(t, err)
			for _, c := range tables.CRI() {
				if c.HoldsFor(version) {
					t.Run(c.Name, func(t *testing.T) { tables.Check(t, parser, c) })
				}
			}
		})
	}
}

// The versions differ in what they accept; if a program answered as another
// version does, it would be linked with the wrong one.
func TestProgramsAreTheirVersions(t *testing.T) {
	const path = tables.CertsRoot + "/reg.example/hosts.toml"
	for name, row := range map[string]struct {
		text string
		want map[Program]int // endpoints
	}{
		"no host table":   {"server = \"https://s.example\"\n", map[Program]int{Containerd16: 1, Containerd20: 1}},
		"byte order mark": {"\ufeff[host.\"https://a.example\"]\n", map[Program]int{Containerd16: 2, Containerd20: 1, Containerd23: 1}},
		"referrers":       {"[host.\"https://a.example\"]\ncapabilities=[\"referrers\"]\n", map[Program]int{Containerd16: 1, Containerd20: 1, Containerd21: 1, Containerd22: 2, Containerd23: 2}},
		"dotted host":     {"[host]\n\"https://a.example\".skip_verify = true\n", map[Program]int{Containerd16: 2, Containerd20: 1, Containerd23: 1}},
	} {
		for program, want := range row.want {
			t.Run(name+" "+program.Mod, func(t *testing.T) {
				parser, err := program.Run(context.Background())
				require.NoError(t, err)
				answers := parser.Explain(upstream.Question{
					Files: []upstream.File{{Path: path, Data: []byte(row.text)}}, Roots: []string{tables.CertsRoot},
					References: []string{"reg.example/r:1"},
				})
				require.Len(t, answers, 1)
				assert.Empty(t, answers[0].Err)
				assert.Len(t, answers[0].Endpoints, want, "%+v", answers[0])
			})
		}
	}
}

func TestCImageTables(t *testing.T) {
	parser, err := CImage536.Run(context.Background())
	require.NoError(t, err)
	for _, c := range tables.SysRegistries() {
		t.Run(c.Name, func(t *testing.T) { tables.Check(t, parser, c) })
	}
	// Its own TOML library (1.5) takes a second array for a key, the last one
	// counts; the newer one (1.6) refuses it.
	answers := parser.Explain(upstream.Question{
		Files:      []upstream.File{{Path: tables.RegistriesConf, Data: []byte("unqualified-search-registries=[\"a.example\"]\nunqualified-search-registries=[\"b.example\"]\n")}},
		References: []string{"b.example/r:1"},
	})
	require.Len(t, answers, 1)
	assert.Empty(t, answers[0].Err)
	assert.Equal(t, []string{"b.example"}, answers[0].Search)
}

func TestPanicIsAnAnswer(t *testing.T) {
	parser, err := Containerd16.Run(context.Background())
	require.NoError(t, err)
	answers := parser.Explain(upstream.Question{
		Files: []upstream.File{{
			Path: tables.CertsRoot + "/reg.example/hosts.toml",
			Data: []byte("[[host.\"https://a.example\"]]\n[[host.\"https://b.example\"]]\n"),
		}},
		Roots: []string{tables.CertsRoot}, References: []string{"reg.example/r:1"},
	})
	require.Len(t, answers, 1)
	assert.Contains(t, answers[0].Panic, "interface conversion")
	// The program lives on.
	answers = parser.Explain(upstream.Question{References: []string{"reg.example/r:1"}})
	assert.Equal(t, []string{"HEAD https://reg.example/v2/r/manifests/1"}, tables.Requests(answers[0]))
}

func TestProgramThatDied(t *testing.T) {
	process, err := upstream.Start("/bin/true")
	require.NoError(t, err)
	answers := process.Explain(upstream.Question{References: []string{"a", "b"}})
	require.Len(t, answers, 2)
	assert.Contains(t, answers[1].Err, "/bin/true")
}
