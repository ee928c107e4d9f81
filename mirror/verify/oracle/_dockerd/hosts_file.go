//go:build hostsfile

package main

import (
	"context"
	"crypto/tls"
	"net/http"
	"net/url"
	"path"
	"strings"

	"github.com/containerd/containerd/v2/core/remotes/docker"
	"github.com/distribution/reference"

	"github.com/mirrorcfg/mirrorcfg/mirror/verify/internal/containerd2"
	"github.com/mirrorcfg/mirrorcfg/mirror/verify/internal/upstream"
)

// hosts is daemon/hosts.go, RegistryHosts: containerd's host directories, into
// which the daemon merges the entries of daemon.json.
func (d *daemon) hosts() hostsWalk {
	lookup := containerd2.Remember(func(domain string) ([]docker.RegistryHost, []upstream.Log, error) {
		ctx, logged := containerd2.Logger(context.Background())
		hosts, err := containerd2.Hosts(ctx, d.tree, []string{certsPath})(domain)
		ignored := containerd2.Ignored(d.tree, []string{certsPath}, domain, hosts)
		if err == nil && len(d.options.Mirrors)+len(d.options.InsecureRegistries) > 0 {
			hosts = d.merge(domain, hosts)
		}
		return hosts, append(*logged, ignored...), err
	})
	return func(named reference.Named, op upstream.Operation) ([]upstream.Endpoint, []upstream.Request, []upstream.Log, error) {
		hosts, logged, err := lookup(reference.Domain(named))
		if err != nil {
			return nil, nil, logged, err
		}
		endpoints, requests, err := containerd2.Walk(named, op, hosts)
		return endpoints, requests, logged, err
	}
}

// merge says again what daemon/hosts.go, mergeLegacyConfig does in 28.5.2 and
// moby v2.0.0-beta.24; it is not exported there. Entries of daemon.json
// count only where exactly one host is configured otherwise.
func (d *daemon) merge(host string, hosts []docker.RegistryHost) []docker.RegistryHost {
	if len(hosts) != 1 {
		return hosts
	}
	if mirrors := d.service.ServiceConfig().Mirrors; host == "docker.io" && len(mirrors) > 0 {
		upstreamHost := hosts[0]
		hosts = nil
		for _, mirror := range mirrors {
			hosts = append(hosts, mirrorHost(mirror, upstreamHost))
		}
		hosts = append(hosts, upstreamHost)
	}
	for i := range hosts {
		if d.isInsecure(hosts[i].Host) {
			hosts[i].Client = insecure(hosts[i].Client)
		}
	}
	return hosts
}

// mirrorHost is daemon/hosts.go, mirrorsToRegistryHosts, for one mirror.
func mirrorHost(mirror string, upstreamHost docker.RegistryHost) docker.RegistryHost {
	h := upstreamHost
	h.Capabilities = mirrorCapabilities
	u, err := url.Parse(mirror)
	if err != nil || u.Host == "" {
		u, err = url.Parse("dummy://" + mirror)
	}
	if err != nil || u.Host == "" {
		h.Host, h.Path = mirror, "/v2"
		return h
	}
	h.Host = u.Host
	h.Path = strings.TrimSuffix(u.Path, "/")
	if !strings.HasSuffix(h.Path, "/v2") {
		h.Path = path.Join(h.Path, "/v2")
	}
	if u.Scheme != "dummy" {
		h.Scheme = u.Scheme
	}
	return h
}

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
