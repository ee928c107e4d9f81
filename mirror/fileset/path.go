package fileset

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// ErrEscape is wrapped by the errors about a path or a symbolic link that
// leads out of the root.
var ErrEscape = errors.New("leads out of the root")

// ErrPath is wrapped by the errors about a path that no file of a node can
// have: not rooted at /, not clean, or with control characters in it.
var ErrPath = errors.New("not a clean slash path rooted at /")

// checkPath accepts what mirror.File documents and nothing else: a path that
// needs cleaning comes from input that nobody looked at.
func checkPath(p string) error {
	for _, part := range strings.Split(p, "/") {
		if part == ".." {
			return &fs.PathError{Op: "check", Path: p, Err: ErrEscape}
		}
	}
	switch {
	case !strings.HasPrefix(p, "/"), p == "/", path.Clean(p) != p,
		!utf8.ValidString(p), strings.ContainsFunc(p, unicode.IsControl),
		strings.Contains(p, `\`):
		return &fs.PathError{Op: "check", Path: p, Err: ErrPath}
	}
	return nil
}

// checkFiles reports every path that is bad or named twice.
func checkFiles(files mirror.Files) error {
	var errs []error
	seen := make(map[string]bool, len(files))
	for _, f := range files {
		if err := checkPath(f.Path); err != nil {
			errs = append(errs, err)
			continue
		}
		if seen[f.Path] {
			errs = append(errs, fmt.Errorf("%s: the path is named twice", f.Path))
		}
		seen[f.Path] = true
	}
	return errors.Join(errs...)
}

// sorted returns the files in path order without touching the argument.
func sorted(files mirror.Files) mirror.Files {
	out := append(mirror.Files(nil), files...)
	out.Sort()
	return out
}

// modeOf is the permission bits of a file to export; a zero Mode means 0644.
func modeOf(f mirror.File) fs.FileMode {
	if f.Mode == 0 {
		return 0o644
	}
	return f.Mode.Perm()
}
