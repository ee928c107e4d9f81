package fileset

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
)

// edit is what happens to one file.
type edit struct {
	path string // as the plan names it
	at   place
	was  *image
	info fs.FileInfo // of was; nil where there was nothing
	want *image

	staged, done bool
}

// transaction makes a set of edits together. Everything that needs space on
// the disk is written under other names first; what follows only renames.
type transaction struct {
	tree  *tree
	seq   uint64
	edits []*edit
	// mkdirs are made before the edits, parents first; rmdirs are removed
	// after them where they are left empty, children first.
	mkdirs, rmdirs []folder

	made, removed []folder
	lost          []LostAttribute
	// step is called before each operation on the disk; tests stop there.
	step func(op, path string) error
}

// tempName is the name that a file is written under first. The engines read
// *.conf, *.toml and hosts.toml, so that none of them takes it for its own.
func tempName(name string, seq uint64) string {
	return fmt.Sprintf(".%s.mirrorcfg-%06d", name, seq)
}

func (x *transaction) run() error {
	for _, d := range x.mkdirs {
		if err := x.mkdir(d); err != nil {
			return err
		}
	}
	for _, e := range x.edits {
		if err := x.stage(e, e.want); err != nil {
			return fileError("write", e.path, err)
		}
		e.staged = e.want != nil
	}
	for _, e := range x.edits {
		if err := x.unchanged(e); err != nil {
			return fileError("write", e.path, err)
		}
		if err := x.swap(e, e.want); err != nil {
			return fileError("write", e.path, err)
		}
		e.done = true
	}
	for _, d := range x.rmdirs {
		gone, err := x.rmdir(d.Path)
		if err != nil {
			return fileError("remove", "/"+d.Path, err)
		}
		if gone {
			x.removed = append(x.removed, d)
		}
	}
	return x.sync()
}

// rollback puts everything back as it was before run. It goes on after an
// error, so that as much as possible is restored.
func (x *transaction) rollback() error {
	var errs []error
	for _, d := range slices.Backward(x.removed) {
		_, err := x.tree.mkdir(d)
		errs = append(errs, err)
	}
	for _, e := range slices.Backward(x.edits) {
		switch {
		case e.done:
			err := x.stage(e, e.was)
			if err == nil {
				err = x.swap(e, e.was)
			}
			if err != nil {
				errs = append(errs, fileError("restore", e.path, err))
			}
		default:
			errs = append(errs, x.dropTemp(e.at))
		}
	}
	for _, d := range slices.Backward(x.made) {
		_, err := x.rmdir(d.Path)
		errs = append(errs, err)
	}
	errs = append(errs, x.sync())
	return errors.Join(errs...)
}

func (x *transaction) mkdir(d folder) error {
	if err := x.at("mkdir", d.Path); err != nil {
		return fileError("create", "/"+d.Path, err)
	}
	err := x.tree.root.Mkdir(d.Path, 0o700)
	switch {
	case err == nil:
		x.made = append(x.made, d)
	case !errors.Is(err, fs.ErrExist):
		return fileError("create", "/"+d.Path, err)
	case !d.again:
		return nil
	}
	if err = x.at("dress", d.Path); err == nil {
		var lost []LostAttribute
		lost, err = x.tree.dressFolder(d)
		x.lose("/"+d.Path, lost)
	}
	return fileError("create", "/"+d.Path, err)
}

// lose notes what could not be kept of a file.
func (x *transaction) lose(path string, lost []LostAttribute) {
	for _, l := range lost {
		l.Path = path
		x.lost = append(x.lost, l)
	}
}

func (t *tree) isDir(dir string) bool {
	info, err := t.root.Lstat(dir)
	return err == nil && info.IsDir()
}

// rmdir removes a directory if it is empty.
func (x *transaction) rmdir(dir string) (bool, error) {
	if err := x.at("rmdir", dir); err != nil {
		return false, err
	}
	return x.tree.rmdir(dir)
}

