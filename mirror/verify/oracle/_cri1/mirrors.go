package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"

	"github.com/containerd/containerd/pkg/cri/config"
	"github.com/containerd/containerd/remotes/docker"

	"github.com/mirrorcfg/mirrorcfg/mirror/verify/internal/upstream"
)

// mirrorHosts says again what containerd 1.7.35 pkg/cri/sbserver/image_pull.go,
// registryHosts, registryEndpoints and getTLSConfig do without a config_path;
// they are methods of a type that cannot be had from outside.
func mirrorHosts(registry config.Registry, tree upstream.Tree, host string) ([]docker.RegistryHost, error) {
	list, err := endpoints(registry, host)
	if err != nil {
		return nil, fmt.Errorf("get registry endpoints: %w", err)
	}
	hosts := make([]docker.RegistryHost, len(list))
	for i, endpoint := range list {
		u, err := url.Parse(endpoint)
		if err != nil {
			return nil, fmt.Errorf("parse registry endpoint %q from mirrors: %w", endpoint, err)
		}
		transport := &http.Transport{}
		if settings := registry.Configs[u.Host].TLS; settings != nil {
			if transport.TLSClientConfig, err = tlsConfig(*settings, tree); err != nil {
				return nil, fmt.Errorf("get TLSConfig for registry %q: %w", endpoint, err)
			}
		} else if local(host) && u.Scheme == "http" {
			transport.TLSClientConfig = &tls.Config{InsecureSkipVerify: true} //nolint:gosec // as containerd does
		}
		if u.Path == "" {
			u.Path = "/v2"
		}
		hosts[i] = docker.RegistryHost{
			Client: &http.Client{Transport: transport},
			Scheme: u.Scheme, Host: u.Host, Path: u.Path, Capabilities: docker.HostCapabilityPull | docker.HostCapabilityResolve,
		}
	}
	return hosts, nil
}

func endpoints(registry config.Registry, host string) ([]string, error) {
	mirror, ok := registry.Mirrors[host]
	if !ok {
		mirror = registry.Mirrors["*"]
	}
	own := false
	out := make([]string, 0, len(mirror.Endpoints)+1)
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
		out = append(out, endpoint)
	}
	if own {
		return out, nil
	}
	upstreamHost, err := docker.DefaultHost(host)
	if err != nil {
		return nil, fmt.Errorf("get default host: %w", err)
	}
	return append(out, defaultScheme(upstreamHost)+"://"+upstreamHost), nil
}

func local(host string) bool {
	match, err := docker.MatchLocalhost(host)
	return err == nil && match
}

func defaultScheme(host string) string {
	if local(host) {
		return "http"
	}
	return "https"
}

func tlsConfig(settings config.TLSConfig, tree upstream.Tree) (*tls.Config, error) {
	out := &tls.Config{InsecureSkipVerify: settings.InsecureSkipVerify} //nolint:gosec // as configured
	if (settings.CertFile == "") != (settings.KeyFile == "") {
		return nil, errors.New("a cert file needs a key file, and the other way round")
	}
	at := func(name string) string {
		if strings.HasPrefix(name, tree.Dir()) {
			return name // the loader's files are laid out with it
		}
		return tree.Path(name)
	}
	if settings.CertFile != "" {
		cert, err := tls.LoadX509KeyPair(at(settings.CertFile), at(settings.KeyFile))
		if err != nil {
			return nil, fmt.Errorf("failed to load cert file: %w", err)
		}
		out.Certificates = []tls.Certificate{cert}
	}
	if settings.CAFile != "" {
		pool, err := x509.SystemCertPool()
		if err != nil {
			return nil, fmt.Errorf("failed to get system cert pool: %w", err)
		}
		data, err := os.ReadFile(at(settings.CAFile))
		if err != nil {
			return nil, fmt.Errorf("failed to load CA file: %w", err)
		}
		pool.AppendCertsFromPEM(data)
		out.RootCAs = pool
	}
	return out, nil
}
