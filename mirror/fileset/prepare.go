package fileset

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// work is what an apply has to do.
type work struct {
	seq            uint64
	edits          []*edit
	mkdirs, rmdirs []folder
	rec            record
	pending        []*stored // killed applies, to be taken over
	stale          []string  // records to be dropped: they were taken over
}

func (w *work) empty() bool { return len(w.edits) == 0 && len(w.pending) == 0 }

// abandon removes what a killed apply left when none of its changes stand.
func (w *work) abandon(t *tree, j *journal) error {
	for _, p := range w.pending {
		for _, dir := range slices.Backward(p.Made) {
			if _, err := t.rmdir(dir); err != nil {
				return err
			}
		}
		j.made = append(p.Journal, j.made...)
	}
	return j.drop(slices.Concat(w.rec.Adopts, w.stale)...)
}

// dropTemps removes what a killed process had written and not put in place.
func (s *stored) dropTemps(t *tree) {
	for _, e := range s.Entries {
		_ = t.dropTemp(e.place(), s.seq)
	}
}

// prepare reads what is there, compares it with the plan and reports every
// conflict at once. It touches nothing.
func prepare(t *tree, j *journal, plan mirror.Plan) (*work, error) {
	w := &work{rec: record{Actions: plan.Actions}}
	var errs []error
	places := map[place]string{}
	for _, c := range plan.Changes {
		e, err := compare(t, c)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		if at := "/" + e.at.rel(); within(at, "/"+j.dir) {
			errs = append(errs, fileError("write", c.Path, errors.New("is in the undo journal")))
		}
		if other, ok := places[e.at]; ok {
			errs = append(errs, fileError("write", c.Path, fmt.Errorf("is the same file as %s of this plan", other)))
		}
		places[e.at] = c.Path
		if e.same() {
			continue
		}
		w.edits = append(w.edits, e)
		ent := entry{Path: e.path, Dir: e.at.dir, Name: e.at.name, Before: e.was, After: e.want.outline(), Secret: c.Secret}
		if c.Kind == mirror.Delete && c.Prune && e.at.dir != "." {
			if ent.Pruned, err = t.folder(e.at.dir); err != nil {
				errs = append(errs, fileError("read", c.Path, err))
			}
		}
		w.rec.Entries = append(w.rec.Entries, ent)
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	if err := w.adopt(t, j); err != nil {
		return nil, err
	}
	return w, w.folders(t)
}

func within(p, dir string) bool { return p == dir || strings.HasPrefix(p, dir+"/") }

// outline is an image without its data and attributes, which are compared by
// what is there and never restored.
func (i *image) outline() *image {
	if i == nil {
		return nil
	}
	out := *i
	out.Data, out.Attributes = nil, nil
	return &out
}

// same reports whether there is nothing to write.
func (e *edit) same() bool {
	return e.was.content(e.want) && (e.was == nil || e.was.Mode == e.want.Mode)
}

// compare turns a change into an edit of the file that is really meant, and
// refuses when that file is neither what the plan was made from nor what it
// wants.
func compare(t *tree, c mirror.Change) (*edit, error) {
	if err := checkPath(c.Path); err != nil {
		return nil, err
	}
	at, err := t.resolve(c.Path)
	if err != nil {
		return nil, err
	}
	was, info, err := t.read(at)
	if err != nil {
		return nil, fileError("read", c.Path, err)
	}
	e := &edit{path: c.Path, at: at, was: was, info: info}
	refuse := func(what error) (*edit, error) { return nil, fileError("write", c.Path, what) }
	switch {
	case c.Kind == mirror.Delete && was == nil:
		return e, nil
	case c.Kind == mirror.Delete:
		if was.Digest != digest(c.Before) {
			return refuse(ErrChanged)
		}
		// Removing a link must not remove what others reach through it.
		if e.at, err = t.resolveLink(c.Path); err != nil {
			return nil, err
		}
		if e.at != at {
			if e.was, e.info, err = t.read(e.at); err != nil {
				return nil, fileError("read", c.Path, err)
			}
		}
		return e, nil
	case was == nil && c.Kind == mirror.Update:
		return refuse(fmt.Errorf("is gone: %w", ErrChanged))
	case was == nil:
		e.want = &image{meta: fresh(freshMode(c)), Data: c.After, Digest: digest(c.After)}
		return e, nil
	}
	want := *was
	want.Data, want.Digest, want.Mode = c.After, digest(c.After), keptMode(was.Mode, c)
	if c.Secret {
		want.meta = want.private()
	}
	e.want = &want
	if was.content(e.want) {
		return e, nil
	}
	want.meta = want.forOther()
	if c.Kind == mirror.Create || was.Digest != digest(c.Before) {
		return refuse(ErrChanged)
	}
	return e, nil
}

// freshMode is the mode of a file that is created.
func freshMode(c mirror.Change) fs.FileMode {
	mode := c.Mode.Perm()
	if mode == 0 {
		mode = 0o644
	}
	if c.Secret {
		if mode &= 0o600; mode == 0 {
			mode = 0o600
		}
	}
	return mode
}

// keptMode is the mode of a file that exists: its own, unless others could
// read secrets in it.
func keptMode(mode fs.FileMode, c mirror.Change) fs.FileMode {
	if !c.Secret {
		return mode
	}
	return mode&^fs.ModePerm | mode&freshMode(c)
}

// adoptActions keeps the actions of an apply that is taken over, each once.
func (r *record) adoptActions(actions []mirror.Action) {
	for _, a := range actions {
		same := func(b mirror.Action) bool { return slices.Equal(a.Command, b.Command) }
		if !slices.ContainsFunc(r.Actions, same) {
			r.Actions = append(slices.Clip(r.Actions), a)
		}
	}
}

// adopt takes over the records of applies that were killed: what they have
// changed and still stands becomes a part of this apply's record.
func (w *work) adopt(t *tree, j *journal) error {
	records, stale, err := j.live()
	if err != nil {
		return err
	}
	w.stale = stale
	index := map[place]int{}
	for i, e := range w.rec.Entries {
		index[e.place()] = i
	}
	for _, s := range records {
		w.seq = max(w.seq, s.seq)
		if !s.pending {
			continue
		}
		w.pending = append(w.pending, s)
		w.rec.Adopts = append(append(w.rec.Adopts, s.Adopts...), s.name)
		w.rec.Journal = append(w.rec.Journal, s.Journal...)
		w.rec.Made = append(w.rec.Made, s.Made...)
		w.rec.adoptActions(s.Actions)
	}
	w.seq++
	// Newest first, so that what the oldest found is what is kept.
	for _, s := range slices.Backward(w.pending) {
		for _, old := range s.Entries {
			now, _, err := t.read(old.place())
			if err != nil {
				return fileError("read", old.Path, err)
			}
			i, mine := index[old.place()]
			switch {
			case mine && now.content(old.After):
				w.rec.Entries[i].Before = old.Before
				if w.rec.Entries[i].Pruned == nil {
					w.rec.Entries[i].Pruned = old.Pruned
				}
			case !mine && now.content(old.After) && !now.same(old.Before):
				index[old.place()] = len(w.rec.Entries)
				w.rec.Entries = append(w.rec.Entries, old)
			}
		}
	}
	slices.SortFunc(w.rec.Entries, func(a, b entry) int { return strings.Compare(a.Path, b.Path) })
	slices.Sort(w.rec.Made)
	w.rec.Made = slices.Compact(w.rec.Made)
	return nil
}

// folders works out which directories are to be made and which may go.
func (w *work) folders(t *tree) error {
	have := map[string]bool{}
	for _, dir := range w.rec.Made { // of records that are taken over
		if t.isDir(dir) {
			have[dir] = true
			w.mkdirs = append(w.mkdirs, folder{Path: dir, meta: fresh(0o755), again: true})
		}
	}
	for _, e := range w.edits {
		if e.want == nil {
			continue
		}
		missing, err := t.missing(e.at.dir)
		if err != nil {
			return fileError("write", e.path, err)
		}
		for _, dir := range missing {
			if !have[dir] {
				have[dir] = true
				w.mkdirs = append(w.mkdirs, folder{Path: dir, meta: fresh(0o755)})
				w.rec.Made = append(w.rec.Made, dir)
			}
		}
	}
	slices.SortFunc(w.mkdirs, func(a, b folder) int { return strings.Compare(a.Path, b.Path) })
	slices.Sort(w.rec.Made)
	w.rec.Made = slices.Compact(w.rec.Made)
	leaving := map[string]bool{}
	for _, e := range w.rec.Entries {
		if e.Pruned != nil && !leaving[e.Pruned.Path] {
			leaving[e.Pruned.Path] = true
			w.rmdirs = append(w.rmdirs, *e.Pruned)
		}
	}
	slices.SortFunc(w.rmdirs, func(a, b folder) int { return strings.Compare(b.Path, a.Path) })
	return nil
}
