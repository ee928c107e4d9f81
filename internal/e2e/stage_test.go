package e2e_test

import (
	"net"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/internal/e2e/node"
	"github.com/mirrorcfg/mirrorcfg/internal/e2e/recorder"
)

// The registries that scenarios speak of. Each serves the same image under any name, and has no image called
// noTag: asked for it, an engine goes through all of them.
const (
	plainA   = "127.0.0.1:5121" // http
	plainB   = "127.0.0.1:5122"
	plainC   = "127.0.0.1:5123"
	secureA  = "127.0.0.1:5131" // https, of an authority that nodes trust
	secureB  = "127.0.0.1:5132"
	privateA = "127.0.0.1:5141" // https, of an authority that nodes do not know
	nothing  = "127.0.0.1:5199" // nobody listens

	namedA = "mirror-a.example.com" // https on 443, http on 80
	namedB = "mirror-b.example.com"

	hub  = "registry-1.docker.io"
	quay = "quay.io"
	ghcr = "ghcr.io"
	// A registry on a port of its own, https.
	onPort = "reg.example.com:5000"

	noTag    = "none"
	noDigest = "sha256:140bedbf9c3f6d56a9846d2ba7088798683f4da0c248231336e6a05679e4fdfe" // of "none"
)

// plainPorts are the ports that speak http.
var plainPorts = map[string]bool{"5121": true, "5122": true, "5123": true, "80": true}

func stage(t *testing.T) *recorder.Recorder {
	t.Helper()
	image, err := recorder.NewImage(t.Name())
	require.NoError(t, err)
	r, err := recorder.Start(image,
		recorder.Endpoint{Name: "plain A", Addr: plainA, AnyPath: true},
		recorder.Endpoint{Name: "plain B", Addr: plainB, AnyPath: true},
		recorder.Endpoint{Name: "plain C", Addr: plainC, AnyPath: true},
		recorder.Endpoint{Name: "secure A", Addr: secureA, TLS: true, AnyPath: true},
		recorder.Endpoint{Name: "secure B", Addr: secureB, TLS: true, AnyPath: true},
		recorder.Endpoint{Name: "private A", Addr: privateA, Private: true, AnyPath: true},
		recorder.Endpoint{Name: "named", Addr: node.MirrorAddr + ":443", TLS: true, AnyPath: true},
		recorder.Endpoint{Name: "named, plain", Addr: node.MirrorAddr + ":80", AnyPath: true},
		recorder.Endpoint{Name: "named, private", Addr: node.MirrorAddr + ":5141", Private: true, AnyPath: true},
		recorder.Endpoint{Name: "on a port", Addr: node.UpstreamAddr + ":5000", TLS: true, AnyPath: true},
		node.Upstream())
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, r.Close()) })
	return r
}

// speaksHTTP says whether a host, as it stands in a URL, is one that speaks http.
func speaksHTTP(host string) bool {
	_, port, err := net.SplitHostPort(host)
	return err == nil && plainPorts[port]
}

// hostsOf are the hosts of request lines such as "HEAD https://quay.io/v2/… 404".
func hostsOf(lines []string) []string {
	hosts := make([]string, len(lines))
	for i, line := range lines {
		_, rest, _ := strings.Cut(line, "://")
		hosts[i], _, _ = strings.Cut(rest, "/")
	}
	return hosts
}
