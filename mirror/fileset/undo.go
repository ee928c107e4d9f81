package fileset

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// Undo is what one Apply left: the files as they were before.
type Undo struct {
	root   string
	opts   options
	record *stored // nil: nothing was changed
	lost   []LostAttribute
}

// Empty reports whether the apply had nothing to change, so that there is
// nothing to undo.
func (u *Undo) Empty() bool { return u.record == nil }

// Name returns the record's name, such as "000012-9f86d081884c": its sequence
// number beneath the root and a digest of what it holds. It is empty when
// nothing was changed. There is no time in it, as Apply reads no clock; the
// record's file in the journal has that of any file.
func (u *Undo) Name() string {
	if u.record == nil {
		return ""
	}
	return u.record.name
}

// Interrupted reports whether the apply, or an undo of it, was killed before
// its end, so that some files may be old and others new.
func (u *Undo) Interrupted() bool { return u.record != nil && u.record.pending }

// LostAttributes returns the extended attributes that the system did not allow
// to be kept: by the Apply that returned this Undo, or by its Restore, once
// that has run.
func (u *Undo) LostAttributes() []LostAttribute { return slices.Clone(u.lost) }

// Paths returns the files that Restore puts back, as the plan named them, in
// order.
func (u *Undo) Paths() []string {
	if u.record == nil {
		return nil
	}
	out := make([]string, 0, len(u.record.Entries))
	for _, e := range u.record.Entries {
		out = append(out, e.Path)
	}
	slices.Sort(out)
	return out
}

// Plan shows what Restore would do to the files as they are now, for Diff and
// for a person to read; its Actions are what has to be done afterwards. Modes, owners, attributes, links and directories are
// not in it: Restore, and not Apply of this plan, puts everything back.
func (u *Undo) Plan() (mirror.Plan, error) {
	var plan mirror.Plan
	if u.record == nil {
		return plan, nil
	}
	t, err := openTree(u.root)
	if err != nil {
		return plan, err
	}
	defer t.close()
	for _, e := range u.record.Entries {
		now, _, err := t.read(e.place())
		if err != nil {
			return plan, fileError("read", e.Path, err)
		}
		c := mirror.Change{Path: e.Path, Kind: mirror.Update, Secret: e.Secret, Reason: "undo " + u.record.name}
		switch {
		case now.same(e.Before):
			continue
		case now == nil:
			c.Kind = mirror.Create
		case e.Before == nil:
			c.Kind = mirror.Delete
		}
		if now != nil {
			c.Before = now.Data
		}
		if e.Before != nil {
			c.After, c.Mode = e.Before.Data, e.Before.Mode
			if e.Before.Link != "" {
				c.Reason += ": the symbolic link to " + e.Before.Link
			}
		}
		plan.Changes = append(plan.Changes, c)
	}
	slices.SortFunc(plan.Changes, func(a, b mirror.Change) int { return strings.Compare(a.Path, b.Path) })
	if !plan.Empty() {
		plan.Actions = slices.Clone(u.record.Actions)
	}
	return plan, nil
}

// Restore puts back every file, mode, owner, ACL, extended attribute, symbolic
// link and directory that the apply has changed, all or none, and drops the
// record. It refuses, with
// an error that wraps ErrChanged, when a file was changed again since. It may
// be killed at any moment and run again.
func (u *Undo) Restore() error {
	if u.record == nil {
		return nil
	}
	t, err := openTree(u.root)
	if err != nil {
		return err
	}
	defer t.close()
	j, err := journalAt(t, u.opts)
	if err != nil {
		return err
	}
	if !t.isDir(j.dir) {
		return fmt.Errorf("undo %s: %w", u.record.name, ErrNoRecord)
	}
	defer j.unlock()
	if err := j.open(); err != nil {
		j.close(j.made)
		return unchangedError(fmt.Errorf("undo journal: %w", err))
	}
	err = u.restoreLocked(t, j)
	if err != nil {
		j.close(nil)
		return err
	}
	j.close(u.record.Journal)
	return nil
}

func (u *Undo) restoreLocked(t *tree, j *journal) error {
	s, err := j.find(t, u.record.name)
	if err != nil {
		return err
	}
	u.record = s
	x, err := u.reverse(t, s)
	if err != nil {
		return unchangedError(err)
	}
	wasPending := s.pending
	if err := j.mark(s, true); err != nil {
		return unchangedError(fmt.Errorf("undo journal: %w", err))
	}
	if err := x.run(); err != nil {
		if back := errors.Join(x.rollback(), j.mark(s, wasPending)); back != nil {
			return fmt.Errorf("%w; putting the files back failed too, undo again when the cause is gone: %w", err, back)
		}
		return unchangedError(err)
	}
	u.lost = x.lost
	return j.drop(append(slices.Clone(s.Adopts), s.name)...)
}

// find looks for a record, whatever its state has become, and sweeps up after
// all that were killed.
func (j *journal) find(t *tree, name string) (*stored, error) {
	records, err := j.list()
	if err != nil {
		return nil, err
	}
	var found *stored
	for _, s := range records {
		if s.name != name && !s.pending {
			continue
		}
		if err := j.load(s); err != nil {
			return nil, err
		}
		if s.pending {
			s.dropTemps(t)
		}
		if s.name == name {
			found = s
		}
	}
	if found == nil {
		return nil, fmt.Errorf("undo %s: %w", name, ErrNoRecord)
	}
	return found, nil
}

// reverse is the transaction that undoes a record, whichever of its changes
// stand.
func (u *Undo) reverse(t *tree, s *stored) (*transaction, error) {
	x := &transaction{tree: t, seq: s.seq, step: u.opts.step}
	var errs []error
	making := map[string]bool{}
	for _, e := range s.Entries {
		now, info, err := t.read(e.place())
		switch {
		case err != nil:
			errs = append(errs, fileError("read", e.Path, err))
		case now.same(e.Before):
		case !now.content(e.After) && !now.content(e.Before):
			errs = append(errs, fileError("restore", e.Path, ErrChanged))
		default:
			x.edits = append(x.edits, &edit{path: e.Path, at: e.place(), was: now, info: info, want: e.Before})
		}
		if f := e.Pruned; f != nil && (s.pending || !t.isDir(f.Path)) && !making[f.Path] {
			making[f.Path] = true
			again := *f
			again.again = s.pending
			x.mkdirs = append(x.mkdirs, again)
		}
	}
	for _, dir := range slices.Backward(s.Made) {
		f, err := t.folder(dir)
		if err != nil {
			errs = append(errs, fileError("read", "/"+dir, err))
		} else if f != nil {
			x.rmdirs = append(x.rmdirs, *f)
		}
	}
	for _, e := range x.edits {
		if e.want == nil {
			continue
		}
		// A directory that someone removed since is made again.
		missing, err := t.missing(e.at.dir)
		if err != nil {
			errs = append(errs, fileError("restore", e.path, err))
		}
		for _, dir := range missing {
			if !making[dir] {
				making[dir] = true
				x.mkdirs = append(x.mkdirs, folder{Path: dir, meta: fresh(0o755)})
			}
		}
	}
	slices.SortStableFunc(x.mkdirs, func(a, b folder) int { return depth(a.Path) - depth(b.Path) })
	return x, errors.Join(errs...)
}

func depth(dir string) int {
	n := 0
	for ; dir != "."; dir = path.Dir(dir) {
		n++
	}
	return n
}
