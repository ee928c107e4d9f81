package main

import (
	"crypto/tls"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/containerd/containerd/v2/core/remotes/docker"
)

// mirrorHosts says again what containerd 2.4.2
// internal/cri/server/images/image_pull.go, registryHosts and
// registryEndpoints do without a config_path; they are methods of a type that
// cannot be had from outside.
func (c imageConfig) mirrorHosts(host string) ([]docker.RegistryHost, error) {
	endpoints, err := c.endpoints(host)
	if err != nil {
		return nil, fmt.Errorf("get registry endpoints: %w", err)
	}
	hosts := make([]docker.RegistryHost, len(endpoints))
	for i, endpoint := range endpoints {
		u, err := url.Parse(endpoint)
		if err != nil {
			return nil, fmt.Errorf("parse registry endpoint %q from mirrors: %w", endpoint, err)
		}
		transport := &http.Transport{}
		if docker.IsLocalhost(host) && u.Scheme == "http" {
			transport.TLSClientConfig = &tls.Config{InsecureSkipVerify: true} //nolint:gosec // as containerd does
		}
		if u.Path == "" {
			u.Path = "/v2"
		}
		hosts[i] = docker.RegistryHost{
			Client: &http.Client{Transport: transport},
			Scheme: u.Scheme, Host: u.Host, Path: u.Path, Capabilities: mirrorCapabilities,
		}
	}
	return hosts, nil
}

func (c imageConfig) endpoints(host string) ([]string, error) {
	mirror, ok := c.Registry.Mirrors[host]
	if !ok {
		mirror = c.Registry.Mirrors["*"]
	}
	own := false
	endpoints := make([]string, 0, len(mirror.Endpoints)+1)
	for _, endpoint := range mirror.Endpoints {
		if !strings.Contains(endpoint, "://") {
			u, err := url.Parse("dummy://" + endpoint)
			if err != nil {
				return nil, fmt.Errorf("parse endpoint url: %w", err)
			}
			endpoint = defaultScheme(u.Host) + "://" + endpoint
		}
		u, err := url.Parse(endpoint)
		if err != nil {
			return nil, fmt.Errorf("parse endpoint url: %w", err)
		}
		own = own || u.Host == host
		endpoints = append(endpoints, endpoint)
	}
	if own {
		return endpoints, nil
	}
	upstreamHost, err := docker.DefaultHost(host)
	if err != nil {
		return nil, fmt.Errorf("get default host: %w", err)
	}
	return append(endpoints, defaultScheme(upstreamHost)+"://"+upstreamHost), nil
}

func defaultScheme(host string) string {
	if docker.IsLocalhost(host) {
		return "http"
	}
	return "https"
}
