package docker

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/internal/jsonedit"
)

// The verbs change the last member of a name, which is the one that counts, and no byte that the change does not mean.
// They take any text: what dockerd thinks of it is told by Check, ValidateMirror and ValidateInsecureRegistry. Mirrors
// that differ only in a slash at the end are the same, as they are for dockerd. A list that becomes empty stays as [],
// since dockerd keeps on reload what a missing key does not mention.

// AddMirror puts a mirror behind all others, unless it is there.
func (f *DaemonFile) AddMirror(url string) error { return f.add(mirrorsKey, url) }

// InsertMirror puts a mirror at index i, moving it there if it is in the list already. i may be the number of mirrors
// that there are without it.
func (f *DaemonFile) InsertMirror(i int, url string) error { return f.insert(mirrorsKey, i, url) }

// DropMirror removes a mirror. It is no error if there is none.
func (f *DaemonFile) DropMirror(url string) error { return f.drop(mirrorsKey, url) }

// MoveMirror gives a mirror another place in the order. It is an error if the mirror or the place is not there.
func (f *DaemonFile) MoveMirror(url string, to int) error { return f.move(mirrorsKey, url, to) }

// SetMirrors makes the list of mirrors exactly this one; without mirrors it writes []. It replaces a value of a wrong
// type.
func (f *DaemonFile) SetMirrors(urls ...string) error { return f.set(mirrorsKey, urls) }

// ClearMirrors writes an empty list, which makes dockerd forget its mirrors on reload.
func (f *DaemonFile) ClearMirrors() error { return f.set(mirrorsKey, nil) }

// AddInsecureRegistry puts a host, or a network as CIDR, behind all others, unless it is there.
func (f *DaemonFile) AddInsecureRegistry(host string) error { return f.add(insecureKey, host) }

// InsertInsecureRegistry puts a host or network at index i, moving it there if it is in the list already.
func (f *DaemonFile) InsertInsecureRegistry(i int, host string) error {
	return f.insert(insecureKey, i, host)
}

// DropInsecureRegistry removes a host or network. It is no error if there is none.
func (f *DaemonFile) DropInsecureRegistry(host string) error { return f.drop(insecureKey, host) }

// MoveInsecureRegistry gives a host or network another place in the list.
func (f *DaemonFile) MoveInsecureRegistry(host string, to int) error {
	return f.move(insecureKey, host, to)
}

// SetInsecureRegistries makes the list exactly this one; without hosts it writes []. It replaces a value of a wrong
// type.
func (f *DaemonFile) SetInsecureRegistries(hosts ...string) error { return f.set(insecureKey, hosts) }

// ClearInsecureRegistries writes an empty list, which makes dockerd forget its insecure registries on reload.
func (f *DaemonFile) ClearInsecureRegistries() error { return f.set(insecureKey, nil) }

// Set gives any key a value, as JSON, adding the key at the end if it is not there. Of duplicates the last is changed.
func (f *DaemonFile) Set(name string, value []byte) error {
	fragment, err := jsonedit.Raw(value)
	if err != nil {
		return fmt.Errorf("%s: %s: %w", f.name, name, err)
	}
	object, err := f.root()
	if err != nil {
		return err
	}
	object.Set(name, fragment)
	return nil
}

// Delete removes every member of that name with its line, and tells whether there was one. dockerd does not forget
// mirrors or insecure registries on reload because their key is gone.
func (f *DaemonFile) Delete(name string) bool {
	object, ok := f.doc.Object()
	return ok && object.Delete(name) > 0
}

// Rename gives every member of a name another one, at its place: registry-mirror becomes registry-mirrors. It tells
// whether there was one.
func (f *DaemonFile) Rename(from, to string) bool {
	object, ok := f.doc.Object()
	if !ok {
		return false
	}
	renamed := false
	for i := range object.Len() {
		if object.Member(i).Name == from {
			object.Rename(i, to)
			renamed = true
		}
	}
	return renamed
}

func (f *DaemonFile) root() (*jsonedit.Object, error) {
	object, err := f.doc.EnsureObject()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.name, err)
	}
	return object, nil
}

