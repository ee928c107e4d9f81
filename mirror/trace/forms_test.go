package trace_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/mirror/trace"
)

// TestFormsAgree: the same pulls, written by the same library in three forms,
// are reported in the same words.
func TestFormsAgree(t *testing.T) {
	for _, library := range []string{"containerd-2.4", "image-5.42"} {
		want := read(t, library+"-text.log").String()
		for _, form := range []string{"json", "color"} {
			assert.Equal(t, want, read(t, library+"-"+form+".log").String(), "%s in form %s", library, form)
		}
	}
}

// TestPrefixesAndLineEnds: what stands around a log line does not matter.
func TestPrefixesAndLineEnds(t *testing.T) {
	want := read(t, "containerd-2.4-text.log").String()
	data, err := os.ReadFile("testdata/containerd-2.4-text.log")
	require.NoError(t, err)
	lines := strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
	for name, wrap := range map[string]func(string) string{
		"journald":          func(l string) string { return "Mar 01 00:04:39 node-1 containerd[812]: " + l + "\n" },
		"journald precise":  func(l string) string { return "Mar 01 00:04:39.945939 node-1.example containerd[812]: " + l + "\n" },
		"kubelet":           func(l string) string { return "2026-03-01T00:04:39.945739062Z stderr F " + l + "\n" },
		"windows line ends": func(l string) string { return l + "\r\n" },
		"behind a bar": func(l string) string {
			return "elapsed: 0.1 s\ttotal: 0.0 B\t(0.0 B/s)\r\x1b[2K" + l + "\n"
		},
		"docker json-file": func(l string) string {
			return `{"log":` + quote(t, l+"\n") + `,"stream":"stderr","time":"2026-03-01T00:04:39.945739062Z"}` + "\n"
		},
		"journalctl -o json": func(l string) string {
			return `{"__REALTIME_TIMESTAMP":"1767225600000000","PRIORITY":"6","MESSAGE":` + quote(t, l) + `,"_COMM":"containerd"}` + "\n"
		},
		"coloured": func(l string) string { return "\x1b[0;32m" + l + "\x1b[0m\n" },
	} {
		t.Run(name, func(t *testing.T) {
			var b strings.Builder
			for _, l := range lines {
				b.WriteString(wrap(l))
			}
			assert.Equal(t, want, readString(t, b.String()).String())
		})
	}
}

func quote(t *testing.T, s string) string {
	data, err := json.Marshal(s)
	require.NoError(t, err)
	return string(data)
}

// TestContainerdUnknownKeys: containerd 2 names the keys of config.toml that
// it does not know.
func TestContainerdUnknownKeys(t *testing.T) {
	report := readString(t, `time="2026-08-05T10:33:20Z" level=warning msg="Ignoring unknown key in TOML" column=1 error="strict mode: fields in the document are missing in the target struct" file=/etc/containerd/config.toml key=versoin row=1
time="2026-08-05T10:33:20Z" level=warning msg="Ignoring unknown key in TOML for plugin" error="strict mode: fields in the document are missing in the target struct" key="registry configpath" plugin=io.containerd.cri.v1.images
`)
	assert.Equal(t, []trace.File{
		{Path: "/etc/containerd/config.toml", Kind: trace.ConfigTOML, Line: 1, Count: 1, Undecoded: []trace.UndecodedKey{{Key: "versoin", Count: 1}}},
		{Path: "plugin io.containerd.cri.v1.images", Kind: trace.ConfigTOML, Line: 2, Count: 1, Undecoded: []trace.UndecodedKey{{Key: "registry.configpath", Count: 1}}},
	}, report.Files)
	assert.Len(t, report.Findings.WithCode("trace/undecoded-keys"), 2)
}

