package probe_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/mirrorcfg/mirrorcfg/mirror"
	"github.com/mirrorcfg/mirrorcfg/mirror/probe"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// probeMirror probes one mirror of hub.example without its upstream.
func probeMirror(t *testing.T, p probe.Prober, e mirror.Endpoint) probe.Result {
	t.Helper()
	if p.References == nil {
		p.References = []string{reference}
	}
	report, err := p.Probe(context.Background(), mirror.Config{Registries: []mirror.Registry{{
		Prefix: "hub.example", Mirrors: []mirror.Endpoint{e}, Fallback: mirror.Off,
	}}})
	require.NoError(t, err)
	require.Nil(t, report.Registries[0].Upstream)
	noneLeft(t)
	return report.Registries[0].Mirrors[0]
}

// withToken is a registry that wants a token of the given realm answer.
func withToken(answer func(w http.ResponseWriter, r *http.Request)) func(t testing.TB, i *image) string {
	return func(t testing.TB, i *image) string {
		g := &registry{image: i}
		s := start(t, g)
		g.wrap = func(w http.ResponseWriter, r *http.Request) bool {
			switch {
			case r.URL.Path == "/token":
				answer(w, r)
			case r.Header.Get("Authorization") == "Bearer good":
				return false
			default:
				w.Header().Set("WWW-Authenticate", `Bearer realm="`+s.URL+`/token",service="hub",scope="x"`)
				w.WriteHeader(http.StatusUnauthorized)
			}
			return true
		}
		return s.URL
	}
}

// listener accepts connections and does something with them.
func listener(do func(net.Conn)) func(t testing.TB, _ *image) string {
	return func(t testing.TB, _ *image) string {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		t.Cleanup(func() { _ = l.Close() })
		go func() {
			for {
				conn, err := l.Accept()
				if err != nil {
					return
				}
				go do(conn)
			}
		}()
		return "http://" + l.Addr().String()
	}
}

func overTLS(start func(testing.TB, *image) string) func(testing.TB, *image) string {
	return func(t testing.TB, i *image) string { return strings.Replace(start(t, i), "http:", "https:", 1) }
}

