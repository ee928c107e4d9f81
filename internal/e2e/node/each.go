package node

import (
	"slices"
	"testing"

	"github.com/mirrorcfg/mirrorcfg/internal/e2e/engines"
	"github.com/mirrorcfg/mirrorcfg/internal/e2e/sandbox"
)

// Each runs a subtest with every engine of the given kinds in the cache, oldest first; all kinds where none is
// given. The subtests are called like containerd@2.4.2. One whose engine is not installed is skipped; under
// MIRRORCFG_E2E=require it fails, unless the engine is an optional one.
func Each(t *testing.T, test func(*testing.T, engines.Engine), kinds ...engines.Kind) {
	t.Helper()
	cache, err := engines.DefaultCache()
	if err != nil {
		t.Fatal(err)
	}
	for _, component := range engines.Catalog() {
		for _, kind := range component.Kinds {
			if len(kinds) > 0 && !slices.Contains(kinds, kind) {
				continue
			}
			engine, err := cache.Find(component, kind)
			if err != nil {
				t.Run(string(kind)+"@"+component.Name, func(t *testing.T) {
					sandbox.RequireEngines(t)
					if component.Optional {
						t.Skip(err)
					}
					sandbox.SkipOrFail(t, "%v", err)
				})
				continue
			}
			t.Run(engine.String(), func(t *testing.T) {
				sandbox.RequireEngines(t)
				test(t, engine)
			})
		}
	}
}
