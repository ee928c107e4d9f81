package corpus

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// cacheDir is where the end-to-end tests keep installed engines.
func cacheDir() string {
	if dir := os.Getenv("MIRRORCFG_E2E_CACHE"); dir != "" {
		return dir
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "mirrorcfg-e2e")
}

// installed is what the cache of installed engines holds, read where it is.
var installed = sync.OnceValues(func() ([]sample, error) {
	var out []sample
	roots, err := filepath.Glob(filepath.Join(cacheDir(), "*", "root"))
	if err != nil {
		return nil, err
	}
	for _, root := range roots {
		component := filepath.Base(filepath.Dir(root))
		for pattern, k := range map[string]kind{
			"etc/containerd/config.toml":              configKind,
			"etc/containers/registries.conf":          registriesKind,
			"etc/containers/registries.conf.d/*.conf": registriesD,
			"etc/docker/daemon.json":                  daemonKind,
		} {
			files, err := filepath.Glob(filepath.Join(root, pattern))
			if err != nil {
				return nil, err
			}
			for _, f := range files {
				data, err := os.ReadFile(f)
				if err != nil {
					return nil, err
				}
				rel := strings.TrimPrefix(filepath.ToSlash(f), filepath.ToSlash(root))
				out = append(out, sample{name: component + rel, kind: k, path: rel, data: data, real: true})
			}
		}
		for _, program := range []string{"usr/local/bin/containerd", "usr/bin/containerd"} {
			program = filepath.Join(root, program)
			data, err := exec.Command(program, "config", "default").Output()
			if err != nil {
				continue // not there, or not for this machine
			}
			version, err := exec.Command(program, "--version").Output()
			if err != nil {
				return nil, err
			}
			by := release.FindSubmatch(version)
			if by == nil {
				return nil, fmt.Errorf("%s says it is %q", program, version)
			}
			out = append(out, sample{name: component + "/default", kind: configKind, path: "/etc/containerd/config.toml", data: data, real: true, by: string(by[1])})
			break
		}
	}
	return out, nil
})

var release = regexp.MustCompile(` v?([0-9]+\.[0-9]+)[.0-9]*`)

// realSamples are the files that installed engines brought; none where there
// is no cache.
func realSamples(t testing.TB) []sample {
	t.Helper()
	out, err := installed()
	require.NoError(t, err)
	return out
}

// requireReal ends a test where there are no installed engines: as skipped,
// or as failed where they are required.
func requireReal(t *testing.T, of kind) []sample {
	t.Helper()
	var out []sample
	for _, s := range realSamples(t) {
		if s.kind == of {
			out = append(out, s)
		}
	}
	if len(out) > 0 {
		return out
	}
	if os.Getenv("MIRRORCFG_E2E") == "require" {
		t.Fatalf("no installed engine below %s brings a file of kind %s, and MIRRORCFG_E2E=require", cacheDir(), of)
	}
	t.Skipf("no installed engine below %s brings a file of kind %s", cacheDir(), of)
	return nil
}

// TestRealFiles says that real files are in the tests of this package, where
// there are any.
func TestRealFiles(t *testing.T) {
	for _, k := range []kind{configKind, registriesKind, registriesD} {
		t.Run(string(k), func(t *testing.T) {
			for _, s := range requireReal(t, k) {
				t.Log(s.name)
			}
		})
	}
}
