package jsonedit

import (
	"fmt"
	"iter"
	"slices"

	"github.com/tailscale/hujson"
)

// Object is a JSON object of a document. Edits made through it change the document; it stays usable after edits
// elsewhere, until the object itself is deleted or replaced. Members are addressed by index, as names may repeat.
type Object struct {
	place
	object *hujson.Object
}

// Member is a member of an object as it was when it was asked for.
type Member struct {
	// Index is the member's place among the members of its object.
	Index int
	// Name is the name without quotes and escapes.
	Name string
	// Key is the name as a value, which has its position and its spelling.
	Key   Value
	Value Value
}

// Len returns the number of members.
func (o *Object) Len() int { return len(o.object.Members) }

// Member returns the member at index i, which must exist.
func (o *Object) Member(i int) Member {
	m := &o.object.Members[i]
	return Member{
		Index: i,
		Name:  stringText(m.Name.Value.(hujson.Literal)),
		Key:   Value{doc: o.doc, node: m.Name},
		Value: Value{doc: o.doc, node: m.Value, container: o.place, before: m.Name.BeforeExtra, inside: true},
	}
}

// Members walks the members in the order they are written. The object must not be edited meanwhile.
func (o *Object) Members() iter.Seq[Member] {
	return func(yield func(Member) bool) {
		for i := range o.object.Members {
			if !yield(o.Member(i)) {
				return
			}
		}
	}
}

// Find returns the last member of that name, which is the one that counts in encoding/json.
func (o *Object) Find(name string) (m Member, ok bool) {
	if i := o.last(name); i >= 0 {
		return o.Member(i), true
	}
	return Member{}, false
}

func (o *Object) last(name string) int {
	for i := len(o.object.Members) - 1; i >= 0; i-- {
		if isName(o.object.Members[i].Name.Value.(hujson.Literal), name) {
			return i
		}
	}
	return -1
}

// Duplicates returns every member that is followed by another one of the same name, and so has no effect.
func (o *Object) Duplicates() []Member {
	seen := make(map[string]bool, len(o.object.Members))
	var duplicates []Member
	for i := len(o.object.Members) - 1; i >= 0; i-- {
		name := stringText(o.object.Members[i].Name.Value.(hujson.Literal))
		if seen[name] {
			duplicates = append(duplicates, o.Member(i))
		}
		seen[name] = true
	}
	slices.Reverse(duplicates)
	return duplicates
}

// Set gives the last member of that name the value, or adds such a member at the end.
func (o *Object) Set(name string, value Fragment) {
	if i := o.last(name); i >= 0 {
		o.SetAt(i, value)
		return
	}
	o.Insert(o.Len(), name, value)
}

// SetAt replaces the value of the member at index i, which must exist. The white space around it stays.
func (o *Object) SetAt(i int, value Fragment) {
	old := &o.object.Members[i].Value
	*old = value.node(old.BeforeExtra, old.AfterExtra)
	o.doc.edited = true
}

// Insert adds a member before the one at index i, or at the end when i is [Object.Len], in the layout of the members
// there.
func (o *Object) Insert(i int, name string, value Fragment) {
	beforeColon, afterColon := o.colon()
	before, _, after := o.makeRoom(objectList{o.object}, i, o.inline)
	member := hujson.ObjectMember{
		Name:  Fragment{hujson.String(name)}.node(before, beforeColon),
		Value: value.node(afterColon, after),
	}
	o.object.Members = slices.Insert(o.object.Members, i, member)
	o.doc.edited = true
}

// InsertBefore adds a member before the last one of the other name. Without such a member it is an error.
func (o *Object) InsertBefore(other, name string, value Fragment) error {
	i := o.last(other)
	if i < 0 {
		return fmt.Errorf("no member %q to insert %q before", other, name)
	}
	o.Insert(i, name, value)
	return nil
}

// Delete removes all members of that name, with their commas, lines and comments, and returns how many there were.
func (o *Object) Delete(name string) int {
	return o.deleteFunc(func(i int) bool { return isName(o.object.Members[i].Name.Value.(hujson.Literal), name) })
}

// DeleteAt removes the member at index i, which must exist, with its comma, line and comments.
func (o *Object) DeleteAt(i int) {
	_ = o.object.Members[i]
	o.deleteFunc(func(j int) bool { return i == j })
}

func (o *Object) deleteFunc(gone func(i int) bool) int {
	kept := 0
	for i := range o.object.Members {
		if gone(i) {
			o.closeGap(objectList{o.object}, kept-1, i)
			continue
		}
		if kept != i {
			o.object.Members[kept] = o.object.Members[i]
		}
		kept++
	}
	deleted := len(o.object.Members) - kept
	if deleted > 0 {
		clear(o.object.Members[kept:])
		o.object.Members = o.object.Members[:kept]
		o.doc.edited = true
	}
	return deleted
}

// Rename gives the member at index i, which must exist, another name.
func (o *Object) Rename(i int, name string) {
	old := &o.object.Members[i].Name
	*old = Fragment{hujson.String(name)}.node(old.BeforeExtra, old.AfterExtra)
	o.doc.edited = true
}

// Array returns the array that the last member of that name has; ok is false if there is no such member or its value is
// something else.
func (o *Object) Array(name string) (a *Array, ok bool) {
	m, _ := o.Find(name)
	return m.Value.Array()
}

// colon returns the extras around the colon that the object's last member has, if they are plain.
func (o *Object) colon() (before, after hujson.Extra) {
	if n := len(o.object.Members); n > 0 {
		m := &o.object.Members[n-1]
		before, after = m.Name.AfterExtra, m.Value.BeforeExtra
		if !hasComment(before) && !hasNewline(before) && !hasComment(after) && !hasNewline(after) {
			return before, after
		}
	}
	if o.doc.isCompact() {
		return nil, nil
	}
	return nil, hujson.Extra(" ")
}

// objectList is an object as a list.
type objectList struct{ object *hujson.Object }

func (l objectList) length() int                { return len(l.object.Members) }
func (l objectList) before(i int) *hujson.Extra { return &l.object.Members[i].Name.BeforeExtra }
func (l objectList) after(i int) *hujson.Extra  { return &l.object.Members[i].Value.AfterExtra }
func (l objectList) tail() *hujson.Extra        { return &l.object.AfterExtra }
func (l objectList) key() any                   { return l.object }
