package distribution_test

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/mirrorcfg/mirrorcfg/docker/distribution"
	"github.com/mirrorcfg/mirrorcfg/mirror"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSyntax(t *testing.T) {
	for text, at := range map[string]string{
		"a: &x 1\n":              "1:4",
		"a:\n\tb: 1\n":           "2:1",
		"a: |\n  text\n":         "1:4",
		"a: 1\n---\nb: 2\n":      "2:1",
		"a: [1, 2\n":             "1:9",
		"a: b: c\n":              "1:5",
		"a:\n    b: 1\n  c: 2\n": "3:3",
		"a: one\n  two\n":        "2:3",
		"a: 'x\n":                "1:4",
		"a: \"\\q\"\n":           "1:4",
		"{a: 1} b\n":             "1:8",
		"a: !!str 1\n":           "1:4",
		"a\nb\n":                 "2:1",
		"- a\nb: 1\n":            "2:1",
		"a: \xff\n":              "1:1",
		"? a\n":                  "1:1",
	} {
		_, err := distribution.Parse("f", []byte(text))
		var d mirror.Diagnostic
		if assert.ErrorAs(t, err, &d, "%q", text) {
			assert.Equal(t, "distribution/syntax", d.Code)
			assert.True(t, strings.HasPrefix(d.Error(), "f:"+at+":"), "%q: %s", text, d)
		}
	}
}

func TestValues(t *testing.T) {
	f, err := distribution.Parse("f", []byte(strings.Join([]string{
		"# a comment", "plain: a b#c   # comment", `double: "a\tb \u00e9 # no comment"`, "single: 'it''s'",
		"empty:", "flow: [a, 'b, c', \"d\", e:f]", "map: {a: 1, b: [x], 'c': https://h:1/p}", "list:", "- 1", "-", "  - nested", "- k: v", "  l: w",
		"url: https://h/p?x=y", "\"quoted key\": 1", "nothing: ~", "",
	}, "\n")))
	require.NoError(t, err)
	get := func(keys ...string) string {
		v, ok := f.Root().Find(keys...)
		require.True(t, ok, keys)
		return v.Text
	}
	assert.Equal(t, "a b#c", get("plain"))
	assert.Equal(t, "a\tb é # no comment", get("double"))
	assert.Equal(t, "it's", get("single"))
	assert.Equal(t, "https://h/p?x=y", get("url"))
	assert.Equal(t, "1", get("quoted key"))
	assert.Equal(t, "https://h:1/p", get("map", "c"))
	flow, _ := f.Root().Get("flow")
	require.Len(t, flow.Items, 4)
	assert.Equal(t, "b, c", flow.Items[1].Text)
	assert.Equal(t, "e:f", flow.Items[3].Text)
	list, _ := f.Root().Get("list")
	require.Len(t, list.Items, 3)
	assert.Equal(t, "nested", list.Items[1].Items[0].Text)
	w, _ := list.Items[2].Get("l")
	assert.Equal(t, "w", w.Text)
	assert.Equal(t, mirror.Position{File: "f", Line: 13, Column: 6}, w.At)
	for _, key := range []string{"empty", "nothing"} {
		v, ok := f.Root().Get(key)
		assert.True(t, ok)
		assert.Equal(t, distribution.Null, v.Kind)
	}
}

// randomConfig makes a Config that 3.1 can say in full.
func randomConfig(r *rand.Rand) distribution.Config {
	words := []string{"a", "info", "true", "0", "1e3", "0x1F", "12:30", "a: b", "#x", "- a", "it's", "\"q\"", "é\t\x7f", "a,b", "{", "[", "null", "~", ":5000", "a:", "@x", "%", "1_0", "", "2001-01-01", "yes", "*a", "&a", "!t", " blank "}
	word := func() string { return words[r.IntN(len(words))] }
	solid := func() string {
		for {
			if w := word(); w != "" {
				return w
			}
		}
	}
	lasting := func() *time.Duration {
		if r.IntN(2) == 0 {
			return nil
		}
		d := time.Duration(r.IntN(1e6)) * time.Millisecond
		return &d
	}
	toggle := func() mirror.Toggle { return mirror.Toggle(r.IntN(3)) }
	heads := func() (out []mirror.Header) {
		for i := range r.IntN(3) {
			out = append(out, mirror.Header{Name: []string{"A", "X-B", "C: d"}[i], Values: []mirror.Secret{mirror.NewSecret(word()), mirror.NewSecret(word())}})
		}
		return out
	}
	c := distribution.Config{
		LogLevel: word(),
		Storage: distribution.Storage{
			Driver: "filesystem", Parameters: []distribution.Entry{{Key: "rootdirectory", Value: distribution.Value{Kind: distribution.Scalar, Text: "/x"}}},
			Cache: word(), CacheSize: r.IntN(3), Delete: toggle(), ReadOnly: toggle(), TagConcurrency: r.IntN(3),
		},
		HTTP:   distribution.HTTP{Addr: word(), Secret: mirror.NewSecret(word()), Headers: heads(), DebugAddr: word(), Prometheus: toggle()},
		Health: distribution.StorageHealth{Enabled: toggle(), Interval: lasting(), Threshold: r.IntN(4)},
	}
	if r.IntN(2) == 0 {
		c.Proxy = &distribution.Proxy{RemoteURL: solid(), Username: mirror.NewSecret(word()), Password: mirror.NewSecret(word()), TTL: lasting(), CacheWriteTimeout: lasting(), ExecCommand: solid(), ExecLifetime: lasting()}
		c.Redis = &distribution.Redis{Addresses: []string{solid(), solid()}, Username: mirror.NewSecret(word()), DB: r.IntN(4), DialTimeout: lasting(), MaxIdle: r.IntN(3), MaxActive: r.IntN(3), IdleTimeout: lasting()}
		c.Storage.UploadPurging = &distribution.UploadPurging{Enabled: mirror.On, Age: lasting()}
	}
	for range r.IntN(3) {
		c.Notifications = append(c.Notifications, distribution.NotificationEndpoint{Name: solid(), URL: word(), Headers: heads(), Timeout: lasting(), Threshold: r.IntN(3), Disabled: toggle()})
	}
	return c
}

