package mirror

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// CheckHostPort checks host[:port] as every engine understands it: a lower
// case DNS name, an IPv4 address, or an IPv6 address in brackets.
func CheckHostPort(s string) error {
	host, port, err := splitHostPort(s)
	if err != nil {
		return err
	}
	if err := checkHost(host); err != nil {
		return err
	}
	if port == "" {
		return nil
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 || port[0] == '0' {
		return fmt.Errorf("%q is not a port; write a number from 1 to 65535", port)
	}
	return nil
}

// splitHostPort cuts the port off. The host keeps its brackets.
func splitHostPort(s string) (host, port string, err error) {
	if strings.HasPrefix(s, "[") {
		end := strings.IndexByte(s, ']')
		if end < 0 {
			return "", "", errors.New("the IPv6 address has no closing bracket")
		}
		host, rest := s[:end+1], s[end+1:]
		if rest == "" {
			return host, "", nil
		}
		if rest[0] != ':' || rest == ":" {
			return "", "", fmt.Errorf("%q after the IPv6 address is not a port", rest)
		}
		return host, rest[1:], nil
	}
	host, port, found := strings.Cut(s, ":")
	if strings.Contains(port, ":") {
		if _, err := netip.ParseAddr(s); err == nil {
			return "", "", fmt.Errorf("an IPv6 address stands in brackets; write %q", "["+s+"]")
		}
		return "", "", fmt.Errorf("%q has more than one port", s)
	}
	if found && port == "" {
		return "", "", fmt.Errorf("%q ends in a colon without a port", s)
	}
	return host, port, nil
}

// checkHost checks a host without its port. It looks at bytes rather than
// matching a pattern since it runs for each mirror of each registry.
func checkHost(host string) error {
	if host == "" {
		return errors.New("the host is empty")
	}
	if host[0] == '[' {
		if a, err := netip.ParseAddr(strings.Trim(host, "[]")); err != nil || !a.Is6() || a.Zone() != "" {
			return fmt.Errorf("%q is not an IPv6 address", host)
		}
		return nil
	}
	if len(host) > 253 {
		return errors.New("the host is longer than 253 characters")
	}
	labelStart := 0
	for i := 0; i <= len(host); i++ {
		if i == len(host) || host[i] == '.' {
			if i == labelStart {
				return fmt.Errorf("%q has an empty part between dots", host)
			}
			if host[labelStart] == '-' || host[i-1] == '-' {
				return fmt.Errorf("a part of %q begins or ends with a hyphen", host)
			}
			labelStart = i + 1
			continue
		}
		switch c := host[i]; {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '-':
		case c >= 'A' && c <= 'Z':
			return fmt.Errorf("%q has upper-case letters, which engines compare as they stand; write %q", host, strings.ToLower(host))
		default:
			return fmt.Errorf("%q has %q, which no host name has", host, c)
		}
	}
	return nil
}

// CheckRepository checks a repository path such as "library/alpine", by the
// grammar of distribution/reference.
func CheckRepository(path string) error {
	if path == "" {
		return errors.New("the repository path is empty")
	}
	for part := range strings.SplitSeq(path, "/") {
		if err := checkComponent(part); err != nil {
			return fmt.Errorf("repository path %q: %w", path, err)
		}
	}
	return nil
}

// checkComponent checks one path component: alphanumerics with single
// separators ".", "_", "__" or hyphens between them.
func checkComponent(part string) error {
	switch {
	case part == "":
		return errors.New("it has an empty component (a slash too many)")
	case part == "." || part == "..":
		return fmt.Errorf("component %q would leave the path", part)
	}
	for i := 0; i < len(part); i++ {
		c := part[i]
		switch {
		case isLowerAlnum(c):
		case c >= 'A' && c <= 'Z':
			return fmt.Errorf("component %q has upper-case letters; write %q", part, strings.ToLower(part))
		case c == '.' || c == '_' || c == '-':
			end := i
			for end < len(part) && part[end] == c {
				end++
			}
			if i == 0 || end == len(part) || !isLowerAlnum(part[end]) || c == '.' && end-i > 1 || c == '_' && end-i > 2 {
				return fmt.Errorf("component %q has a separator %q out of place", part, c)
			}
			i = end - 1
		default:
			return fmt.Errorf("component %q has %q, which no repository name has", part, c)
		}
	}
	return nil
}

func isLowerAlnum(c byte) bool { return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' }
