package probe

import (
	"crypto/tls"
	"net/http/httptrace"
	"sync"
	"time"
)

// stages follows one request through its connection. net/http calls the hooks
// from goroutines of its own, even after the request has failed.
type stages struct {
	mu sync.Mutex

	dnsStart, connectStart, tlsStart time.Time
	dns, connect, handshake          time.Duration
	connecting, shaking              bool // begun and not ended well
	got                              bool // a connection, new or used
}

func (s *stages) trace() *httptrace.ClientTrace {
	locked := func(f func(now time.Time)) {
		now := time.Now()
		s.mu.Lock()
		defer s.mu.Unlock()
		f(now)
	}
	return &httptrace.ClientTrace{
		DNSStart: func(httptrace.DNSStartInfo) { locked(func(now time.Time) { s.dnsStart = now }) },
		DNSDone:  func(httptrace.DNSDoneInfo) { locked(func(now time.Time) { s.dns = now.Sub(s.dnsStart) }) },
		ConnectStart: func(_, _ string) {
			locked(func(now time.Time) { s.connectStart, s.connecting = now, true })
		},
		ConnectDone: func(_, _ string, err error) {
			locked(func(now time.Time) {
				if err == nil {
					s.connect, s.connecting = now.Sub(s.connectStart), false
				}
			})
		},
		TLSHandshakeStart: func() { locked(func(now time.Time) { s.tlsStart, s.shaking = now, true }) },
		TLSHandshakeDone: func(_ tls.ConnectionState, err error) {
			locked(func(now time.Time) {
				if err == nil {
					s.handshake, s.shaking = now.Sub(s.tlsStart), false
				}
			})
		},
		GotConn: func(httptrace.GotConnInfo) { locked(func(time.Time) { s.got = true }) },
	}
}

// state is a copy of what a failure needs to know.
type state struct{ connected, shaking bool }

func (s *stages) state() state {
	s.mu.Lock()
	defer s.mu.Unlock()
	return state{connected: s.got, shaking: s.shaking}
}

// parts are the durations of a connection's parts.
func (s *stages) parts() (dns, connect, handshake time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.dns, s.connect, s.handshake
}
