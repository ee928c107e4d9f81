// Package filetree is a node's files in memory as an fs.FS, for programs that
// plan for a node that has no files yet, or that they know only as a list.
package filetree

import (
	"bytes"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// Empty is a node without any file.
var Empty fs.FS = New(nil)

// New returns the files as a tree rooted at the node's /. Directories are
// those that the files need.
func New(files mirror.Files) fs.FS {
	t := tree{".": &node{name: ".", mode: fs.ModeDir | 0o755}}
	for _, f := range files {
		name := strings.TrimPrefix(path.Clean("/"+f.Path), "/")
		t[name] = &node{name: path.Base(name), mode: f.Mode.Perm(), data: f.Data}
		for child := name; child != "."; child = path.Dir(child) {
			dir := t[path.Dir(child)]
			if dir == nil {
				dir = &node{name: path.Base(path.Dir(child)), mode: fs.ModeDir | 0o755}
				t[path.Dir(child)] = dir
			}
			if !slices.Contains(dir.children, t[child]) {
				dir.children = append(dir.children, t[child])
			}
		}
	}
	for _, n := range t {
		slices.SortFunc(n.children, func(a, b *node) int { return strings.Compare(a.name, b.name) })
	}
	return t
}

// tree maps a path in fs.FS form to what is there. Nothing changes it once it
// is made.
type tree map[string]*node

// Open follows fs.FS.
func (t tree) Open(name string) (fs.File, error) {
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	n, ok := t[name]
	if !ok {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return &opened{node: n, Reader: bytes.NewReader(n.data)}, nil
}

// node is a file or directory, and its own fs.FileInfo and fs.DirEntry.
type node struct {
	name     string
	mode     fs.FileMode
	data     []byte
	children []*node
}

func (n *node) Name() string               { return n.name }
func (n *node) Size() int64                { return int64(len(n.data)) }
func (n *node) Mode() fs.FileMode          { return n.mode }
func (n *node) Type() fs.FileMode          { return n.mode.Type() }
func (n *node) ModTime() time.Time         { return time.Time{} }
func (n *node) IsDir() bool                { return n.mode.IsDir() }
func (n *node) Sys() any                   { return nil }
func (n *node) Info() (fs.FileInfo, error) { return n, nil }

type opened struct {
	*bytes.Reader
	node *node
	next int // the child that ReadDir returns next
}

func (o *opened) Stat() (fs.FileInfo, error) { return o.node, nil }
func (o *opened) Close() error               { return nil }

func (o *opened) Read(p []byte) (int, error) {
	if o.node.IsDir() {
		return 0, &fs.PathError{Op: "read", Path: o.node.name, Err: fs.ErrInvalid}
	}
	return o.Reader.Read(p)
}

// ReadDir follows fs.ReadDirFile.
func (o *opened) ReadDir(n int) ([]fs.DirEntry, error) {
	if !o.node.IsDir() {
		return nil, &fs.PathError{Op: "readdir", Path: o.node.name, Err: fs.ErrInvalid}
	}
	rest := o.node.children[o.next:]
	if n > 0 && len(rest) == 0 {
		return nil, io.EOF
	}
	if n > 0 && n < len(rest) {
		rest = rest[:n]
	}
	o.next += len(rest)
	entries := make([]fs.DirEntry, len(rest))
	for i, c := range rest {
		entries[i] = c
	}
	return entries, nil
}