func TestVariants(t *testing.T) {
	silent := listener(func(c net.Conn) { _, _ = io.Copy(io.Discard, c) })
	closing := listener(func(c net.Conn) { _ = c.Close() })
	for _, c := range []struct {
		name   string
		start  func(t testing.TB, i *image) string
		want   probe.Verdict
		phase  probe.Phase
		reason string
	}{
		{"a token for everyone", withToken(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"token":"good"}`) }), probe.OK, probe.PhaseDone, ""},
		{"an access token", withToken(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"access_token":"good"}`) }), probe.OK, probe.PhaseDone, ""},
		{"no HEAD", wrappedHead(http.StatusMethodNotAllowed), probe.OK, probe.PhaseDone, ""},
		{"/v2/ is forbidden, images are served", func(t testing.TB, i *image) string {
			return start(t, &registry{image: i, wrap: func(w http.ResponseWriter, r *http.Request) bool {
				if r.URL.Path == "/v2/" {
					w.WriteHeader(http.StatusForbidden)
				}
				return r.URL.Path == "/v2/"
			}}).URL
		}, probe.OK, probe.PhaseDone, ""},
		{"ranges are ignored", wrapped("/blobs/", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(newImage(1, layerBytes).layer) }), probe.OK, probe.PhaseDone, ""},

		{"the handshake hangs", overTLS(silent), probe.Timeout, probe.PhaseConnect, "TLS handshake did not end"},
		{"closes at the handshake", overTLS(closing), probe.TLS, probe.PhaseConnect, "ended in the TLS handshake"},
		{"http where https is meant", overTLS(func(t testing.TB, i *image) string { return start(t, &registry{image: i}).URL }), probe.TLS, probe.PhaseConnect, "plain http"},
		{"https where http is meant", func(t testing.TB, i *image) string {
			return strings.Replace(startTLS(t, &registry{image: i}).URL, "https:", "http:", 1)
		}, probe.TLS, probe.PhasePing, "speaks https"},
		{"closes at once", closing, probe.Truncated, probe.PhasePing, "connection ended"},
		{"not HTTP at all", listener(func(c net.Conn) { _, _ = io.WriteString(c, "SSH-2.0-OpenSSH_9.2p1\r\n"); time.Sleep(time.Second) }), probe.NotRegistry, probe.PhasePing, "not HTTP"},
		{"headers without an end", listener(func(c net.Conn) {
			_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\n")
			for n := 0; ; n++ {
				if _, err := fmt.Fprintf(c, "X-%d: %s\r\n", n, strings.Repeat("x", 4000)); err != nil {
					return
				}
			}
		}), probe.Endless, probe.PhasePing, "headers"},

		{"a body that stops", wrapped("/v2/", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "100")
			_, _ = io.WriteString(w, "{")
			_ = http.NewResponseController(w).Flush()
			hang(w, r)
		}), probe.Timeout, probe.PhasePing, "stopped after 1 bytes"},
		{"a body that is cut", wrapped("/v2/", cut("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")), probe.Truncated, probe.PhasePing, ""},
		{"a first line that is cut", wrapped("/v2/", cut("HTTP/1.")), probe.Truncated, probe.PhasePing, "middle of the headers"},
		{"a header without a colon", wrapped("/v2/", func(w http.ResponseWriter, r *http.Request) {
			conn, _, err := http.NewResponseController(w).Hijack()
			if err == nil {
				_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nnonsense\r\n\r\n")
				time.Sleep(100 * time.Millisecond)
				_ = conn.Close()
			}
		}), probe.NotRegistry, probe.PhasePing, "not HTTP"},
		{"a page with 404", wrapped("/v2/", page(http.StatusNotFound)), probe.NotRegistry, probe.PhasePing, "404"},
		{"a page for the manifest", wrapped("/manifests/", page(http.StatusOK)), probe.NotRegistry, probe.PhaseManifest, "web page"},
		{"503", wrapped("/v2/", status(http.StatusServiceUnavailable)), probe.Status, probe.PhasePing, "503"},
		{"the image is not there", wrapped("/manifests/", status(http.StatusNotFound)), probe.NotFound, probe.PhaseManifest, "404"},
		{"the image is forbidden", wrapped("/manifests/", status(http.StatusForbidden)), probe.Status, probe.PhaseManifest, "403"},
		{"the blob is not there", wrapped("/blobs/", status(http.StatusNotFound)), probe.NotFound, probe.PhaseBlob, "404"},
		{"the blob is limited", wrapped("/blobs/", status(http.StatusTooManyRequests)), probe.RateLimited, probe.PhaseBlob, "429"},
		{"a manifest without an end", wrapped("/manifests/sha256", endless), probe.Endless, probe.PhaseManifest, "without an end"},
		{"a manifest of a terabyte", wrapped("/manifests/sha256", func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Length", "1099511627776") }), probe.Endless, probe.PhaseManifest, "1099511627776 bytes"},
		{"another manifest than its digest says", wrapped("/manifests/sha256", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"layers":[]}`) }), probe.Corrupt, probe.PhaseManifest, "digest"},
		{"a blob without an end", wrapped("/blobs/", endless), probe.Endless, probe.PhaseBlob, "more than the"},
		{"a blob of other bytes", wrapped("/blobs/", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(newImage(2, layerBytes).layer) }), probe.Corrupt, probe.PhaseBlob, "another digest"},
		{"a longer blob", wrapped("/blobs/", func(w http.ResponseWriter, r *http.Request) {
			_, _ = w.Write(newImage(1, layerBytes).layer)
			endless(w, r)
		}), probe.Endless, probe.PhaseBlob, "more than the"},
		{"a blob of another size", wrapped("/blobs/", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "short") }), probe.Corrupt, probe.PhaseBlob, "the manifest says"},
		{"a blob that is cut", wrapped("/blobs/", cut(fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\nabc", layerBytes))), probe.Truncated, probe.PhaseBlob, "3 of"},
		{"a blob that stops", wrapped("/blobs/", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", fmt.Sprint(layerBytes))
			_, _ = w.Write(make([]byte, 1000))
			_ = http.NewResponseController(w).Flush()
			hang(w, r)
		}), probe.Timeout, probe.PhaseBlob, "stopped after 1000"},

		{"the token realm hangs", withToken(hang), probe.Timeout, probe.PhaseToken, "token realm"},
		{"the token realm is a page", withToken(page(http.StatusOK)), probe.NotRegistry, probe.PhaseToken, "without a token"},
		{"the token realm fails", withToken(status(http.StatusBadGateway)), probe.Status, probe.PhaseToken, "502"},
		{"the token realm never ends", withToken(endless), probe.Endless, probe.PhaseToken, "token realm"},
		{"no anonymous tokens", withToken(status(http.StatusForbidden)), probe.AuthRequired, probe.PhaseToken, "no anonymous tokens"},
		{"the token realm wants a token", withToken(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("WWW-Authenticate", `Bearer realm="https://hub.example/token"`)
			w.WriteHeader(http.StatusUnauthorized)
		}), probe.AuthLoop, probe.PhaseToken, "wants a token itself"},
		{"basic authentication", wrapped("/v2/", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("WWW-Authenticate", `Basic realm="Registry"`)
			w.WriteHeader(http.StatusUnauthorized)
		}), probe.AuthRequired, probe.PhasePing, "basic"},
		{"redirects ever further", wrapped("/v2/", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/v2/?"+r.URL.RawQuery+"x", http.StatusFound)
		}), probe.RedirectLoop, probe.PhasePing, "more than 10"},
		{"redirects to nowhere", wrapped("/v2/", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", "ftp://hub.example/")
			w.WriteHeader(http.StatusFound)
		}), probe.Status, probe.PhasePing, "no URL"},
	} {
		t.Run(c.name, func(t *testing.T) {
			url := c.start(t, newImage(1, layerBytes))
			got := probeMirror(t, probe.Prober{Attempt: time.Second, Rounds: 1, SampleBytes: layerBytes}, mirror.Endpoint{URL: url})
			assert.Equal(t, c.want, got.Verdict, got.Reason)
			assert.Equal(t, c.phase, got.Phase, got.Reason)
			assert.Contains(t, got.Reason, c.reason)
			assert.Less(t, got.Elapsed, 3*time.Second)
		})
	}
}

// wrappedHead answers HEAD with a status, and all else as a registry.
func wrappedHead(code int) func(t testing.TB, i *image) string {
	return func(t testing.TB, i *image) string {
		return start(t, &registry{image: i, wrap: func(w http.ResponseWriter, r *http.Request) bool {
			if r.Method == http.MethodHead {
				w.WriteHeader(code)
			}
			return r.Method == http.MethodHead
		}}).URL
	}
}

// A resolver on loopback that knows no name.
func TestNameThatDoesNotResolve(t *testing.T) {
	server, err := net.ListenPacket("udp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = server.Close() })
	go func() {
		query := make([]byte, 512)
		for {
			n, from, err := server.ReadFrom(query)
			if err != nil {
				return
			}
			query[2], query[3] = 0x81, 0x83 // an answer, and NXDOMAIN
			_, _ = server.WriteTo(query[:n], from)
		}
	}()
	dialer := net.Dialer{Resolver: &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", server.LocalAddr().String())
	}}}
	got := probeMirror(t, probe.Prober{DialContext: dialer.DialContext}, mirror.Endpoint{URL: "https://nowhere.invalid"})
	assert.Equal(t, probe.DNS, got.Verdict, got.Reason)
	assert.Contains(t, got.Reason, "no such host")
}

func TestMisconfigured(t *testing.T) {
	for name, e := range map[string]mirror.Endpoint{
		"URL":                {URL: "HTTPS://x"},
		"CA without files":   {URL: "https://127.0.0.1:1", TLS: mirror.TLS{CA: []string{"/etc/ca.pem"}}},
		"client certificate": {URL: "https://127.0.0.1:1", TLS: mirror.TLS{Client: []mirror.ClientCert{{Cert: "/etc/c.pem"}}}},
	} {
		t.Run(name, func(t *testing.T) {
			got := probeMirror(t, probe.Prober{}, e)
			assert.Equal(t, probe.Misconfigured, got.Verdict, got.Reason)
			assert.Equal(t, probe.PhaseSetup, got.Phase)
		})
	}
}

func TestDialTimeoutOfTheMirror(t *testing.T) {
	block := func(ctx context.Context, _, _ string) (net.Conn, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	limit := 100 * time.Millisecond
	got := probeMirror(t, probe.Prober{DialContext: block}, mirror.Endpoint{URL: "https://127.0.0.1:1", DialTimeout: &limit})
	assert.Equal(t, probe.Timeout, got.Verdict)
	assert.Equal(t, "no connection within 100ms", got.Reason)
	assert.Less(t, got.Elapsed, time.Second)
}

// HTTP/2 is spoken where the server offers it, and its failures are told
// apart as well.
func TestHTTP2(t *testing.T) {
	content := newImage(1, layerBytes)
	for name, c := range map[string]struct {
		wrap func(http.ResponseWriter, *http.Request) bool
		want probe.Verdict
	}{
		"good":    {nil, probe.OK},
		"hang":    {onlyAt("/v2/", hang), probe.Timeout},
		"cut":     {onlyAt("/blobs/", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }), probe.Truncated},
		"endless": {onlyAt("/v2/", endless), probe.Endless},
		"slow":    {onlyAt("/blobs/", dribble(layerBytes)), probe.Slow},
	} {
		t.Run(name, func(t *testing.T) {
			g := &registry{image: content, wrap: c.wrap}
			s := httptest.NewUnstartedServer(g)
			quiet(s)
			s.EnableHTTP2 = true
			s.StartTLS()
			t.Cleanup(func() { s.CloseClientConnections(); s.Close() })
			got := probeMirror(t, probe.Prober{Attempt: time.Second, Timeout: 3 * time.Second, SampleBytes: layerBytes},
				mirror.Endpoint{URL: s.URL, TLS: mirror.TLS{SkipVerify: mirror.On}})
			assert.Equal(t, c.want, got.Verdict, got.Reason)
			assert.Equal(t, "HTTP/2.0", g.seen()[0].Proto)
		})
	}
}
