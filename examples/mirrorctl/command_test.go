package main

import (
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/mirror/fileset"
)

var update = flag.Bool("update", false, "write the golden files anew")

// outcome is what a command left.
type outcome struct {
	code     int
	out, err string
}

// mirrorctl runs a command as a user does.
func mirrorctl(stdin string, args ...string) outcome {
	var out, errs strings.Builder
	code := run(args, strings.NewReader(stdin), &out, &errs)
	return outcome{code, out.String(), errs.String()}
}

// nodeOf makes a root from one of the archives in testdata.
func nodeOf(t *testing.T, archive string) string {
	t.Helper()
	root := t.TempDir()
	if archive == "" {
		return root
	}
	data, err := os.ReadFile(filepath.Join("testdata", archive))
	require.NoError(t, err)
	files, err := fileset.ParseTxtar(data)
	require.NoError(t, err)
	require.NoError(t, fileset.WriteDir(root, files))
	return root
}

// tree returns every file below root but the journal's lock.
func tree(t *testing.T, root string) map[string]string {
	t.Helper()
	out := map[string]string{}
	require.NoError(t, fs.WalkDir(os.DirFS(root), ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() || p == "var/lib/mirrorcfg/lock" {
			return err
		}
		data, err := os.ReadFile(filepath.Join(root, p))
		out[p] = string(data)
		return err
	}))
	return out
}

// golden compares with a file below testdata/golden, or writes it.
func golden(t *testing.T, name, got string) {
	t.Helper()
	p := filepath.Join("testdata/golden", name+".txt")
	if *update {
		require.NoError(t, os.WriteFile(p, []byte(got), 0o644))
	}
	want, err := os.ReadFile(p)
	require.NoError(t, err)
	require.Equal(t, string(want), got, p)
}