// array returns the list under a key, nil if there is none yet. A value of a wrong type is an error.
func (f *DaemonFile) array(key string) (*jsonedit.Array, error) {
	member, ok := f.member(key)
	if !ok || member.Value.Kind() == jsonedit.NullKind {
		return nil, nil
	}
	array, ok := member.Value.Array()
	if !ok {
		return nil, f.wrongType(key, member.Value)
	}
	for _, v := range array.Elements() {
		if k := v.Kind(); k != jsonedit.StringKind && k != jsonedit.NullKind {
			return nil, f.wrongType(key, v)
		}
	}
	return array, nil
}

func (f *DaemonFile) wrongType(key string, v jsonedit.Value) error {
	return ruleType.At(f.at(v), key, fmt.Sprintf("%s must be a list of strings, not have a value of type %s", key, v.Kind()))
}

// madeArray is array for a list that is to get values.
func (f *DaemonFile) madeArray(key string) (*jsonedit.Array, error) {
	array, err := f.array(key)
	if array != nil || err != nil {
		return array, err
	}
	object, err := f.root()
	if err != nil {
		return nil, err
	}
	object.Set(key, jsonedit.EmptyArray())
	array, _ = object.Array(key)
	return array, nil
}

// same reports whether dockerd takes both values of a key for one.
func same(key, a, b string) bool { return normal(key, a) == normal(key, b) }

func indexOf(array *jsonedit.Array, key, value string) int {
	if array == nil {
		return -1
	}
	wanted := normal(key, value)
	var text []byte
	for i, v := range array.Elements() {
		text = v.AppendText(text[:0])
		if key == mirrorsKey {
			text = bytes.TrimSuffix(text, []byte("/"))
		}
		if string(text) == wanted {
			return i
		}
	}
	return -1
}

func (f *DaemonFile) add(key, value string) error {
	array, err := f.madeArray(key)
	if err != nil || indexOf(array, key, value) >= 0 {
		return err
	}
	array.Append(jsonedit.String(value))
	return nil
}

func (f *DaemonFile) insert(key string, i int, value string) error {
	array, err := f.array(key)
	if err != nil {
		return err
	}
	at, n := indexOf(array, key, value), 0
	if array != nil {
		n = array.Len()
	}
	last := n
	if at >= 0 {
		last--
	}
	if i < 0 || i > last {
		return f.outOfRange(key, i, last)
	}
	if at >= 0 {
		array.Move(at, i)
		return nil
	}
	if array, err = f.madeArray(key); err != nil {
		return err
	}
	array.Insert(i, jsonedit.String(value))
	return nil
}

func (f *DaemonFile) drop(key, value string) error {
	array, err := f.array(key)
	if array == nil {
		return err
	}
	array.RemoveFunc(func(_ int, v jsonedit.Value) bool {
		text, _ := v.Text()
		return same(key, text, value)
	})
	return nil
}

func (f *DaemonFile) move(key, value string, to int) error {
	array, err := f.array(key)
	if err != nil {
		return err
	}
	from := indexOf(array, key, value)
	if from < 0 {
		return fmt.Errorf("%s: %s has no %q", f.name, key, value)
	}
	if to < 0 || to >= array.Len() {
		return f.outOfRange(key, to, array.Len()-1)
	}
	array.Move(from, to)
	return nil
}

func (f *DaemonFile) outOfRange(key string, i, last int) error {
	return fmt.Errorf("%s: %s: place %d is not between 0 and %d", f.name, key, i, last)
}

func (f *DaemonFile) set(key string, values []string) error {
	object, err := f.root()
	if err != nil {
		return err
	}
	if _, err := f.array(key); err != nil {
		object.Set(key, jsonedit.EmptyArray())
	}
	array, err := f.madeArray(key)
	if err != nil {
		return err
	}
	// Values that stay keep their spelling, wherever they stand.
	spelled := make(map[string]jsonedit.Value, array.Len())
	for _, v := range array.Elements() {
		if text, ok := v.Text(); ok {
			spelled[normal(key, text)] = v
		}
	}
	wanted := fragments(values)
	for i, value := range values {
		if v, ok := spelled[normal(key, value)]; ok {
			wanted[i] = jsonedit.Keep(v)
		}
	}
	array.Replace(wanted...)
	return nil
}

// normal is equal for values that are the same.
func normal(key, value string) string {
	if key == mirrorsKey {
		return strings.TrimSuffix(value, "/")
	}
	return value
}
