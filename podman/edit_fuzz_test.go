package podman

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// FuzzSetRegistry changes one entry of any file: it becomes as wanted, and
// everything else stays as it was.
func FuzzSetRegistry(f *testing.F) {
	f.Add([]byte(styled), "docker.io", "c.test", byte(1))
	f.Add([]byte(everythingText), "quay.io", "quay.io", byte(7))
	f.Add([]byte("registry = [{location='a.test', mirror=[{location='b.test'}]}]"), "a.test", "b.test", byte(3))
	f.Add([]byte("[[Registry]]\r\nLOCATION='a.test'\r\n[[Registry.Mirror]]\r\nLocation='b.test'"), "a.test", "x.test", byte(2))
	f.Add([]byte("[[registry]]\nlocation='a.test'\n[registry.other]\nx=1\n[aliases]\n"), "a.test", "x.test", byte(6))
	f.Fuzz(func(t *testing.T, data []byte, key, location string, bits byte) {
		doc, err := ParseRegistries("f", data)
		if err != nil || trimSlash(key) != key || key == "" || len(doc.decoded().tables) > 1 {
			return
		}
		var ds mirror.Diagnostics
		doc.checkTOML(&ds, newestLibrary)
		doc.checkTypes(&ds, newestLibrary)
		l := linter{node: &node{}}
		lintKeyCase(&l, doc)
		if len(ds) > 0 || len(l.ds) > 0 || len(doc.doc.Faults()) > 0 {
			return
		}
		want := Registry{Prefix: key, Location: location, Blocked: mirror.Toggle(bits % 3)}
		for i := range int(bits>>2) % 4 {
			want.Mirrors = append(want.Mirrors, Mirror{Location: location + string(rune('a'+i)), Insecure: mirror.Toggle(bits % 2)})
		}
		before := normalValue(doc.Value())
		if err := doc.SetRegistry(want); err != nil {
			return // text that TOML cannot hold
		}
		text := doc.Format()
		again, err := ParseRegistries("f", text)
		if err != nil {
			t.Fatalf("%v\n%s\nbecame\n%s", err, data, text)
		}
		after := normalValue(again.Value())
		i := 0
		for i < len(before.Registries) && before.Registries[i].Key() != key {
			i++
		}
		if i == len(before.Registries) {
			before.Registries = append(before.Registries, want)
		} else {
			before.Registries[i] = want
		}
		if !assert.ObjectsAreEqual(before, after) {
			t.Fatalf("%+v\nis\n%+v\n%s\nbecame\n%s", before, after, data, text)
		}
		if err := again.SetRegistry(want); err != nil {
			t.Fatal(err)
		}
		if string(again.Format()) != string(text) {
			t.Fatalf("twice is not once:\n%s\n%s", text, again.Format())
		}
	})
}

// FuzzMigrateV1 converts any file in the V1 form that an old library takes:
// it means the same, and is in the V2 form.
func FuzzMigrateV1(f *testing.F) {
	f.Add([]byte("# Where.\n[registries.search]\nregistries = ['docker.io', # hub\n'quay.io']\n\n# Ours.\n[registries.insecure]\nregistries = [\"r.test:5000/\", 'b.test']\n\n[registries.block]\nregistries = ['b.test'] # no\n"))
	f.Add([]byte("registries = {block = {registries = [\n  \"\"\"a#\"\"\", # two\n]}}\r\n"))
	f.Add([]byte("\ufeffregistries.Block.registries = ['a.test']\nregistries.search.registries = []\n[aliases]\na='b.test/a'"))
	f.Add([]byte("[registries]\nsearch = {registries = ['a.test']}\n[other]\n[registries.insecure]\nregistries = []"))
	old := must(f, Engine{Library: "5.36.2"}).library
	f.Fuzz(func(t *testing.T, data []byte) {
		doc, err := ParseRegistries("f", data)
		if err != nil || doc.decoded().v1 == nil || doc.decoded().v2Keys && len(doc.decoded().aliases) == 0 || len(doc.doc.Faults()) > 0 {
			return
		}
		if ds := doc.refusals(old, false); ds.Err() != nil && !doc.decoded().v2Keys || len(doc.decoded().entries) > 0 {
			return
		}
		l := linter{node: &node{}}
		if lintKeyCase(&l, doc); len(l.ds) > 0 {
			return
		}
		v1, before := *doc.decoded().v1, doc.Value()
		var entries []Registry
		for _, e := range v1Entries(doc, &v1) {
			entries = append(entries, e.Registry)
		}
		if _, err := doc.MigrateV1(); err != nil {
			return // text that TOML cannot hold
		}
		again, err := ParseRegistries("f", doc.Format())
		if err != nil {
			t.Fatalf("%v\n%s\nbecame\n%s", err, data, doc.Format())
		}
		after := again.Value()
		want := before
		want.V1, want.Registries = nil, entries
		if want.Search == nil {
			want.Search = v1.Search
		}
		if !assert.ObjectsAreEqual(normalValue(want), normalValue(after)) {
			t.Fatalf("%+v\nis\n%+v\n%s\nbecame\n%s", want, after, data, doc.Format())
		}
	})
}
