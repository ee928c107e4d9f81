package mirror

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"
)

// FS returns the files as a read-only file system in memory, rooted at the
// node's /: what Engine.Read and Engine.Plan take, for a node that is known
// as values only. That of no files is a fresh node. "/etc/x" is opened as
// "etc/x". Directories are those that the files need, 0755; a Mode of zero is
// 0644, as it is when the file is written. Of two files with one path the
// first is there, and of a file whose path is the directory of another,
// nothing but that directory. The file system shares Data with the files, and
// hands out copies.
func (files Files) FS() fs.FS {
	tree := memoryFS{".": &memoryNode{name: ".", mode: fs.ModeDir | 0o755}}
	for _, f := range files {
		if name := strings.TrimPrefix(path.Clean("/"+f.Path), "/"); fs.ValidPath(name) && name != "." {
			mode := f.Mode.Perm()
			if mode == 0 {
				mode = 0o644
			}
			tree.add(name, &memoryNode{name: path.Base(name), mode: mode, data: f.Data})
		}
	}
	for _, n := range tree {
		slices.SortFunc(n.children, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	}
	return tree
}

// memoryFS maps a path in fs.FS form to what is there. Nothing changes it once
// it is made.
type memoryFS map[string]*memoryNode

// add puts a node into the tree and its directory into theirs, up to the first
// that is there.
func (t memoryFS) add(name string, n *memoryNode) {
	switch there := t[name]; {
	case there == nil:
		t[name] = n
	case n.IsDir() && !there.IsDir():
		there.mode, there.data = n.mode, nil
		return
	default:
		return
	}
	dir := path.Dir(name)
	t.add(dir, &memoryNode{name: path.Base(dir), mode: fs.ModeDir | 0o755})
	t[dir].children = append(t[dir].children, n)
}

func (t memoryFS) find(op, name string) (*memoryNode, error) {
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: op, Path: name, Err: fs.ErrInvalid}
	}
	n, ok := t[name]
	if !ok {
		return nil, &fs.PathError{Op: op, Path: name, Err: fs.ErrNotExist}
	}
	return n, nil
}

// Open follows fs.FS.
func (t memoryFS) Open(name string) (fs.File, error) {
	n, err := t.find("open", name)
	if err != nil {
		return nil, err
	}
	return &memoryFile{node: n, Reader: bytes.NewReader(n.data)}, nil
}

// Stat follows fs.StatFS.
func (t memoryFS) Stat(name string) (fs.FileInfo, error) {
	n, err := t.find("stat", name)
	if err != nil {
		return nil, err
	}
	return n, nil
}

// ReadFile follows fs.ReadFileFS.
func (t memoryFS) ReadFile(name string) ([]byte, error) {
	n, err := t.find("read", name)
	if err != nil {
		return nil, err
	}
	if n.IsDir() {
		return nil, &fs.PathError{Op: "read", Path: name, Err: errIsDirectory}
	}
	return append(make([]byte, 0, len(n.data)), n.data...), nil
}

// ReadDir follows fs.ReadDirFS.
func (t memoryFS) ReadDir(name string) ([]fs.DirEntry, error) {
	n, err := t.find("readdir", name)
	if err != nil {
		return nil, err
	}
	if !n.IsDir() {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: errNoDirectory}
	}
	return slices.Clone(n.children), nil
}

// memoryNode is a file or directory, and its own fs.FileInfo and fs.DirEntry.
type memoryNode struct {
	name     string
	mode     fs.FileMode
	data     []byte
	children []fs.DirEntry
}

func (n *memoryNode) Name() string               { return n.name }
func (n *memoryNode) Size() int64                { return int64(len(n.data)) }
func (n *memoryNode) Mode() fs.FileMode          { return n.mode }
func (n *memoryNode) Type() fs.FileMode          { return n.mode.Type() }
func (n *memoryNode) ModTime() time.Time         { return time.Time{} }
func (n *memoryNode) IsDir() bool                { return n.mode.IsDir() }
func (n *memoryNode) Sys() any                   { return nil }
func (n *memoryNode) Info() (fs.FileInfo, error) { return n, nil }

// memoryFile is a node that was opened.
type memoryFile struct {
	*bytes.Reader
	node *memoryNode
	next int // the child that ReadDir returns next
}

func (f *memoryFile) Stat() (fs.FileInfo, error) { return f.node, nil }
func (f *memoryFile) Close() error               { return nil }

func (f *memoryFile) Read(p []byte) (int, error) {
	if f.node.IsDir() {
		return 0, &fs.PathError{Op: "read", Path: f.node.name, Err: errIsDirectory}
	}
	return f.Reader.Read(p)
}

// ReadDir follows fs.ReadDirFile.
func (f *memoryFile) ReadDir(n int) ([]fs.DirEntry, error) {
	if !f.node.IsDir() {
		return nil, &fs.PathError{Op: "readdir", Path: f.node.name, Err: errNoDirectory}
	}
	rest := f.node.children[f.next:]
	if n > 0 && len(rest) == 0 {
		return nil, io.EOF
	}
	if n > 0 && n < len(rest) {
		rest = rest[:n]
	}
	f.next += len(rest)
	return slices.Clone(rest), nil
}

var (
	errIsDirectory = errors.New("is a directory")
	errNoDirectory = errors.New("is not a directory")
)