func TestMirrorsThatFail(t *testing.T) {
	for _, log := range []string{"containerd-2.4-text.log", "containerd-2.4-json.log", "containerd-1.7-journald.log"} {
		t.Run(log, func(t *testing.T) {
			report := read(t, log)
			require.Len(t, report.Pulls, 2)
			app := report.Pulls[0]
			assert.Equal(t, "reg.example/team/app:v1", app.Image)
			assert.Equal(t, "mirror-c.example:5000", app.ServedBy)
			require.Len(t, app.Endpoints, 4)
			for i, want := range []struct {
				host    string
				status  int
				outcome trace.Outcome
			}{
				{"mirror-a.example:5000", 404, trace.Failed},
				{"mirror-b.example:5000", 404, trace.Failed},
				{"dead.example:5000", 0, trace.Failed},
				{"mirror-c.example:5000", 200, trace.Served},
			} {
				e := app.Endpoints[i]
				assert.Equal(t, want.host, e.Host)
				assert.Equal(t, want.status, e.Status)
				assert.Equal(t, want.outcome, e.Outcome)
				assert.False(t, e.Inferred)
				assert.Equal(t, "HEAD", e.Method)
				assert.Equal(t, "http://"+want.host+"/v2/team/app/manifests/v1?ns=reg.example", e.URL)
			}
			assert.Contains(t, app.Endpoints[2].Reason, "connection refused")

			require.Len(t, app.Blobs, 2)
			config, layer := app.Blobs[0], app.Blobs[1]
			assert.Equal(t, trace.KindConfig, config.Kind)
			assert.Equal(t, "mirror-c.example:5000", config.Host)
			assert.Equal(t, int64(2), config.Bytes)
			assert.Equal(t, trace.KindLayer, layer.Kind)
			assert.Equal(t, "up.example:5000", layer.Host)
			assert.Equal(t, int64(120000), layer.Bytes)
			var refused []string
			for _, r := range layer.Refused {
				refused = append(refused, r.Host)
			}
			assert.Equal(t, []string{"mirror-a.example:5000", "mirror-b.example:5000", "dead.example:5000", "mirror-c.example:5000"}, refused)
			assert.Equal(t, 404, layer.Refused[0].Status)

			assert.Equal(t, trace.Transfer{Bytes: 120404, Exact: true, Seconds: 1.5, BytesPerSecond: 120404 / 1.5, Source: trace.FromEngine}, app.Transfer)

			bad := report.Pulls[1]
			assert.Equal(t, trace.Failed, bad.Outcome)
			assert.Empty(t, bad.ServedBy)

			messages := ""
			for _, d := range report.Findings {
				messages += d.Message + "\n"
			}
			assert.Contains(t, messages, "2 of 4 mirrors answered 404 for reg.example/team/app:v1: mirror-a.example:5000, mirror-b.example:5000")
			assert.Contains(t, messages, "1 of 4 mirrors refused the connection")
			assert.Contains(t, messages, "1 of 2 blobs came from up.example:5000")
			assert.Len(t, report.Findings.WithCode("trace/hosts-file-refused"), 1)
			assert.Len(t, report.Findings.WithCode("trace/no-endpoint-served"), 1)
			var file string
			for _, f := range report.Files {
				if f.Error != "" {
					file = f.Path
				}
			}
			assert.Equal(t, "/etc/containerd/certs.d/bad.example/hosts.toml", file)
		})
	}
}

func TestImageLibraryFallsThrough(t *testing.T) {
	report := read(t, "image-5.42-text.log")
	require.Len(t, report.Pulls, 2)
	app := report.Pulls[0]
	assert.Empty(t, app.Image, "nothing in this log names the image")
	assert.Equal(t, "mirror-c.example:5000", app.ServedBy)
	require.Len(t, app.Endpoints, 4)
	assert.Equal(t, "mirror-a.example:5000/hub/team/app:v1", app.Endpoints[0].Reference)
	assert.Equal(t, 404, app.Endpoints[0].Status)
	assert.True(t, app.Endpoints[0].Inferred, "taken from the words: manifest unknown")
	assert.Equal(t, "http://mirror-a.example:5000/v2/hub/team/app/manifests/v1", app.Endpoints[0].URL)
	assert.Equal(t, 0, app.Endpoints[1].Status)
	assert.Contains(t, app.Endpoints[1].Reason, "connection refused")
	gone := report.Pulls[1]
	assert.Equal(t, trace.Failed, gone.Outcome)
	assert.Contains(t, gone.Error, "Mirrors also failed")
}

