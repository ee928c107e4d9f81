package fileset

import (
	"errors"
	"fmt"
	"slices"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// ErrChanged is wrapped by the error about a file that is not what the plan
// was made from, or not what the apply to be undone had written.
var ErrChanged = errors.New("has changed since it was read")

// ErrLocked is wrapped by the error of an Apply or Restore that met another
// one at work on the same root.
var ErrLocked = errors.New("another apply or undo is at work on this root")

// options is what Option values set.
type options struct {
	journal string
	keep    int // 0: all records
	step    func(op, path string) error
}

// Option adjusts Apply, LoadUndo, Records and Discard.
type Option func(*options)

// JournalAt sets the directory, a slash path beneath the root, that holds the
// undo records and the lock. The default is /var/lib/mirrorcfg.
func JournalAt(dir string) Option { return func(o *options) { o.journal = dir } }

func collect(opts []Option) options {
	o := options{journal: "/var/lib/mirrorcfg"}
	for _, set := range opts {
		set(&o)
	}
	return o
}

// Apply makes all changes of a plan to the files beneath root, or none of
// them, and returns what undoes them. Diagnostics and actions of the plan are
// the caller's affair.
//
// A file is written beside its old self, synced and renamed, so that a reader
// sees the old or the new content and never a part. An existing file keeps its
// mode, owner and group; one that is reached through symbolic links inside the
// root is written where it really is, and the links stay. Hard links to the
// old content keep the old content. A file that already has the wanted bytes
// is not written. Content marked Secret is readable by its owner alone, with
// no ACL.
//
// On Linux an existing file also keeps its POSIX ACL and its other extended
// attributes, among them the SELinux label and file capabilities. An ACL that
// cannot be kept is an error; of other attributes that the system refuses,
// [Undo.LostAttributes] tells. Attributes of symbolic links are not kept.
//
// Nothing is changed, and the error says which file, when
//   - a file is not what the plan was made from (ErrChanged),
//   - a path or a symbolic link leads out of the root (ErrEscape),
//   - another Apply or Restore is at work on the root (ErrLocked),
//   - a file cannot be written: a full disk, a read-only file system, an
//     owner or an ACL that cannot be kept.
//
// Before its first change, Apply stores an undo record beneath root. When the
// process is killed, each file is wholly old or wholly new, and either
// LoadUndo and Restore, or another Apply, of the same plan or of one made
// from the files as they are now, ends the state between. Such an Apply takes
// the record over: undoing it restores what was there before the first.
func Apply(root string, plan mirror.Plan, opts ...Option) (*Undo, error) {
	o := collect(opts)
	t, err := openTree(root)
	if err != nil {
		return nil, err
	}
	defer t.close()
	j, err := journalAt(t, o)
	if err != nil {
		return nil, err
	}
	// What is refused is refused before anything is created, the journal
	// included.
	todo, err := prepare(t, j, plan)
	if err != nil {
		return nil, unchangedError(err)
	}
	if todo.empty() {
		return &Undo{root: root, opts: o}, nil
	}
	defer j.unlock()
	if err := j.open(); err != nil {
		j.close(j.made)
		return nil, unchangedError(fmt.Errorf("undo journal: %w", err))
	}
	undo, err := applyLocked(t, j, plan, o)
	if err != nil {
		j.close(j.made)
		return nil, err
	}
	undo.root = root
	if undo.record == nil {
		j.close(j.made)
	} else {
		j.close(nil)
	}
	return undo, nil
}

func unchangedError(err error) error { return fmt.Errorf("nothing was changed: %w", err) }

func applyLocked(t *tree, j *journal, plan mirror.Plan, o options) (*Undo, error) {
	// Between the first look and the lock another apply may have finished.
	todo, err := prepare(t, j, plan)
	if err != nil {
		return nil, unchangedError(err)
	}
	for _, p := range todo.pending {
		p.dropTemps(t)
	}
	if len(todo.edits) == 0 && len(todo.rec.Entries) == 0 {
		return &Undo{opts: o}, todo.abandon(t, j)
	}
	todo.rec.Journal = append(todo.rec.Journal, j.made...)
	rec, err := j.add(todo.seq, todo.rec)
	if err != nil {
		if rec != nil {
			_ = j.drop(rec.name)
		}
		return nil, unchangedError(fmt.Errorf("undo journal: %w", err))
	}
	x := &transaction{tree: t, seq: todo.seq, edits: todo.edits, mkdirs: todo.mkdirs, rmdirs: todo.rmdirs, step: o.step}
	err = x.run()
	if err == nil {
		err = j.mark(rec, false)
	}
	if err != nil {
		if back := errors.Join(x.rollback(), j.drop(rec.name)); back != nil {
			return nil, fmt.Errorf("%w; putting the files back failed too, undo when the cause is gone: %w", err, back)
		}
		return nil, unchangedError(err)
	}
	// The plan is applied. A record that is taken over and cannot be dropped
	// is taken over again by the next apply.
	_ = j.drop(slices.Concat(todo.rec.Adopts, todo.stale)...)
	j.trim(o.keep)
	return &Undo{opts: o, record: rec, lost: x.lost}, nil
}
