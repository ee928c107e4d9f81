package docker

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

func TestParseDaemonFileErrors(t *testing.T) {
	_, err := ParseDaemonFile("/etc/docker/daemon.json", []byte("{\n  \"debug\": true\n  \"mtu\": 1\n}"))
	var d mirror.Diagnostic
	require.True(t, errors.As(err, &d))
	assert.Equal(t, "docker/daemon-syntax", d.Code)
	assert.Equal(t, mirror.Error, d.Severity)
	assert.True(t, strings.HasPrefix(err.Error(), "/etc/docker/daemon.json:3:3: error: dockerd does not start with this file: "), err.Error())
}

func TestLists(t *testing.T) {
	for _, tc := range []struct {
		src      string
		presence Presence
		values   []string
	}{
		{"", Absent, nil},
		{"null", Absent, nil},
		{"[]", Absent, nil},
		{`{"x": 1}`, Absent, nil},
		{`{"registry-mirrors": null}`, Null, []string{}},
		{`{"registry-mirrors": []}`, Present, []string{}},
		{`{"registry-mirrors": ["b", "\u0061"]}`, Present, []string{"b", "a"}},
		{`{"registry-mirrors": ["a"], "registry-mirrors": ["b"]}`, Present, []string{"b"}},
		{`{"registry-mirrors": "a"}`, Malformed, []string{}},
		{`{"registry-mirrors": ["a", 1, null]}`, Malformed, []string{"a", ""}},
		{`{"Registry-Mirrors": ["a"]}`, Absent, nil},
	} {
		l := parseDaemon(t, tc.src).Mirrors()
		assert.Equal(t, tc.presence, l.Presence, tc.src)
		assert.Equal(t, tc.values, l.Values(), tc.src)
	}
	l := parseDaemon(t, "{\n  \"insecure-registries\": [\n    \"a\",\n    \"b\"\n  ]\n}").InsecureRegistries()
	assert.Equal(t, mirror.Position{File: "/etc/docker/daemon.json", Line: 2, Column: 3}, l.Position)
	assert.Equal(t, mirror.Position{File: "/etc/docker/daemon.json", Line: 4, Column: 5}, l.Items[1].Position)
}

func TestKeys(t *testing.T) {
	f := parseDaemon(t, `{"a": {"n": 12345678901234567890}, "b": [ 1 ], "a": "x"}`)
	keys := f.Keys()
	require.Len(t, keys, 3)
	assert.Equal(t, `{"n": 12345678901234567890}`, string(keys[0].Value))
	key, ok := f.Key("a")
	require.True(t, ok)
	assert.Equal(t, `"x"`, string(key.Value))
	assert.Equal(t, 48, key.Position.Column)
	_, ok = f.Key("c")
	assert.False(t, ok)
}

