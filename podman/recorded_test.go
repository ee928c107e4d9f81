package podman

import (
	"bufio"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// recordedCase is a main file, and perhaps a drop-in, with what both
// libraries made of it: containers/image 5.36.2 and go.podman.io/image
// 5.42.0, asked by TryUpdatingCache, FindRegistry and
// PullSourcesFromReference.
type recordedCase struct {
	Main   string
	DropIn *string `json:"drop_in"`
	Old    recordedAnswer
	New    recordedAnswer
}

type recordedAnswer struct {
	Err    string
	Search []string
	Refs   map[string]struct {
		Err     string
		Sources []string // "!" marks an insecure one
	}
}

// tolerated are TOML files that both libraries read although TOML forbids
// them, and that are reported here as faults all the same.
var tolerated = map[string]bool{"x={a.b=1,a=2}\n": true}

// The odd forms of the file, and random ones, give what the libraries gave:
// the same files are refused, and the same sources are asked.
func TestRecorded(t *testing.T) {
	f, err := os.Open("testdata/recorded.jsonl")
	require.NoError(t, err)
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	count, loaded, sources := 0, 0, 0
	for lines.Scan() {
		var c recordedCase
		require.NoError(t, json.Unmarshal(lines.Bytes(), &c))
		count++
		if tolerated[c.Main] {
			continue
		}
		node := file(c.Main)
		if c.DropIn != nil {
			node[etcD+"50-a.conf"] = *c.DropIn
		}
		for library, want := range map[string]recordedAnswer{"5.36.2": c.Old, "5.42.0": c.New} {
			view, err := Engine{Library: library}.Read(node.fs())
			require.NoError(t, err)
			faults := view.Diagnostics().AtLeast(mirror.Error)
			if want.Err != "" {
				assert.NotEmpty(t, faults, "%s refuses with %q:\n%s", library, want.Err, c.Main)
				continue
			}
			if !assert.Empty(t, faults, "%s reads\n%s", library, c.Main) {
				continue
			}
			loaded++
			for ref, answer := range want.Refs {
				sources += compareSources(t, view, ref, answer.Err, answer.Sources, c.Main)
			}
		}
	}
	require.NoError(t, lines.Err())
	assert.GreaterOrEqual(t, count, 440)
	assert.GreaterOrEqual(t, loaded, 200)
	assert.GreaterOrEqual(t, sources, 200)
}

// compareSources counts the sources that agree. The library's answer holds
// sources that are blocked when they are asked; these are not compared.
func compareSources(t *testing.T, view mirror.View, ref, wantErr string, want []string, text string) int {
	r, err := mirror.ParseReference(ref)
	require.NoError(t, err)
	got := view.Explain(r, mirror.OpPull)
	if wantErr != "" {
		require.NotEmpty(t, got.Diagnostics, "%s: %s in\n%s", ref, wantErr, text)
		assert.Contains(t, got.Diagnostics[0].Message, wantErr, text)
		return 1
	}
	for _, s := range got.Skipped {
		if strings.Contains(s.Why, "blocked") || strings.Contains(s.Why, "no host") {
			return 0
		}
	}
	var names []string
	for _, a := range got.Attempts {
		host, path, _ := strings.Cut(strings.TrimPrefix(a.URL, "https://"), "/v2/")
		path, object, _ := strings.Cut(path, "/manifests/")
		object, _, _ = strings.Cut(object, "?")
		sep := ":"
		if strings.Contains(object, ":") {
			sep = "@"
		}
		if host == "registry-1.docker.io" {
			host = "docker.io"
		}
		s := host + "/" + path + sep + object
		if a.TLS != mirror.TLSVerified {
			s += " !"
		}
		names = append(names, s)
	}
	for i := range want {
		want[i] = strings.Replace(want[i], "registry-1.docker.io/", "docker.io/", 1)
	}
	assert.Equal(t, want, names, "%s in\n%s", ref, text)
	return len(want)
}
