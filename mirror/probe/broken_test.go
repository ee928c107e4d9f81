package probe_test

import (
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/mirrorcfg/mirrorcfg/mirror/probe"
)

var noTime time.Time

// quiet keeps the handshake errors that tests provoke out of their output.
func quiet(s *httptest.Server) { s.Config.ErrorLog = log.New(io.Discard, "", 0) }

// brokenServer starts a server that is broken in one way and returns its URL.
type brokenServer struct {
	name  string
	want  probe.Verdict
	start func(t testing.TB, i *image) string
}

// onlyAt limits an answer to requests whose path has a part.
func onlyAt(part string, answer func(w http.ResponseWriter, r *http.Request)) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.Contains(r.URL.Path, part) {
			return false
		}
		answer(w, r)
		return true
	}
}

// wrapped is a registry that is broken in one place.
func wrapped(part string, answer func(w http.ResponseWriter, r *http.Request)) func(t testing.TB, i *image) string {
	return func(t testing.TB, i *image) string {
		return start(t, &registry{image: i, wrap: onlyAt(part, answer)}).URL
	}
}

// hang answers nothing until the client has gone.
func hang(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

func status(code int) func(w http.ResponseWriter, r *http.Request) {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
}

func page(code int) func(w http.ResponseWriter, r *http.Request) {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(code)
		_, _ = io.WriteString(w, "<!doctype html><title>Welcome</title>")
	}
}

// endless writes until the client has gone.
func endless(w http.ResponseWriter, r *http.Request) {
	chunk := []byte(strings.Repeat(" ", 16<<10))
	for r.Context().Err() == nil {
		if _, err := w.Write(chunk); err != nil {
			return
		}
	}
}

// dribble sends a few bytes at a time, at about 10 KiB/s.
func dribble(size int) func(w http.ResponseWriter, r *http.Request) {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", fmt.Sprint(size))
		flush := http.NewResponseController(w)
		for sent := 0; sent < size && r.Context().Err() == nil; sent += 512 {
			_, _ = w.Write(make([]byte, 512))
			_ = flush.Flush()
			time.Sleep(50 * time.Millisecond)
		}
	}
}

// cut sends a part of an answer and closes the connection.
func cut(text string) func(w http.ResponseWriter, r *http.Request) {
	return func(w http.ResponseWriter, _ *http.Request) {
		conn, buffered, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		_, _ = buffered.WriteString(text)
		_ = buffered.Flush()
		if tcp, ok := conn.(*net.TCPConn); ok {
			_ = tcp.CloseWrite()
			time.Sleep(20 * time.Millisecond)
		}
		_ = conn.Close()
	}
}

// refusedURL is the address of a port that nothing listens at: that of a
// connection to elsewhere, so that no other server is given it meanwhile.
func refusedURL(t testing.TB, _ *image) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	conn, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return "http://" + conn.LocalAddr().String()
}

// loop401 hands out tokens and takes none.
func loop401(t testing.TB, i *image) string {
	g := &registry{image: i}
	s := start(t, g)
	g.wrap = func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path == "/token" {
			_, _ = io.WriteString(w, `{"token":"never good"}`)
			return true
		}
		w.Header().Set("WWW-Authenticate", `Bearer realm="`+s.URL+`/token",service="loop"`)
		w.WriteHeader(http.StatusUnauthorized)
		return true
	}
	return s.URL
}

// twelveWays are the ways in which the mirrors of TestTwoHundredMirrors are
// broken.
var twelveWays = []brokenServer{
	{"refused", probe.Refused, refusedURL},
	{"certificate of an unknown authority", probe.TLS, func(t testing.TB, i *image) string { return startTLS(t, &registry{image: i}).URL }},
	{"hang", probe.Timeout, wrapped("/v2/", hang)},
	{"500", probe.Status, wrapped("/v2/", status(http.StatusInternalServerError))},
	{"web page", probe.NotRegistry, wrapped("/v2/", page(http.StatusOK))},
	{"401 loop", probe.AuthLoop, loop401},
	{"wrong digest", probe.WrongDigest, func(t testing.TB, i *image) string {
		return start(t, &registry{image: newImage(99, len(i.layer))}).URL
	}},
	{"slow", probe.Slow, wrapped("/blobs/", func(w http.ResponseWriter, r *http.Request) { dribble(layerBytes)(w, r) })},
	{"redirect loop", probe.RedirectLoop, wrapped("/manifests/", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, r.URL.Path, http.StatusTemporaryRedirect)
	})},
	{"half-closed", probe.Truncated, wrapped("/v2/", cut("HTTP/1.1 200 OK\r\nContent-Le"))},
	{"endless body", probe.Endless, wrapped("/v2/", endless)},
	{"429", probe.RateLimited, wrapped("/v2/", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "60")
		w.WriteHeader(http.StatusTooManyRequests)
	})},
}

const layerBytes = 256 << 10