// TestCRIO: at level info CRI-O names each source, twice over, and not why one
// failed; the last one named is the one that served.
func TestCRIO(t *testing.T) {
	at := func(s string) string { return `Aug 05 10:33:21.594996 node-1 crio[1366]: time="2026-08-05 10:33:` + s }
	log := at(`21.594930907Z" level=info msg="Pulling image: quay.io/team/app:v1" id=abcd name=/runtime.v1.ImageService/PullImage`) + "\n" +
		at(`21.6Z" level=info msg="Trying to access \"mirror-a.example/quay/team/app:v1\""`) + "\n" +
		at(`22.6Z" level=info msg="Trying to access \"mirror-b.example/quay/team/app:v1\""`) + "\n" +
		at(`23.6Z" level=info msg="Trying to access \"mirror-a.example/quay/team/app:v1\""`) + "\n" +
		at(`24.6Z" level=info msg="Trying to access \"mirror-b.example/quay/team/app:v1\""`) + "\n" +
		at(`25.6Z" level=info msg="Pulled image: quay.io/team/app@sha256:1111" id=abcd name=/runtime.v1.ImageService/PullImage`) + "\n"
	pull := onlyPull(t, readString(t, log))
	assert.Equal(t, "quay.io/team/app:v1", pull.Image)
	assert.Equal(t, trace.Served, pull.Outcome)
	assert.Equal(t, "mirror-b.example", pull.ServedBy)
	require.Len(t, pull.Endpoints, 2)
	assert.Equal(t, trace.Failed, pull.Endpoints[0].Outcome)
	assert.Equal(t, 2, pull.Endpoints[1].Tries)
	assert.True(t, pull.Endpoints[1].Mirror)
}

// TestDockerd follows dockerd's own puller through a mirror that refuses.
func TestDockerd(t *testing.T) {
	line := func(s, level, msg string) string {
		return `time="2026-08-05T10:33:` + s + `Z" level=` + level + ` msg=` + msg + "\n"
	}
	log := line("20.1", "debug", `"Trying to pull alpine from https://mirror-a.example/"`) +
		line("20.3", "info", `"Attempting next endpoint for pull after error: unauthorized: authentication required"`) +
		line("20.4", "debug", `"Trying to pull alpine from https://mirror-b.example/hub/"`) +
		line("21.0", "debug", `"Pulling ref from V2 registry: alpine:3.20" digest="sha256:aaaa" remote="docker.io/library/alpine:3.20"`) +
		line("21.0", "debug", `"pulling blob \"sha256:bbbb\""`) +
		line("23.5", "debug", `"Downloaded v2:sha256:bbbb to tempfile /var/lib/docker/tmp/GetImageBlob1"`) +
		"Status: Downloaded newer image for alpine:3.20\n"
	report := readString(t, log)
	pull := onlyPull(t, report)
	assert.Equal(t, "docker.io/library/alpine:3.20", pull.Image)
	assert.Equal(t, "dockerd", pull.Engine)
	assert.Equal(t, "mirror-b.example", pull.ServedBy)
	require.Len(t, pull.Endpoints, 2)
	assert.Equal(t, 401, pull.Endpoints[0].Status)
	assert.True(t, pull.Endpoints[0].Inferred)
	assert.Equal(t, "https://mirror-b.example/hub/", pull.Endpoints[1].URL)
	require.Len(t, pull.Blobs, 1)
	assert.Equal(t, 2.5, pull.Blobs[0].Seconds)
	assert.Equal(t, "mirror-b.example", pull.Blobs[0].Host)
	found := report.Findings.WithCode("trace/mirrors-failed")
	require.Len(t, found, 1)
	assert.Equal(t, "1 of 2 mirrors answered 401 for docker.io/library/alpine:3.20: mirror-a.example", found[0].Message)
}