func TestRoundTrip(t *testing.T) {
	for seed := range uint64(3000) {
		c := randomConfig(rand.New(rand.NewPCG(seed, 7)))
		data, ds, err := c.Encode("3.1")
		require.NoError(t, err)
		require.Empty(t, ds)
		f, err := distribution.Parse("f", data)
		require.NoError(t, err, "%s", data)
		require.Equal(t, c, f.Config(), "seed %d:\n%s", seed, data)
		again, _, err := f.Config().Encode("3.1")
		require.NoError(t, err)
		require.Equal(t, string(data), string(again))
	}
}

// What 2.8 cannot say is said to be lost.
func TestLosses(t *testing.T) {
	day := 24 * time.Hour
	c := distribution.Config{
		Storage: distribution.Storage{Driver: "inmemory", CacheSize: 5, TagConcurrency: 2},
		Proxy:   &distribution.Proxy{RemoteURL: "https://quay.io", TTL: &day, CacheWriteTimeout: &day, ExecCommand: "x"},
		Redis:   &distribution.Redis{Addresses: []string{"a:1", "b:2"}, Username: mirror.NewSecret("u"), MaxIdle: 3, IdleTimeout: &day},
	}
	data, ds, err := c.Encode("2.8")
	require.NoError(t, err)
	var fields []string
	for _, d := range ds {
		fields = append(fields, d.Field)
	}
	assert.Equal(t, []string{"storage.cache.blobdescriptorsize", "storage.tag.concurrencylimit", "proxy.ttl", "proxy.cachewritetimeout", "proxy.exec", "redis.addrs", "redis.username"}, fields)
	assert.Equal(t, "version: 0.1\nstorage:\n  inmemory: {}\nproxy:\n  remoteurl: https://quay.io\nredis:\n  addr: a:1\n  pool:\n    maxidle: 3\n    idletimeout: 24h0m0s\n", string(data))
	_, ds, err = c.Encode("")
	require.NoError(t, err)
	assert.Empty(t, ds)
	_, _, err = c.Encode("1.0")
	assert.Error(t, err)
}

// Time grows with the size and no faster, whatever the file holds.
func TestLargeFiles(t *testing.T) {
	const n = 200_000
	for name, text := range map[string]string{
		"keys":      strings.Repeat("abc: 1\n", n),
		"lists":     "a:\n" + strings.Repeat("- b\n", n),
		"flow":      "a: [" + strings.Repeat("b, ", n) + "]",
		"flow keys": "storage: {s3: {" + strings.Repeat("b: c, ", n) + "}}",
		"dashes":    strings.Repeat("- ", n),
		"brackets":  "a: " + strings.Repeat("[", n),
		"quotes":    "a: " + strings.Repeat("'", n),
		"blanks":    "a:" + strings.Repeat(" ", n),
		"depth":     strings.Repeat("{a: ", n),
	} {
		t.Run(name, func(t *testing.T) {
			began := time.Now()
			if f, err := distribution.Parse("f", []byte(text)); err == nil {
				_, err = f.Lint("3.1")
				require.NoError(t, err)
				_, _, err = f.Config().Encode("3.1")
				require.NoError(t, err)
			}
			assert.Less(t, time.Since(began), 10*time.Second)
			t.Log(time.Since(began))
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add("version: 0.1\nstorage:\n  filesystem: {rootdirectory: /x}\n")
	f.Add("a:\n- b: [c, \"d\"]\n  e: 'f'\n-\n")
	f.Add("\"a\": {b: {c: [[]]}}")
	f.Fuzz(func(t *testing.T, text string) {
		file, err := distribution.Parse("f", []byte(text))
		if err != nil {
			if d := (mirror.Diagnostic{}); !errors.As(err, &d) || d.Line < 1 || d.Column < 1 {
				t.Fatalf("an error without a place: %v", err)
			}
			return
		}
		if string(file.Format()) != text {
			t.Fatal("bytes changed")
		}
		for _, version := range []string{"2.8", "3.1"} {
			if _, err := file.Lint(version); err != nil {
				t.Fatal(err)
			}
		}
		c := file.Config()
		data, _, err := c.Encode("3.1")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := distribution.Parse("again", data); err != nil {
			t.Fatalf("%v\n%s", err, data)
		}
	})
}
