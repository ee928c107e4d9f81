package engines

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestUpstreamVersion(t *testing.T) {
	for debian, want := range map[string]string{
		"1.6.20~ds1-1+deb12u1+b2":     "1.6.20",
		"20.10.24+dfsg1-1+deb12u1+b2": "20.10.24",
		"1%3a2.78-1+b1":               "2.78",
		"28.5.2":                      "28.5.2",
		"5.8.6+ds1-3":                 "5.8.6",
		"1.43.2-1":                    "1.43.2",
		"2.1.9+ds1-5":                 "2.1.9",
		"4.3.1+ds1-8+deb12u1+b3":      "4.3.1",
		"0.0~git20200814.4b1a2e4-1":   "0.0",
		"1%3a1.43.2+ds1-1~bpo":        "1.43.2",
	} {
		assert.Equal(t, want, upstreamVersion(debian), debian)
	}
}

func TestSelectComponents(t *testing.T) {
	names := func(components []Component) (names []string) {
		for _, component := range components {
			names = append(names, component.Name)
		}
		return names
	}
	all, err := selectComponents(nil)
	require.NoError(t, err)
	assert.Equal(t, []string{"debian-bookworm", "debian-trixie", "debian-forky", "containerd-2.3.7", "containerd-2.4.2"}, names(all))
	some, err := selectComponents([]string{"dockerd-29", "containerd-2.4.2"})
	require.NoError(t, err)
	assert.Equal(t, []string{"debian-trixie", "containerd-2.4.2", "dockerd-29"}, names(some), "what lies beneath comes first")
	_, err = selectComponents([]string{"none"})
	assert.ErrorContains(t, err, `no component is called "none"`)
}

// paper is a recipe that writes one file, or fails.
type paper struct {
	Text string
	fail error
}

func (paper) origin() string { return "folded" }

func (p paper) install(_ context.Context, _ *Installer, dir string) (map[Kind]string, error) {
	if p.fail != nil {
		return nil, p.fail
	}
	return map[Kind]string{Skopeo: "1.2.3"}, os.WriteFile(filepath.Join(dir, rootName, "file"), []byte(p.Text), 0o644)
}

func TestInstallationIsWholeOrAbsent(t *testing.T) {
	cache := Cache{Dir: t.TempDir()}
	in := &Installer{Cache: cache, Log: io.Discard}
	component := Component{Name: "paper", Kinds: []Kind{Skopeo}, recipe: paper{Text: "one"}}
	_, err := cache.Find(component, Skopeo)
	require.ErrorIs(t, err, ErrAbsent)

	_, err = in.installOne(t.Context(), component)
	require.NoError(t, err)
	engine, err := cache.Find(component, Skopeo)
	require.NoError(t, err)
	assert.Equal(t, Engine{Kind: Skopeo, Version: "1.2.3", Origin: "folded", Layers: []string{filepath.Join(cache.Dir, "paper/root")}}, engine)
	assert.Equal(t, "skopeo@1.2.3", engine.String())
	_, err = cache.Find(component, Podman)
	assert.ErrorContains(t, err, "holds no podman")

	changed := component
	changed.recipe = paper{Text: "two"}
	_, err = cache.Find(changed, Skopeo)
	require.ErrorIs(t, err, ErrAbsent, "another recipe makes another component")

	failing := component
	failing.recipe = paper{fail: errors.New("no network")}
	_, err = in.installOne(t.Context(), failing)
	require.ErrorContains(t, err, "no network")
	_, err = cache.Find(component, Skopeo)
	assert.ErrorIs(t, err, ErrAbsent)

	greedy := component
	greedy.Kinds = []Kind{Skopeo, Podman}
	_, err = in.installOne(t.Context(), greedy)
	assert.ErrorContains(t, err, "brought no podman")
}

func TestInstallLeavesWhatIsPresentAlone(t *testing.T) {
	var log strings.Builder
	in := &Installer{Cache: Cache{Dir: t.TempDir()}, Log: &log, DebianMirror: "file:///nonexistent"}
	base, err := catalogEntry(baseRoot)
	require.NoError(t, err)
	upper, err := catalogEntry("containerd-2.4.2")
	require.NoError(t, err)
	for _, component := range []Component{base, upper} { // with true stamps, but without the work
		for _, kind := range component.Kinds {
			_, err := in.Cache.Find(component, kind)
			require.ErrorIs(t, err, ErrAbsent)
		}
		stampOf(t, in.Cache, component)
	}
	require.NoError(t, in.Install(t.Context(), "containerd-2.4.2"))
	assert.Equal(t, "debian-trixie: present, buildah 0, containerd 0, dockerd 0, podman 0, skopeo 0\ncontainerd-2.4.2: present, containerd 0\n", log.String())
	engine, err := in.Cache.Find(upper, Containerd)
	require.NoError(t, err)
	assert.Equal(t, []string{in.Cache.root("containerd-2.4.2"), in.Cache.root("debian-trixie")}, engine.Layers)
	require.NoError(t, os.RemoveAll(filepath.Join(in.Cache.Dir, baseRoot)))
	_, err = in.Cache.Find(upper, Containerd)
	assert.ErrorIs(t, err, ErrAbsent, "the root beneath is gone")
}

// stampOf installs a component whose stamp is the catalog's and whose content is nothing.
func stampOf(t *testing.T, cache Cache, component Component) {
	t.Helper()
	component.recipe = hollow{component.recipe, component.Kinds}
	in := &Installer{Cache: cache, Log: io.Discard}
	_, err := in.installOne(t.Context(), component)
	require.NoError(t, err)
}

type hollow struct {
	recipe
	kinds []Kind
}

func (h hollow) MarshalJSON() ([]byte, error) { return json.Marshal(h.recipe) }

func (h hollow) install(context.Context, *Installer, string) (map[Kind]string, error) {
	versions := map[Kind]string{}
	for _, kind := range h.kinds {
		versions[kind] = "0"
	}
	return versions, nil
}

func TestDefaultCache(t *testing.T) {
	t.Setenv(CacheVariable, "/elsewhere")
	cache, err := DefaultCache()
	require.NoError(t, err)
	assert.Equal(t, "/elsewhere", cache.Dir)
	t.Setenv(CacheVariable, "")
	t.Setenv("XDG_CACHE_HOME", "/xdg")
	cache, err = DefaultCache()
	require.NoError(t, err)
	assert.Equal(t, "/xdg/mirrorcfg-e2e", cache.Dir)
}
