package corpus

import (
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/mirror"
	"github.com/mirrorcfg/mirrorcfg/podman"
)

func onRegistries(change func(*podman.RegistriesFile) error) verb {
	return func(data []byte) ([]byte, error) {
		f, err := podman.ParseRegistries("registries.conf", data)
		if err != nil {
			return nil, err
		}
		err = change(f)
		return f.Format(), err
	}
}

// registryEdits are the verbs of RegistriesFile that apply to a file.
func registryEdits(t *testing.T, s sample) []edit {
	f, err := podman.ParseRegistries(s.path, s.data)
	require.NoError(t, err)
	value := f.Value()
	out := listEdits(s, &value)
	const prefix = "new.example:5000/team"
	fresh := podman.Registry{Prefix: prefix, Location: "reg.example/team", Mirrors: []podman.Mirror{{Location: "new.mirror.example/x"}}}
	if value.V1 == nil { // no version reads V2 beside V1
		out = append(out, edit{name: "SetRegistry", leaves: []string{"/registry[" + prefix + "]"},
			do:   onRegistries(func(f *podman.RegistriesFile) error { return f.SetRegistry(fresh) }),
			undo: onRegistries(func(f *podman.RegistriesFile) error { _, err := f.DropRegistry(prefix); return err }),
			text: func(before, after []byte) error {
				keys := `prefix="` + prefix + `"location="reg.example/team"`
				return onlyInserts(before, after, "[[registry]]"+keys+`[[registry.mirror]]location="new.mirror.example/x"`,
					"{"+keys+`mirror=[{location="new.mirror.example/x"}]}`)
			},
			reference: prefix + "/app:1", asked: func([]string) []string { return []string{"https://new.mirror.example", "https://reg.example"} }})
	}
	for _, r := range value.Registries {
		out = append(out, mirrorEdits(s, r)...)
		key := r.Key()
		below := []string{"/registry[" + key + "]"}
		out = append(out, edit{name: "SetRegistry blocked " + key, leaves: []string{below[0] + "/blocked"},
			do: onRegistries(func(f *podman.RegistriesFile) error {
				changed := r
				changed.Blocked = mirror.On
				return f.SetRegistry(changed)
			}),
			undo: onRegistries(func(f *podman.RegistriesFile) error { return f.SetRegistry(r) }),
			text: func(before, after []byte) error {
				switch r.Blocked {
				case mirror.On:
					return onlyInserts(before, after, "")
				case mirror.Off:
					return onlyReplaces(before, after, "blocked=false", "blocked=true")
				}
				return onlyInserts(before, after, "blocked=true")
			}})
		out = append(out, edit{name: "DropRegistry " + key, leaves: below,
			do: onRegistries(func(f *podman.RegistriesFile) error { _, err := f.DropRegistry(key); return err }),
			text: func(before, after []byte) error {
				if text := registryBlock(before, r); text != "" {
					return onlyRemoves(before, after, text)
				}
				return onlyShrinks(before, after)
			}})
	}
	return out
}

func registryBlock(data []byte, r podman.Registry) string {
	if r.Prefix != "" {
		return block(data, "[[registry]]", `prefix="`+r.Prefix+`"`)
	}
	return block(data, "[[registry]]", `location="`+r.Location+`"`)
}

// mirrorEdits are the verbs for one registry's mirrors.
func mirrorEdits(s sample, r podman.Registry) []edit {
	key := r.Key()
	below := []string{"/registry[" + key + "]/mirror"}
	m := podman.Mirror{Location: "new.mirror.example/x", PullFromMirror: podman.PullAll}
	inserted := func(before, after []byte) error {
		const keys = `location="new.mirror.example/x"pull-from-mirror="all"`
		return onlyInserts(before, after, "[[registry.mirror]]"+keys, "{"+keys+"}", "mirror=[{"+keys+"}]")
	}
	tags, reference := 0, key+"/team/app:1"
	for _, have := range r.Mirrors {
		if have.PullFromMirror != podman.PullDigestOnly {
			tags++
		}
	}
	if r.Blocked == mirror.On || strings.HasPrefix(key, "*") {
		reference = "" // whether there is a request at all is not the mirror's doing
	}
	drop := func(i int) verb {
		return onRegistries(func(f *podman.RegistriesFile) error { return f.DropMirror(key, i) })
	}
	out := []edit{
		{name: "AddMirror " + key, once: true, undo: drop(len(r.Mirrors)), text: inserted, leaves: below, reference: reference, asked: insertAt(tags, "https://new.mirror.example"),
			do: onRegistries(func(f *podman.RegistriesFile) error { return f.AddMirror(key, m) })},
		{name: "InsertMirror " + key, once: true, undo: drop(0), text: inserted, leaves: below, reference: reference, asked: insertAt(0, "https://new.mirror.example"),
			do: onRegistries(func(f *podman.RegistriesFile) error { return f.InsertMirror(key, 0, m) })},
	}
	for i, have := range r.Mirrors {
		gone := edit{name: "DropMirror " + key + " " + strconv.Itoa(i), once: true, leaves: below, do: drop(i), text: onlyShrinks, reference: reference}
		host, _, _ := strings.Cut(have.Location, "/")
		gone.asked = without("https://" + host)
		if text := block(s.data, "[[registry.mirror]]", `location="`+have.Location+`"`); text != "" {
			gone.text = func(before, after []byte) error { return onlyRemoves(before, after, text) }
		}
		out = append(out, gone)
		if i > 0 {
			out = append(out, edit{name: "MoveMirror " + key, once: true, leaves: below, text: onlyMoves,
				do:   onRegistries(func(f *podman.RegistriesFile) error { return f.MoveMirror(key, i, 0) }),
				undo: onRegistries(func(f *podman.RegistriesFile) error { return f.MoveMirror(key, 0, i) })})
		}
	}
	return out
}

