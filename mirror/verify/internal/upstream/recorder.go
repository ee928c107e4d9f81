package upstream

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strings"
	"sync"
	"unsafe"
)

// Recorder notes the requests that an engine makes and answers each with 404,
// so that the engine walks all its endpoints. Nothing leaves the process.
//
// With a Digest it answers instead that this manifest is there: a push then
// ends where it chose its host.
type Recorder struct {
	Digest   string
	mu       sync.Mutex
	requests []Request
}

// Client gives an HTTP client whose requests are noted as made to the
// endpoint with this index.
func (r *Recorder) Client(endpoint int) *http.Client {
	return &http.Client{Transport: recorded{r, endpoint}}
}

// Requests are those made so far, in order.
func (r *Recorder) Requests() []Request {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.requests
}

type recorded struct {
	recorder *Recorder
	endpoint int
}

// RoundTrip refuses what the real transport refuses before it sends anything.
func (t recorded) RoundTrip(req *http.Request) (*http.Response, error) {
	switch {
	case req.URL.Scheme != "http" && req.URL.Scheme != "https":
		return nil, fmt.Errorf("unsupported protocol scheme %q", req.URL.Scheme)
	case req.URL.Host == "":
		return nil, errors.New("http: no Host in request URL")
	}
	t.recorder.mu.Lock()
	t.recorder.requests = append(t.recorder.requests, Request{
		Method: req.Method, URL: req.URL.String(), Endpoint: t.endpoint,
	})
	t.recorder.mu.Unlock()
	if req.Body != nil {
		_ = req.Body.Close()
	}
	response := &http.Response{
		Status: "404 Not Found", StatusCode: http.StatusNotFound,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(nil)), Request: req,
	}
	if digest := t.recorder.Digest; digest != "" {
		response.Status, response.StatusCode = "200 OK", http.StatusOK
		response.Header.Set("Docker-Content-Digest", digest)
	}
	return response, nil
}

// wrappers are the transports that keep another one in a field, most often an
// unexported one, and whether they try http after https: containerd's,
// BuildKit's, and what BuildKit traces requests with.
var wrappers = map[string]bool{
	"docker.httpfallback": true, "resolver.httpfallback": true,
	"otelhttp.transport": false, "tracing.transport": false, "nethttp.transport": false,
}

// ReadTransport tells what a client's transport is set up for.
func ReadTransport(client *http.Client) (t TLS, httpFallback bool) {
	if client == nil {
		return TLS{}, false
	}
	transport := client.Transport
	for {
		value := reflect.ValueOf(transport)
		if value.Kind() != reflect.Pointer || value.IsNil() {
			break
		}
		fallback, wraps := wrappers[strings.ToLower(strings.TrimPrefix(value.Type().String(), "*"))]
		if !wraps {
			break
		}
		httpFallback = httpFallback || fallback
		inner := innerTransport(value.Elem())
		if inner == nil {
			break
		}
		transport = inner
	}
	if plain, ok := transport.(*http.Transport); ok && plain.TLSClientConfig != nil {
		t = readTLS(plain.TLSClientConfig)
	}
	return t, httpFallback
}

func innerTransport(wrapper reflect.Value) http.RoundTripper {
	for i := range wrapper.NumField() {
		field := wrapper.Field(i)
		if field.Type() != reflect.TypeFor[http.RoundTripper]() || field.IsNil() {
			continue
		}
		inner, ok := reflect.NewAt(field.Type(), unsafe.Pointer(field.UnsafeAddr())).Elem().Interface().(http.RoundTripper)
		if ok {
			return inner
		}
	}
	return nil
}

func readTLS(config *tls.Config) TLS {
	return TLS{
		SkipVerify:  config.InsecureSkipVerify,
		CAs:         addedCAs(config.RootCAs),
		ClientCerts: len(config.Certificates),
	}
}

var systemCAs = sync.OnceValue(func() int {
	pool, err := x509.SystemCertPool()
	if err != nil {
		return 0
	}
	//lint:ignore SA1019 a count is all that is wanted
	return len(pool.Subjects())
})

// addedCAs counts the certificates beyond the system's own.
func addedCAs(pool *x509.CertPool) int {
	if pool == nil {
		return 0
	}
	//lint:ignore SA1019 a count is all that is wanted
	return max(0, len(pool.Subjects())-systemCAs())
}
