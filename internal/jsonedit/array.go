package jsonedit

import (
	"iter"
	"slices"

	"github.com/tailscale/hujson"
)

// Array is a JSON array of a document. Edits made through it change the document; it stays usable after edits
// elsewhere, until the array itself is deleted or replaced.
type Array struct {
	place
	array *hujson.Array
}

// Len returns the number of elements.
func (a *Array) Len() int { return len(a.array.Elements) }

// Element returns the element at index i, which must exist.
func (a *Array) Element(i int) Value {
	node := a.array.Elements[i]
	return Value{doc: a.doc, node: node, container: a.place, before: node.BeforeExtra, inside: true}
}

// Elements walks the elements with their indexes. The array must not be edited meanwhile.
func (a *Array) Elements() iter.Seq2[int, Value] {
	return func(yield func(int, Value) bool) {
		for i := range a.array.Elements {
			if !yield(i, a.Element(i)) {
				return
			}
		}
	}
}

// Set replaces the element at index i, which must exist. The white space around it stays.
func (a *Array) Set(i int, value Fragment) {
	old := &a.array.Elements[i]
	*old = value.node(old.BeforeExtra, old.AfterExtra)
	a.doc.edited = true
}

// Append adds elements at the end.
func (a *Array) Append(values ...Fragment) { a.Insert(a.Len(), values...) }

// Insert adds elements before the one at index i, or at the end when i is [Array.Len], in the layout of the elements
// there: on one line, or each on its own. An array without elements takes the layout of the file's other arrays.
func (a *Array) Insert(i int, values ...Fragment) {
	if len(values) == 0 {
		return
	}
	inline := a.inline || a.Len() == 0 && a.doc.arraysInline()
	before, further, after := a.makeRoom(arrayList{a.array}, i, inline)
	elements := make([]hujson.Value, len(values))
	for j, value := range values {
		elements[j] = value.node(before, nil)
		before = further
	}
	elements[len(elements)-1].AfterExtra = after
	a.array.Elements = slices.Insert(a.array.Elements, i, elements...)
	a.doc.edited = true
}

// Remove removes the element at index i, which must exist, with its comma, line and comments.
func (a *Array) Remove(i int) {
	a.closeGap(arrayList{a.array}, i-1, i)
	a.array.Elements = slices.Delete(a.array.Elements, i, i+1)
	a.doc.edited = true
}

// RemoveFunc removes all elements for which gone is true, in one pass, and returns how many there were. gone is given
// the indexes that the elements had before.
func (a *Array) RemoveFunc(gone func(i int, v Value) bool) int {
	kept := 0
	for i := range a.array.Elements {
		if gone(i, a.Element(i)) {
			a.closeGap(arrayList{a.array}, kept-1, i)
			continue
		}
		if kept != i {
			a.array.Elements[kept] = a.array.Elements[i]
		}
		kept++
	}
	removed := len(a.array.Elements) - kept
	if removed > 0 {
		clear(a.array.Elements[kept:])
		a.array.Elements = a.array.Elements[:kept]
		a.doc.edited = true
	}
	return removed
}

// Move takes the element at index from out and puts it where it has index to; both must exist. Comments go with it.
func (a *Array) Move(from, to int) {
	elements := a.array.Elements
	if from == to {
		return
	}
	_, _ = elements[from], elements[to]
	a.doc.edited = true
	if !a.hasComments() {
		moved := elements[from]
		step := 1
		if to < from {
			step = -1
		}
		for i := from; i != to; i += step {
			replace(&elements[i], elements[i+step])
		}
		replace(&elements[to], moved)
		return
	}
	moved := elements[from]
	left := a.closeGap(arrayList{a.array}, from-1, from)
	a.array.Elements = slices.Delete(elements, from, from+1)
	before, _, after := a.makeRoom(arrayList{a.array}, to, a.inline)
	if left.before != nil {
		head, _ := splitHead(before)
		before = join(a.doc.newline(), head, left.before)
	}
	moved.BeforeExtra, moved.AfterExtra = before, after
	a.array.Elements = slices.Insert(a.array.Elements, to, moved)
	if left.after != nil {
		next := &a.array.AfterExtra
		if to+1 < a.Len() {
			next = &a.array.Elements[to+1].BeforeExtra
		}
		*next = closeLine(a.doc.newline(), join(a.doc.newline(), left.after, *next))
	}
}

// Replace gives the array other elements, using the places and layout of those it has. Elements that are to stay as
// they are written can be given as [Keep]. When nothing changes, nothing is edited.
func (a *Array) Replace(values ...Fragment) {
	common := min(len(values), a.Len())
	for i, value := range values[:common] {
		if kept, ok := value.value.(hujson.Literal); ok {
			if old, ok := a.array.Elements[i].Value.(hujson.Literal); ok && string(old) == string(kept) {
				continue
			}
		}
		a.Set(i, value)
	}
	if a.Len() > common {
		a.RemoveFunc(func(i int, _ Value) bool { return i >= common })
	}
	a.Insert(common, values[common:]...)
}

// Keep makes a fragment of a value as it is written.
func Keep(v Value) Fragment { return Fragment{v.node.Value} }

func (a *Array) hasComments() bool {
	if hasComment(a.array.AfterExtra) {
		return true
	}
	for i := range a.array.Elements {
		if e := &a.array.Elements[i]; hasComment(e.BeforeExtra) || hasComment(e.AfterExtra) {
			return true
		}
	}
	return false
}

// replace puts the value of another element in the place of an element.
func replace(place *hujson.Value, by hujson.Value) {
	place.Value, place.StartOffset, place.EndOffset = by.Value, by.StartOffset, by.EndOffset
}

// arrayList is an array as a list.
type arrayList struct{ array *hujson.Array }

func (l arrayList) length() int                { return len(l.array.Elements) }
func (l arrayList) before(i int) *hujson.Extra { return &l.array.Elements[i].BeforeExtra }
func (l arrayList) after(i int) *hujson.Extra  { return &l.array.Elements[i].AfterExtra }
func (l arrayList) tail() *hujson.Extra        { return &l.array.AfterExtra }
func (l arrayList) key() any                   { return l.array }
