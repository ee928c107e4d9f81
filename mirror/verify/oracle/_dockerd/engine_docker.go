//go:build !moby

package main

import (
	"net"
	_ "unsafe" // for go:linkname

	types "github.com/docker/docker/api/types/registry"
	"github.com/docker/docker/registry"
)

// module is where the engine's packages come from.
const module = "github.com/docker/docker"

type (
	serviceOptions = registry.ServiceOptions
	endpoint       = registry.APIEndpoint
	serviceConfig  = types.ServiceConfig
)

func newService(options serviceOptions) (service, error) { return registry.NewService(options) }

//go:linkname lookupIP github.com/docker/docker/registry.lookupIP
var lookupIP func(host string) ([]net.IP, error)

// certsDir is where certificates are looked for from 23.0 on; before it, the
// place follows the environment of a rootless daemon.
//
//go:linkname certsDir github.com/docker/docker/registry.certsDir
var certsDir string

// What is worked out once is worked out now, for a rootless daemon.
func init() {
	leave := mustSet(rootless, "1")
	_ = registry.CertsDir()
	leave()
}
