package fileset

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// The journal is a directory beneath the root with one file for each record
// and a lock file. A record's name is its sequence number and the digest of
// its bytes; the suffix is its state, so that a rename, which is atomic and
// takes no space, changes the state.
const (
	lockFile      = "lock"
	pendingSuffix = ".pending.json"
	appliedSuffix = ".json"
	newPrefix     = ".new-"
	recordFormat  = 1
)

// record is what is needed to undo one apply, written before its first change.
type record struct {
	Format  int     `json:"format"`
	Entries []entry `json:"entries"`
	// Made are the directories that the apply creates, parents first.
	Made []string `json:"made,omitempty"`
	// Journal are the directories that were created for the journal itself.
	Journal []string `json:"journal,omitempty"`
	// Actions are the plan's: what makes an engine read the new files makes it
	// read the old ones.
	Actions []mirror.Action `json:"actions,omitempty"`
	// Adopts names the records of killed applies that this one takes over.
	Adopts []string `json:"adopts,omitempty"`
}

// entry is one file of a record.
type entry struct {
	Path   string  `json:"path"` // as the plan names it
	Dir    string  `json:"dir"`  // where it really is, relative to the root
	Name   string  `json:"name"`
	Before *image  `json:"before"` // nil: did not exist
	After  *image  `json:"after"`  // nil: is deleted; its data is not kept
	Pruned *folder `json:"pruned,omitempty"`
	Secret bool    `json:"secret,omitempty"`
}

func (e entry) place() place { return place{dir: e.Dir, name: e.Name} }

// stored is a record and the name it has in the journal.
type stored struct {
	record
	name    string // without suffix
	seq     uint64
	pending bool
}

func (s *stored) file() string { return s.name + s.suffix() }

func (s *stored) suffix() string {
	if s.pending {
		return pendingSuffix
	}
	return appliedSuffix
}

type journal struct {
	tree *tree
	dir  string   // resolved, relative to the root
	made []string // the directories that open created
	lock *os.File
	step func(op, path string) error
}

// journalAt looks where the journal is, and touches nothing.
func journalAt(t *tree, o options) (*journal, error) {
	if err := checkPath(o.journal); err != nil {
		return nil, err
	}
	at, err := t.resolve(o.journal)
	if err != nil {
		return nil, err
	}
	return &journal{tree: t, dir: at.rel(), step: o.step}, nil
}

func (j *journal) at(op, name string) error {
	if j.step == nil {
		return nil
	}
	return j.step(op, name)
}

