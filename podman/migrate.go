package podman

import (
	"bytes"
	"io/fs"
	"slices"

	"github.com/mirrorcfg/mirrorcfg/internal/tomledit"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// MigrateV1 turns the file's V1 form into V2: the search list becomes
// unqualified-search-registries, blocked and insecure entries become
// [[registry]] tables. Settings of a V2 form beside it stay and come first,
// since no version reads both. It reports whether there was anything to do.
// It is what V1RegistriesConf.ConvertToV2 of containers/image does, with the
// rest of the file left as it is.
//
// The comment on an entry goes to the table that is made of it, and that on
// a list to what is made of it first. Those of entries and lists that nothing
// is made of go with them.
func (f *RegistriesFile) MigrateV1() (bool, error) {
	d := f.decoded()
	if d.v1 == nil {
		return false, nil
	}
	blocked, insecure := f.v1Comments("block"), f.v1Comments("insecure")
	list, inList := f.v1List("search"), f.v1Comments("search")
	entries := v1Entries(f, d.v1)
	edit, root := f.doc.Edit(), f.doc.Root()
	if d.v1.Search != nil && !d.searchAt.IsValid() {
		value, err := tomledit.RawValue(list.RawValue())
		comment := inList.list
		if texts, ok := list.AsStrings(); err != nil || !ok || !slices.Equal(texts, d.v1.Search) {
			value, comment = tomledit.StringsValue(d.v1.Search...), inList.all()
		}
		edit.Insert(root, tomledit.Last(), tomledit.Field{Key: "unqualified-search-registries", Value: value, Comment: comment})
	}
	find := f.finder(len(entries))
	entries = slices.DeleteFunc(entries, func(e entry) bool { return find(e.Key()).IsValid() })
	isBlocked := func(e entry) bool { return e.Blocked == mirror.On }
	isInsecure := func(e entry) bool { return e.Insecure == mirror.On }
	firstBlocked := slices.IndexFunc(entries, isBlocked)
	firstInsecure := slices.IndexFunc(entries, func(e entry) bool { return !isBlocked(e) })
	if firstInsecure < 0 {
		firstInsecure = slices.IndexFunc(entries, isInsecure)
	}
	for i := range entries {
		key := entries[i].Key()
		f.addRegistry(edit, &entries[i].Registry, joinComments(blocked.of(key, i == firstBlocked), insecure.of(key, i == firstInsecure)))
	}
	edit.Delete(root.ChildFold("registries"))
	before := f.doc.Bytes()
	if err := f.apply(edit); err != nil {
		return false, err
	}
	return true, f.trimEnds(before)
}

// trimEnds takes away the blank lines at the file's ends that were not there
// before: those that stood off a table that is gone.
func (f *RegistriesFile) trimEnds(before []byte) error {
	const bom, blank = "\ufeff", "\r\n"
	src := f.doc.Bytes()
	text, out := bytes.TrimPrefix(src, []byte(bom)), src
	if had := bytes.TrimPrefix(before, []byte(bom)); len(bytes.TrimLeft(had, blank)) == len(had) {
		out = append(src[:len(src)-len(text):len(src)-len(text)], bytes.TrimLeft(text, blank)...)
	}
	for bytes.HasSuffix(out, []byte("\n\n")) && !bytes.HasSuffix(before, []byte("\n\n")) {
		out = out[:len(out)-1]
	}
	for bytes.HasSuffix(out, []byte("\n\r\n")) && !bytes.HasSuffix(before, []byte("\n\r\n")) {
		out = out[:len(out)-2]
	}
	if len(out) == len(src) {
		return nil
	}
	doc, err := tomledit.Parse(out)
	if err == nil {
		f.doc, f.dec = doc, nil
	}
	return err
}

// Migrate returns the changes that turn every file in the V1 form which the
// engine reads into V2. Files that could be read by a version before 5.40 of
// containers/image mean the same afterwards. The V1 form says nothing that V2
// cannot, so that there is no loss for an option to accept.
func (e Engine) Migrate(fsys fs.FS, opts ...mirror.PlanOption) (mirror.Plan, error) {
	r, err := e.resolve()
	if err != nil {
		return mirror.Plan{}, err
	}
	p := newPlanner(e, fsys, r)
	if err := p.migrate(); err != nil {
		return mirror.Plan{}, err
	}
	return p.finish(mirror.NewPlanOptions(opts...).Settle(r.ds))
}

// migrate converts the V1 files among those that are read.
func (p *planner) migrate() error {
	for _, f := range p.node.files {
		if f.doc == nil || f.doc.decoded().v1 == nil {
			continue
		}
		mixed := f.doc.decoded().v2Keys
		doc := p.document(f.path)
		if _, err := doc.MigrateV1(); err != nil {
			return err
		}
		what := "convert the V1 form, which containers/image 5.40 and later refuse, to V2"
		if mixed {
			what += "; V2 keys stood beside it, and what both name is kept as the V2 keys say"
		}
		p.touch(f.path, what)
	}
	if len(p.touched) > 0 {
		p.reload()
	}
	return nil
}

// reload reads the node as it will be.
func (p *planner) reload() { p.node = p.engine.load(p.overlay(), p.node.resolved) }
