package dockerd

import (
	"crypto/tls"
	"net/http"

	"github.com/containerd/containerd/v2/core/remotes/docker"
)

// insecure is a client that accepts any certificate, and plain http after
// that. Each endpoint gets a client of its own here, so that an answer shows
// what was configured for which endpoint.
func insecure(client *http.Client) *http.Client {
	out := *client
	transport, ok := client.Transport.(*http.Transport)
	if !ok {
		return &out
	}
	transport = transport.Clone()
	if transport.TLSClientConfig == nil {
		transport.TLSClientConfig = &tls.Config{} //nolint:gosec // as the daemon does
	}
	transport.TLSClientConfig.InsecureSkipVerify = true
	out.Transport = docker.NewHTTPFallback(transport)
	return &out
}
