package verify

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/containerd"
	"github.com/mirrorcfg/mirrorcfg/docker"
	"github.com/mirrorcfg/mirrorcfg/mirror"
	"github.com/mirrorcfg/mirrorcfg/mirror/verify/internal/podmanio5"
	"github.com/mirrorcfg/mirrorcfg/mirror/verify/internal/tables"
	"github.com/mirrorcfg/mirrorcfg/mirror/verify/internal/upstream"
	"github.com/mirrorcfg/mirrorcfg/podman"
)

// TestIntents: what other projects' configurations ask for in their tests,
// planned by each engine that can say it, makes upstream ask the endpoints
// that the project expects.
func TestIntents(t *testing.T) {
	for _, target := range targets() {
		switch e := target.engine.(type) {
		case docker.Engine:
			if e.ImageStore != docker.Containerd || e.Version < "28" {
				continue // mirrors of docker.io alone
			}
		case containerd.Engine:
			if e.Version == "1.6" {
				e.Version = "1.6.36" // the first ones have no _default
				target.engine = e
			}
		}
		t.Run(target.String(), func(t *testing.T) {
			p := parserFor(t, target)
			for _, intent := range tables.Intents() {
				if intent.Is(target.family) {
					t.Run(intent.Name, func(t *testing.T) { checkIntent(t, p, intent) })
				}
			}
		})
	}
}

func checkIntent(t *testing.T, p *Parser, intent tables.Intent) {
	var node mirror.Files
	for _, f := range intent.Node {
		node = append(node, mirror.File{Path: f.Path, Mode: 0o644, Data: f.Data})
	}
	node.Sort()
	plan, err := p.engine.Plan(node.FS(), intent.Want)
	if intent.Refused != "" {
		require.Error(t, err, intent.Source)
		assert.NotEmpty(t, plan.Diagnostics.WithCode(intent.Refused), "%s: %v", intent.Source, err)
		return
	}
	require.NoError(t, err, intent.Source)
	files := slices.DeleteFunc(slices.Clone(node), func(f mirror.File) bool {
		return slices.ContainsFunc(plan.Changes, func(c mirror.Change) bool { return c.Path == f.Path })
	})
	files = append(files, plan.Files()...)
	var references []string
	for _, ask := range intent.Asks {
		references = append(references, ask.Reference)
	}
	results, err := p.Explain(files.FS(), mirror.OpPull, references...)
	require.NoError(t, err)
	for i, ask := range intent.Asks {
		var got []string
		for _, a := range results[i].Attempts {
			u, err := url.Parse(a.URL)
			require.NoError(t, err)
			u.RawQuery = ""
			got = append(got, u.String())
		}
		assert.Equal(t, ask.URLs, got, "%s: %s\n%s", intent.Source, results[i].Reference, showFiles(files))
	}
	differences, err := p.Compare(files.FS(), mirror.OpPull, references...)
	require.NoError(t, err)
	assert.Empty(t, differences, intent.Source)
	again, err := p.engine.Plan(files.FS(), intent.Want)
	require.NoError(t, err)
	assert.Empty(t, again.Changes, "%s: a second plan has changes", intent.Source)
}

// TestScopeSetsAsEdits: registries that are set in the operator's file one by
// one, as runtime-utils does it with the decoded file. Setting them again
// changes nothing, where runtime-utils would add each mirror once more.
func TestScopeSetsAsEdits(t *testing.T) {
	for _, set := range tables.ScopeSets() {
		t.Run(set.Name, func(t *testing.T) {
			file := set.Template()
			edited := func(data []byte) []byte {
				f, err := podman.ParseRegistries(file.Path, data)
				require.NoError(t, err)
				for _, r := range set.Registries() {
					require.NoError(t, f.SetRegistry(r))
				}
				return f.Format()
			}
			after := edited(file.Data)
			assert.Equal(t, string(after), string(edited(after)))
			assert.True(t, strings.HasPrefix(string(after), string(file.Data)), "%s", after)
			for _, c := range set.Cases() {
				c.Files = []upstream.File{{Path: file.Path, Data: after}}
				tables.Check(t, upstream.ParserFunc(podmanio5.Explain), c)
			}
		})
	}
}
