//go:build !hostsfile

package main

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/containerd/containerd/remotes/docker"
	"github.com/distribution/reference"
	"github.com/docker/docker/registry"
	"github.com/moby/buildkit/util/resolver"

	"github.com/mirrorcfg/mirrorcfg/mirror/verify/internal/containerd1"
	"github.com/mirrorcfg/mirrorcfg/mirror/verify/internal/upstream"
)

// hosts is daemon/daemon.go, RegistryHosts: BuildKit's own host function over
// a table that the daemon makes of daemon.json.
func (d *daemon) hosts() hostsWalk {
	lookup := containerd1.Remember(func(domain string) ([]docker.RegistryHost, []upstream.Log, error) {
		table := d.builderTable
		if major < 25 {
			table = d.builderTableOfFlags
		}
		hosts, err := resolver.NewRegistryConfig(withCertificates(table(domain)))(domain)
		return hosts, nil, err
	})
	return func(named reference.Named, op upstream.Operation) ([]upstream.Endpoint, []upstream.Request, []upstream.Log, error) {
		hosts, _, err := lookup(reference.Domain(named))
		if err != nil {
			return nil, nil, nil, err
		}
		endpoints, requests, err := containerd1.Walk(named, op, hosts)
		for i := range endpoints {
			// A registry may be asked twice, over http and over https.
			endpoints[i].Mirror = hosts[i].Host != hosts[len(hosts)-1].Host
		}
		return endpoints, requests, nil, err
	}
}

// builderTable says again what RegistryHosts does from 25.0 to 27.5.1, where
// it is a method of the whole daemon.
func (d *daemon) builderTable(host string) map[string]registryConfig {
	table := map[string]registryConfig{"docker.io": {Mirrors: d.service.ServiceConfig().Mirrors}}
	yes := true
	for name, index := range d.service.ServiceConfig().IndexConfigs {
		entry := table[name]
		if !index.Secure {
			entry.PlainHTTP, entry.Insecure = &yes, &yes
		}
		table[name] = entry
	}
	if entry, ok := table[host]; !ok && d.isInsecure(host) {
		entry.PlainHTTP, entry.Insecure = &yes, &yes
		table[host] = entry
	}
	return table
}

// builderTableOfFlags is the same up to 24.0.9: of a mirror it takes the host
// alone, and insecure registries as they are written. The second try at
// parsing them came with 24.0.
func (d *daemon) builderTableOfFlags(string) map[string]registryConfig {
	mirrors := make([]string, len(d.options.Mirrors))
	for i, mirror := range d.options.Mirrors {
		mirrors[i] = mirror
		if u, err := url.Parse(mirror); err == nil {
			mirrors[i] = u.Host
		}
	}
	table := map[string]registryConfig{"docker.io": {Mirrors: mirrors}}
	yes := true
	for _, entry := range d.options.InsecureRegistries {
		u, err := url.Parse(entry)
		if err != nil && major >= 24 && !strings.HasPrefix(entry, "http://") && !strings.HasPrefix(entry, "https://") {
			u, err = url.Parse("http://" + entry)
		}
		var of registryConfig
		if err == nil {
			entry = u.Host
			if u.Scheme == "http" {
				of.PlainHTTP = &yes
			} else {
				of.Insecure = &yes
			}
		}
		table[entry] = of
	}
	return table
}

// withCertificates is the end of both.
func withCertificates(table map[string]registryConfig) map[string]registryConfig {
	for name, entry := range table {
		dir, err := results(registry.HostCertsDir(name))
		if err == nil {
			entry.TLSConfigDir = []string{dir.(string)}
			table[name] = entry
		}
	}
	root := registry.CertsDir()
	directories, err := os.ReadDir(root)
	if err != nil {
		return table
	}
	for _, directory := range directories {
		name := directory.Name()
		if _, ok := table[name]; !ok {
			table[name] = registryConfig{TLSConfigDir: []string{filepath.Join(root, name)}}
		}
	}
	return table
}
