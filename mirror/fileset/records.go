package fileset

import (
	"errors"
	"fmt"
	"slices"
)

// ErrNoRecord is wrapped by the error about an undo record that does not
// exist: there never was one, or it has been used or discarded.
var ErrNoRecord = errors.New("no undo record")

// ErrInterrupted is wrapped by the error about an undo record that must not be
// discarded, as the apply it belongs to was killed on its way.
var ErrInterrupted = errors.New("was interrupted: undo it, or apply a plan, to end the state between")

// LoadUndo returns the newest undo record beneath root: that of the last
// Apply, finished or killed, that was not undone. Without one the error wraps
// ErrNoRecord.
func LoadUndo(root string, opts ...Option) (*Undo, error) {
	var newest *Undo
	err := eachRecord(root, opts, func(j *journal, u *Undo, last bool) error {
		if !last {
			return nil
		}
		newest = u
		return j.load(u.record)
	})
	if err == nil && newest == nil {
		err = fmt.Errorf("%w beneath %s", ErrNoRecord, collect(opts).journal)
	}
	if err != nil {
		return nil, err
	}
	return newest, nil
}

// Records returns all undo records beneath root, oldest first, in the order in
// which the applies took place. An error about records that cannot be read
// names them; the others are returned beside it.
func Records(root string, opts ...Option) ([]*Undo, error) {
	var out []*Undo
	var errs []error
	err := eachRecord(root, opts, func(j *journal, u *Undo, _ bool) error {
		if err := j.load(u.record); err != nil {
			errs = append(errs, err)
			return nil
		}
		out = append(out, u)
		return nil
	})
	return out, errors.Join(append(errs, err)...)
}

// eachRecord calls do with every record, oldest first. The records need not
// be loaded.
func eachRecord(root string, opts []Option, do func(j *journal, u *Undo, last bool) error) error {
	o := collect(opts)
	t, err := openTree(root)
	if err != nil {
		return err
	}
	defer t.close()
	j, err := journalAt(t, o)
	if err != nil {
		return err
	}
	records, _, err := j.live()
	if err != nil {
		return err
	}
	for i, s := range records {
		if err := do(j, &Undo{root: root, opts: o, record: s}, i == len(records)-1); err != nil {
			return err
		}
	}
	return nil
}

// KeepRecords makes an Apply that changes something drop the oldest undo
// records once it has succeeded, so that n are left, its own included, which
// is always kept. Without this option all are kept, until they are used or
// discarded: a record holds the whole of each file as it was, secrets too, for
// as long as it is there.
func KeepRecords(n int) Option { return func(o *options) { o.keep = max(n, 1) } }

// Discard drops an undo record, so that its apply can no longer be undone. The
// files stay as they are. An older apply can be undone after that only where
// the files are what it had written.
//
// The record of a killed apply is refused (ErrInterrupted). One that is
// damaged can be discarded, whatever it is: nothing else can be done with it.
func Discard(root, name string, opts ...Option) error {
	o := collect(opts)
	t, err := openTree(root)
	if err != nil {
		return err
	}
	defer t.close()
	j, err := journalAt(t, o)
	if err != nil {
		return err
	}
	fail := func(err error) error { return fmt.Errorf("discard %s: %w", name, err) }
	if !t.isDir(j.dir) {
		return fail(ErrNoRecord)
	}
	defer j.unlock()
	if err := j.open(); err != nil {
		j.close(j.made)
		return fmt.Errorf("undo journal: %w", err)
	}
	records, err := j.list()
	if err != nil {
		return fail(err)
	}
	i := slices.IndexFunc(records, func(s *stored) bool { return s.name == name })
	if i < 0 {
		return fail(ErrNoRecord)
	}
	s := records[i]
	readable := j.load(s) == nil
	if s.pending && readable {
		return fail(ErrInterrupted)
	}
	if err := j.drop(append(slices.Clone(s.Adopts), s.name)...); err != nil {
		return fail(err)
	}
	j.close(s.Journal)
	return nil
}

// trim drops the oldest finished records until as many are left as are to be
// kept. It is called when the apply has succeeded, which an error here would
// not change: the next apply trims again.
func (j *journal) trim(keep int) {
	if keep == 0 {
		return
	}
	records, err := j.list()
	if err != nil {
		return
	}
	records = slices.DeleteFunc(records, func(s *stored) bool { return s.pending })
	for _, s := range records[:max(len(records)-keep, 0)] {
		_ = j.drop(s.name)
	}
}
