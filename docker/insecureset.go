package docker

import (
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/internal/release"
)

// insecureSet is insecure-registries as dockerd looks hosts up in it.
type insecureSet struct {
	hosts map[string]bool
	nets  []netip.Prefix
	raw   []string
	// addresses is set where byFlag finds an IP address with a port.
	addresses bool
}

// loopback networks are insecure without being listed, that of IPv6 from 28.0 on.
var loopback = []netip.Prefix{netip.MustParsePrefix("::1/128"), netip.MustParsePrefix("127.0.0.0/8")}

func newInsecureSet(v release.Version, entries []Item) insecureSet {
	s := insecureSet{hosts: map[string]bool{}, nets: slices.Clone(loopback), addresses: insecureAddress.Has(v)}
	if !loopbackIPv6.Has(v) {
		s.nets = s.nets[1:]
	}
	for _, item := range entries {
		s.raw = append(s.raw, item.Value)
		entry, ds := ValidateInsecureRegistry(item.Value)
		switch {
		case ds.Err() != nil:
		case entry.Network.IsValid():
			s.nets = append(s.nets, entry.Network)
		case entry.Host != "docker.io": // which stays secure
			s.hosts[entry.Host] = true
		}
	}
	return s
}

// covers reports whether dockerd takes host[:port] for insecure (28.5.2 registry/config.go isSecureIndex). It looks
// names up in DNS and tests their addresses as well; here localhost alone has any.
func (s *insecureSet) covers(hostPort string) bool {
	return hostPort != "docker.io" && (s.hosts[hostPort] || s.inNetwork(hostPort))
}

func (s *insecureSet) inNetwork(hostPort string) bool {
	host, _, ok := splitPort(hostPort)
	if !ok {
		host = strings.Trim(hostPort, "[]")
	}
	if host == "localhost" {
		return true
	}
	if c := host[:min(1, len(host))]; c == "" || !strings.Contains(host, ":") && (c < "0" || c > "9") {
		return false
	}
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return false
	}
	addr = addr.Unmap()
	for _, n := range s.nets {
		if n.Contains(addr) {
			return true
		}
	}
	return false
}

// isLoopback reports whether host[:port] is this machine.
func isLoopback(hostPort string) bool {
	none := insecureSet{nets: loopback}
	return none.inNetwork(hostPort)
}

// schemes says over what BuildKit asked a host before 28.0.
type schemes struct{ plain, skipVerify bool }

// byFlag reads the list as dockerd up to 24.0 does for BuildKit: only entries that are URLs, and with 24.0 IP addresses
// with a port, get anywhere (23.0.15 and 24.0.9 daemon/daemon.go RegistryHosts).
func (s *insecureSet) byFlag(hostPort string) (found schemes) {
	for _, entry := range s.raw {
		u, err := url.Parse(entry)
		if err != nil && s.addresses && !strings.HasPrefix(entry, "http://") && !strings.HasPrefix(entry, "https://") {
			u, err = url.Parse("http://" + entry)
		}
		if err != nil || u.Host != hostPort {
			continue
		}
		found = schemes{plain: u.Scheme == "http", skipVerify: u.Scheme != "http"}
	}
	return found
}
