package docker

import (
	"slices"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// model turns what is there into registries: docker.io's mirrors first, then the tree's registries, then insecure
// hosts.
func (n *node) model() mirror.Config {
	var c mirror.Config
	if n.certs != nil {
		c = n.certs.Config()
	}
	fromDaemon := n.modelHub(&c)
	modelInsecure(&c, n.insecureHosts(), fromDaemon)
	return c
}

// modelHub reports whether docker.io's mirrors are those of daemon.json.
func (n *node) modelHub(c *mirror.Config) bool {
	if len(n.mirrors) == 0 {
		return false
	}
	var mirrors []mirror.Endpoint
	seen := map[string]bool{}
	for _, m := range n.mirrors {
		u, err := mirror.ParseEndpointURL(strings.TrimSuffix(m.Value, "/"))
		if err != nil || seen[u.String()] {
			continue // lint tells why
		}
		seen[u.String()] = true
		mirrors = append(mirrors, mirror.Endpoint{URL: u.String()})
	}
	hub, ok := c.Find("docker.io")
	switch {
	case !ok:
		c.Registries = slices.Insert(c.Registries, 0, mirror.Registry{Prefix: "docker.io", Mirrors: mirrors})
	case len(hub.Mirrors) == 0 && hub.Fallback != mirror.Off:
		hub.Mirrors = mirrors
	case !n.resolver() && !sameURLs(hub.Mirrors, mirrors):
		hub.Mirrors = mirrors // docker pull does not read hosts.toml
	default:
		return false
	}
	return true
}

func sameURLs(a, b []mirror.Endpoint) bool {
	return slices.EqualFunc(a, b, func(x, y mirror.Endpoint) bool { return x.URL == y.URL && x.Repository == "" && y.Repository == "" })
}

// insecureHosts are the entries of insecure-registries that are hosts, in their order.
func (n *node) insecureHosts() (hosts []string) {
	if n.file == nil {
		return nil
	}
	seen := map[string]bool{"": true, "docker.io": true}
	for _, item := range n.file.InsecureRegistries().Items {
		e, ds := ValidateInsecureRegistry(item.Value)
		if ds.Err() == nil && !seen[e.Host] && mirror.CheckHostPort(e.Host) == nil {
			seen[e.Host] = true
			hosts = append(hosts, e.Host)
		}
	}
	return hosts
}

// modelInsecure says that the certificates of hosts are not checked: of mirrors, or of registries.
func modelInsecure(c *mirror.Config, hosts []string, fromDaemon bool) {
	insecure, said := map[string]bool{}, map[string]bool{}
	for _, host := range hosts {
		insecure[host] = true
	}
	for i := range c.Registries {
		said[c.Registries[i].Prefix] = true
	}
	if hub, ok := c.Find("docker.io"); ok {
		for i := range hub.Mirrors {
			m := &hub.Mirrors[i]
			u, err := mirror.ParseEndpointURL(m.URL)
			if err != nil || !insecure[u.Host] {
				continue
			}
			said[u.Host] = true
			if fromDaemon && u.Scheme == "https" && m.TLS.SkipVerify == mirror.Unset {
				m.TLS.SkipVerify = mirror.On
			}
		}
	}
	for _, host := range hosts {
		if !said[host] {
			c.Registries = append(c.Registries, insecureRegistry(host))
		}
	}
}

// insecureRegistry is a registry whose certificate is not checked.
func insecureRegistry(host string) mirror.Registry {
	return mirror.Registry{Prefix: host, Upstream: &mirror.Endpoint{URL: "https://" + host, TLS: mirror.TLS{SkipVerify: mirror.On}}}
}
