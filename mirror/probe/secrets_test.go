package probe_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/mirrorcfg/mirrorcfg/mirror"
	"github.com/mirrorcfg/mirrorcfg/mirror/probe"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const secret = "Bearer-of-the-team-4711"

func secretHeaders() []mirror.Header {
	return []mirror.Header{{Name: "X-Team", Values: []mirror.Secret{mirror.NewSecret(secret)}}}
}

// The mirror's blobs are elsewhere, its tokens are elsewhere, and the blobs'
// host sends back once more. Only the mirror may see its headers, and only it
// may see the token.
func TestHeadersStayWithTheirHost(t *testing.T) {
	content := newImage(1, layerBytes)
	var own, storage, realm registry
	realm = registry{image: content, wrap: func(w http.ResponseWriter, _ *http.Request) bool {
		_, _ = io.WriteString(w, `{"token":"good"}`)
		return true
	}}
	realmURL := start(t, &realm).URL
	storage.image = content
	storageURL := start(t, &storage).URL
	own.image = content
	own.wrap = func(w http.ResponseWriter, r *http.Request) bool {
		switch {
		case r.Header.Get("Authorization") != "Bearer good":
			w.Header().Set("WWW-Authenticate", `Bearer realm="`+realmURL+`/token",service="hub"`)
			w.WriteHeader(http.StatusUnauthorized)
		case strings.Contains(r.URL.Path, "/blobs/"):
			http.Redirect(w, r, storageURL+r.URL.Path+"?signature=s", http.StatusTemporaryRedirect)
		default:
			return false
		}
		return true
	}
	ownURL := start(t, &own).URL

	got := probeMirror(t, probe.Prober{Rounds: 2}, mirror.Endpoint{URL: ownURL, Headers: secretHeaders()})
	require.Equal(t, probe.OK, got.Verdict, got.Reason)
	assert.Equal(t, realmURL+"/token", got.Realm)
	for _, r := range own.seen() {
		assert.Equal(t, secret, r.Header.Get("X-Team"), r.URL)
	}
	require.Len(t, storage.seen(), 2)
	require.Len(t, realm.seen(), 1)
	for _, r := range append(storage.seen(), realm.seen()...) {
		assert.Empty(t, r.Header.Get("X-Team"), r.URL)
		assert.Empty(t, r.Header.Get("Authorization"), r.URL)
		assert.Empty(t, r.Header.Get("Referer"), r.URL)
	}
	assert.Equal(t, "bytes=0-262143", storage.seen()[0].Header.Get("Range"))
	query := realm.seen()[0].URL.Query()
	assert.Equal(t, "repository:"+path+":pull", query.Get("scope"))
	assert.Equal(t, "hub", query.Get("service"))
}

// Another port of the same host is another host, and so is plain http.
func TestSameHostOtherPort(t *testing.T) {
	content := newImage(1, layerBytes)
	other := registry{image: content}
	otherURL := start(t, &other).URL
	s := startTLS(t, &registry{image: content, wrap: func(w http.ResponseWriter, r *http.Request) bool {
		http.Redirect(w, r, otherURL+r.URL.Path, http.StatusPermanentRedirect)
		return true
	}})
	got := probeMirror(t, probe.Prober{Rounds: 1}, mirror.Endpoint{URL: s.URL, Headers: secretHeaders(), TLS: mirror.TLS{SkipVerify: mirror.On}})
	require.Equal(t, probe.OK, got.Verdict, got.Reason)
	for _, r := range other.seen() {
		assert.Empty(t, r.Header.Get("X-Team"))
	}
}

// An Authorization header of the configuration is used as it is, never
// exchanged for a token, and never printed.
func TestAuthorizationOfTheConfiguration(t *testing.T) {
	g := &registry{image: newImage(1, layerBytes)}
	g.wrap = func(w http.ResponseWriter, r *http.Request) bool {
		if r.Header.Get("Authorization") == "Basic good" {
			return false
		}
		w.Header().Set("WWW-Authenticate", `Bearer realm="http://127.0.0.1:1/token"`)
		w.WriteHeader(http.StatusUnauthorized)
		return true
	}
	url := start(t, g).URL
	for value, want := range map[string]probe.Verdict{"Basic good": probe.OK, "Basic bad-and-secret": probe.AuthRequired} {
		got := probeMirror(t, probe.Prober{}, mirror.Endpoint{URL: url, Headers: []mirror.Header{
			{Name: "authorization", Values: []mirror.Secret{mirror.NewSecret(value)}},
		}})
		assert.Equal(t, want, got.Verdict, got.Reason)
		assert.NotContains(t, fmt.Sprintf("%+v", got), "bad-and-secret")
	}
}

