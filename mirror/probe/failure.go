package probe

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
)

// failure is why a probe of an endpoint ended early.
type failure struct {
	verdict Verdict
	status  int
	reason  string
}

// classify turns an error of net/http into a verdict. ctx is that of the
// request: its cause tells which limit was hit.
func (s *session) classify(ctx context.Context, err error, st state) *failure {
	cause := context.Cause(ctx)
	switch {
	case errors.Is(cause, context.Canceled):
		return &failure{verdict: Canceled, reason: "stopped by the caller"}
	case cause != nil && !errors.Is(cause, errAttempt) && !errors.Is(cause, errTotal):
		return &failure{verdict: Canceled, reason: "the caller's time is up"}
	}
	var noName *net.DNSError
	if errors.As(err, &noName) && !noName.IsTimeout {
		return &failure{verdict: DNS, reason: noName.Error()}
	}
	if cause != nil || isTimeout(err) {
		return &failure{verdict: Timeout, reason: s.timeoutReason(cause, st)}
	}
	var dialing *net.OpError
	switch {
	case isTLS(err), st.shaking:
		return &failure{verdict: TLS, reason: tlsReason(err)}
	case isRefused(err):
		return &failure{verdict: Refused, reason: "nothing listens at the port: " + innermost(err)}
	case errors.As(err, &dialing) && (dialing.Op == "dial" || dialing.Op == "proxyconnect"):
		return &failure{verdict: Unreachable, reason: innermost(err)}
	case strings.Contains(err.Error(), "response headers exceeded"), strings.Contains(err.Error(), "header list larger than"):
		return &failure{verdict: Endless, reason: fmt.Sprintf("more than %d bytes of headers", maxHeaderBytes)}
	case strings.Contains(err.Error(), "malformed MIME header") && s.conns.ended(), strings.Contains(err.Error(), `malformed HTTP response "HTTP/`) && s.conns.ended():
		return &failure{verdict: Truncated, reason: "the connection ended in the middle of the headers"}
	case strings.Contains(err.Error(), "malformed"):
		return &failure{verdict: NotRegistry, reason: "the answer is not HTTP"}
	case isCutOff(err):
		return &failure{verdict: Truncated, reason: "the connection ended before the answer did: " + innermost(err)}
	default:
		return &failure{verdict: Broken, reason: innermost(err)}
	}
}

func (s *session) timeoutReason(cause error, st state) string {
	limit := s.prober.Attempt
	if errors.Is(cause, errTotal) {
		limit = s.prober.Timeout
	}
	switch {
	case st.shaking:
		return fmt.Sprintf("connected, but the TLS handshake did not end within %s", limit)
	case st.connected:
		return fmt.Sprintf("connected, but no answer within %s", limit)
	case s.endpoint.DialTimeout != nil && *s.endpoint.DialTimeout < limit:
		return fmt.Sprintf("no connection within %s", *s.endpoint.DialTimeout)
	default:
		return fmt.Sprintf("no connection within %s", limit)
	}
}

func isTimeout(err error) bool {
	var timeout net.Error
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, errConnect) ||
		errors.As(err, &timeout) && timeout.Timeout()
}

func isRefused(err error) bool {
	const windowsRefused = syscall.Errno(10061) // WSAECONNREFUSED, which syscall.ECONNREFUSED is not
	return errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, windowsRefused)
}

// isCutOff reports whether the other side went away. The errors of HTTP/2 and
// of a reused connection have no types that could be asked for.
func isCutOff(err error) bool {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) {
		return true
	}
	text := err.Error()
	for _, part := range []string{"stream error", "GOAWAY", "server closed idle connection", "connection broken", "forcibly closed", "client connection lost"} {
		if strings.Contains(text, part) {
			return true
		}
	}
	return false
}

func isTLS(err error) bool {
	var (
		record      tls.RecordHeaderError
		alert       tls.AlertError
		certificate *tls.CertificateVerificationError
		authority   x509.UnknownAuthorityError
		hostname    x509.HostnameError
		invalid     x509.CertificateInvalidError
		remote      *net.OpError
	)
	return errors.As(err, &record) || errors.As(err, &alert) || errors.As(err, &certificate) || errors.As(err, &authority) ||
		errors.As(err, &hostname) || errors.As(err, &invalid) || errors.As(err, &remote) && remote.Op == "remote error" ||
		strings.Contains(err.Error(), "server gave HTTP response to HTTPS client")
}

func tlsReason(err error) string {
	var record tls.RecordHeaderError
	switch {
	case errors.As(err, &record) && bytes.HasPrefix(record.RecordHeader[:], []byte("HTTP/")),
		strings.Contains(err.Error(), "server gave HTTP response to HTTPS client"):
		return "it speaks plain http, not https"
	case errors.Is(err, io.EOF), errors.Is(err, syscall.ECONNRESET):
		return "the connection ended in the TLS handshake"
	}
	return strings.TrimPrefix(err.Error(), "tls: ")
}

// innermost is the text without the addresses that net puts before it.
func innermost(err error) string {
	var syscallError *os.SyscallError
	if errors.As(err, &syscallError) {
		return syscallError.Err.Error()
	}
	var op *net.OpError
	if errors.As(err, &op) && op.Err != nil {
		return op.Err.Error()
	}
	return err.Error()
}
