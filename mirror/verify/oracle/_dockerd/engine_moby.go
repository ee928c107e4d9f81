//go:build moby

package main

import (
	"net"
	_ "unsafe" // for go:linkname

	types "github.com/moby/moby/api/types/registry"
	"github.com/moby/moby/v2/daemon/pkg/registry"
)

// module is where the engine's packages come from.
const module = "github.com/moby/moby/v2"

type (
	serviceOptions = registry.ServiceOptions
	endpoint       = registry.APIEndpoint
	serviceConfig  = types.ServiceConfig
)

func newService(options serviceOptions) (service, error) { return registry.NewService(options) }

//go:linkname lookupIP github.com/moby/moby/v2/daemon/pkg/registry.lookupIP
var lookupIP func(host string) ([]net.IP, error)

// certsDir has no meaning here: the place follows the environment of a
// rootless daemon.
var certsDir string
