package verify

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/mirrorcfg/mirrorcfg/containerd"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// TestReadContainerdConfig: config.toml files in odd and broken forms mean the
// same to the engine and to containerd's own loader.
func TestReadContainerdConfig(t *testing.T) {
	for _, target := range targets() {
		if target.family != "containerd" || !strings.HasSuffix(target.version, "cri") {
			continue
		}
		t.Run(target.version, func(t *testing.T) {
			p := parserFor(t, target)
			done, failed := 0, false
			rapid.Check(t, func(t *rapid.T) {
				if done >= target.cases() && !failed {
					return
				}
				done++
				files := drawConfigFiles(t)
				if beyond(target, files) {
					return
				}
				problems, err := configDifferences(p, files, strings.HasPrefix(target.version, "1."))
				require.NoError(t, err)
				if len(problems) > 0 {
					failed = true
					t.Fatalf("%s\n\nfiles:\n%s", list(problems), showFiles(files))
				}
			})
		})
	}
}

// beyond are files that the property says nothing about:
//
//   - containerd 2.0 to 2.2 brings each of several files to the version of what
//     was read before it, which the engine does not follow where one of them
//     is of version 1 or none;
//   - containerd 2 may find the plugin under several keys in a file of version 1
//     or none, and takes one of them, in the order of a Go map where two have to
//     be moved.
func beyond(target target, files mirror.Files) bool {
	old, several := false, 0
	for _, f := range files {
		parsed, err := containerd.ParseConfig(f.Path, f.Data)
		if strings.HasSuffix(f.Path, "hosts.toml") || err != nil {
			continue
		}
		several++
		old = old || parsed.Version() < 2
		keys := 0
		for _, key := range []string{"plugins.cri", "io.containerd.grpc.v1.cri", "io.containerd.cri.v1.images"} {
			if bytes.Contains(f.Data, []byte(key)) {
				keys++
			}
		}
		if keys > 1 && parsed.Version() < 2 && !strings.HasPrefix(target.version, "1.") {
			return true
		}
	}
	return old && several > 1 && slices.Contains([]string{"2.0 cri", "2.1 cri", "2.2 cri"}, target.version)
}

// configDifferences compares, again where there is a difference: maps are
// walked in some order. Keys that upstream's log alone tells of are left out:
// Lint knows those of the registry table. So is what only containerd 1 takes for
// TOML, such as a key behind a header on its line, or one header in two
// spellings: it is told as an error. Of
// a fault in the merged whole upstream names the file that it read last.
func configDifferences(p *Parser, files mirror.Files, lenient bool) (problems []string, err error) {
	for range attempts {
		differences, err := p.compare(files.FS(), []mirror.Operation{mirror.OpPull}, readReferences)
		if err != nil {
			return nil, err
		}
		differences = slices.DeleteFunc(differences, func(d Difference) bool {
			return strings.Contains(d.Theirs, "unknown key") || strings.HasPrefix(d.Theirs, refusedFiles+"failed to load TOML from ") || lenient && strings.HasPrefix(d.Theirs, "HEAD") &&
				(strings.Contains(d.Ours, "containerd/config-syntax") || strings.Contains(d.Ours, "containerd/config-duplicate"))
		})
		if len(differences) == 0 {
			return nil, nil
		}
		problems = nil
		for _, d := range differences {
			problems = append(problems, fmt.Sprint(d))
		}
	}
	return problems, nil
}
