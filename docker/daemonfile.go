package docker

import (
	"encoding/json"
	"errors"

	"github.com/mirrorcfg/mirrorcfg/internal/jsonedit"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

const (
	mirrorsKey  = "registry-mirrors"
	insecureKey = "insecure-registries"
)

// DaemonFile is a daemon.json: its bytes, and what they say. Reading is safe for concurrent use; editing is not.
type DaemonFile struct {
	name string
	doc  *jsonedit.Document
}

var ruleSyntax = rule(mirror.Rule{
	Code: "docker/daemon-syntax", Severity: mirror.Error,
	Summary:     "daemon.json is not JSON",
	Consequence: "dockerd does not start; a running one keeps its old configuration on reload",
	Fix:         "mend the line",
	Evidence:    "moby/v2 2.0.0-beta.24 daemon/config/config.go getConflictFreeConfiguration",
})

// ParseDaemonFile reads a daemon.json. name is where it stands on the node, such as /etc/docker/daemon.json; it goes
// into positions. A file of nothing but white space is valid and empty. The error is a [mirror.Diagnostic] with line and
// column, and means that no version reads the bytes and that they cannot be edited. What some version ignores or
// refuses, comments and trailing commas among it, is told by [DaemonFile.Check].
func ParseDaemonFile(name string, data []byte) (*DaemonFile, error) {
	doc, err := jsonedit.Parse(data)
	if err != nil {
		pos, message := mirror.Position{File: name}, err.Error()
		var syntax *jsonedit.SyntaxError
		if errors.As(err, &syntax) {
			pos.Line, pos.Column, message = syntax.Line, syntax.Column, syntax.Message
		}
		return nil, ruleSyntax.At(pos, "", "dockerd does not start with this file: "+message)
	}
	return &DaemonFile{name: name, doc: doc}, nil
}

// Name is the path given to [ParseDaemonFile].
func (f *DaemonFile) Name() string { return f.name }

// Format returns the file's bytes, in the encoding they had. Those of a file that was not edited are the ones that were
// parsed.
func (f *DaemonFile) Format() []byte { return f.doc.Bytes() }

// Presence tells in which way a key is there.
type Presence int

const (
	// Absent is a key that is not in the file. On reload dockerd leaves alone what it had, while a list that is there
	// and empty clears it (moby#36632).
	Absent Presence = iota
	// Null is a key with the value null, which dockerd takes for an empty list.
	Null
	// Present is a key with a list, which may be empty.
	Present
	// Malformed is a key whose value is not a list of strings, or has something else in it; dockerd refuses the file.
	Malformed
)

// String returns "absent", "null", "present" or "malformed".
func (p Presence) String() string {
	return [...]string{Absent: "absent", Null: "null", Present: "present", Malformed: "malformed"}[p]
}

// List is a list of strings in the file, such as registry-mirrors.
type List struct {
	Presence Presence
	// Position is that of the key; of several keys of that name the last one counts.
	Position mirror.Position
	// Items are the strings in the order they are written. What is not a string is left out; null is "", as
	// encoding/json has it.
	Items []Item
}

// Item is one string of a [List].
type Item struct {
	Value string
	// Position is that of the value in the text that was parsed; it has no line if an edit has made the value.
	Position mirror.Position
}

// Values returns the strings without positions: nil if the key is absent, an empty list if it is null.
func (l List) Values() []string {
	if l.Presence == Absent {
		return nil
	}
	values := make([]string, len(l.Items))
	for i, item := range l.Items {
		values[i] = item.Value
	}
	return values
}

// Mirrors returns registry-mirrors: the mirrors of docker.io, in the order dockerd tries them.
func (f *DaemonFile) Mirrors() List { return f.list(mirrorsKey) }

// InsecureRegistries returns insecure-registries: hosts with or without port, and networks as CIDR, that dockerd
// speaks plain HTTP or unverified TLS to.
func (f *DaemonFile) InsecureRegistries() List { return f.list(insecureKey) }

func (f *DaemonFile) list(key string) List {
	member, ok := f.member(key)
	if !ok {
		return List{}
	}
	l := List{Presence: Present, Position: f.at(member.Key)}
	if member.Value.Kind() == jsonedit.NullKind {
		l.Presence = Null
		return l
	}
	array, ok := member.Value.Array()
	if !ok {
		l.Presence = Malformed
		return l
	}
	l.Items = make([]Item, 0, array.Len())
	for _, v := range array.Elements() {
		text, ok := v.Text()
		if !ok && v.Kind() != jsonedit.NullKind {
			l.Presence = Malformed
			continue
		}
		l.Items = append(l.Items, Item{Value: text, Position: f.at(v)})
	}
	return l
}

// Key is a member of the file's root object.
type Key struct {
	Name string
	// Position is that of the name, ValuePosition that of the value.
	Position, ValuePosition mirror.Position
	// Value is the value as it is written.
	Value json.RawMessage
}

// Keys returns all members in the order they are written, duplicates included.
func (f *DaemonFile) Keys() []Key {
	object, ok := f.doc.Object()
	if !ok {
		return nil
	}
	keys := make([]Key, 0, object.Len())
	for m := range object.Members() {
		keys = append(keys, f.key(m))
	}
	return keys
}

// Key returns the last member of that name, which is the one that counts.
func (f *DaemonFile) Key(name string) (k Key, ok bool) {
	m, ok := f.member(name)
	if !ok {
		return Key{}, false
	}
	return f.key(m), true
}

func (f *DaemonFile) key(m jsonedit.Member) Key {
	return Key{Name: m.Name, Position: f.at(m.Key), ValuePosition: f.at(m.Value), Value: m.Value.Raw()}
}

func (f *DaemonFile) member(name string) (jsonedit.Member, bool) {
	object, ok := f.doc.Object()
	if !ok {
		return jsonedit.Member{}, false
	}
	return object.Find(name)
}

// at is the position of a value.
func (f *DaemonFile) at(v jsonedit.Value) mirror.Position { return f.position(v.Position()) }

func (f *DaemonFile) position(p jsonedit.Position) mirror.Position {
	return mirror.Position{File: f.name, Line: p.Line, Column: p.Column}
}

// Daemon is what daemon.json says about registries. A nil list is a key that is not there, which is not the same as an
// empty one: on reload dockerd keeps what it had.
type Daemon struct {
	Mirrors            []string
	InsecureRegistries []string
}

// UnmarshalDaemon is [ParseDaemonFile] for callers that want the value alone. It leaves out values of a wrong type.
func UnmarshalDaemon(data []byte) (Daemon, error) {
	f, err := ParseDaemonFile("daemon.json", data)
	if err != nil {
		return Daemon{}, err
	}
	return Daemon{Mirrors: f.Mirrors().Values(), InsecureRegistries: f.InsecureRegistries().Values()}, nil
}

// MarshalDaemon returns a new daemon.json: two spaces of indentation, one value a line, a newline at the end.
func MarshalDaemon(d Daemon) []byte {
	doc, _ := jsonedit.Parse(nil)
	object, _ := doc.EnsureObject() // an empty document takes one
	for _, list := range []struct {
		key    string
		values []string
	}{{mirrorsKey, d.Mirrors}, {insecureKey, d.InsecureRegistries}} {
		if list.values == nil {
			continue
		}
		object.Set(list.key, jsonedit.EmptyArray())
		array, _ := object.Array(list.key)
		array.Append(fragments(list.values)...)
	}
	if object.Len() == 0 {
		return []byte("{}\n")
	}
	return doc.Bytes()
}

func fragments(values []string) []jsonedit.Fragment {
	out := make([]jsonedit.Fragment, len(values))
	for i, v := range values {
		out[i] = jsonedit.String(v)
	}
	return out
}
