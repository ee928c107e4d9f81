package dockerd

import (
	"fmt"
	"net"
	_ "unsafe" // for go:linkname

	"github.com/mirrorcfg/mirrorcfg/mirror/verify/internal/hermetic"
	"github.com/mirrorcfg/mirrorcfg/mirror/verify/internal/upstream"
)

// The daemon asks DNS whether a host is inside an insecure network. A parser
// must give the same answer everywhere, so here only localhost has an address.
//
//go:linkname lookupIP github.com/moby/moby/v2/daemon/pkg/registry.lookupIP
var lookupIP func(host string) ([]net.IP, error)

func init() {
	lookupIP = func(host string) ([]net.IP, error) {
		if host == "localhost" {
			return []net.IP{net.IPv4(127, 0, 0, 1).To4(), net.IPv6loopback}, nil
		}
		return nil, fmt.Errorf("lookup %s: no such host", host)
	}
}

// certsDirOf makes the daemon's package look for certificates in the tree: it
// has no setting for that, but a rootless daemon's directory follows the
// environment.
func certsDirOf(tree upstream.Tree) (leave func(), err error) {
	rootless, etc := "1", tree.Path("/etc")
	return hermetic.Environment(map[string]*string{
		"ROOTLESSKIT_STATE_DIR": &rootless,
		"XDG_CONFIG_HOME":       &etc,
	})
}
