package probe

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// maxHeaderBytes bounds the headers of an answer.
const maxHeaderBytes = 64 << 10

// session is the probe of one endpoint: its connections, and what it has
// learned so far. Only the connections are shared between goroutines.
type session struct {
	prober   Prober
	endpoint mirror.Endpoint
	url      mirror.EndpointURL
	ref      *mirror.Reference

	// own goes to the endpoint itself, other to redirect targets and token
	// realms elsewhere. Both trust what the endpoint's TLS settings say, as
	// containerd does (core/remotes/docker/config/hosts.go, one client per
	// host); only own shows the client certificates.
	own, other *http.Transport
	conns      connections

	token  string
	result Result
}

// probeOne probes one endpoint within the time given and leaves no connection
// behind.
func (p Prober) probeOne(ctx context.Context, t target, within time.Duration) Result {
	began := time.Now()
	p.Timeout, p.Attempt = within, min(p.Attempt, within)
	ctx, cancel := context.WithTimeoutCause(ctx, p.Timeout, errTotal)
	defer cancel()
	s := &session{
		prober: p, endpoint: t.endpoint, ref: t.ref,
		result: Result{URL: t.endpoint.URL, Repository: t.endpoint.Repository},
	}
	var failed *failure
	if within <= 0 {
		failed = &failure{verdict: Timeout, reason: "the time for all mirrors was up before its turn"}
	} else if ctx.Err() != nil {
		failed = &failure{verdict: Canceled, reason: "not started"}
	} else if failed = s.open(ctx); failed == nil {
		failed = s.measure(ctx)
	}
	s.close()
	if failed != nil {
		s.result.Verdict, s.result.Reason, s.result.HTTPStatus = failed.verdict, failed.reason, failed.status
	}
	s.result.Elapsed = time.Since(began)
	return s.result
}

// open prepares the transports.
func (s *session) open(ctx context.Context) *failure {
	var err error
	if s.url, err = mirror.ParseEndpointURL(s.endpoint.URL); err != nil {
		return &failure{verdict: Misconfigured, reason: err.Error()}
	}
	shared, clients, err := s.prober.tlsConfig(s.endpoint.TLS)
	if err != nil {
		return &failure{verdict: Misconfigured, reason: err.Error()}
	}
	connect := s.prober.Attempt
	if s.endpoint.DialTimeout != nil {
		connect = min(connect, *s.endpoint.DialTimeout)
	}
	dial := s.prober.DialContext
	if dial == nil {
		dial = (&net.Dialer{}).DialContext
	}
	transport := func(config *tls.Config) *http.Transport {
		return &http.Transport{
			Proxy:           s.prober.Proxy,
			TLSClientConfig: config,
			// Connecting ends with the session rather than with the request that
			// happened to ask for it, so that none outlives the session.
			DialContext: func(asked context.Context, network, address string) (net.Conn, error) {
				dialing, cancel := context.WithTimeoutCause(context.WithoutCancel(asked), connect, errConnect)
				defer cancel()
				defer context.AfterFunc(ctx, cancel)()
				conn, err := dial(dialing, network, address)
				if err != nil {
					return nil, err
				}
				return s.conns.add(conn)
			},
			TLSHandshakeTimeout:    s.prober.Attempt,
			ForceAttemptHTTP2:      true,
			DisableCompression:     true, // sizes and digests are those of the bytes sent
			MaxResponseHeaderBytes: maxHeaderBytes,
			MaxIdleConnsPerHost:    1,
		}
	}
	s.other = transport(shared)
	own := shared.Clone()
	own.Certificates = clients
	s.own = transport(own)
	return nil
}

func (s *session) close() {
	for _, t := range []*http.Transport{s.own, s.other} {
		if t != nil {
			t.CloseIdleConnections()
		}
	}
	s.conns.close()
}

// isOwn reports whether a URL is at the endpoint itself, where its headers,
// token and client certificates may go.
func (s *session) isOwn(scheme, host string) bool {
	return scheme == s.url.Scheme && canonicalHost(scheme, host) == canonicalHost(s.url.Scheme, s.url.Host)
}

// canonicalHost adds the scheme's port, so that https://h and https://h:443
// are the same.
func canonicalHost(scheme, host string) string {
	host = strings.ToLower(host)
	if _, _, err := net.SplitHostPort(host); err == nil {
		return host
	}
	port := "443"
	if scheme == "http" {
		port = "80"
	}
	return net.JoinHostPort(strings.Trim(host, "[]"), port)
}

// tlsConfig returns the settings that hold for every connection of an
// endpoint, and the client certificates that are for the endpoint alone.
func (p Prober) tlsConfig(settings mirror.TLS) (*tls.Config, []tls.Certificate, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: settings.SkipVerify == mirror.On} //nolint:gosec // asked for by the configuration
	if len(settings.CA) > 0 {
		pool, err := x509.SystemCertPool()
		if err != nil {
			pool = x509.NewCertPool()
		}
		for _, path := range settings.CA {
			pem, err := p.readFile(path)
			if err != nil {
				return nil, nil, fmt.Errorf("CA file: %w", err)
			}
			if !pool.AppendCertsFromPEM(pem) {
				return nil, nil, fmt.Errorf("CA file %s has no PEM certificate", path)
			}
		}
		config.RootCAs = pool
	}
	var clients []tls.Certificate
	for _, c := range settings.Client {
		cert, err := p.readFile(c.Cert)
		if err != nil {
			return nil, nil, fmt.Errorf("client certificate: %w", err)
		}
		key := cert
		if c.Key != "" {
			if key, err = p.readFile(c.Key); err != nil {
				return nil, nil, fmt.Errorf("client key: %w", err)
			}
		}
		pair, err := tls.X509KeyPair(cert, key)
		if err != nil {
			return nil, nil, fmt.Errorf("client certificate %s: %w", c.Cert, err)
		}
		clients = append(clients, pair)
	}
	return config, clients, nil
}

func (p Prober) readFile(path string) ([]byte, error) {
	if p.Files == nil {
		return nil, fmt.Errorf("%s: no file system was given to read it from", path)
	}
	return fs.ReadFile(p.Files, strings.TrimLeft(path, "/"))
}
