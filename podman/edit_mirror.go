package podman

import (
	"errors"
	"fmt"
	"slices"

	"github.com/mirrorcfg/mirrorcfg/internal/tomledit"
)

var (
	// ErrNoRegistry is the error for a prefix that has no entry in the file.
	ErrNoRegistry = errors.New("no entry of this prefix")
	// ErrNoMirror is the error for a place where there is no mirror.
	ErrNoMirror = errors.New("no mirror at this place")
)

// AddMirror adds a mirror behind the others of a prefix.
func (f *RegistriesFile) AddMirror(prefix string, m Mirror) error {
	table, list, err := f.mirrorsOf(prefix)
	if err != nil {
		return err
	}
	return f.insertMirror(table, len(list), m)
}

// InsertMirror puts a mirror at place i among those of a prefix, counted
// from 0.
func (f *RegistriesFile) InsertMirror(prefix string, i int, m Mirror) error {
	table, list, err := f.mirrorsOf(prefix)
	if err != nil {
		return err
	}
	if i < 0 || i > len(list) {
		return f.noMirror(table, "%d of %d", i, len(list))
	}
	return f.insertMirror(table, i, m)
}

// MoveMirror moves the mirror at place from to place to.
func (f *RegistriesFile) MoveMirror(prefix string, from, to int) error {
	table, list, err := f.mirrorsOf(prefix)
	if err != nil {
		return err
	}
	if from < 0 || from >= len(list) || to < 0 || to >= len(list) {
		return f.noMirror(table, "%d or %d of %d", from, to, len(list))
	}
	if from == to {
		return nil
	}
	edit := f.doc.Edit()
	if to < from {
		edit.Move(list[from], tomledit.Before(list[to]))
	} else {
		edit.Move(list[from], tomledit.After(list[to]))
	}
	return f.apply(edit)
}

// DropMirror removes the mirror at place i.
func (f *RegistriesFile) DropMirror(prefix string, i int) error {
	table, list, err := f.mirrorsOf(prefix)
	if err != nil {
		return err
	}
	if i < 0 || i >= len(list) {
		return f.noMirror(table, "%d of %d", i, len(list))
	}
	edit := f.doc.Edit()
	dropMirrors(edit, list, func(j int) bool { return j == i })
	return f.apply(edit)
}

func (f *RegistriesFile) mirrorsOf(prefix string) (tomledit.Node, []tomledit.Node, error) {
	table := f.finder(1)(prefix)
	if !table.IsValid() {
		return table, nil, fmt.Errorf("%s: %w: %q", f.name, ErrNoRegistry, prefix)
	}
	return table, slices.Collect(table.ChildFold("mirror").Children()), nil
}

// noMirror is the error for a place in an entry's list that does not exist.
func (f *RegistriesFile) noMirror(entry tomledit.Node, format string, args ...any) error {
	return fmt.Errorf("%s:%s: %w: %s", f.name, entry.Position(), ErrNoMirror, fmt.Sprintf(format, args...))
}

func (f *RegistriesFile) insertMirror(table tomledit.Node, i int, m Mirror) error {
	edit := f.doc.Edit()
	list := slices.Collect(table.ChildFold("mirror").Children())
	at := tomledit.Last()
	if i < len(list) {
		at = tomledit.Before(list[i])
	}
	addMirrors(edit, table, at, []Mirror{m})
	return f.apply(edit)
}

// addMirrors writes new mirrors in the form that the table's others have.
func addMirrors(edit *tomledit.Edit, table tomledit.Node, at tomledit.Place, list []Mirror) {
	if len(list) == 0 {
		return
	}
	array := table.ChildFold("mirror")
	switch {
	case array.Kind() == tomledit.Array:
		for i := range list {
			edit.InsertItem(array, at, tomledit.TableValue(mirrorFields(&list[i])...))
		}
	case !array.IsValid() && table.Kind() == tomledit.InlineTable:
		edit.Insert(table, tomledit.Last(), tomledit.Field{Key: "mirror", Value: mirrorArray(list)})
	default:
		key := "mirror"
		if array.IsValid() {
			key = array.Key()
		}
		for i := range list {
			edit.InsertTable(table, at, tomledit.Section{Key: key, Array: true, Fields: mirrorFields(&list[i])})
		}
	}
}

// dropMirrors deletes some of a list of mirrors, and the list's key with the
// last of them.
func dropMirrors(edit *tomledit.Edit, list []tomledit.Node, drop func(int) bool) {
	left := 0
	for i := range list {
		if !drop(i) {
			left++
		}
	}
	if left == 0 && len(list) > 0 && list[0].Parent().Kind() == tomledit.Array {
		edit.Delete(list[0].Parent())
		return
	}
	for i, n := range list {
		if drop(i) {
			edit.Delete(n)
		}
	}
}

// changeMirrors makes a table's mirrors as wanted: those of one location are
// kept and changed where they differ, moved only where the order differs. All
// others go, and new ones are written in their place.
func changeMirrors(edit *tomledit.Edit, table tomledit.Node, want []Mirror) {
	have := slices.Collect(table.ChildFold("mirror").Children())
	keptAs := make([]int, len(have)) // place in want, -1 for none
	keeper := make([]int, len(want)) // place in have, -1 for none
	for i := range keptAs {
		keptAs[i] = -1
	}
	at := make(map[string][]int, len(have)) // places in have, by location
	for j, n := range have {
		if location, _ := n.ChildFold("location").AsString(); n.IsTable() {
			at[trimSlash(location)] = append(at[trimSlash(location)], j)
		}
	}
	for i := range want {
		keeper[i] = -1
		location := trimSlash(want[i].Location)
		if places := at[location]; len(places) > 0 {
			keptAs[places[0]], keeper[i] = i, places[0]
			at[location] = places[1:]
		}
	}
	if len(want) == 0 {
		dropMirrors(edit, have, func(int) bool { return true })
		return
	}
	for j, n := range have {
		if keptAs[j] < 0 {
			edit.Delete(n)
		}
	}
	orderMirrors(edit, have, keeper)
	for i := 0; i < len(want); {
		if j := keeper[i]; j >= 0 {
			changeMirror(edit, have[j], &want[i])
			i++
			continue
		}
		end := i
		for end < len(want) && keeper[end] < 0 {
			end++
		}
		at := tomledit.Last()
		if end < len(want) {
			at = tomledit.Before(have[keeper[end]])
		}
		addMirrors(edit, table, at, want[i:end])
		i = end
	}
}

// orderMirrors moves the mirrors that are kept into the wanted order.
func orderMirrors(edit *tomledit.Edit, have []tomledit.Node, keeper []int) {
	last, highest := -1, -1
	for _, j := range keeper {
		if j < 0 {
			continue
		}
		if j < highest {
			edit.Move(have[j], tomledit.After(have[last]))
		}
		last, highest = j, max(highest, j)
	}
}

func changeMirror(edit *tomledit.Edit, table tomledit.Node, m *Mirror) {
	if location, _ := table.ChildFold("location").AsString(); trimSlash(location) != trimSlash(m.Location) {
		setText(edit, table, "location", m.Location)
	}
	setToggle(edit, table, "insecure", m.Insecure)
	setOptional(edit, table, "pull-from-mirror", m.PullFromMirror)
	setOptional(edit, table, "namespace-proxy", m.NamespaceProxy)
}
