package recorder

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Endpoint is one registry or mirror.
type Endpoint struct {
	Name       string // unique within a Recorder; shown in the log
	Addr       string // "127.0.0.1:5101"; port 0 or "" lets the system choose one
	Mode       Mode
	Ping       *Mode  // how /v2/ is answered; nil means as Mode implies
	TLS        bool   // with a certificate of the Recorder's own authority
	Private    bool   // TLS with one of a second authority, which nodes do not trust unless told: see PrivateCA
	BasePath   string // before /v2, such as "/proxy"
	Repository string // prefix of every repository after /v2, such as "hub"
	AnyPath    bool   // serves whatever stands before /manifests/ and /blobs/, a path without /v2 included
	Target     string // for Redirect: scheme, host and base path of another endpoint
}

// Recorder is a running set of endpoints.
type Recorder struct {
	image     *Image
	authority *authority
	private   *authority
	stop      context.CancelFunc
	stopped   context.Context
	servers   map[string]*server

	mu       sync.Mutex
	requests []*Request
	errors   []string
}

type server struct {
	Endpoint
	http *http.Server
}

// Start listens on every endpoint's address and serves until Close. It fails when an address is not on
// loopback or cannot be listened on; then nothing is left listening.
func Start(image *Image, endpoints ...Endpoint) (*Recorder, error) {
	authority, err := newAuthority()
	if err != nil {
		return nil, err
	}
	private, err := newAuthority()
	if err != nil {
		return nil, err
	}
	stopped, stop := context.WithCancel(context.Background())
	r := &Recorder{image: image, authority: authority, private: private, stop: stop, stopped: stopped, servers: map[string]*server{}}
	for _, endpoint := range endpoints {
		if err := r.listen(endpoint); err != nil {
			return nil, errors.Join(err, r.Close())
		}
	}
	return r, nil
}

func (r *Recorder) listen(endpoint Endpoint) error {
	if _, taken := r.servers[endpoint.Name]; taken {
		return fmt.Errorf("endpoint %q is named twice", endpoint.Name)
	}
	if endpoint.Addr == "" {
		endpoint.Addr = "127.0.0.1:0"
	}
	address, err := net.ResolveTCPAddr("tcp", endpoint.Addr)
	if err != nil {
		return fmt.Errorf("endpoint %q: %w", endpoint.Name, err)
	}
	if !address.IP.IsLoopback() {
		return fmt.Errorf("endpoint %q: %s is not on loopback", endpoint.Name, endpoint.Addr)
	}
	listener, err := net.ListenTCP("tcp", address)
	if err != nil {
		return fmt.Errorf("endpoint %q: %w", endpoint.Name, err)
	}
	endpoint.Addr = listener.Addr().String()
	s := &server{Endpoint: endpoint}
	s.http = &http.Server{
		Handler:           http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) { r.serve(s, w, request) }),
		ReadHeaderTimeout: 10 * time.Second,
		ErrorLog:          log.New(errorLog{r, endpoint.Name}, "", 0),
		TLSNextProto:      map[string]func(*http.Server, *tls.Conn, http.Handler){}, // HTTP/1.1 only: Drop needs Hijack
	}
	r.servers[endpoint.Name] = s
	var accept net.Listener = listener
	switch {
	case endpoint.Private:
		accept = tls.NewListener(listener, r.private.serverConfig())
	case endpoint.TLS:
		accept = tls.NewListener(listener, r.authority.serverConfig())
	}
	go func() { _ = s.http.Serve(accept) }() // ends with ErrServerClosed
	return nil
}

// Close stops all endpoints and ends requests that hang.
func (r *Recorder) Close() error {
	r.stop()
	var failed []error
	for _, s := range r.servers {
		failed = append(failed, s.http.Close())
	}
	return errors.Join(failed...)
}

// Image is what the endpoints serve.
func (r *Recorder) Image() *Image { return r.image }

// CA is the certificate of the authority behind TLS endpoints, in PEM.
func (r *Recorder) CA() []byte { return r.authority.pem() }

// PrivateCA is the certificate of the authority behind Private endpoints, in PEM.
func (r *Recorder) PrivateCA() []byte { return r.private.pem() }

// Addr is the host and port of an endpoint, or "" for a name that does not exist.
func (r *Recorder) Addr(name string) string {
	if s, ok := r.servers[name]; ok {
		return s.Addr
	}
	return ""
}

// URL is scheme, host, port and base path of an endpoint, or "" for a name that does not exist.
func (r *Recorder) URL(name string) string {
	s, ok := r.servers[name]
	if !ok {
		return ""
	}
	return s.scheme() + "://" + s.Addr + s.BasePath
}

// Requests are all requests since the start or the last Reset.
func (r *Recorder) Requests() Requests {
	r.mu.Lock()
	defer r.mu.Unlock()
	requests := make(Requests, len(r.requests))
	for i, request := range r.requests {
		requests[i] = *request
	}
	return requests
}

// Errors are what the HTTP servers complained about: failed TLS handshakes, malformed requests.
func (r *Recorder) Errors() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]string(nil), r.errors...)
}

// Reset forgets all requests and errors.
func (r *Recorder) Reset() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.requests, r.errors = nil, nil
}

// record appends a request and returns how to add its status later.
func (r *Recorder) record(s *server, request *http.Request) func(status int) {
	scheme, _, _ := strings.Cut(request.Header.Get("Authorization"), " ")
	entry := &Request{
		Endpoint: s.Name, Time: time.Now(), Method: request.Method, Scheme: s.scheme(), Host: request.Host,
		Path: request.URL.EscapedPath(), Query: request.URL.RawQuery,
		Authorization: scheme, UserAgent: request.UserAgent(),
	}
	r.mu.Lock()
	r.requests = append(r.requests, entry)
	r.mu.Unlock()
	return func(status int) {
		r.mu.Lock()
		entry.Status = status
		r.mu.Unlock()
	}
}

func (s *server) scheme() string {
	if s.TLS || s.Private {
		return "https"
	}
	return "http"
}

type errorLog struct {
	recorder *Recorder
	endpoint string
}

var _ io.Writer = errorLog{}

func (e errorLog) Write(line []byte) (int, error) {
	e.recorder.mu.Lock()
	defer e.recorder.mu.Unlock()
	e.recorder.errors = append(e.recorder.errors, e.endpoint+": "+strings.TrimSpace(string(line)))
	return len(line), nil
}
