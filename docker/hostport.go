package docker

import (
	"net/netip"
	"strings"
)

// What dockerd asks of a host is asked here without net and without regular expressions, which would add half a megabyte
// to every program; the tests compare the answers.

// splitPort cuts host:port as net.SplitHostPort does: the port must be there, though it may be empty, and an IPv6 address
// loses its brackets.
func splitPort(s string) (host, port string, ok bool) {
	colon := strings.LastIndexByte(s, ':')
	if colon < 0 {
		return "", "", false
	}
	host, port = s[:colon], s[colon+1:]
	inner, bracketed := strings.CutPrefix(host, "[")
	if bracketed {
		host, ok = strings.CutSuffix(inner, "]")
	} else {
		ok = !strings.Contains(host, ":")
	}
	return host, port, ok && !strings.ContainsAny(host, "[]") && !strings.ContainsAny(port, "[]")
}

// isIP is net.ParseIP: an address without zone.
func isIP(s string) bool {
	addr, err := netip.ParseAddr(s)
	return err == nil && addr.Zone() == ""
}

// isDomain reports whether s is a domain with or without port in the grammar of distribution/reference 0.6.0
// (DomainRegexp): parts of letters, digits and inner hyphens, or an IPv6 address in brackets, of which only the characters
// are looked at.
func isDomain(s string) bool {
	if inside, ok := strings.CutPrefix(s, "["); ok {
		address, port, ok := strings.Cut(inside, "]")
		return ok && address != "" && strings.Trim(address, "0123456789abcdefABCDEF:") == "" && isPortOrNothing(port)
	}
	end := strings.IndexByte(s, ':')
	if end < 0 {
		end = len(s)
	}
	for part := range strings.SplitSeq(s[:end], ".") {
		if part == "" || part[0] == '-' || part[len(part)-1] == '-' {
			return false
		}
		for i := range len(part) {
			if c := part[i]; c != '-' && (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z') {
				return false
			}
		}
	}
	return isPortOrNothing(s[end:])
}

// isPortOrNothing reports whether s is empty, or a colon and digits.
func isPortOrNothing(s string) bool {
	return s == "" || len(s) > 1 && s[0] == ':' && strings.Trim(s[1:], "0123456789") == ""
}