func TestVerbs(t *testing.T) {
	const (
		a, b, c = "https://a.example.com", "https://b.example.com", "https://c.example.com"
		two     = "{\r\n\t\"debug\": true,\r\n\t\"registry-mirrors\": [\r\n\t\t\"https://a.example.com\",\r\n\t\t\"https:\\/\\/b.example.com/\"\r\n\t],\r\n\t\"mtu\": 1500\r\n}"
	)
	for _, tc := range []struct {
		name, src string
		edit      func(f *DaemonFile) error
		want      string
	}{
		{"add to nothing", "", func(f *DaemonFile) error { return f.AddMirror(a) }, "{\n  \"registry-mirrors\": [\n    \"https://a.example.com\"\n  ]\n}\n"},
		{"add to null", "{\"registry-mirrors\": null}", func(f *DaemonFile) error { return f.AddMirror(a) }, "{\"registry-mirrors\": [\"https://a.example.com\"]}"},
		{"add", two, func(f *DaemonFile) error { return f.AddMirror(c) }, strings.Replace(two, "b.example.com/\"", "b.example.com/\",\r\n\t\t\""+c+"\"", 1)},
		{"add what is there", two, func(f *DaemonFile) error { return f.AddMirror(b) }, two},
		{"add what differs by a slash", two, func(f *DaemonFile) error { return f.AddMirror(a + "/") }, two},
		{"insert", two, func(f *DaemonFile) error { return f.InsertMirror(0, c) }, strings.Replace(two, "[", "[\r\n\t\t\""+c+"\",", 1)},
		{"insert what is there", two, func(f *DaemonFile) error { return f.InsertMirror(1, a) },
			"{\r\n\t\"debug\": true,\r\n\t\"registry-mirrors\": [\r\n\t\t\"https:\\/\\/b.example.com/\",\r\n\t\t\"https://a.example.com\"\r\n\t],\r\n\t\"mtu\": 1500\r\n}"},
		{"drop the first", two, func(f *DaemonFile) error { return f.DropMirror(a + "/") }, strings.Replace(two, "\r\n\t\t\""+a+"\",", "", 1)},
		{"drop what is not there", two, func(f *DaemonFile) error { return f.DropMirror(c) }, two},
		{"drop from nothing", "", func(f *DaemonFile) error { return f.DropMirror(c) }, ""},
		{"drop the only one", `{"registry-mirrors": ["https://a.example.com"]}`, func(f *DaemonFile) error { return f.DropMirror(a) }, `{"registry-mirrors": []}`},
		{"move", two, func(f *DaemonFile) error { return f.MoveMirror(b, 0) },
			"{\r\n\t\"debug\": true,\r\n\t\"registry-mirrors\": [\r\n\t\t\"https:\\/\\/b.example.com/\",\r\n\t\t\"https://a.example.com\"\r\n\t],\r\n\t\"mtu\": 1500\r\n}"},
		{"set the same", two, func(f *DaemonFile) error { return f.SetMirrors(a, b) }, two},
		{"set another", two, func(f *DaemonFile) error { return f.SetMirrors(b) },
			"{\r\n\t\"debug\": true,\r\n\t\"registry-mirrors\": [\r\n\t\t\"https:\\/\\/b.example.com/\"\r\n\t],\r\n\t\"mtu\": 1500\r\n}"},
		{"set over a wrong type", `{"registry-mirrors":"x","mtu":1}`, func(f *DaemonFile) error { return f.SetMirrors(a, b) }, `{"registry-mirrors":["https://a.example.com","https://b.example.com"],"mtu":1}`},
		{"clear", two, (*DaemonFile).ClearMirrors, "{\r\n\t\"debug\": true,\r\n\t\"registry-mirrors\": [],\r\n\t\"mtu\": 1500\r\n}"},
		{"clear nothing", "{}", (*DaemonFile).ClearMirrors, "{\n  \"registry-mirrors\": []\n}"},
		{"clear what is empty", `{"registry-mirrors": [ ]}`, (*DaemonFile).ClearMirrors, `{"registry-mirrors": [ ]}`},
		{"insecure", "{\n  \"insecure-registries\": [\"a\"]\n}\n", func(f *DaemonFile) error {
			return errors.Join(f.AddInsecureRegistry("b"), f.InsertInsecureRegistry(0, "c"), f.MoveInsecureRegistry("b", 0), f.DropInsecureRegistry("a"), f.AddInsecureRegistry("b/"))
		}, "{\n  \"insecure-registries\": [\"b\", \"c\", \"b/\"]\n}\n"},
		{"insecure, set and clear", "", func(f *DaemonFile) error {
			return errors.Join(f.SetInsecureRegistries("a", "b"), f.ClearInsecureRegistries())
		}, "{\n  \"insecure-registries\": []\n}\n"},
		{"any key", two, func(f *DaemonFile) error {
			if !f.Delete("debug") || f.Delete("nothing") {
				return errors.New("wrong answer")
			}
			return f.Set("log-opts", []byte(`{"max-size": "10m"}`))
		}, "{\r\n\t\"registry-mirrors\": [\r\n\t\t\"https://a.example.com\",\r\n\t\t\"https:\\/\\/b.example.com/\"\r\n\t],\r\n\t\"mtu\": 1500,\r\n\t\"log-opts\": {\"max-size\": \"10m\"}\r\n}"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			f := parseDaemon(t, tc.src)
			require.Equal(t, tc.src, string(f.Format()))
			require.NoError(t, tc.edit(f))
			assert.Equal(t, tc.want, string(f.Format()))
		})
	}
}

func TestVerbErrors(t *testing.T) {
	for _, src := range []string{`{"registry-mirrors": "x"}`, `{"registry-mirrors": ["x", 1]}`, `["x"]`} {
		f := parseDaemon(t, src)
		assert.Error(t, f.AddMirror("https://a"), src)
		assert.Error(t, f.InsertMirror(0, "https://a"), src)
		assert.Error(t, f.MoveMirror("x", 0), src)
		assert.Equal(t, src, string(f.Format()))
	}
	f := parseDaemon(t, `{"registry-mirrors": ["https://a"]}`)
	assert.Error(t, f.InsertMirror(2, "https://b"))
	assert.Error(t, f.InsertMirror(1, "https://a"))
	assert.Error(t, f.InsertMirror(-1, "https://b"))
	assert.Error(t, f.MoveMirror("https://a", 1))
	assert.Error(t, f.MoveMirror("https://c", 0))
	assert.Error(t, f.Set("x", []byte("[1,]")))
	assert.Error(t, parseDaemon(t, "[]").SetMirrors("https://a"))
	assert.False(t, parseDaemon(t, "[]").Delete("x"))
}

