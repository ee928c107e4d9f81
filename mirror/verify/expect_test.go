package verify

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// expected is what the model itself says about a reference: the requests,
// without method and query, by which no engine differs from another. registry
// is the index of the registry that matched, -1 for none.
func expected(c mirror.Config, ref mirror.Reference) (requests []string, registry int) {
	registry = lookup(c, ref)
	if registry < 0 {
		return []string{request(mirror.Endpoint{URL: hostURL(ref.Domain)}, ref)}, -1
	}
	r := c.Registries[registry]
	for _, m := range r.Mirrors {
		if serves(m.Capabilities, ref) {
			requests = append(requests, request(m, ref))
		}
	}
	if !r.Fallback.Or(true) || r.Blocked {
		return requests, registry
	}
	up := mirror.Endpoint{URL: hostURL(ref.Domain)}
	if r.Upstream != nil {
		up = *r.Upstream
	}
	if serves(up.Capabilities, ref) {
		requests = append(requests, request(up, ref))
	}
	return requests, registry
}

func hostURL(domain string) string {
	if domain == "docker.io" {
		domain = "registry-1.docker.io"
	}
	return "https://" + domain
}

// lookup finds the longest prefix that a reference is below.
func lookup(c mirror.Config, ref mirror.Reference) int {
	best, length := -1, -1
	for i, r := range c.Registries {
		prefix, err := mirror.ParsePrefix(r.Prefix)
		if err != nil {
			continue
		}
		matches := false
		switch prefix.Kind {
		case mirror.PrefixAny:
			matches = true
		case mirror.PrefixWildcard:
			matches = strings.HasSuffix(ref.Domain, "."+prefix.Host)
		case mirror.PrefixPath:
			matches = ref.Domain == prefix.Host && (ref.Path == prefix.Path || strings.HasPrefix(ref.Path, prefix.Path+"/"))
		default:
			matches = ref.Domain == prefix.Host
		}
		if matches && len(r.Prefix) > length {
			best, length = i, len(r.Prefix)
		}
	}
	return best
}

// serves: a digest needs pull, a tag needs resolve.
func serves(c mirror.Capabilities, ref mirror.Reference) bool {
	c = c.Or(mirror.AllCapabilities)
	if ref.Digest != "" {
		return c.Has(mirror.Pull)
	}
	return c.Has(mirror.Resolve)
}

func request(e mirror.Endpoint, ref mirror.Reference) string {
	base := strings.TrimSuffix(e.URL, "/") + "/v2/"
	if e.Repository != "" {
		base += e.Repository + "/"
	}
	return fmt.Sprintf("%s%s/manifests/%s skip=%v", base, ref.Path, ref.Object(), e.TLS.SkipVerify == mirror.On)
}

// plain is an attempt in the form of expected.
func plain(a mirror.Attempt) string {
	u, err := url.Parse(a.URL)
	if err != nil {
		return a.URL
	}
	u.RawQuery = ""
	return fmt.Sprintf("%s skip=%v", u, a.TLS.SkipsVerify())
}