// open makes the directory where it is missing and takes the lock.
func (j *journal) open() error {
	// A process that finishes removes an empty journal; then try again.
again:
	for range 100 {
		missing, err := j.tree.missing(j.dir)
		if err != nil {
			return err
		}
		for _, dir := range missing {
			mode := fs.FileMode(0o755)
			if dir == j.dir {
				mode = 0o700 // the records hold what the files held
			}
			if err := j.at("journal-mkdir", dir); err != nil {
				return err
			}
			_, err := j.tree.mkdir(folder{Path: dir, meta: fresh(mode)})
			if errors.Is(err, fs.ErrExist) {
				continue
			}
			if errors.Is(err, fs.ErrNotExist) {
				continue again
			}
			if err != nil {
				return err
			}
			j.made = append(j.made, dir)
			if err := j.tree.sync(path.Dir(dir)); err != nil {
				return err
			}
		}
		name := path.Join(j.dir, lockFile)
		if err := j.at("journal-lock", name); err != nil {
			return err
		}
		f, err := j.tree.root.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		if err := tryLock(f); err != nil {
			_ = f.Close()
			return err
		}
		held, err := f.Stat()
		if err == nil {
			var named fs.FileInfo
			if named, err = j.tree.root.Lstat(name); err == nil && os.SameFile(held, named) {
				j.lock = f
				return j.sweep()
			}
		}
		_ = f.Close()
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return ErrLocked
}

// sweep removes records that were never finished. Only the holder of the
// lock may.
func (j *journal) sweep() error {
	names, err := j.tree.entries(j.dir)
	if err != nil {
		return err
	}
	for _, name := range names {
		if strings.HasPrefix(name, newPrefix) {
			if err := j.tree.root.Remove(path.Join(j.dir, name)); err != nil {
				return err
			}
		}
	}
	return nil
}

// close gives up the lock. An empty journal goes, with the directories that
// were created for it.
func (j *journal) close(created []string) {
	if names, err := j.tree.entries(j.dir); err == nil && j.lock != nil && len(created) > 0 && slices.Equal(names, []string{lockFile}) {
		_ = j.tree.root.Remove(path.Join(j.dir, lockFile))
		for _, dir := range slices.Backward(created) {
			_, _ = j.tree.rmdir(dir)
		}
	} else if j.lock == nil {
		for _, dir := range slices.Backward(j.made) {
			_, _ = j.tree.rmdir(dir)
		}
	}
	j.unlock()
}

func (j *journal) unlock() {
	if j.lock != nil {
		releaseLock(j.lock)
		_ = j.lock.Close()
		j.lock = nil
	}
}

// list returns the names of the records, oldest first.
func (j *journal) list() ([]*stored, error) {
	names, err := j.tree.entries(j.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	slices.Sort(names)
	var out []*stored
	for _, file := range names {
		s := &stored{}
		var ok bool
		if s.name, ok = strings.CutSuffix(file, pendingSuffix); ok {
			s.pending = true
		} else if s.name, ok = strings.CutSuffix(file, appliedSuffix); !ok {
			continue
		}
		number, _, ok := strings.Cut(s.name, "-")
		if s.seq, err = strconv.ParseUint(number, 10, 64); err != nil || !ok {
			continue
		}
		out = append(out, s)
	}
	slices.SortStableFunc(out, func(a, b *stored) int {
		switch {
		case a.seq < b.seq:
			return -1
		case a.seq > b.seq:
			return 1
		}
		return 0
	})
	return out, nil
}

// live returns the records without those that a finished apply has taken over
// and was killed before it could drop them; stale names these. All are loaded
// if one is pending, otherwise none is.
func (j *journal) live() (records []*stored, stale []string, err error) {
	records, err = j.list()
	if err != nil || !slices.ContainsFunc(records, func(s *stored) bool { return s.pending }) {
		return records, nil, err
	}
	for _, s := range records {
		if err := j.load(s); err != nil {
			return nil, nil, err
		}
		if !s.pending {
			stale = append(stale, s.Adopts...)
		}
	}
	return slices.DeleteFunc(records, func(s *stored) bool { return s.pending && slices.Contains(stale, s.name) }), stale, nil
}

// load reads a record and checks that it is the one its name says.
func (j *journal) load(s *stored) error {
	fail := func(err error) error {
		return &fs.PathError{Op: "read the undo record", Path: "/" + path.Join(j.dir, s.file()), Err: err}
	}
	data, err := j.tree.root.ReadFile(path.Join(j.dir, s.file()))
	if err != nil {
		return fail(bare(err))
	}
	if recordName(s.seq, data) != s.name {
		return fail(errors.New("its content does not match the digest in its name"))
	}
	if err := json.Unmarshal(data, &s.record); err != nil {
		return fail(err)
	}
	if s.Format != recordFormat {
		return fail(fmt.Errorf("format %d is not known", s.Format))
	}
	return nil
}

func recordName(seq uint64, data []byte) string {
	return fmt.Sprintf("%06d-%s", seq, digest(data)[:12])
}

// add writes a pending record and makes it durable.
func (j *journal) add(seq uint64, r record) (*stored, error) {
	r.Format = recordFormat
	data, err := json.Marshal(r)
	if err != nil {
		return nil, err
	}
	s := &stored{record: r, name: recordName(seq, data), seq: seq, pending: true}
	if err := j.at("journal-write", s.name); err != nil {
		return nil, err
	}
	err = j.tree.in(j.dir, func(dir *os.Root) error {
		temp := newPrefix + s.name
		if _, err := writeTemp(dir, temp, &image{meta: fresh(0o600), Data: data}); err != nil {
			_ = dir.Remove(temp)
			return err
		}
		if err := j.at("journal-name", s.name); err != nil {
			_ = dir.Remove(temp)
			return err
		}
		return dir.Rename(temp, s.file())
	})
	if err == nil {
		err = j.tree.sync(j.dir)
	}
	return s, err
}

// mark changes a record's state.
func (j *journal) mark(s *stored, pending bool) error {
	if s.pending == pending {
		return nil
	}
	if err := j.at("journal-mark", s.name); err != nil {
		return err
	}
	from := s.file()
	s.pending = pending
	if err := j.tree.root.Rename(path.Join(j.dir, from), path.Join(j.dir, s.file())); err != nil {
		s.pending = !pending
		return err
	}
	return j.tree.sync(j.dir)
}

// drop removes records, whatever state they are in.
func (j *journal) drop(names ...string) error {
	for _, name := range names {
		if err := j.at("journal-drop", name); err != nil {
			return err
		}
		for _, suffix := range []string{pendingSuffix, appliedSuffix} {
			err := j.tree.root.Remove(path.Join(j.dir, name+suffix))
			if err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
		}
	}
	return j.tree.sync(j.dir)
}
