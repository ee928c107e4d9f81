package corpus

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/docker"
)

func onDaemon(change func(*docker.DaemonFile) error) verb {
	return func(data []byte) ([]byte, error) {
		f, err := docker.ParseDaemonFile("daemon.json", data)
		if err != nil {
			return nil, err
		}
		err = change(f)
		return f.Format(), err
	}
}

// daemonEdits are the verbs of DaemonFile that apply to a file.
func daemonEdits(t *testing.T, s sample) []edit {
	f, err := docker.ParseDaemonFile(s.path, s.data)
	require.NoError(t, err)
	list := f.Mirrors()
	const url = "https://new.mirror.example"
	const reference = "alpine:1"
	mirrors := []string{"/registry-mirrors"}
	inserted := func(before, after []byte) error {
		return onlyInserts(before, after, `"`+url+`"`, `"registry-mirrors":["`+url+`"]`, `{"registry-mirrors":["`+url+`"]}`)
	}
	if list.Presence == docker.Null {
		inserted = func(before, after []byte) error { return onlyReplaces(before, after, "null", `["`+url+`"]`) }
	}
	var undo verb // the list that an edit made stays, empty
	if list.Presence == docker.Present {
		undo = onDaemon(func(f *docker.DaemonFile) error { return f.DropMirror(url) })
	}
	out := []edit{
		{name: "AddMirror", do: onDaemon(func(f *docker.DaemonFile) error { return f.AddMirror(url) }), undo: undo, text: inserted, leaves: mirrors,
			reference: reference, asked: insertAt(len(list.Items), url)},
		{name: "InsertMirror", do: onDaemon(func(f *docker.DaemonFile) error { return f.InsertMirror(0, url) }), undo: undo, text: inserted, leaves: mirrors,
			reference: reference, asked: insertAt(0, url)},
		{name: "ClearMirrors", do: onDaemon(func(f *docker.DaemonFile) error { return f.ClearMirrors() }), leaves: mirrors, reference: reference,
			asked: func(hosts []string) []string { return hosts[len(hosts)-1:] }, text: func(before, after []byte) error {
				switch list.Presence {
				case docker.Null:
					return onlyReplaces(before, after, "null", "[]")
				case docker.Absent:
					return onlyInserts(before, after, `"registry-mirrors":[]`, `{"registry-mirrors":[]}`)
				}
				return onlyShrinks(before, after)
			}},
		{name: "AddInsecureRegistry", do: onDaemon(func(f *docker.DaemonFile) error { return f.AddInsecureRegistry("new.example:5000") }),
			leaves: []string{"/insecure-registries"}, reference: reference, text: func(before, after []byte) error {
				return onlyInserts(before, after, `"new.example:5000"`, `"insecure-registries":["new.example:5000"]`, `{"insecure-registries":["new.example:5000"]}`)
			}},
		{name: "Set", do: onDaemon(func(f *docker.DaemonFile) error { return f.Set("ipv6", []byte("true")) }), leaves: []string{"/ipv6"}, reference: reference,
			undo: onDaemon(func(f *docker.DaemonFile) error { f.Delete("ipv6"); return nil }),
			text: func(before, after []byte) error { return onlyInserts(before, after, `"ipv6":true`, `{"ipv6":true}`) }},
	}
	if len(strings.TrimSpace(string(s.data))) == 0 {
		out[len(out)-1].undo = nil // the object stays
	}
	for i, item := range list.Items {
		out = append(out, edit{name: "DropMirror " + item.Value, do: onDaemon(func(f *docker.DaemonFile) error { return f.DropMirror(item.Value) }),
			leaves: mirrors, reference: reference, asked: without(strings.TrimSuffix(item.Value, "/")),
			text: func(before, after []byte) error { return onlyRemoves(before, after, `"`+item.Value+`"`) }})
		if i > 0 {
			out = append(out, edit{name: "MoveMirror", do: onDaemon(func(f *docker.DaemonFile) error { return f.MoveMirror(item.Value, 0) }),
				undo: onDaemon(func(f *docker.DaemonFile) error { return f.MoveMirror(item.Value, i) }), leaves: mirrors, text: onlyMoves})
		}
	}
	for _, k := range f.Keys() {
		if k.Name == "registry-mirrors" || k.Name == "insecure-registries" {
			continue
		}
		out = append(out, edit{name: "Delete " + k.Name, do: onDaemon(func(f *docker.DaemonFile) error { f.Delete(k.Name); return nil }), leaves: []string{"/" + k.Name}, reference: reference,
			text: func(before, after []byte) error { return onlyRemoves(before, after, `"`+k.Name+`":`+string(k.Value)) }})
	}
	return out
}

func TestEditDaemon(t *testing.T) {
	for _, s := range samples(t, daemonKind) {
		for _, e := range daemonEdits(t, s) {
			t.Run(s.name+"/"+e.name, func(t *testing.T) { e.run(t, s) })
		}
	}
}
