package distribution_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/mirrorcfg/mirrorcfg/docker/distribution"
	"github.com/mirrorcfg/mirrorcfg/mirror"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func golden(t *testing.T, name string, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, string(want), got)
}

func want() mirror.Config {
	return mirror.Config{Registries: []mirror.Registry{
		{Prefix: "docker.io", Mirrors: []mirror.Endpoint{{URL: "https://docker.m.daocloud.io", Capabilities: mirror.Pull}}},
		{Prefix: "quay.io/team"},
		{Prefix: "quay.io"},
		{Prefix: "reg.example:5000", Upstream: &mirror.Endpoint{URL: "http://reg.example:5000/base"}, Fallback: mirror.Unset},
		{Prefix: "bad.example", Blocked: true},
	}}
}

func TestDeployment(t *testing.T) {
	ttl := 72 * time.Hour
	for name, c := range map[string]struct {
		options distribution.Options
		runner  distribution.Runner
	}{
		"compose-3":   {distribution.Options{TTL: &ttl}, distribution.Compose},
		"systemd-2.8": {distribution.Options{Version: "2.8", Host: "10.0.0.5", FirstPort: 5100, Redis: &distribution.Redis{Addresses: []string{"127.0.0.1:6379"}, Password: mirror.NewSecret("s3cret")}}, distribution.Systemd},
		"docker-2":    {distribution.Options{Version: "2.8"}, distribution.Containers},
	} {
		t.Run(name, func(t *testing.T) {
			d, err := distribution.NewDeployment(want(), c.options)
			require.NoError(t, err)
			require.Len(t, d.Caches, 3)
			files, ds, err := d.Files(c.runner)
			require.NoError(t, err)
			assert.Empty(t, ds)
			var out strings.Builder
			for _, f := range files {
				fmt.Fprintf(&out, "-- %s %04o --\n%s", f.Path, f.Mode, f.Data)
				if strings.HasSuffix(f.Path, ".yml") {
					parsed, err := distribution.Parse(f.Path, f.Data)
					require.NoError(t, err)
					found, err := parsed.Lint(c.options.Version)
					require.NoError(t, err)
					assert.Empty(t, found)
				}
			}
			for _, a := range d.Actions(c.runner) {
				fmt.Fprintf(&out, "$ %s\n", strings.Join(a.Command, " "))
			}
			assert.Empty(t, distribution.LintRun(d.Actions(c.runner)[0].Command))
			golden(t, name+".txt", out.String())
		})
	}
}

func TestClients(t *testing.T) {
	input := want()
	d, err := distribution.NewDeployment(input, distribution.Options{})
	require.NoError(t, err)
	assert.Equal(t, want(), input, "the input is left alone")
	clients := d.Clients()
	require.Empty(t, clients.Validate().Err())
	assert.Empty(t, d.CheckClients(clients))
	var lines []string
	for _, r := range clients.Registries {
		for _, m := range r.Mirrors {
			lines = append(lines, r.Prefix+" "+m.URL+" "+m.Capabilities.String())
		}
	}
	assert.Equal(t, []string{
		"docker.io http://127.0.0.1:5000 pull,resolve", "docker.io https://docker.m.daocloud.io pull",
		"quay.io/team http://127.0.0.1:5001 pull,resolve", "quay.io http://127.0.0.1:5001 pull,resolve",
		"reg.example:5000 http://127.0.0.1:5002 pull,resolve",
	}, lines)
	assert.Equal(t, "http://reg.example:5000/base/", d.Caches[2].Upstream)

	clients.Registries = append(clients.Registries,
		mirror.Registry{Prefix: "*", Mirrors: []mirror.Endpoint{{URL: "http://127.0.0.1:5000", Capabilities: mirror.Pull}}},
		mirror.Registry{Prefix: "ghcr.io", Mirrors: []mirror.Endpoint{{URL: "http://127.0.0.1:5001"}}},
	)
	var codes []string
	for _, d := range d.CheckClients(clients) {
		codes = append(codes, d.Field+" "+d.Code)
	}
	assert.Equal(t, []string{
		"registries[5].mirrors[0] distribution/several-upstreams",
		"registries[6].mirrors[0] distribution/several-upstreams", "registries[6].mirrors[0].capabilities distribution/push",
	}, codes)
}

func TestRefused(t *testing.T) {
	for name, c := range map[string]struct {
		registry mirror.Registry
		code     string
	}{
		"every registry": {mirror.Registry{Prefix: "*"}, "distribution/any-registry"},
		"sub-domains":    {mirror.Registry{Prefix: "*.example.com"}, "distribution/any-registry"},
		"repository":     {mirror.Registry{Prefix: "a.example", Upstream: &mirror.Endpoint{URL: "https://h.example", Repository: "hub"}}, "distribution/upstream-not-sayable"},
		"skip verify":    {mirror.Registry{Prefix: "a.example", Upstream: &mirror.Endpoint{URL: "https://h.example", TLS: mirror.TLS{SkipVerify: mirror.On}}}, "distribution/upstream-not-sayable"},
		"not valid":      {mirror.Registry{Prefix: "UPPER"}, "mirror/prefix"},
	} {
		t.Run(name, func(t *testing.T) {
			d, err := distribution.NewDeployment(mirror.Config{Registries: []mirror.Registry{{Prefix: "docker.io"}, c.registry}}, distribution.Options{})
			require.Error(t, err)
			assert.Empty(t, d.Caches)
			assert.Len(t, d.Diagnostics.WithCode(c.code), 1)
		})
	}
}

func ExampleNewDeployment() {
	d, err := distribution.NewDeployment(mirror.Config{Registries: []mirror.Registry{{Prefix: "docker.io"}, {Prefix: "quay.io"}}}, distribution.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range d.Caches {
		fmt.Println(c.Name, c.Upstream, c.Port)
	}
	fmt.Println(d.Clients().Registries[1].Mirrors[0].URL)
	// Output:
	// docker.io https://registry-1.docker.io 5000
	// quay.io https://quay.io 5001
	// http://127.0.0.1:5001
}