// listEdits are the verbs for what is not below a registry.
func listEdits(s sample, value *podman.Registries) []edit {
	var out []edit
	text := func(key, old, added string) func(before, after []byte) error {
		return func(before, after []byte) error {
			if old == "" {
				return onlyInserts(before, after, key+"="+added)
			}
			return onlyReplaces(before, after, old, added)
		}
	}
	search := ""
	if value.Search != nil {
		search = keyValue(s.data, "unqualified-search-registries")
	}
	if value.V1 == nil {
		out = append(out, edit{name: "SetSearch", leaves: []string{"/unqualified-search-registries"},
			do:   onRegistries(func(f *podman.RegistriesFile) error { return f.SetSearch([]string{"new.example"}) }),
			undo: onRegistries(func(f *podman.RegistriesFile) error { return f.SetSearch(value.Search) }),
			text: text("unqualified-search-registries", search, `["new.example"]`)})
	}
	mode := ""
	if strings.Contains(string(s.data), "\nshort-name-mode") {
		mode = `"` + value.ShortNameMode + `"`
	}
	e := edit{name: "SetShortNameMode", leaves: []string{"/short-name-mode"},
		do:   onRegistries(func(f *podman.RegistriesFile) error { return f.SetShortNameMode("permissive") }),
		text: text("short-name-mode", mode, `"permissive"`)}
	if mode != `""` { // an empty text takes the key away
		e.undo = onRegistries(func(f *podman.RegistriesFile) error { return f.SetShortNameMode(value.ShortNameMode) })
	}
	alias := edit{name: "SetAlias", leaves: []string{"/aliases/new"},
		do: onRegistries(func(f *podman.RegistriesFile) error { return f.SetAlias("new", "new.example/team/new") }),
		text: func(before, after []byte) error {
			return onlyInserts(before, after, `"new"="new.example/team/new"`, `new="new.example/team/new"`, `[aliases]new="new.example/team/new"`, `[aliases]"new"="new.example/team/new"`)
		}}
	if value.Aliases != nil {
		alias.undo = onRegistries(func(f *podman.RegistriesFile) error { _, err := f.DropAlias("new"); return err })
	}
	if value.V1 != nil {
		return append(out, edit{name: "MigrateV1", text: keepsComments, leaves: []string{"/registries/", "/registry[", "/unqualified-search-registries"},
			do: onRegistries(func(f *podman.RegistriesFile) error { _, err := f.MigrateV1(); return err })})
	}
	return append(out, e, alias)
}

// keyValue is the text behind a key that stands on one line.
func keyValue(data []byte, key string) string {
	for _, l := range lines(data) {
		if v, ok := strings.CutPrefix(bare(l), key+"="); ok {
			return v
		}
	}
	return ""
}

// keepsComments fails when a comment that stands alone on its line is gone,
// unless it stands above a list that says nothing.
func keepsComments(before, after []byte) error {
	all := lines(before)
	for i, l := range all {
		if i+2 < len(all) && strings.HasPrefix(all[i+1], "[") && bare(all[i+2]) == "registries=[]" {
			continue
		}
		if l = strings.TrimSpace(l); strings.HasPrefix(l, "#") && !strings.Contains(string(after), l) {
			return errTookOut(l)
		}
	}
	return nil
}

func TestEditRegistries(t *testing.T) {
	for _, s := range samples(t, registriesKind, registriesD) {
		for _, e := range registryEdits(t, s) {
			t.Run(s.name+"/"+e.name, func(t *testing.T) { e.run(t, s) })
		}
	}
}
