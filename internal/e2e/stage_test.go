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

// failing are mirrors that fail, each in its own way, or serve in an unusual one.
var failing = map[recorder.Mode]string{
	recorder.NotFound: "127.0.0.1:5161", recorder.Unauthorized: "127.0.0.1:5162", recorder.Token: "127.0.0.1:5163",
	recorder.TokenLoop: "127.0.0.1:5164", recorder.Forbidden: "127.0.0.1:5165", recorder.ServerError: "127.0.0.1:5166",
	recorder.TooManyRequests: "127.0.0.1:5167", recorder.Hang: "127.0.0.1:5168", recorder.WrongDigest: "127.0.0.1:5169",
	recorder.HTML: "127.0.0.1:5170", recorder.Redirect: "127.0.0.1:5171", recorder.Drop: "127.0.0.1:5172",
	recorder.HeadNotAllowed: "127.0.0.1:5173", recorder.NoDigestHeader: "127.0.0.1:5174",
}

func stage(t *testing.T) *recorder.Recorder {
	t.Helper()
	image, err := recorder.NewImage(t.Name())
	require.NoError(t, err)
	endpoints := []recorder.Endpoint{
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
		node.Upstream(),
	}
	for mode, address := range failing {
		endpoints = append(endpoints, recorder.Endpoint{Name: string(mode), Addr: address, Mode: mode, Target: "http://" + plainC, AnyPath: true})
	}
	r, err := recorder.Start(image, endpoints...)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, r.Close()) })
	return r
}

// speaksHTTP says whether a host, as it stands in a URL, is one that speaks http.
func speaksHTTP(host string) bool {
	_, port, err := net.SplitHostPort(host)
	return err == nil && (port == "80" || port >= "5121" && port < "5131" || port >= "5161" && port < "5180")
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
