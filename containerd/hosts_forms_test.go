package containerd

import (
	"encoding/json"
	"io/fs"
	"os"
	"slices"
	"testing"
	"testing/fstest"

	"github.com/mirrorcfg/mirrorcfg/mirror"
	"github.com/stretchr/testify/require"
)

// form is one way to write a hosts.toml, and the manifest requests that the
// resolver of each containerd release made for reg.example/lib/x:1 when it
// was given the file: recorded from the modules containerd 1.6.36 and 1.7.35
// and containerd/v2 2.0.14 and 2.4.2.
type form struct {
	Name     string              `json:"name"`
	File     string              `json:"file"`
	Requests map[string][]string `json:"requests"`
	// Panics and Refused name the releases that panicked, or logged "failed
	// to decode".
	Panics  []string `json:"panics"`
	Refused []string `json:"refused"`
}

const certsDir = "/etc/containerd/certs.d"

// atCerts is an engine that reads certsDir whatever config.toml says.
func atCerts(version string) Engine {
	return Engine{Version: version, Client: Ctr, Paths: Paths{HostsDirs: []string{certsDir}}}
}

// node puts files below / of a node.
func node(files map[string]string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for name, data := range files {
		fsys[name[1:]] = &fstest.MapFile{Data: []byte(data), Mode: 0o644}
	}
	return fsys
}

func urls(e mirror.Explanation) []string {
	out := []string{}
	for _, a := range e.Attempts {
		out = append(out, a.URL)
	}
	return out
}

func explain(t *testing.T, e Engine, fsys fs.FS, reference string, op mirror.Operation) mirror.Explanation {
	t.Helper()
	v, err := e.Read(fsys)
	require.NoError(t, err)
	ref, err := mirror.ParseReference(reference)
	require.NoError(t, err)
	return v.Explain(ref, op)
}

func TestFormsAreReadAsEachReleaseReadsThem(t *testing.T) {
	data, err := os.ReadFile("testdata/hosts_forms.json")
	require.NoError(t, err)
	var forms []form
	require.NoError(t, json.Unmarshal(data, &forms))
	require.Greater(t, len(forms), 60)
	for _, f := range forms {
		t.Run(f.Name, func(t *testing.T) {
			fsys := node(map[string]string{certsDir + "/reg.example/hosts.toml": f.File})
			for _, version := range []string{"1.6.36", "1.7.35", "2.0.14", "2.4.2"} {
				view, err := atCerts(version).Read(fsys)
				require.NoError(t, err)
				found := view.Lint()
				if slices.Contains(f.Panics, version) {
					require.NotEmpty(t, found.WithCode(rulePanic.Code), version)
					explained := explain(t, atCerts(version), fsys, "reg.example/lib/x:1", mirror.OpPull)
					require.Empty(t, explained.Attempts, version)
					require.Error(t, explained.Diagnostics.Err(), version)
					continue
				}
				require.Equal(t, f.Requests[version], urls(explain(t, atCerts(version), fsys, "reg.example/lib/x:1", mirror.OpPull)), version)
				if slices.Contains(f.Refused, version) {
					require.Error(t, found.Err(), "%s refuses the file and lint does not say so", version)
				}
			}
		})
	}
}

// One child of host that is no table is enough for a panic, if it has company.
func TestPanicBeforeTypesAreLookedAt(t *testing.T) {
	for file, panics := range map[string]bool{
		"[host]\n\"pull\" = [\"pull\"]\n\"https://b.example\" = {skip_verify = true}\n":                       true,
		"server = 1\n[[host.\"https://a.example\"]]\n[host.\"https://b.example\"]\n":                          true,
		"[[host.\"https://a.example\"]]\n":                                                                    false,
		"[host]\nx = 1\nx = 2\n[host.\"https://b.example\"]\n":                                                false, // no TOML
		"[host.\"https://a.example\"]\n[host.\"https://b.example\"]\n[[header]]\n":                            false,
		"[[host.\"https://a.example\"]]\n[[host.\"https://a.example\"]]\n[host.\"https://b.example\".header]": true,
	} {
		fsys := node(map[string]string{certsDir + "/reg.example/hosts.toml": file})
		for version, can := range map[string]bool{"1.6": true, "1.7": true, "2.0": false, "2.4": false} {
			e := explain(t, atCerts(version), fsys, "reg.example/lib/x:1", mirror.OpPull)
			require.Equal(t, panics && can, len(e.Attempts) == 0, "%s: %q", version, file)
		}
	}
}