func TestFindings(t *testing.T) {
	do := func(host, query string) string {
		return `DEBU[0000] do request   host=` + host + ` request.method=HEAD url="https://` + host + `/v2/library/alpine/manifests/3.20` + query + `"` + "\n"
	}
	got := func(host, status, more string) string {
		return `DEBU[0000] fetch response received   host=` + host + ` ` + more + ` response.status="` + status + `" url="https://` + host + `/v2/library/alpine/manifests/3.20?ns=docker.io"` + "\n"
	}
	for _, tc := range []struct{ name, log, code, message string }{
		{"nothing", "hello\nworld\n", "trace/nothing-found", "no pull found in 2 lines"},
		{
			"upstream", do("m.example", "?ns=docker.io") + `INFO[0001] trying next host after status: 503 Service Unavailable  host=m.example url="https://m.example/v2/library/alpine/manifests/3.20?ns=docker.io"` + "\n" +
				do("registry-1.docker.io", "") + `DEBU[0001] resolved   desc.digest="sha256:1" host=registry-1.docker.io url="https://registry-1.docker.io/v2/library/alpine/manifests/3.20"` + "\n",
			"trace/upstream-served", "docker.io/library/alpine:3.20 came from registry-1.docker.io itself after 1 mirror failed",
		},
		{
			"no mirror", do("registry-1.docker.io", "") + `DEBU[0001] resolved   desc.digest="sha256:1" host=registry-1.docker.io` + "\n",
			"trace/no-mirror-tried", "docker.io/library/alpine:3.20 came from registry-1.docker.io itself; no mirror was asked",
		},
		{
			"web page", do("m.example", "?ns=docker.io") + got("m.example", "200 OK", "response.header.content-type=text/html"),
			"trace/manifest-is-html", "m.example answered the manifest request for docker.io/library/alpine:3.20 with a web page",
		},
		{
			"rate limit", `DEBU[0000] Trying to access "m.example/app:v1"` + "\n" + `DEBU[0000] Too many requests to https://m.example/v2/app/manifests/v1: sleeping for 2.000000 seconds before next attempt` + "\n",
			"trace/rate-limited", "m.example limits the rate of requests (429); the pull of m.example/app:v1 waited 1 time",
		},
		{"plain http", `WARN[0000] server "m.example" does not seem to support HTTPS, falling back to plain HTTP` + "\n", "trace/plain-http", "m.example was asked over plain HTTP"},
		{"skip verify", `WARN[0000] skipping verifying HTTPS certs for "m.example"` + "\n", "trace/certificate-not-checked", "the certificate of m.example was not checked"},
		{"https first", `time="2026-08-05T10:33:20Z" level=info msg="host will try HTTPS first since it is configured for HTTP with a TLS configuration, consider changing host to HTTPS or removing unused TLS configuration" host="m.example:80"` + "\n", "trace/https-tried-first", "m.example:80 is configured as http with TLS settings"},
		{"cut off", do("m.example", "?ns=docker.io"), "trace/unfinished", "the end of the pull of docker.io/library/alpine:3.20 is not in the log"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			report := readString(t, tc.log)
			found := report.Findings.WithCode(tc.code)
			require.Len(t, found, 1, "%v", report.Findings)
			assert.Equal(t, tc.message, found[0].Message)
		})
	}
}

func TestRulesCoverFindings(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range trace.Rules() {
		assert.True(t, strings.HasPrefix(r.Code, "trace/"), r.Code)
		assert.False(t, seen[r.Code], r.Code)
		assert.NotEmpty(t, r.Summary, r.Code)
		assert.NotEmpty(t, r.Consequence, r.Code)
		seen[r.Code] = true
	}
}

