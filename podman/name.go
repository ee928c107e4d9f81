package podman

import (
	"errors"
	"fmt"
	"strings"

	"github.com/distribution/reference"
	"github.com/opencontainers/go-digest"
)

// Verdicts of containers/image docker/reference on a name that it parses.
const (
	verdictFormat    = "invalid reference format"
	verdictLower     = "invalid reference format: repository name must be lowercase"
	verdictCanonical = "repository name must be canonical"
	verdictTooLong   = "repository name must not be more than 255 characters"
)

// isDomain matches docker/reference DomainRegexp: labels with dots between,
// and an optional port. IPv6 literals do not match in any version.
func isDomain(s string) bool {
	host, port, hasPort := strings.Cut(s, ":")
	if hasPort && (port == "" || strings.Trim(port, "0123456789") != "") {
		return false
	}
	start := 0
	for i := 0; i <= len(host); i++ {
		if i < len(host) && host[i] != '.' {
			if c := host[i]; !isAlnum(c) && c != '-' {
				return false
			}
			continue
		}
		if i == start || host[start] == '-' || host[i-1] == '-' {
			return false
		}
		start = i + 1
	}
	return true
}

func isLowerAlnum(c byte) bool { return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' }

func isAlnum(c byte) bool { return isLowerAlnum(c) || c >= 'A' && c <= 'Z' }

// isPath matches components with slashes between, as docker/reference
// nameComponent: alphanumerics with ".", "_", "__" or hyphens between them.
func isPath(s string) bool {
	if s == "" {
		return false
	}
	for part := range strings.SplitSeq(s, "/") {
		if !isComponent(part) {
			return false
		}
	}
	return true
}

func isComponent(s string) bool {
	if s == "" || !isLowerAlnum(s[0]) || !isLowerAlnum(s[len(s)-1]) {
		return false
	}
	for i := 1; i < len(s)-1; i++ {
		switch c := s[i]; {
		case isLowerAlnum(c), c == '-':
			// "-" may stand beside other hyphens only.
			if c == '-' && !isLowerAlnum(s[i+1]) && s[i+1] != '-' {
				return false
			}
		case c == '.':
			if !isLowerAlnum(s[i+1]) {
				return false
			}
		case c == '_':
			if s[i+1] == '_' {
				i++
			}
			if !isLowerAlnum(s[i+1]) {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// namesRegistry reports whether the first component of a name is a registry
// rather than a namespace of Docker Hub (docker/reference splitDockerDomain).
func namesRegistry(first string) bool {
	return strings.ContainsAny(first, ".:") || first == "localhost"
}

// name is a rewritten reference, taken apart.
type name struct{ domain, path, rest string }

// parseCanonical does as docker/reference ParseNamed: it takes a reference
// apart and refuses one that is not in its normal form. The verdict is empty
// when the reference is good. rest is the tag or digest with its separator.
func parseCanonical(s string) (name, string) {
	first, remainder, found := strings.Cut(s, "/")
	domain, normal := first, true
	switch {
	case !found || !namesRegistry(first):
		if len(s) == 64 && strings.Trim(s, "0123456789abcdef") == "" {
			return name{}, "invalid repository name (" + s + "), cannot specify 64-byte hexadecimal strings"
		}
		domain, remainder, normal = "docker.io", s, false
	case first == "index.docker.io":
		domain, normal = "docker.io", false
	}
	if domain == "docker.io" && !strings.Contains(remainder, "/") {
		remainder, normal = "library/"+remainder, false
	}
	if head, _, _ := strings.Cut(remainder, ":"); strings.ToLower(head) != head {
		return name{}, verdictLower
	}
	end := strings.IndexAny(remainder, ":@")
	if end < 0 {
		end = len(remainder)
	}
	n := name{domain, remainder[:end], remainder[end:]}
	if !isDomain(domain) && isComponent(domain) {
		// The grammar then takes the whole for a path: a name without a host.
		n.domain, n.path = "", domain+"/"+n.path
	}
	switch {
	case n.domain != "" && !isDomain(domain) || !isPath(n.path) || !isSuffix(n.rest):
		return name{}, verdictFormat
	case len(s)-len(n.rest) > 255:
		return name{}, verdictTooLong
	case !normal:
		return name{}, verdictCanonical
	}
	return n, ""
}

// isSuffix matches [:tag][@digest].
func isSuffix(s string) bool {
	tag, sum, hasDigest := strings.Cut(s, "@")
	if hasDigest && !isDigest(sum) {
		return false
	}
	if tag == "" {
		return true
	}
	tag = tag[1:]
	if s[0] != ':' || tag == "" || len(tag) > 128 || tag[0] == '.' || tag[0] == '-' {
		return false
	}
	for i := 0; i < len(tag); i++ {
		if c := tag[i]; !isAlnum(c) && c != '_' && c != '.' && c != '-' {
			return false
		}
	}
	return true
}

// isDigest matches docker/reference DigestRegexp, for every algorithm.
func isDigest(s string) bool {
	algorithm, hex, found := strings.Cut(s, ":")
	if !found || len(hex) < 32 || strings.Trim(hex, "0123456789abcdefABCDEF") != "" {
		return false
	}
	first := true // of a component, which is a letter
	for i := 0; i < len(algorithm); i++ {
		c := algorithm[i]
		switch {
		case first && (!isAlnum(c) || c <= '9'):
			return false
		case !first && !isAlnum(c) && strings.IndexByte("-_+.", c) < 0:
			return false
		}
		first = !isAlnum(c)
	}
	return !first && algorithm != ""
}

// parseReference does as docker/reference Parse, and reports whether there is
// a digest. distribution/reference, which it asks about the name, would refuse
// every digest in a program that links no hash function.
func parseReference(s string) (ref reference.Reference, digested bool, err error) {
	head, sum, digested := strings.Cut(s, "@")
	if digested && (head == "" || !isDigest(sum)) {
		return nil, true, reference.ErrReferenceInvalidFormat
	}
	ref, err = reference.Parse(head)
	switch {
	case err != nil || !digested:
	case !digest.DigestRegexpAnchored.MatchString(sum):
		err = digest.ErrDigestInvalidFormat
	default:
		algorithm, hex, _ := strings.Cut(sum, ":")
		err = digest.Algorithm(algorithm).Validate(hex)
	}
	return ref, digested, err
}

// checkAliasName gives the library's verdict on the left side of an alias
// (shortnames.go validateShortName).
func checkAliasName(s string) string {
	ref, digested, err := parseReference(s)
	if err != nil {
		return fmt.Sprintf("cannot parse short name: %q: %v", s, upstreamText(err))
	}
	if digested {
		return fmt.Sprintf("invalid short name %q: must not contain digest", s)
	}
	if _, ok := ref.(reference.Tagged); ok {
		return fmt.Sprintf("invalid short name %q: must not contain tag", s)
	}
	named, ok := ref.(reference.Named)
	if !ok {
		return fmt.Sprintf("invalid short name %q: no name", s)
	}
	if namesRegistry(reference.Domain(named)) {
		return fmt.Sprintf("invalid short name %q: must not contain registry", s)
	}
	return ""
}

// checkAliasValue gives the library's verdict on the right side of an alias
// (shortnames.go parseShortNameValue).
func checkAliasValue(s string) string {
	ref, digested, err := parseReference(s)
	if err == nil && strings.HasPrefix(s, "[") {
		err = reference.ErrReferenceInvalidFormat
	}
	if err != nil {
		return fmt.Sprintf("parsing alias %q: %v", s, upstreamText(err))
	}
	if digested {
		return fmt.Sprintf("invalid alias %q: must not contain digest", s)
	}
	if _, ok := ref.(reference.Tagged); ok {
		return fmt.Sprintf("invalid alias %q: must not contain tag", s)
	}
	named, ok := ref.(reference.Named)
	if !ok || !namesRegistry(reference.Domain(named)) {
		return fmt.Sprintf("invalid alias %q: must contain registry and repository", s)
	}
	if _, err := reference.ParseNormalizedNamed(s); err != nil {
		return upstreamText(err)
	}
	return ""
}

// upstreamText is the error's text without what distribution/reference adds.
func upstreamText(err error) string {
	if errors.Is(err, reference.ErrNameContainsUppercase) {
		return reference.ErrNameContainsUppercase.Error()
	}
	return err.Error()
}