// pair is a client certificate of its own authority, as PEM.
func pair(t *testing.T) (cert, key []byte) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "node"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
		IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	require.NoError(t, err)
	raw, err := x509.MarshalPKCS8PrivateKey(private)
	require.NoError(t, err)
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: raw})
}

func TestCertificates(t *testing.T) {
	content := newImage(1, layerBytes)
	cert, key := pair(t)
	authority := x509.NewCertPool()
	require.True(t, authority.AppendCertsFromPEM(cert))

	var shown []*http.Request
	storage := httptest.NewUnstartedServer(&registry{image: content, wrap: func(_ http.ResponseWriter, r *http.Request) bool {
		shown = append(shown, r)
		return false
	}})
	storage.TLS = &tls.Config{ClientAuth: tls.RequestClientCert}
	storage.StartTLS()
	t.Cleanup(func() { storage.CloseClientConnections(); storage.Close() })

	own := httptest.NewUnstartedServer(&registry{image: content, wrap: onlyAt("/blobs/", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, storage.URL+r.URL.Path, http.StatusTemporaryRedirect)
	})})
	quiet(own)
	own.TLS = &tls.Config{ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: authority}
	own.StartTLS()
	t.Cleanup(func() { own.CloseClientConnections(); own.Close() })

	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: own.Certificate().Raw})
	files := fstest.MapFS{
		"etc/ssl/ca.pem":   {Data: ca},
		"etc/ssl/node.pem": {Data: cert},
		"etc/ssl/node.key": {Data: key},
		"etc/ssl/both.pem": {Data: append(append([]byte(nil), cert...), key...)},
		"etc/ssl/text.pem": {Data: []byte("no certificate")},
	}
	for name, c := range map[string]struct {
		tls    mirror.TLS
		want   probe.Verdict
		reason string
	}{
		"nothing":        {mirror.TLS{}, probe.TLS, "unknown authority"},
		"CA alone":       {mirror.TLS{CA: []string{"/etc/ssl/ca.pem"}}, probe.TLS, "certificate"},
		"all":            {mirror.TLS{CA: []string{"/etc/ssl/ca.pem"}, Client: []mirror.ClientCert{{Cert: "/etc/ssl/node.pem", Key: "/etc/ssl/node.key"}}}, probe.OK, ""},
		"one file":       {mirror.TLS{CA: []string{"/etc/ssl/ca.pem"}, Client: []mirror.ClientCert{{Cert: "/etc/ssl/both.pem"}}}, probe.OK, ""},
		"skip verify":    {mirror.TLS{SkipVerify: mirror.On, Client: []mirror.ClientCert{{Cert: "/etc/ssl/both.pem"}}}, probe.OK, ""},
		"missing CA":     {mirror.TLS{CA: []string{"/etc/ssl/none.pem"}}, probe.Misconfigured, "none.pem"},
		"CA of nothing":  {mirror.TLS{CA: []string{"/etc/ssl/text.pem"}}, probe.Misconfigured, "no PEM certificate"},
		"key is missing": {mirror.TLS{Client: []mirror.ClientCert{{Cert: "/etc/ssl/node.pem"}}}, probe.Misconfigured, "node.pem"},
	} {
		t.Run(name, func(t *testing.T) {
			got := probeMirror(t, probe.Prober{Files: files, Rounds: 1}, mirror.Endpoint{URL: own.URL, TLS: c.tls})
			assert.Equal(t, c.want, got.Verdict, got.Reason)
			assert.Contains(t, got.Reason, c.reason)
		})
	}
	require.NotEmpty(t, shown)
	for _, r := range shown {
		assert.Empty(t, r.TLS.PeerCertificates, "the client certificate was shown to another host")
	}
}

// What a server says must not reach the terminal as control characters.
func TestTableIsPlain(t *testing.T) {
	url := wrapped("/v2/", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", "http://127.0.0.1:1/\x1b]0;owned\x07")
		w.WriteHeader(http.StatusFound)
	})(t, newImage(1, 10))
	report, err := probe.Prober{}.Probe(context.Background(), mirror.Config{Registries: []mirror.Registry{{Prefix: "hub.example", Fallback: mirror.Off, Mirrors: []mirror.Endpoint{{URL: url}}}}})
	require.NoError(t, err)
	assert.NotContains(t, report.Table(), "\x1b")
	assert.NotContains(t, string(report.SVG()), "\x1b")
	assert.NotContains(t, string(report.HTML()), "\x1b")
}
