package main

import (
	"fmt"
	"net"
	"os"

	"github.com/mirrorcfg/mirrorcfg/mirror/verify/internal/hermetic"
	"github.com/mirrorcfg/mirrorcfg/mirror/verify/internal/upstream"
)

const rootless = "ROOTLESSKIT_STATE_DIR"

// The daemon asks DNS whether a host is inside an insecure network. A parser
// must give the same answer everywhere, so here only localhost has an address.
func init() {
	lookupIP = func(host string) ([]net.IP, error) {
		switch ip := net.ParseIP(host); {
		case ip != nil:
			return []net.IP{ip}, nil
		case host == "localhost":
			return []net.IP{net.IPv4(127, 0, 0, 1).To4(), net.IPv6loopback}, nil
		}
		return nil, fmt.Errorf("lookup %s: no such host", host)
	}
}

// enterCertsDir makes the daemon's package look for certificates in the tree.
func enterCertsDir(tree upstream.Tree) (leave func(), err error) {
	certsDir = tree.Path(certsPath)
	yes, etc := "1", tree.Path("/etc")
	return hermetic.Environment(map[string]*string{rootless: &yes, "XDG_CONFIG_HOME": &etc})
}

func mustSet(variable, value string) (unset func()) {
	if err := os.Setenv(variable, value); err != nil {
		panic(err)
	}
	return func() { _ = os.Unsetenv(variable) }
}
