package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/mirrorcfg/mirrorcfg/docker/distribution"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// invoke runs one of the commands as the command line would.
func invoke(t *testing.T, args ...string) (stdout, stderr string, err error) {
	t.Helper()
	var cmds struct {
		Probe probeCommand `cmd:""`
		Cache cacheCommand `cmd:""`
	}
	parser, err := kong.New(&cmds)
	if err != nil {
		t.Fatal(err)
	}
	ctx, err := parser.Parse(args)
	if err != nil {
		t.Fatal(err)
	}
	var out, messages bytes.Buffer
	err = ctx.Run(&terminal{in: strings.NewReader(""), out: &out, err: &messages})
	return out.String(), messages.String(), err
}

func TestProbeCommand(t *testing.T) {
	alive := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/v2/" {
			http.NotFound(w, r)
		}
	}))
	defer alive.Close()
	gone := httptest.NewServer(nil)
	gone.Close()
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	input := "[[registry]]\nprefix = \"hub.example\"\nfallback = false\n  [[registry.mirror]]\n  url = \"" + gone.URL + "\"\n  [[registry.mirror]]\n  url = \"" + alive.URL + "\"\n  header = {X-Team = [\"secret-4711\"]}\n"
	if err := os.WriteFile(at("mirrors.toml"), []byte(input), 0o600); err != nil {
		t.Fatal(err)
	}

	out, _, err := invoke(t, "probe", "-f", at("mirrors.toml"), "--timeout=3s", "--drop-dead",
		"-o", at("ranked.toml"), "--svg", at("r.svg"), "--html", at("r.html"))
	if err != nil || !strings.Contains(out, "refused") || !strings.Contains(out, "alive") {
		t.Fatalf("%v\n%s", err, out)
	}
	data, err := os.ReadFile(at("ranked.toml"))
	if err != nil {
		t.Fatal(err)
	}
	ranked, ds := mirror.DecodeTOML("ranked.toml", data)
	if ds.Err() != nil || len(ranked.Registries[0].Mirrors) != 1 || ranked.Registries[0].Mirrors[0].URL != alive.URL {
		t.Errorf("%v\n%s", ds, data)
	}
	if ranked.Registries[0].Mirrors[0].Headers[0].Values[0].Reveal() != "secret-4711" {
		t.Error("the ranked file cannot be used: its headers are gone")
	}
	if info, err := os.Stat(at("ranked.toml")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info.Mode(), err)
	}
	for name, start := range map[string]string{"r.svg": "<svg ", "r.html": "<!doctype html>"} {
		if page, err := os.ReadFile(at(name)); err != nil || !strings.HasPrefix(string(page), start) {
			t.Errorf("%s: %v", name, err)
		}
	}

	out, _, err = invoke(t, "probe", "-f", at("mirrors.toml"), "--json")
	if err != nil || strings.Contains(out, "secret-4711") {
		t.Fatalf("%v\n%s", err, out)
	}
	var got struct {
		Registries []struct {
			Mirrors []struct {
				URL, Verdict string
				Usable       bool
			}
		}
		Ranked struct {
			Registry []struct{ Mirror []struct{ URL string } }
		}
		Diagnostics []mirror.Diagnostic
	}
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatal(err)
	}
	mirrors := got.Registries[0].Mirrors
	if mirrors[0].Verdict != "refused" || mirrors[0].Usable || mirrors[1].Verdict != "alive" || !mirrors[1].Usable {
		t.Errorf("%+v", mirrors)
	}
	if len(got.Diagnostics) != 1 || got.Diagnostics[0].Code != "probe/dead-mirror" {
		t.Errorf("%+v", got.Diagnostics)
	}
}

func TestCacheCommand(t *testing.T) {
	dir := t.TempDir()
	_, messages, err := invoke(t, "cache", "-o", dir, "--ttl", "48h")
	if err != nil {
		t.Fatal(err, messages)
	}
	if !strings.Contains(messages, "docker compose") {
		t.Error(messages)
	}
	configs, err := filepath.Glob(filepath.Join(dir, "srv/registry-cache/*/config.yml"))
	if err != nil || len(configs) != 12 {
		t.Fatalf("%d caches, want one for each of 12 registries", len(configs))
	}
	upstreams := map[string]bool{}
	for _, path := range configs {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		f, err := distribution.Parse(path, data)
		if err != nil {
			t.Fatal(err)
		}
		if ds, err := f.Lint("3.1"); err != nil || len(ds) > 0 {
			t.Error(err, ds)
		}
		upstreams[f.Config().Proxy.RemoteURL] = true
	}
	if len(upstreams) != 12 {
		t.Errorf("%d upstreams for 12 caches", len(upstreams))
	}
	data, err := os.ReadFile(filepath.Join(dir, "clients.toml"))
	if err != nil {
		t.Fatal(err)
	}
	clients, ds := mirror.DecodeTOML("clients.toml", data)
	if ds.Err() != nil || len(clients.Registries) != 12 {
		t.Fatal(ds)
	}
	for _, r := range clients.Registries {
		if !strings.HasPrefix(r.Mirrors[0].URL, "http://127.0.0.1:5") || len(r.Mirrors) != 2 {
			t.Errorf("%s: %v", r.Prefix, r.Mirrors)
		}
	}
}

// A cache for every registry is refused with the reason, and nothing is
// written.
func TestCacheOfEverything(t *testing.T) {
	dir := t.TempDir()
	input := filepath.Join(dir, "m.toml")
	if err := os.WriteFile(input, []byte("[[registry]]\nprefix = \"*\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, messages, err := invoke(t, "cache", "-f", input, "-o", filepath.Join(dir, "out"))
	if err == nil || !strings.Contains(messages, "distribution/any-registry") {
		t.Errorf("%v %s", err, messages)
	}
	if _, err := os.Stat(filepath.Join(dir, "out")); err == nil {
		t.Error("files were written")
	}
}
