package podman

import (
	"fmt"
	"io/fs"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/internal/tomledit"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// MigrateV1 turns the file's V1 form into V2: the search list becomes
// unqualified-search-registries, blocked and insecure entries become
// [[registry]] tables. Settings of a V2 form beside it stay and come first,
// since no version reads both. It reports whether there was anything to do.
// It is what V1RegistriesConf.ConvertToV2 of containers/image does, with the
// rest of the file left as it is.
func (f *RegistriesFile) MigrateV1() (bool, error) {
	d := f.decoded()
	if d.v1 == nil {
		return false, nil
	}
	edit, root := f.doc.Edit(), f.doc.Root()
	if d.v1.Search != nil && !d.searchAt.IsValid() {
		edit.Insert(root, tomledit.Last(), tomledit.Field{Key: "unqualified-search-registries",
			Value: tomledit.StringsValue(d.v1.Search...), Comment: f.v1Comment("search")})
	}
	find := f.finder(4)
	commented := map[string]bool{}
	for _, e := range v1Entries(f, d.v1) {
		if find(e.Key()).IsValid() {
			continue
		}
		list := "insecure"
		if e.Blocked == mirror.On {
			list = "block"
		}
		comment := ""
		if !commented[list] {
			comment, commented[list] = f.v1Comment(list), true
		}
		f.addRegistry(edit, &e.Registry, comment)
	}
	edit.Delete(root.ChildFold("registries"))
	return true, f.apply(edit)
}

// v1Comment is the comment above a V1 table, without its marks.
func (f *RegistriesFile) v1Comment(table string) string {
	n := f.doc.Root().ChildFold("registries").ChildFold(table)
	if n.Origin() != tomledit.Header {
		return ""
	}
	lead := string(f.doc.Bytes()[n.Extent().Start:n.Span().Start])
	var lines []string
	for line := range strings.Lines(lead) {
		if text, ok := strings.CutPrefix(strings.TrimSpace(line), "#"); ok {
			lines = append(lines, strings.TrimPrefix(text, " "))
		}
	}
	return strings.Join(lines, "\n")
}

// Migrate returns the changes that turn every file in the V1 form which the
// engine reads into V2. Files that could be read by a version before 5.40 of
// containers/image mean the same afterwards.
func (e Engine) Migrate(fsys fs.FS) (mirror.Plan, error) {
	r, err := e.resolve()
	if err != nil {
		return mirror.Plan{}, err
	}
	p, err := newPlanner(e, fsys, r)
	if err != nil {
		return mirror.Plan{}, err
	}
	if err := p.migrate(); err != nil {
		return mirror.Plan{}, err
	}
	return p.finish(r.ds)
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
	if len(p.touched) == 0 {
		return nil
	}
	return p.reload()
}

func (p *planner) reload() error {
	n, err := load(p.overlay(), p.node.paths, p.node.resolved)
	if err != nil {
		return fmt.Errorf("podman: %w", err)
	}
	p.node = n
	return nil
}
