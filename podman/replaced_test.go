package podman

import (
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// A second value of a key replaces the first one where an array is involved,
// for libraries before 5.40, and keeps the file from loading after.
func TestArrayReplaces(t *testing.T) {
	const entry = "[[registry]]\nlocation = \"reg.example\"\n"
	for text, mirrors := range map[string]int{ // -1: does not load
		"unqualified-search-registries = [\"a.example/x\"]\nunqualified-search-registries = [\"b.example\"]\n" + entry: 0,
		entry + "location = [\"reg.example\"]\n":                                               -1, // a type
		"[[registry]]\nlocation = [1]\nlocation = \"reg.example\"\n":                           0,
		"[[registry]]\nlocation = [1]\nlocation = \"a.example\"\nlocation = \"reg.example\"\n": -1,
		entry + "location = \"reg.example\"\n":                                                 -1,
		entry + "mirror = [{location = \"m.example\"}]\nmirror = []\n":                         0,
		entry + "mirror = []\nmirror = [{location = \"m.example\"}]\n":                         -1,
		entry + "mirror = [{location = \"m.example\"}]\n":                                      1,
	} {
		fsys := fstest.MapFS{"etc/containers/registries.conf": {Data: []byte(text)}}
		for library, old := range map[string]bool{"5.36.2": true, "5.42.0": false} {
			view, err := Engine{Library: library}.Read(fsys)
			require.NoError(t, err)
			attempts, err := mirror.Attempts(view, "reg.example/app:1", mirror.OpPull)
			switch {
			case mirrors == -1, !old && mirrors == 0:
				assert.Error(t, err, "%s %q", library, text)
			default:
				assert.NoError(t, err, "%s %q", library, text)
				assert.Len(t, attempts, mirrors+1, "%s %q", library, text)
			}
			if mirrors < 1 {
				assert.NotEmpty(t, view.Lint().AtLeast(mirror.Warning), "%s %q", library, text)
			}
		}
	}
}
