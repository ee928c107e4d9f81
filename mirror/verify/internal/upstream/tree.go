package upstream

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// Tree is a node's files on disk.
type Tree struct{ dir string }

// Lay writes files below a new temporary directory. The caller removes it.
func Lay(files []File) (Tree, error) {
	dir, err := os.MkdirTemp("", "mirrorverify-")
	if err != nil {
		return Tree{}, err
	}
	t := Tree{dir: dir}
	made := map[string]bool{}
	for _, f := range files {
		if err := t.lay(f, made); err != nil {
			return Tree{}, errors.Join(err, t.Remove())
		}
	}
	return t, nil
}

func (t Tree) lay(f File, made map[string]bool) error {
	name := strings.TrimPrefix(path.Clean("/"+f.Path), "/")
	if !filepath.IsLocal(name) {
		return fmt.Errorf("%q is not a path on a node", f.Path)
	}
	full := filepath.Join(t.dir, filepath.FromSlash(name))
	parent := filepath.Dir(full)
	if f.Dir {
		parent = full
	}
	if !made[parent] {
		if err := os.MkdirAll(parent, 0o755); err != nil {
			return err
		}
		made[parent] = true
	}
	switch {
	case f.Dir:
		return nil
	case f.Link != "":
		link := f.Link
		if path.IsAbs(link) {
			link = filepath.Join(t.dir, filepath.FromSlash(link))
		}
		return os.Symlink(link, full)
	}
	data := f.Data
	if keys := pathKeys(name); keys != nil {
		data = rebase(data, keys, t.dir)
	}
	return os.WriteFile(full, data, 0o644)
}

// Path is where the node's absolute path is on disk.
func (t Tree) Path(node string) string {
	return filepath.Join(t.dir, filepath.FromSlash(path.Clean("/"+node)))
}

// Dir is the directory that stands for the node's root.
func (t Tree) Dir() string { return t.dir }

// Redact takes the tree's own location out of a message, so that it reads as
// it would on the node.
func (t Tree) Redact(message string) string {
	if t.dir == "" {
		return message
	}
	return strings.ReplaceAll(message, t.dir, "")
}

// Remove deletes the tree.
func (t Tree) Remove() error { return os.RemoveAll(t.dir) }

// The keys of containerd's files whose values are file names.
var (
	hostsKeys  = regexp.MustCompile(`(?im)(?:^|[\s.{,])"?(?:ca|client)"?[ \t]*=[ \t]*`)
	configKeys = regexp.MustCompile(`(?im)(?:^|[\s.{,])"?(?:imports|ca_file|cert_file|key_file)"?[ \t]*=[ \t]*`)
)

func pathKeys(name string) *regexp.Regexp {
	switch {
	case path.Base(name) == "hosts.toml":
		return hostsKeys
	case strings.HasPrefix(name, "etc/containerd/") && path.Ext(name) == ".toml":
		return configKeys
	}
	return nil
}

// rebase puts dir before the absolute file names of a containerd file: the
// parser would otherwise open them on the machine it runs on. Everything else
// stays as it is, and so do the positions of lines.
func rebase(data []byte, keys *regexp.Regexp, dir string) []byte {
	spots := keys.FindAllIndex(data, -1)
	for _, spot := range slices.Backward(spots) {
		data = rebaseValue(data, spot[1], dir)
	}
	return data
}

// rebaseValue edits the strings of the one value that begins at start.
func rebaseValue(data []byte, start int, dir string) []byte {
	out := slices.Clone(data[:start])
	depth := 0
	for i := start; i < len(data); i++ {
		c := data[i]
		out = append(out, c)
		switch c {
		case '[':
			depth++
		case ']':
			depth--
		case '"', '\'':
			if i+1 < len(data) && data[i+1] == '/' {
				out = append(out, filepath.ToSlash(dir)...)
			}
			for i++; i < len(data) && data[i] != c && data[i] != '\n'; i++ {
				out = append(out, data[i])
				if data[i] == '\\' && c == '"' && i+1 < len(data) {
					i++
					out = append(out, data[i])
				}
			}
			if i < len(data) {
				out = append(out, data[i])
			}
		}
		if depth <= 0 && (c == '\n' || c != '[' && c != ' ' && c != '\t') {
			return append(out, data[min(i+1, len(data)):]...)
		}
	}
	return out
}

// Files reads every file of fsys below the named paths, which need not exist.
// Without paths it reads everything. Symbolic links stay links if fsys can
// tell them.
func Files(fsys fs.FS, below ...string) ([]File, error) {
	if len(below) == 0 {
		below = []string{"."}
	}
	var files []File
	for _, root := range below {
		root = strings.TrimPrefix(path.Clean("/"+root), "/")
		if root == "" {
			root = "."
		}
		err := fs.WalkDir(fsys, root, func(name string, d fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) && name == root {
				return nil
			}
			if err != nil {
				return err
			}
			switch {
			case d.IsDir():
				files = append(files, File{Path: name, Dir: true})
				return nil
			case d.Type()&fs.ModeSymlink != 0:
				link, err := fs.ReadLink(fsys, name)
				if err != nil {
					return err
				}
				files = append(files, File{Path: name, Link: link})
				return nil
			case !d.Type().IsRegular():
				return nil
			}
			data, err := fs.ReadFile(fsys, name)
			if err != nil {
				return err
			}
			files = append(files, File{Path: name, Data: data})
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return files, nil
}
