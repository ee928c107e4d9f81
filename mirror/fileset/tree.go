package fileset

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// maxLinks is how many symbolic links one path may go through, as in Linux.
const maxLinks = 40

// tree is the node's root. Every operation goes through os.Root, which walks
// each path from the root's descriptor: a directory that is swapped for a link
// between check and use cannot lead a write out of the root.
type tree struct {
	root *os.Root
	// names are the absolute slash paths that the root is known by, to see
	// whether an absolute link stays inside.
	names []string
}

func openTree(name string) (*tree, error) {
	root, err := os.OpenRoot(name)
	if err != nil {
		return nil, err
	}
	t := &tree{root: root}
	if abs, err := filepath.Abs(name); err == nil {
		t.names = append(t.names, filepath.ToSlash(abs))
		if real, err := filepath.EvalSymlinks(abs); err == nil && real != abs {
			t.names = append(t.names, filepath.ToSlash(real))
		}
	}
	return t, nil
}

func (t *tree) close() { _ = t.root.Close() }

// place is a name in a directory, both free of symbolic links when they were
// looked up, relative to the root.
type place struct{ dir, name string }

func (p place) rel() string { return path.Join(p.dir, p.name) }

// resolve follows the links of a node's path. The file need not exist; links
// that lead out of the root are refused.
func (t *tree) resolve(nodePath string) (place, error) {
	return t.walk(nodePath, true)
}

// resolveLink is resolve, but a link in the last place is not followed.
func (t *tree) resolveLink(nodePath string) (place, error) {
	return t.walk(nodePath, false)
}

func (t *tree) walk(nodePath string, followLast bool) (place, error) {
	fail := func(err error) (place, error) {
		return place{}, &fs.PathError{Op: "resolve", Path: nodePath, Err: err}
	}
	todo := strings.Split(strings.TrimPrefix(nodePath, "/"), "/")
	var at []string
	missing := false
	for links := 0; len(todo) > 0; {
		part := todo[0]
		todo = todo[1:]
		switch part {
		case "", ".":
			continue
		case "..":
			if len(at) == 0 && !t.isSlash() {
				return fail(ErrEscape)
			}
			at = at[:max(len(at)-1, 0)]
			continue
		}
		at = append(at, part)
		if missing || (len(todo) == 0 && !followLast) {
			continue
		}
		info, err := t.root.Lstat(path.Join(at...))
		if errors.Is(err, fs.ErrNotExist) {
			missing = true
			continue
		}
		if err != nil {
			return fail(cause(err))
		}
		if info.Mode()&fs.ModeSymlink == 0 {
			if len(todo) > 0 && !info.IsDir() {
				return fail(fmt.Errorf("/%s is not a directory", path.Join(at...)))
			}
			continue
		}
		if links++; links > maxLinks {
			return fail(errors.New("too many symbolic links"))
		}
		target, err := t.root.Readlink(path.Join(at...))
		if err != nil {
			return fail(cause(err))
		}
		target = filepath.ToSlash(target)
		at = at[:len(at)-1]
		if path.IsAbs(target) || filepath.IsAbs(filepath.FromSlash(target)) {
			inside, ok := t.inside(target)
			if !ok {
				return fail(fmt.Errorf("symbolic link to %s %w", target, ErrEscape))
			}
			at, target = nil, inside
		}
		todo = append(strings.Split(target, "/"), todo...)
	}
	if len(at) == 0 {
		return fail(errors.New("is the root itself"))
	}
	return place{dir: path.Join(append([]string{"."}, at[:len(at)-1]...)...), name: at[len(at)-1]}, nil
}

func (t *tree) isSlash() bool { return len(t.names) > 0 && t.names[0] == "/" }

// inside turns an absolute link target into one relative to the root. The
// target is read as this system reads it, which is how os.DirFS read it when
// the plan was made.
func (t *tree) inside(target string) (string, bool) {
	for _, name := range t.names {
		name = strings.TrimSuffix(name, "/")
		if rest, ok := strings.CutPrefix(target, name); ok && (rest == "" || rest[0] == '/') {
			return rest, true
		}
	}
	return "", false
}

