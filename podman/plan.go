package podman

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var rulePlanCheck = rule(mirror.Rule{
	Code: "podman/not-effective", Severity: mirror.Error,
	Summary:     "a file that is read later and says otherwise",
	Consequence: "the plan would not have the effect that is wanted, so it is not made",
	Fix:         "name a drop-in in Paths.DropIn that sorts after all others",
	Evidence:    "the planned files, read again",
})

// Plan returns the changes to the node's files. Entries are edited where
// they take effect; new ones go into the main file, or into Paths.DropIn.
// Files of the distribution are not touched but overridden. A V1 file that
// has to be changed becomes V2.
func (e Engine) Plan(fsys fs.FS, want mirror.Config, opts ...mirror.PlanOption) (mirror.Plan, error) {
	o := mirror.NewPlanOptions(opts...)
	faults := want.Validate()
	if o.Ownership == mirror.Remove {
		// Only the prefixes count.
		faults = slices.DeleteFunc(faults, func(d mirror.Diagnostic) bool { return !strings.HasSuffix(d.Field, "prefix") })
	}
	if err := faults.Err(); err != nil {
		return mirror.Plan{Diagnostics: faults}, err
	}
	r, err := e.resolve()
	if err != nil {
		return mirror.Plan{Diagnostics: faults}, err
	}
	ds := append(faults, r.ds...)
	p, t, err := e.draft(fsys, r, want, o, !v1Accepted.Has(r.library))
	if err == nil && p.touchesV1() {
		p, t, err = e.draft(fsys, r, want, o, true)
	}
	if err != nil {
		var load loadError
		if errors.As(err, &load) {
			ds = append(ds, load.faults...)
		}
		return mirror.Plan{Diagnostics: ds}, err
	}
	losses := o.Settle(t.losses)
	ds = append(ds, losses...)
	if err := losses.Err(); err != nil {
		return mirror.Plan{Diagnostics: ds}, err
	}
	return p.finish(ds)
}

// loadError is for a node whose files the engine refuses.
type loadError struct{ faults mirror.Diagnostics }

func (e loadError) Error() string { return e.faults.Err().Error() }
func (e loadError) Unwrap() error { return e.faults.Err() }

// draft makes the edits. With migrate the files in the V1 form become V2
// first.
func (e Engine) draft(fsys fs.FS, r resolved, want mirror.Config, o mirror.PlanOptions, migrate bool) (*planner, *translation, error) {
	p := newPlanner(e, fsys, r)
	if migrate {
		if err := p.migrate(); err != nil {
			return nil, nil, err
		}
	}
	if len(p.node.faults) > 0 {
		return nil, nil, loadError{p.node.faults}
	}
	t := &translation{target: r}
	if o.Ownership == mirror.Remove {
		return p, t, p.remove(want.Registries)
	}
	return p, t, p.write(want, t, o.Ownership)
}

// touchesV1 reports whether a file in the V1 form is to be changed.
func (p *planner) touchesV1() bool {
	for _, f := range p.node.files {
		if _, touched := p.touched[f.path]; touched && f.doc.decoded().v1 != nil {
			return true
		}
	}
	return p.dropsV1
}

// planner collects edits of a node's files.
type planner struct {
	engine   Engine
	fsys     fs.FS
	node     *node
	before   map[string][]byte // nil for a file that does not exist
	docs     map[string]*RegistriesFile
	touched  map[string][]string // reasons by path
	want     []Registry          // what must be effective in the end
	verified map[[2]string]bool  // mirrors, by prefix and location, that must say insecure = false
	dropsV1  bool                // an entry of the V1 form is to go
}

func newPlanner(e Engine, fsys fs.FS, r resolved) *planner {
	n := e.load(fsys, r)
	p := &planner{engine: e, fsys: fsys, node: n, before: map[string][]byte{}, docs: map[string]*RegistriesFile{}, touched: map[string][]string{}}
	for _, f := range n.files {
		p.before[f.path] = f.data
	}
	return p
}