func TestMarshalDaemon(t *testing.T) {
	for _, tc := range []struct {
		d    Daemon
		want string
	}{
		{Daemon{}, "{}\n"},
		{Daemon{Mirrors: []string{}}, "{\n  \"registry-mirrors\": []\n}\n"},
		{Daemon{Mirrors: []string{"https://a&b", "https://c"}, InsecureRegistries: []string{"d"}},
			"{\n  \"registry-mirrors\": [\n    \"https://a&b\",\n    \"https://c\"\n  ],\n  \"insecure-registries\": [\n    \"d\"\n  ]\n}\n"},
	} {
		data := MarshalDaemon(tc.d)
		assert.Equal(t, tc.want, string(data))
		back, err := UnmarshalDaemon(data)
		require.NoError(t, err)
		assert.Equal(t, tc.d, back)
	}
	_, err := UnmarshalDaemon([]byte("{"))
	assert.Error(t, err)
}

func ExampleDaemonFile() {
	f, err := ParseDaemonFile("/etc/docker/daemon.json", []byte("{\n  \"registry-mirror\": [\"https://mirror.example.com\"]\n}\n"))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, d := range f.Check("28.5") {
		fmt.Println(d)
	}
	f.Rename("registry-mirror", "registry-mirrors")
	if err := f.InsertMirror(0, "https://first.example.com"); err != nil {
		fmt.Println(err)
	}
	fmt.Printf("%s", f.Format())
	// Output:
	// /etc/docker/daemon.json:2:3: warning: registry-mirror: registry-mirror is a command-line flag, not a key: dockerd accepts and ignores it; write "registry-mirrors" [docker/flag-name]
	// {
	//   "registry-mirrors": ["https://first.example.com", "https://mirror.example.com"]
	// }
}

// FuzzDaemonFile checks that reading, checking and editing never panic, that what is not edited keeps its bytes, and
// that an edited file that was JSON is JSON with the values that were asked for.
func FuzzDaemonFile(f *testing.F) {
	for _, s := range []string{"", "null", `{"registry-mirrors": ["https://m", null, 1], "proxies": {"debug": {}}}`, "{\n // c\n \"insecure-registries\": [\"a\",],}", "\ufeff{\"registry-mirrors\":null}"} {
		f.Add([]byte(s), "https://m/", 1)
	}
	f.Fuzz(func(t *testing.T, src []byte, url string, at int) {
		file, err := ParseDaemonFile("daemon.json", src)
		if err != nil {
			return
		}
		require.Equal(t, src, file.Format())
		for _, version := range []string{"20.10", "28.5", ""} {
			file.Check(version)
		}
		if file.SetMirrors(url, "https://other") == nil {
			_ = file.InsertMirror(at, "https://inserted")
			require.NoError(t, file.DropMirror("https://inserted"))
			want := []string{strings.ToValidUTF8(url, "\ufffd"), "https://other"}
			if same(mirrorsKey, url, "https://other") {
				return
			}
			got := file.Mirrors().Values()
			for i := range got {
				got[i] = normal(mirrorsKey, got[i])
				want[i] = normal(mirrorsKey, want[i])
			}
			if strings.ToValidUTF8(url, "") == url && !same(mirrorsKey, url, "https://inserted") {
				require.Equal(t, want, got)
			}
		}
		var before, after any
		if json.Unmarshal(src, &before) == nil {
			require.NoError(t, json.Unmarshal(file.Format(), &after), "%q", file.Format())
		}
	})
}

func BenchmarkAddMirror(b *testing.B) {
	for _, n := range []int{3, 1000, 100000} {
		mirrors := make([]string, n)
		for i := range mirrors {
			mirrors[i] = fmt.Sprintf("https://mirror-%d.example.com", i)
		}
		src := MarshalDaemon(Daemon{Mirrors: mirrors, InsecureRegistries: []string{"10.0.0.0/8"}})
		b.Run(fmt.Sprintf("mirrors=%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				f, err := ParseDaemonFile("/etc/docker/daemon.json", src)
				if err != nil {
					b.Fatal(err)
				}
				if err := f.AddMirror("https://new.example.com"); err != nil {
					b.Fatal(err)
				}
				f.Format()
			}
		})
	}
}