func (t *tree) rmdir(dir string) (bool, error) {
	entries, err := t.entries(dir)
	if errors.Is(err, fs.ErrNotExist) || len(entries) > 0 {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if err = t.root.Remove(dir); err == nil {
		return true, nil
	}
	if entries, _ := t.entries(dir); len(entries) > 0 {
		return false, nil
	}
	return false, err
}

func (t *tree) entries(dir string) ([]string, error) {
	d, err := t.root.Open(dir)
	if err != nil {
		return nil, err
	}
	defer func() { _ = d.Close() }()
	return d.Readdirnames(-1)
}

// stage writes the image under its temporary name and makes it durable.
func (x *transaction) stage(e *edit, img *image) error {
	if img == nil {
		return nil
	}
	if err := x.at("stage", e.path); err != nil {
		return err
	}
	return x.tree.in(e.at.dir, func(dir *os.Root) error {
		lost, err := writeTemp(dir, tempName(e.at.name, x.seq), img)
		x.lose(e.path, lost)
		return err
	})
}

func writeTemp(dir *os.Root, name string, img *image) ([]LostAttribute, error) {
	// What is there is left from a process that was killed.
	if err := dir.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if img.Link != "" {
		if err := dir.Symlink(img.Link, name); err != nil {
			return nil, err
		}
		if img.UID < 0 {
			return nil, nil
		}
		return nil, dir.Lchown(name, img.UID, img.GID)
	}
	f, err := dir.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	var lost []LostAttribute
	if _, err = f.Write(img.Data); err == nil {
		lost, err = img.dress(f)
	}
	if err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	return lost, err
}

// swap puts the staged image in place, or removes the file.
func (x *transaction) swap(e *edit, img *image) error {
	if err := x.at("swap", e.path); err != nil {
		return err
	}
	return x.tree.in(e.at.dir, func(dir *os.Root) error {
		if img != nil {
			return dir.Rename(tempName(e.at.name, x.seq), e.at.name)
		}
		err := dir.Remove(e.at.name)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	})
}

// unchanged looks once more, right before the swap, whether the file is the
// one that was read.
func (x *transaction) unchanged(e *edit) error {
	info, err := x.tree.root.Lstat(e.at.rel())
	if errors.Is(err, fs.ErrNotExist) && e.info == nil {
		return nil
	}
	if err != nil {
		return err
	}
	if e.info == nil || !os.SameFile(info, e.info) || info.Size() != e.info.Size() || !info.ModTime().Equal(e.info.ModTime()) {
		return ErrChanged
	}
	return nil
}

// dropTemp removes what stage left behind.
func (x *transaction) dropTemp(at place) error { return x.tree.dropTemp(at, x.seq) }

func (t *tree) dropTemp(at place, seq uint64) error {
	err := t.in(at.dir, func(dir *os.Root) error { return dir.Remove(tempName(at.name, seq)) })
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// in opens a directory, so that the names used in it are one step away.
func (t *tree) in(dir string, do func(*os.Root) error) error {
	d, err := t.root.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer func() { _ = d.Close() }()
	return do(d)
}

// sync makes all renames durable: every directory that holds a changed entry.
func (x *transaction) sync() error {
	dirs := make([]string, 0, len(x.edits))
	for _, e := range x.edits {
		dirs = append(dirs, e.at.dir)
	}
	for _, d := range slices.Concat(x.mkdirs, x.rmdirs) {
		dirs = append(dirs, d.Path, path.Dir(d.Path))
	}
	slices.Sort(dirs)
	for _, d := range slices.Compact(dirs) {
		if err := x.at("sync", d); err != nil {
			return fileError("sync", "/"+d, err)
		}
		if err := x.tree.sync(d); err != nil {
			return fileError("sync", "/"+d, err)
		}
	}
	return nil
}

func (x *transaction) at(op, path string) error {
	if x.step == nil {
		return nil
	}
	return x.step(op, path)
}

// fileError names the node's path once, and keeps the cause for errors.Is.
func fileError(op, nodePath string, err error) error {
	if err == nil {
		return nil
	}
	return &fs.PathError{Op: op, Path: nodePath, Err: bare(err)}
}

// bare drops the operation and name of an os error about a temporary file.
func bare(err error) error {
	switch e := err.(type) {
	case *fs.PathError:
		return e.Err
	case *os.LinkError:
		return e.Err
	default:
		return err
	}
}