// document is the editable copy of a file; one that does not exist is empty.
func (p *planner) document(path string) *RegistriesFile {
	if doc, ok := p.docs[path]; ok {
		return doc
	}
	data := p.before[path]
	doc, err := ParseRegistries(path, data)
	if err != nil {
		// The caller has seen the fault: files that cannot be read end a plan.
		doc, _ = ParseRegistries(path, nil)
	}
	p.docs[path] = doc
	return doc
}

func (p *planner) touch(path, reason string) {
	if !slices.Contains(p.touched[path], reason) {
		p.touched[path] = append(p.touched[path], reason)
	}
}

// write makes the wanted registries effective, and with Exclusive the others
// go.
func (p *planner) write(want mirror.Config, t *translation, own mirror.Ownership) error {
	batches, reasons := map[string][]Registry{}, map[string][]string{}
	var order []string
	named := map[string]bool{}
	var fields []string
	for i := range want.Registries {
		field := fmt.Sprintf("registries[%d]", i)
		if w, ok := t.registry(&want.Registries[i], field); ok {
			named[w.Key()] = true
			p.want, fields = append(p.want, w), append(fields, field)
		}
	}
	t.settleConflicts(p.want, fields)
	p.sayVerified(p.effectiveWith(named, own))
	for _, w := range p.want {
		path, entry, reason := p.placeFor(w)
		if path == "" {
			continue
		}
		if _, known := batches[path]; !known {
			order = append(order, path)
		}
		batches[path] = append(batches[path], entry)
		reasons[path] = append(reasons[path], reason)
	}
	t.reportBlocked(p.effectiveWith(named, own))
	for _, path := range order {
		p.touch(path, summary(reasons[path]))
		if err := p.document(path).SetRegistries(batches[path]...); err != nil {
			return err
		}
	}
	if own == mirror.Exclusive {
		var others []string
		for i := range p.node.entries {
			if k := p.node.entries[i].key; !named[k] {
				others = append(others, k)
			}
		}
		if err := p.drop(others); err != nil {
			return err
		}
	}
	return p.writeSearch(t.search(want.Search))
}

// effectiveWith are the wanted entries and those that stay beside them.
func (p *planner) effectiveWith(named map[string]bool, own mirror.Ownership) []Registry {
	entries := p.want[:len(p.want):len(p.want)]
	if own == mirror.Exclusive {
		return entries
	}
	for i := range p.node.entries {
		if e := &p.node.entries[i]; !named[e.key] {
			entries = append(entries, e.Registry)
		}
	}
	return entries
}

// placeFor finds the file for an entry and its form there; no path means
// that it is effective already.
func (p *planner) placeFor(w Registry) (path string, entry Registry, reason string) {
	id, known := p.node.byPrefix[w.Key()]
	if !known {
		return p.target(""), w, "add " + w.Key()
	}
	have := &p.node.entries[id]
	switch {
	case sameRegistry(&have.Registry, &w) && !p.unsaid(&have.Registry, &w):
		return "", w, ""
	case p.editable(have.file.path):
		return have.file.path, inStyleOf(have.Registry, w), "change " + w.Key()
	default:
		return p.target(have.file.path), w, "override " + w.Key() + " of " + have.file.path
	}
}

func (p *planner) remove(list []mirror.Registry) error {
	prefixes := make([]string, len(list))
	for i := range list {
		prefixes[i] = list[i].Prefix
	}
	return p.drop(prefixes)
}

// drop takes prefixes out of every file that may be edited, since an entry
// that goes uncovers those of earlier files. One that stays because its file
// belongs to the distribution is overridden by an entry without mirrors.
func (p *planner) drop(prefixes []string) error {
	kept, named := map[string]string{}, map[string]bool{}
	for _, k := range prefixes {
		named[k] = true
	}
	for i := range p.node.entries {
		e := &p.node.entries[i]
		p.dropsV1 = p.dropsV1 || e.at < 0 && named[e.key] && p.editable(e.file.path)
	}
	for _, f := range p.node.files {
		if !p.editable(f.path) {
			for i := range f.doc.decoded().entries {
				if k := f.doc.decoded().entries[i].Key(); named[k] {
					kept[k] = f.path
				}
			}
			continue
		}
		dropped, err := p.document(f.path).dropRegistries(prefixes...)
		if err != nil {
			return err
		}
		if dropped > 0 {
			p.touch(f.path, removal(prefixes))
		}
	}
	for _, k := range prefixes {
		file, ok := kept[k]
		if !ok {
			continue
		}
		plain := Registry{Prefix: k, Location: k}
		if strings.HasPrefix(k, "*.") {
			plain.Location = ""
		}
		if have := p.node.entries[p.node.byPrefix[k]]; sameRegistry(&have.Registry, &plain) {
			continue
		}
		path := p.target(file)
		if err := p.document(path).SetRegistry(plain); err != nil {
			return err
		}
		p.touch(path, "take the mirrors away from "+k+" of "+file)
	}
	return nil
}

