// Package nodefs reads a node's files from an fs.FS that is rooted at the
// node's /, by the absolute slash paths that engines use.
package nodefs

import (
	"errors"
	"io/fs"
	"path"
	"strings"
)

// Rel turns "/etc/docker/daemon.json" into the fs.FS form
// "etc/docker/daemon.json".
func Rel(p string) string {
	p = strings.TrimPrefix(path.Clean("/"+p), "/")
	if p == "" {
		return "."
	}
	return p
}

// ReadFile returns the file's bytes, and false where it does not exist.
func ReadFile(fsys fs.FS, p string) ([]byte, bool, error) {
	data, err := fs.ReadFile(fsys, Rel(p))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	return data, true, nil
}

// ReadDir returns the entries in name order; a directory that does not exist
// has none, and exists is false.
func ReadDir(fsys fs.FS, p string) (entries []fs.DirEntry, exists bool, err error) {
	entries, err = fs.ReadDir(fsys, Rel(p))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, false, nil
	}
	return entries, err == nil, err
}

// Stat follows links where fsys does. A path that does not exist gives nil.
func Stat(fsys fs.FS, p string) (fs.FileInfo, error) {
	info, err := fs.Stat(fsys, Rel(p))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return info, err
}
