package podman

import (
	"bytes"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/mirrorcfg/mirrorcfg/internal/nodefs"
)

// overlay shows a node as it will be: the files of a plan over those of the
// node. Nil content is a file that is gone.
type overlay struct {
	base  fs.FS
	files map[string][]byte // by nodefs.Rel path
}

func (o overlay) ReadFile(name string) ([]byte, error) {
	data, ours := o.files[name]
	switch {
	case ours && data == nil:
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	case ours:
		return bytes.Clone(data), nil
	default:
		return fs.ReadFile(o.base, name)
	}
}

func (o overlay) Open(name string) (fs.File, error) { return o.base.Open(name) }

func (o overlay) Stat(name string) (fs.FileInfo, error) {
	data, ours := o.files[name]
	switch {
	case ours && data == nil:
		return nil, &fs.PathError{Op: "stat", Path: name, Err: fs.ErrNotExist}
	case ours:
		return overlayInfo{path.Base(name), int64(len(data))}, nil
	default:
		return fs.Stat(o.base, name)
	}
}

func (o overlay) Lstat(name string) (fs.FileInfo, error) {
	if _, ours := o.files[name]; ours {
		return o.Stat(name)
	}
	return fs.Lstat(o.base, name)
}

func (o overlay) ReadLink(name string) (string, error) { return fs.ReadLink(o.base, name) }

func (o overlay) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(o.base, name)
	var out []fs.DirEntry
	for _, e := range entries {
		if _, ours := o.files[path.Join(name, e.Name())]; !ours {
			out = append(out, e)
		}
	}
	added := false
	for p, data := range o.files {
		if path.Dir(p) == name && data != nil {
			out = append(out, fs.FileInfoToDirEntry(overlayInfo{path.Base(p), int64(len(data))}))
			added = true
		}
	}
	slices.SortFunc(out, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	if added {
		err = nil
	}
	return out, err
}

func (o overlay) set(p string, data []byte) { o.files[nodefs.Rel(p)] = data }

type overlayInfo struct {
	name string
	size int64
}

func (i overlayInfo) Name() string       { return i.name }
func (i overlayInfo) Size() int64        { return i.size }
func (i overlayInfo) Mode() fs.FileMode  { return 0o644 }
func (i overlayInfo) ModTime() time.Time { return time.Time{} }
func (i overlayInfo) IsDir() bool        { return false }
func (i overlayInfo) Sys() any           { return nil }
