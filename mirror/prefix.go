package mirror

import (
	"fmt"
	"strings"
)

// PrefixKind tells the forms of Registry.Prefix apart.
type PrefixKind uint8

const (
	// PrefixHost is one registry: "docker.io", "reg.example:5000".
	PrefixHost PrefixKind = iota
	// PrefixPath is a namespace or repository in one registry.
	PrefixPath
	// PrefixWildcard is every sub-domain: "*.example.com".
	PrefixWildcard
	// PrefixAny is every registry that is not named: "*".
	PrefixAny
)

// Prefix is Registry.Prefix taken apart.
type Prefix struct {
	Kind PrefixKind
	// Host is host[:port]; the domain without "*." for PrefixWildcard; empty
	// for PrefixAny.
	Host string
	// Path is set for PrefixPath alone, without slashes at its ends.
	Path string
}

// ParsePrefix takes a prefix apart and checks it. The error says what to
// write instead.
func ParsePrefix(s string) (Prefix, error) {
	switch {
	case s == "":
		return Prefix{}, fmt.Errorf("the prefix is empty; name a registry such as %q, or %q for all others", "docker.io", "*")
	case s == "*":
		return Prefix{Kind: PrefixAny}, nil
	case strings.Contains(s, "://"):
		return Prefix{}, fmt.Errorf("a prefix has no scheme; write %q", s[strings.Index(s, "://")+3:])
	case strings.HasPrefix(s, "*."):
		host := s[2:]
		if strings.ContainsAny(host, "/@:*") {
			return Prefix{}, fmt.Errorf("a wildcard prefix is *.domain, without port, path or another *")
		}
		if err := checkHost(host); err != nil {
			return Prefix{}, err
		}
		return Prefix{Kind: PrefixWildcard, Host: host}, nil
	}
	host, path, hasPath := strings.Cut(s, "/")
	if err := CheckHostPort(host); err != nil {
		return Prefix{}, err
	}
	if !hasPath {
		return Prefix{Kind: PrefixHost, Host: host}, nil
	}
	if err := CheckRepository(path); err != nil {
		return Prefix{}, err
	}
	return Prefix{Kind: PrefixPath, Host: host, Path: path}, nil
}

// String returns the prefix as it is written in a Config.
func (p Prefix) String() string {
	switch p.Kind {
	case PrefixAny:
		return "*"
	case PrefixWildcard:
		return "*." + p.Host
	case PrefixPath:
		return p.Host + "/" + p.Path
	default:
		return p.Host
	}
}

// DefaultUpstream returns the URL at which a registry is reached when nothing
// is configured: registry-1.docker.io for docker.io, https at the host
// otherwise. It is empty for prefixes that name no single host.
func (p Prefix) DefaultUpstream() string {
	switch {
	case p.Kind == PrefixAny || p.Kind == PrefixWildcard:
		return ""
	case p.Host == "docker.io":
		return "https://registry-1.docker.io"
	default:
		return "https://" + p.Host
	}
}
