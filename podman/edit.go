package podman

import (
	"fmt"

	"github.com/mirrorcfg/mirrorcfg/internal/tomledit"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// apply makes an edit and forgets what was decoded.
func (f *RegistriesFile) apply(edit *tomledit.Edit) error {
	if err := edit.Err(); err != nil {
		return fmt.Errorf("%s: %w", f.name, err)
	}
	if err := edit.Apply(); err != nil {
		return fmt.Errorf("%s: %w", f.name, err)
	}
	f.mu.Lock()
	f.dec = nil
	f.mu.Unlock()
	return nil
}

// SetSearch sets unqualified-search-registries; nil removes the key.
func (f *RegistriesFile) SetSearch(registries []string) error {
	return f.setList("unqualified-search-registries", registries)
}

// SetCredentialHelpers sets credential-helpers; nil removes the key.
func (f *RegistriesFile) SetCredentialHelpers(helpers []string) error {
	return f.setList("credential-helpers", helpers)
}

// SetShortNameMode sets short-name-mode; "" removes the key.
func (f *RegistriesFile) SetShortNameMode(mode string) error {
	edit := f.doc.Edit()
	setText(edit, f.doc.Root(), "short-name-mode", mode)
	return f.apply(edit)
}

func (f *RegistriesFile) setList(key string, list []string) error {
	edit, root := f.doc.Edit(), f.doc.Root()
	n := root.ChildFold(key)
	switch {
	case list == nil && n.IsValid():
		edit.Delete(n)
	case list == nil:
		return nil
	case n.IsValid():
		edit.SetValue(n, tomledit.StringsValue(list...))
	default:
		edit.Insert(root, tomledit.Last(), tomledit.Field{Key: key, Value: tomledit.StringsValue(list...)})
	}
	return f.apply(edit)
}

// SetAlias adds or changes an alias. An empty value resets the alias of an
// earlier file.
func (f *RegistriesFile) SetAlias(name, value string) error {
	edit, root := f.doc.Edit(), f.doc.Root()
	if table := root.ChildFold("aliases"); table.IsTable() {
		edit.Set(table, name, tomledit.StringValue(value))
	} else {
		edit.AppendTable(root, tomledit.Section{Key: "aliases", Fields: []tomledit.Field{{Key: name, Value: tomledit.StringValue(value)}}})
	}
	return f.apply(edit)
}

// DropAlias removes an alias and reports whether it was there.
func (f *RegistriesFile) DropAlias(name string) (bool, error) {
	n := f.doc.Root().ChildFold("aliases").Child(name)
	if !n.IsValid() {
		return false, nil
	}
	edit := f.doc.Edit()
	edit.Delete(n)
	return true, f.apply(edit)
}

// SetRegistry makes the entry of r's prefix exactly as r says: the first
// entry of that prefix is changed where it differs, or a new one is added
// behind the others. A mirror is known by its location. One that r does not
// have goes with the comments that belong to it, those directly above its
// table and on its lines, also where another mirror takes its place; all other
// comments stay.
func (f *RegistriesFile) SetRegistry(r Registry) error { return f.SetRegistries(r) }

// SetRegistries does as SetRegistry for several entries at once, in one pass
// over the file.
func (f *RegistriesFile) SetRegistries(list ...Registry) error {
	edit := f.doc.Edit()
	find := f.finder(len(list))
	for i := range list {
		if table := find(list[i].Key()); table.IsValid() {
			changeRegistry(edit, table, &list[i])
		} else {
			f.addRegistry(edit, &list[i], "")
		}
	}
	return f.apply(edit)
}

// DropRegistry removes every entry of a prefix and returns how many there
// were.
func (f *RegistriesFile) DropRegistry(prefix string) (int, error) { return f.dropRegistries(prefix) }

func (f *RegistriesFile) dropRegistries(prefixes ...string) (int, error) {
	named := make(map[string]bool, len(prefixes))
	for _, p := range prefixes {
		named[p] = true
	}
	edit, dropped := f.doc.Edit(), 0
	for table := range f.tables() {
		if named[tableKey(table)] {
			edit.Delete(table)
			dropped++
		}
	}
	if dropped == 0 {
		return 0, nil
	}
	return dropped, f.apply(edit)
}

// tables walks the [[registry]] tables.
func (f *RegistriesFile) tables() func(func(tomledit.Node) bool) {
	return func(yield func(tomledit.Node) bool) {
		for t := range f.doc.Root().ChildFold("registry").Children() {
			if t.IsTable() && !yield(t) {
				return
			}
		}
	}
}

// finder returns a search for the first table of a prefix. For several
// searches it makes an index.
func (f *RegistriesFile) finder(searches int) func(string) tomledit.Node {
	if searches < 4 {
		return func(key string) tomledit.Node {
			for t := range f.tables() {
				if tableKey(t) == key {
					return t
				}
			}
			return tomledit.Node{}
		}
	}
	first := map[string]tomledit.Node{}
	for t := range f.tables() {
		key := tableKey(t)
		if _, known := first[key]; !known {
			first[key] = t
		}
	}
	return func(key string) tomledit.Node { return first[key] }
}

// tableKey is Registry.Key of a table.
func tableKey(t tomledit.Node) string {
	if s, _ := t.ChildFold("prefix").AsString(); s != "" {
		return trimSlash(s)
	}
	s, _ := t.ChildFold("location").AsString()
	return trimSlash(s)
}

func (f *RegistriesFile) addRegistry(edit *tomledit.Edit, r *Registry, comment string) {
	root := f.doc.Root()
	fields := registryFields(r)
	array := root.ChildFold("registry")
	if array.Kind() == tomledit.Array {
		if len(r.Mirrors) > 0 {
			fields = append(fields, tomledit.Field{Key: "mirror", Value: mirrorArray(r.Mirrors)})
		}
		edit.AppendItem(array, tomledit.TableValue(fields...))
		return
	}
	section := tomledit.Section{Key: "registry", Array: true, Comment: comment, Fields: fields}
	if array.IsValid() {
		section.Key = array.Key()
	}
	for i := range r.Mirrors {
		section.Sections = append(section.Sections, tomledit.Section{Key: "mirror", Array: true, Fields: mirrorFields(&r.Mirrors[i])})
	}
	edit.AppendTable(root, section)
}

func changeRegistry(edit *tomledit.Edit, table tomledit.Node, r *Registry) {
	setOptional(edit, table, "prefix", r.Prefix)
	setOptional(edit, table, "location", r.Location)
	setToggle(edit, table, "insecure", r.Insecure)
	setToggle(edit, table, "blocked", r.Blocked)
	setToggle(edit, table, "mirror-by-digest-only", r.MirrorByDigestOnly)
	setOptional(edit, table, "pull-from-mirror", r.PullFromMirror)
	setOptional(edit, table, "namespace-proxy", r.NamespaceProxy)
	changeMirrors(edit, table, r.Mirrors)
}

// setOptional is setText that leaves an empty text, which means the same as
// none, where it is.
func setOptional(edit *tomledit.Edit, table tomledit.Node, key, value string) {
	if text, ok := table.ChildFold(key).AsString(); ok && text == value {
		return
	}
	setText(edit, table, key, value)
}

// setText gives a key its text, or removes it.
func setText(edit *tomledit.Edit, table tomledit.Node, key, value string) {
	n := table.ChildFold(key)
	switch {
	case value == "" && n.IsValid():
		edit.Delete(n)
	case value == "":
	case n.IsValid():
		edit.SetValue(n, tomledit.StringValue(value))
	default:
		edit.Insert(table, tomledit.Last(), tomledit.Field{Key: key, Value: tomledit.StringValue(value)})
	}
}

// setToggle gives a key its value, or removes it.
func setToggle(edit *tomledit.Edit, table tomledit.Node, key string, t mirror.Toggle) {
	n := table.ChildFold(key)
	switch {
	case !t.IsSet() && n.IsValid():
		edit.Delete(n)
	case !t.IsSet():
	case n.IsValid():
		edit.SetValue(n, tomledit.BoolValue(t == mirror.On))
	default:
		edit.Insert(table, tomledit.Last(), tomledit.Field{Key: key, Value: tomledit.BoolValue(t == mirror.On)})
	}
}

func registryFields(r *Registry) []tomledit.Field {
	var fields []tomledit.Field
	fields = addText(fields, "prefix", r.Prefix)
	fields = addText(fields, "location", r.Location)
	fields = addToggle(fields, "insecure", r.Insecure)
	fields = addToggle(fields, "blocked", r.Blocked)
	fields = addToggle(fields, "mirror-by-digest-only", r.MirrorByDigestOnly)
	fields = addText(fields, "pull-from-mirror", r.PullFromMirror)
	return addText(fields, "namespace-proxy", r.NamespaceProxy)
}

func mirrorFields(m *Mirror) []tomledit.Field {
	fields := addText(nil, "location", m.Location)
	fields = addToggle(fields, "insecure", m.Insecure)
	fields = addText(fields, "pull-from-mirror", m.PullFromMirror)
	return addText(fields, "namespace-proxy", m.NamespaceProxy)
}

func addText(fields []tomledit.Field, key, value string) []tomledit.Field {
	if value == "" {
		return fields
	}
	return append(fields, tomledit.Field{Key: key, Value: tomledit.StringValue(value)})
}

func addToggle(fields []tomledit.Field, key string, t mirror.Toggle) []tomledit.Field {
	if !t.IsSet() {
		return fields
	}
	return append(fields, tomledit.Field{Key: key, Value: tomledit.BoolValue(t == mirror.On)})
}

func mirrorArray(list []Mirror) tomledit.Value {
	items := make([]tomledit.Value, len(list))
	for i := range list {
		items[i] = tomledit.TableValue(mirrorFields(&list[i])...)
	}
	return tomledit.ArrayValue(items...)
}