// image is all of a file that is kept and restored. A nil image is a file
// that does not exist.
type image struct {
	meta
	Digest string `json:"digest,omitempty"` // of Data, sha256 in hex
	Data   []byte `json:"data,omitempty"`
	Link   string `json:"link,omitempty"` // target of a symbolic link
}

func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// content says whether two images hold the same, whatever their metas.
func (i *image) content(other *image) bool {
	if i == nil || other == nil {
		return i == other
	}
	return i.Digest == other.Digest && i.Link == other.Link
}

// same also compares modes, owners and attributes.
func (i *image) same(other *image) bool {
	return i.content(other) && (i == nil || i.meta.same(other.meta))
}

// read returns what is at a place; nil and no error where nothing is.
func (t *tree) read(p place) (*image, fs.FileInfo, error) {
	info, err := t.root.Lstat(p.rel())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	img := &image{meta: meta{Mode: modeBits(info.Mode())}}
	img.UID, img.GID = owner(info)
	switch {
	case info.Mode()&fs.ModeSymlink != 0:
		img.Link, err = t.root.Readlink(p.rel())
		return img, info, err
	case !info.Mode().IsRegular():
		return nil, nil, &fs.PathError{Op: "read", Path: "/" + p.rel(), Err: errors.New("is not a regular file")}
	}
	f, err := t.root.OpenFile(p.rel(), os.O_RDONLY|openNonblock, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, ErrChanged // it was there a moment ago
	}
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = f.Close() }()
	opened, err := f.Stat()
	if err != nil {
		return nil, nil, err
	}
	if !os.SameFile(info, opened) {
		return nil, nil, &fs.PathError{Op: "read", Path: "/" + p.rel(), Err: ErrChanged}
	}
	if img.meta, err = metaOf(f, opened); err != nil {
		return nil, nil, err
	}
	img.Data, err = io.ReadAll(f)
	img.Digest = digest(img.Data)
	return img, info, err
}

// modeBits drops the type bits.
func modeBits(m fs.FileMode) fs.FileMode {
	return m & (fs.ModePerm | fs.ModeSetuid | fs.ModeSetgid | fs.ModeSticky)
}

// folder is a directory that is made or removed.
type folder struct {
	Path string `json:"path"` // relative to the root
	meta
	// again gives an existing directory its mode and owner: a killed process
	// may have made it and come no further.
	again bool
}

// folder returns a directory as it is; nil where there is none.
func (t *tree) folder(dir string) (*folder, error) {
	info, err := t.root.Lstat(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil || !info.IsDir() {
		return nil, err
	}
	d, err := t.root.Open(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer func() { _ = d.Close() }()
	f := &folder{Path: dir}
	f.meta, err = metaOf(d, info)
	return f, err
}

// missing returns the directories on the way to dir that do not exist,
// parents first.
func (t *tree) missing(dir string) ([]string, error) {
	var out []string
	for ; dir != "."; dir = path.Dir(dir) {
		_, err := t.root.Lstat(dir)
		if err == nil {
			break
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		out = append([]string{dir}, out...)
	}
	return out, nil
}

func (t *tree) mkdir(f folder) ([]LostAttribute, error) {
	if err := t.root.Mkdir(f.Path, 0o700); err != nil {
		return nil, err
	}
	return t.dressFolder(f)
}

func (t *tree) dressFolder(f folder) ([]LostAttribute, error) {
	d, err := t.root.Open(f.Path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = d.Close() }()
	return f.dress(d)
}

// sync makes the entries of a directory durable.
func (t *tree) sync(dir string) error {
	d, err := t.root.Open(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { _ = d.Close() }()
	return syncDir(d)
}

// cause strips the path that os put on an error, where the caller adds one.
func cause(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}
