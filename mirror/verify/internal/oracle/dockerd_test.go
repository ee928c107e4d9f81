package oracle

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/mirror/verify/internal/tables"
	"github.com/mirrorcfg/mirrorcfg/mirror/verify/internal/upstream"
)

// dockerVersions are those that a program is pinned for.
var dockerVersions = []string{"20", "23", "24.0.7", "24", "25", "26", "27", "28", "29"}

func dockerd(t *testing.T, version string) upstream.Parser {
	t.Helper()
	program, ok := Docker(version)
	require.True(t, ok, version)
	parser, err := program.Run(context.Background())
	require.NoError(t, err)
	return parser
}

func TestDockerTables(t *testing.T) {
	for _, version := range dockerVersions {
		t.Run(version, func(t *testing.T) {
			parser := dockerd(t, version)
			for _, c := range tables.Docker() {
				if c.HoldsFor(version) {
					t.Run(c.Name, func(t *testing.T) { tables.Check(t, parser, c) })
				}
			}
		})
	}
}

func askDockerd(t *testing.T, version string, store upstream.DockerStore, ref string, files map[string]string) upstream.Answer {
	t.Helper()
	q := upstream.Question{References: []string{ref}, Docker: store}
	for path, data := range files {
		q.Files = append(q.Files, upstream.File{Path: path, Data: []byte(data)})
	}
	answers := dockerd(t, version).Explain(q)
	require.Len(t, answers, 1)
	return answers[0]
}

const (
	daemonMirror = `{"registry-mirrors": ["https://m.example"], "insecure-registries": ["reg.example"]}`
	hostsPath    = "/etc/docker/certs.d/docker.io/hosts.toml"
)

func TestHostsFileWithHostsHidesDaemonMirrors(t *testing.T) {
	a := askDockerd(t, "29", upstream.ContainerdStore, "alpine:3", map[string]string{
		tables.DaemonJSON: daemonMirror,
		hostsPath:         "[host.\"https://h.example\"]\n",
	})
	assert.Equal(t, []string{
		"HEAD https://h.example/v2/library/alpine/manifests/3?ns=docker.io",
		"HEAD https://registry-1.docker.io/v2/library/alpine/manifests/3",
	}, tables.Requests(a))
}

func TestHostsFileWithServerOnlyKeepsDaemonMirrors(t *testing.T) {
	a := askDockerd(t, "29", upstream.ContainerdStore, "alpine:3", map[string]string{
		tables.DaemonJSON: daemonMirror,
		hostsPath:         "server = \"https://s.example\"\n",
	})
	assert.Equal(t, []string{
		"HEAD https://m.example/v2/library/alpine/manifests/3?ns=docker.io",
		"HEAD https://s.example/v2/library/alpine/manifests/3?ns=docker.io",
	}, tables.Requests(a))
}

func TestInsecure(t *testing.T) {
	files := map[string]string{tables.DaemonJSON: daemonMirror}
	a := askDockerd(t, "29", upstream.ContainerdStore, "reg.example/r:1", files)
	require.Len(t, a.Endpoints, 1)
	assert.True(t, a.Endpoints[0].TLS.SkipVerify)
	assert.True(t, a.Endpoints[0].HTTPFallback)
	a = askDockerd(t, "29", upstream.ContainerdStore, "reg.example:5000/r:1", files)
	require.Len(t, a.Endpoints, 1)
	assert.False(t, a.Endpoints[0].TLS.SkipVerify, "an entry holds for its port alone")
}

func TestGraphDriverReadsCertificatesOfTheTree(t *testing.T) {
	cert := tables.Certificate()
	a := askDockerd(t, "29", upstream.GraphDriver, "alpine:3", map[string]string{
		tables.DaemonJSON: daemonMirror,
		"/etc/docker/certs.d/m.example/client.cert": string(cert.Cert),
		"/etc/docker/certs.d/m.example/client.key":  string(cert.Key),
	})
	require.Empty(t, a.Err)
	require.Len(t, a.Endpoints, 2)
	assert.Equal(t, 1, a.Endpoints[0].TLS.ClientCerts)
	assert.Equal(t, 0, a.Endpoints[1].TLS.ClientCerts)
}

func TestFileForms(t *testing.T) {
	for text, want := range map[string]string{
		"":                         "",
		" \n":                      "",
		"null":                     "",
		"\ufeff{}":                 "",
		"[]":                       "invalid JSON",
		`{"registry_mirrors": []}`: "don't match any configuration option: registry_mirrors",
		`{"Registry-Mirrors": []}`: "don't match any configuration option: Registry-Mirrors",
		`{"log-driver": "journald", "features": {"x": true}}`: "",
		"{\"a\": 1,}": "invalid JSON",
		"\"\xff\"":    "invalid UTF-8",
		`{"registry-mirrors": "https://m.example"}`: "invalid JSON",
	} {
		a := askDockerd(t, "29", upstream.ContainerdStore, "alpine:3", map[string]string{tables.DaemonJSON: text})
		if want == "" {
			assert.Empty(t, a.Err, "%q", text)
		} else {
			assert.Contains(t, a.Err, want, "%q", text)
		}
	}
}