// summary joins reasons, and counts those beyond the first few.
func summary(reasons []string) string {
	if len(reasons) > 5 {
		return fmt.Sprintf("%s; and %d others", strings.Join(reasons[:5], "; "), len(reasons)-5)
	}
	return strings.Join(reasons, "; ")
}

// removal is the reason for a removal, short for many prefixes.
func removal(prefixes []string) string {
	if len(prefixes) > 5 {
		return fmt.Sprintf("remove %s and %d others", strings.Join(prefixes[:5], ", "), len(prefixes)-5)
	}
	return "remove " + strings.Join(prefixes, ", ")
}

func (p *planner) writeSearch(want []string) error {
	if want == nil || p.node.search != nil && slices.EqualFunc(p.node.search, want, func(a, b string) bool { return trimSlash(a) == b }) {
		return nil
	}
	path := p.target("")
	if from := p.node.searchFrom; from != nil {
		path = from.path
		if !p.editable(path) {
			path = p.target(path)
		}
	}
	p.touch(path, "set unqualified-search-registries")
	return p.document(path).SetSearch(want)
}

// overlay is the node with the changes made so far.
func (p *planner) overlay() overlay {
	o := overlay{base: p.fsys, files: map[string][]byte{}}
	for path := range p.touched {
		o.set(path, p.docs[path].Format())
	}
	return o
}

// layOut writes new files afresh, so that they look as MarshalRegistries
// makes them.
func (p *planner) layOut() error {
	for path := range p.touched {
		if _, existed := p.before[path]; existed {
			continue
		}
		data, err := MarshalRegistries(p.docs[path].Value())
		if err != nil {
			return err
		}
		if p.docs[path], err = ParseRegistries(path, data); err != nil {
			return err
		}
	}
	return nil
}

// finish compares the documents with the files and reads the result once
// more as the engine will.
func (p *planner) finish(ds mirror.Diagnostics) (mirror.Plan, error) {
	if err := p.layOut(); err != nil {
		return mirror.Plan{Diagnostics: ds}, err
	}
	if len(p.touched) > 0 {
		p.reload()
	}
	bad := append(mirror.Diagnostics(nil), p.node.faults...)
	for i := range p.want {
		id, known := p.node.byPrefix[p.want[i].Key()]
		if !known || !sameRegistry(&p.node.entries[id].Registry, &p.want[i]) {
			bad = append(bad, rulePlanCheck.At(mirror.Position{}, "registries", p.want[i].Key()+" would not be as wanted"))
		}
	}
	if err := bad.Err(); err != nil {
		return mirror.Plan{Diagnostics: append(ds, bad...)}, err
	}
	plan := mirror.Plan{Diagnostics: ds}
	paths := make([]string, 0, len(p.touched))
	for path := range p.touched {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	for _, path := range paths {
		before, existed := p.before[path]
		after := p.docs[path].Format()
		if existed && bytes.Equal(before, after) {
			continue
		}
		c := mirror.Change{Path: path, Kind: mirror.Update, Before: before, After: after, Mode: 0o644, Reason: strings.Join(p.touched[path], "; ")}
		switch {
		case !existed:
			c.Kind = mirror.Create
		case isDropIn(path) && len(bytes.TrimSpace(after)) == 0:
			c.Kind, c.After = mirror.Delete, nil
		}
		plan.Changes = append(plan.Changes, c)
	}
	plan.Actions = p.engine.actions(plan.Changes)
	return plan, nil
}
