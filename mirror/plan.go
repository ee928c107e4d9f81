package mirror

import (
	"io/fs"
	"slices"
	"strings"
)

// File is one file of a node as a value.
type File struct {
	// Path is slash-separated and rooted at the node's /, such as
	// "/etc/docker/daemon.json".
	Path string
	// Mode has the permission bits. Zero is 0644.
	Mode fs.FileMode
	Data []byte
}

// Files are ordered by path and name each path once.
type Files []File

// Sort orders the files by path.
func (files Files) Sort() {
	slices.SortFunc(files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
}

// Lookup returns the file at a path.
func (files Files) Lookup(path string) (File, bool) {
	for _, f := range files {
		if f.Path == path {
			return f, true
		}
	}
	return File{}, false
}

// ChangeKind says what a change does to its file.
type ChangeKind uint8

const (
	Create ChangeKind = iota
	Update
	Delete
)

// String returns "create", "update" or "delete".
func (k ChangeKind) String() string {
	return [...]string{"create", "update", "delete"}[min(int(k), 2)]
}

// MarshalText makes JSON show the name.
func (k ChangeKind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// Change is what happens to one file.
type Change struct {
	Path string
	Kind ChangeKind
	// Before is the content that the plan was made from: nil for Create. An
	// apply refuses when the file has changed since.
	Before []byte
	// After is the content wanted: nil for Delete.
	After []byte
	// Mode is for a file that is created; an existing file keeps its own,
	// unless it is wider than Mode and the content holds secrets.
	Mode fs.FileMode
	// Secret marks content that holds credentials: 0600, and redacted in
	// diffs.
	Secret bool
	// Prune removes the file's directory after a Delete when it is left
	// empty. An empty certs.d/<registry> hides _default from containerd.
	Prune bool
	// Reason says why, for a person.
	Reason string
}

// Action is what must be done after the changes so that they take effect.
// The library never does it.
type Action struct {
	// Command is an argument list, such as systemctl reload docker.
	Command []string `json:"command"`
	// Reason says why it is needed.
	Reason string `json:"reason"`
}

// Plan is every change that a node needs, as a value. The same input gives
// the same plan, byte for byte.
type Plan struct {
	// Changes are ordered by path.
	Changes     []Change
	Diagnostics Diagnostics
	Actions     []Action
}

// Empty reports whether there is nothing to change.
func (p Plan) Empty() bool { return len(p.Changes) == 0 }

// Files returns the files that are written, as they will be.
func (p Plan) Files() Files {
	var out Files
	for _, c := range p.Changes {
		if c.Kind != Delete {
			out = append(out, File{Path: c.Path, Mode: c.Mode, Data: c.After})
		}
	}
	out.Sort()
	return out
}