// TestSecretsStayOut: queries and credentials of URLs are not repeated.
func TestSecretsStayOut(t *testing.T) {
	log := `DEBU[0000] Trying to access "m.example/app:v1"
DEBU[0000] GET https://user:hunter2@m.example/v2/app/manifests/v1?token=hunter2
DEBU[0000] Accessing "m.example/app:v1" failed: Get "https://bot:hunter2@cdn.example/x?X-Amz-Signature=hunter2": EOF
`
	report := readString(t, log)
	pull := onlyPull(t, report)
	assert.Equal(t, "https://m.example/v2/app/manifests/v1", pull.Endpoints[0].URL)
	assert.Equal(t, `Get "https://cdn.example/x": EOF`, pull.Endpoints[0].Reason)
	assert.NotContains(t, report.String(), "hunter2")
}

// TestTruncated: a log may end anywhere.
func TestTruncated(t *testing.T) {
	for _, log := range []string{"podman-on-mac.log", "containerd-2.4-json.log", "nerdctl-registry-k8s-io.log", "image-5.42-color.log"} {
		data, err := os.ReadFile("testdata/" + log)
		require.NoError(t, err)
		for cut := 0; cut < len(data); cut += 61 {
			report := readString(t, string(data[:cut]))
			assert.Equal(t, int64(cut), report.Bytes)
			assert.Equal(t, cut > 0 && data[cut-1] != '\n', report.Truncated, "%s cut at %d", log, cut)
		}
	}
}

// TestServerCannotForgeFields: a header's value does not become a field.
func TestServerCannotForgeFields(t *testing.T) {
	log := `DEBU[0000] do request   host=m.example request.method=HEAD url="https://m.example/v2/app/manifests/v1?ns=reg.example"
DEBU[0000] fetch response received   host=m.example response.header.x="a\" url=\"https://evil.example/v2/app/manifests/v1\" response.status=\"200 OK" response.status="404 Not Found" url="https://m.example/v2/app/manifests/v1?ns=reg.example"
`
	pull := onlyPull(t, readString(t, log))
	require.Len(t, pull.Endpoints, 1)
	assert.Equal(t, 404, pull.Endpoints[0].Status)
}

// TestLongLines: of a line beyond the limit the beginning counts.
func TestLongLines(t *testing.T) {
	long := strings.Repeat("x", 3<<20)
	report := readString(t, "DEBU[0000] Trying to access \"m.example/app:v1\"\n"+long+"\nDEBU[0001] GET https://m.example/v2/app/manifests/v1\n")
	assert.Equal(t, int64(3), report.Lines)
	assert.Equal(t, int64(1), report.Omitted.LongLines)
	assert.Equal(t, "https://m.example/v2/app/manifests/v1", onlyPull(t, report).Endpoints[0].URL)
	assert.Equal(t, 3, int(report.Findings[len(report.Findings)-1].Line))
}

// What a registry answers stands in the log, and must not speak to the
// terminal of whoever reads the report.
func TestTextHasNoControlCharacters(t *testing.T) {
	const log = `time="2026-03-01T10:00:00Z" level=debug msg="do request" host=m.example request.method=HEAD url="https://m.example/v2/a/b/manifests/1?ns=reg.example"
time="2026-03-01T10:00:01Z" level=info msg="trying next host" error="500: \x1b]0;owned\x07\nfindings\n  info: all is well\u009b2J" host=m.example url="https://m.example/v2/a/b/manifests/1?ns=reg.example"
`
	report := readString(t, log)
	require.Len(t, report.Pulls, 1)
	for _, text := range []string{report.String(), report.Pulls[0].String()} {
		assert.Contains(t, text, "500: ?]0;owned??findings?  info: all is well?2J")
		assert.NotContains(t, strings.ReplaceAll(text, "\n", ""), "\x1b")
		for _, r := range text {
			require.False(t, r != '\n' && unicode.IsControl(r), "%q", text)
		}
	}
}
