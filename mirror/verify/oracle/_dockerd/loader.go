//go:build !docker20

package main

import "sync"

// load reads daemon.json as the daemon does (cmd/dockerd/daemon.go,
// loadDaemonCliConfig): the loader and the validation are daemon/config's.
func load(path string) (serviceOptions, error) {
	flags, err := flagsConfig()
	if err != nil {
		return serviceOptions{}, err
	}
	merged, err := mergeConfigurations(flags, commandLine(), path)
	if err != nil {
		return serviceOptions{}, err
	}
	return merged.ServiceOptions, nil
}

// flagsConfig is what the daemon's command line says when nothing stands on
// it.
var flagsConfig = sync.OnceValues(func() (*daemonConfig, error) {
	config, err := newConfig()
	if err != nil {
		return nil, err
	}
	// The daemon does not start without a docker-proxy; any program is one.
	config.UserlandProxyPath = "/proc/self/exe"
	return config, nil
})
