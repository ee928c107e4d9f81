package mirror

import (
	"errors"
	"fmt"
	"strings"
)

// Faults of a Config. Every field that is wrong is reported at once.
var (
	rulePrefix = fault("mirror/prefix", Error, "a registry prefix that no reference can match, or that cannot become a file name",
		"write a registry (docker.io), a path in it (quay.io/team), *.domain or *")
	rulePrefixHub = fault("mirror/prefix-docker-hub", Error, "Docker Hub under a name that image references do not have",
		`write "docker.io"`)
	rulePrefixBare = fault("mirror/prefix-bare-name", Warning, "a single name without dot or port, which a reference cannot name as a registry",
		"write the registry's full name or its port")
	rulePrefixLibrary = fault("mirror/prefix-library", Warning, "a repository of docker.io without its namespace, which no normalised reference has",
		"write docker.io/library/… or docker.io/namespace")
	ruleDuplicateRegistry = fault("mirror/duplicate-registry", Error, "two registries with the same prefix", "put the mirrors under one of them")
	ruleURL               = fault("mirror/url", Error, "an endpoint URL that engines refuse, or read otherwise than meant", "write http(s)://host[:port][/base]")
	ruleURLV2             = fault("mirror/url-v2", Warning, "an endpoint URL that holds /v2, which engines add themselves",
		"leave /v2 out: what stands before it belongs in url, what follows it in repository")
	ruleHubNotRegistry = fault("mirror/docker-io-endpoint", Warning, "docker.io as an endpoint, which serves web pages and no registry",
		"write https://registry-1.docker.io, or leave it out")
	ruleRepository      = fault("mirror/repository", Error, "a repository prefix that is no repository path", "write lower-case path components such as team/hub")
	ruleDuplicateMirror = fault("mirror/duplicate-mirror", Error, "the same mirror twice under one registry, which containerd refuses as a duplicate table",
		"remove one of them")
	ruleSelfMirror   = fault("mirror/self-mirror", Warning, "a mirror that is the registry itself", "remove it: the upstream is asked anyway")
	ruleNothingLeft  = fault("mirror/nothing-left", Error, "no mirror and no fallback, so that nothing can be pulled", "add a mirror, allow the fallback, or say blocked = true")
	ruleCapabilities = fault("mirror/capabilities", Error, "capabilities that do not exist", "use pull, resolve, push and referrers")
	ruleTLSFile      = fault("mirror/tls-file", Error, "a certificate path that is empty, relative to nothing, or holds control characters", "write an absolute path on the node")
	ruleTLSPlain     = fault("mirror/tls-on-http", Warning, "TLS settings on a plain http endpoint, for which some engines try https first", "remove them or write https")
	ruleHeader       = fault("mirror/header", Error, "a header that HTTP does not allow or that engines cannot set", "write a token as the name, and values without control characters")
	ruleTimeout      = fault("mirror/dial-timeout", Error, "a dial timeout that is not positive", `write a duration such as "3s"`)
	ruleNamespace    = fault("mirror/namespace", Error, "a ?ns= value that is no registry", "write host[:port]")
	ruleSearch       = fault("mirror/search", Error, "a search registry that is no host[:port]", "write a registry such as docker.io")
	ruleSearchTwice  = fault("mirror/duplicate-search", Warning, "the same search registry twice", "remove one of them")
	ruleSearchBare   = fault("mirror/search-bare-name", Warning, "a search registry without dot or port, which Podman takes for a Docker Hub namespace", "write the registry's full name or its port")
)

var faultRules []Rule

func fault(code string, severity Severity, summary, fix string) Rule {
	r := Rule{Code: code, Severity: severity, Summary: summary, Fix: fix}
	faultRules = append(faultRules, r)
	return r
}

// Rules returns every code that this package reports, the losses included.
func Rules() []Rule { return append(append([]Rule(nil), faultRules...), lossRules...) }

// Validate checks the whole Config and reports every fault with an indexed
// field path such as registries[2].mirrors[0].url. Files and positions are
// empty: DecodeTOML and DecodeJSON fill them in.
func (c Config) Validate() Diagnostics {
	v := validation{registryAt: -1, mirrorAt: -1}
	seen := make(map[string]int, len(c.Registries))
	for i := range c.Registries {
		r := &c.Registries[i]
		v.registryAt = i
		if first, dup := seen[r.Prefix]; dup {
			v.add(ruleDuplicateRegistry, "prefix", fmt.Sprintf("%q is configured already in registries[%d]", r.Prefix, first))
		} else {
			seen[r.Prefix] = i
		}
		v.registry(r)
	}
	v.registryAt = -1
	v.search(c.Search)
	return v.found
}

// Validate checks one registry as Config.Validate does; fields start at the
// registry.
func (r Registry) Validate() Diagnostics {
	v := validation{registryAt: -1, mirrorAt: -1}
	v.registry(&r)
	return v.found
}

// validation collects faults. It remembers where it is as numbers, so that a
// Config without faults costs no formatting.
type validation struct {
	found      Diagnostics
	registryAt int // -1 outside a list of registries
	mirrorAt   int // -1 outside a list of mirrors
	upstream   bool
}

func (v *validation) add(rule Rule, field, message string) {
	var b strings.Builder
	if v.registryAt >= 0 {
		fmt.Fprintf(&b, "registries[%d].", v.registryAt)
	}
	if v.mirrorAt >= 0 {
		fmt.Fprintf(&b, "mirrors[%d].", v.mirrorAt)
	} else if v.upstream {
		b.WriteString("upstream.")
	}
	b.WriteString(field)
	v.found = append(v.found, rule.At(Position{}, b.String(), message))
}

func (v *validation) registry(r *Registry) {
	prefix, ok := v.prefix(r.Prefix)
	type identity struct{ url, repository string }
	seen := make(map[identity]int, len(r.Mirrors))
	for i := range r.Mirrors {
		m := &r.Mirrors[i]
		v.mirrorAt = i
		u, valid := v.endpoint(m)
		if !valid {
			continue
		}
		id := identity{strings.TrimSuffix(m.URL, "/"), m.Repository}
		if first, dup := seen[id]; dup {
			v.add(ruleDuplicateMirror, "url", fmt.Sprintf("%s is the same as mirrors[%d]", m.URL, first))
			continue
		}
		seen[id] = i
		if ok && prefix.Kind == PrefixHost && m.Repository == "" && u.BasePath == "" && u.isDefaultUpstreamOf(prefix) {
			v.add(ruleSelfMirror, "url", fmt.Sprintf("%s is the upstream of %s", m.URL, r.Prefix))
		}
	}
	v.mirrorAt = -1
	if r.Upstream != nil {
		v.upstream = true
		v.endpoint(r.Upstream)
		v.upstream = false
	}
	if r.Fallback == Off && len(r.Mirrors) == 0 && !r.Blocked {
		v.add(ruleNothingLeft, "fallback", fmt.Sprintf("%s has no mirrors and no fallback", r.Prefix))
	}
}

// isDefaultUpstreamOf reports whether the URL is where the registry is
// reached by default.
func (u EndpointURL) isDefaultUpstreamOf(p Prefix) bool {
	if p.Host == "docker.io" {
		return u.Scheme == "https" && u.Host == "registry-1.docker.io"
	}
	return u.Scheme == "https" && u.Host == p.Host
}

func (v *validation) prefix(text string) (Prefix, bool) {
	p, err := ParsePrefix(text)
	if err != nil {
		v.add(rulePrefix, "prefix", fmt.Sprintf("prefix %q: %s", text, err))
		return p, false
	}
	switch {
	case p.Host == "index.docker.io" || p.Host == "registry-1.docker.io" || p.Host == "registry.hub.docker.com":
		v.add(rulePrefixHub, "prefix", "references to Docker Hub begin with docker.io, never with "+p.Host)
		return p, false
	case p.Kind != PrefixAny && p.Kind != PrefixWildcard && isBareName(p.Host):
		v.add(rulePrefixBare, "prefix", fmt.Sprintf("%q in a reference means a Docker Hub namespace", p.Host))
	case p.Kind == PrefixPath && p.Host == "docker.io" && !strings.Contains(p.Path, "/") && isOfficialImage(p.Path):
		v.add(rulePrefixLibrary, "prefix", fmt.Sprintf("docker.io/%s stands for docker.io/library/%[1]s in references", p.Path))
	}
	return p, true
}

// isBareName reports whether distribution/reference takes the first
// component of "name/image" for a namespace rather than a registry.
func isBareName(host string) bool {
	return host != "localhost" && !strings.ContainsAny(host, ".:")
}

// isOfficialImage names the official images that people write without
// library/. A namespace can have any other name, so that no more can be said.
func isOfficialImage(name string) bool {
	switch name {
	case "alpine", "busybox", "debian", "golang", "httpd", "mysql", "nginx", "node", "postgres", "python", "redis", "ubuntu":
		return true
	}
	return false
}

func (v *validation) endpoint(e *Endpoint) (EndpointURL, bool) {
	u, err := ParseEndpointURL(e.URL)
	valid := err == nil
	switch {
	case !valid:
		v.url(e.URL, err)
	case strings.Contains(u.BasePath+"/", "/v2/"):
		v.add(ruleURLV2, "url", fmt.Sprintf("%s makes requests below %s/v2/", e.URL, u.BasePath))
	case u.Host == "docker.io" || u.Host == "index.docker.io":
		v.add(ruleHubNotRegistry, "url", fmt.Sprintf("%s is not where Docker Hub serves its registry", e.URL))
	}
	if e.Repository != "" {
		if err := CheckRepository(e.Repository); err != nil {
			v.add(ruleRepository, "repository", err.Error())
			valid = false
		}
	}
	if e.Capabilities&^(AllCapabilities|NoCapabilities) != 0 || e.Capabilities&NoCapabilities != 0 && e.Capabilities != NoCapabilities {
		v.add(ruleCapabilities, "capabilities", fmt.Sprintf("%#x is no set of capabilities", uint8(e.Capabilities)))
	}
	v.tls(&e.TLS)
	if u.Scheme == "http" && !e.TLS.IsZero() {
		v.add(ruleTLSPlain, "skip_verify", "TLS settings beside "+e.URL)
	}
	v.headers(e.Headers)
	if e.DialTimeout != nil && *e.DialTimeout <= 0 {
		v.add(ruleTimeout, "dial_timeout", fmt.Sprintf("a dial timeout of %s never connects or never ends", *e.DialTimeout))
	}
	if e.Namespace != "" {
		if err := CheckHostPort(e.Namespace); err != nil {
			v.add(ruleNamespace, "namespace", err.Error())
		}
	}
	return u, valid
}

// url reports an endpoint URL with the fix that fits it best.
func (v *validation) url(raw string, err error) {
	rule := ruleURL
	problem := err.Error()
	var fault *URLError
	if errors.As(err, &fault) {
		problem = fault.Problem
		if fault.Fix != "" {
			rule.Fix = fault.Fix
		}
	}
	v.add(rule, "url", fmt.Sprintf("URL %s: %s", quoteURL(raw), problem))
}

// quoteURL quotes a URL that did not parse, without the credentials that it
// may hold.
func quoteURL(raw string) string {
	if at := strings.LastIndexByte(raw, '@'); at >= 0 {
		start := 0
		if i := strings.Index(raw[:at], "://"); i >= 0 {
			start = i + 3
		}
		raw = raw[:start] + mask + raw[at:]
	}
	return fmt.Sprintf("%q", raw)
}

func (v *validation) tls(t *TLS) {
	for i, ca := range t.CA {
		if problem := pathProblem(ca); problem != "" {
			v.add(ruleTLSFile, fmt.Sprintf("ca[%d]", i), problem)
		}
	}
	for i, c := range t.Client {
		if problem := pathProblem(c.Cert); problem != "" {
			v.add(ruleTLSFile, fmt.Sprintf("client[%d]", i), "certificate: "+problem)
		}
		if c.Key != "" {
			if problem := pathProblem(c.Key); problem != "" {
				v.add(ruleTLSFile, fmt.Sprintf("client[%d]", i), "key: "+problem)
			}
		}
	}
}

func pathProblem(p string) string {
	switch {
	case p == "":
		return "the path is empty"
	case strings.ContainsFunc(p, func(r rune) bool { return r < ' ' || r == 0x7f || r == '\uFFFD' }):
		return fmt.Sprintf("%q has a control character or is not UTF-8", p)
	}
	return ""
}

func (v *validation) headers(headers []Header) {
	seen := make(map[string]bool, len(headers))
	for _, h := range headers {
		at := "header." + h.Name
		switch {
		case h.Name == "" || strings.ContainsFunc(h.Name, func(r rune) bool { return !isTokenRune(r) }):
			v.add(ruleHeader, "header", fmt.Sprintf("%q is no header name", h.Name))
		case strings.EqualFold(h.Name, "host"):
			v.add(ruleHeader, at, "no engine lets a mirror's Host header be set")
		case seen[strings.ToLower(h.Name)]:
			v.add(ruleHeader, at, fmt.Sprintf("%q is there twice", h.Name))
		}
		seen[strings.ToLower(h.Name)] = true
		if len(h.Values) == 0 {
			v.add(ruleHeader, at, fmt.Sprintf("header %q has no value", h.Name))
		}
		for _, value := range h.Values {
			if value.Reveal() == mask {
				v.add(ruleHeader, at, fmt.Sprintf("the value of %q is what stands for a hidden secret, not the secret", h.Name))
			}
			if strings.ContainsFunc(value.Reveal(), func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f || r == '\uFFFD' }) {
				v.add(ruleHeader, at, fmt.Sprintf("a value of %q has a control character or is not UTF-8", h.Name))
			}
		}
	}
}

// isTokenRune accepts what RFC 9110 calls tchar.
func isTokenRune(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("!#$%&'*+-.^_`|~", r)
}

func (v *validation) search(search []string) {
	seen := make(map[string]bool, len(search))
	for i, s := range search {
		field := fmt.Sprintf("search[%d]", i)
		if err := CheckHostPort(s); err != nil {
			v.add(ruleSearch, field, fmt.Sprintf("search registry %q: %s", s, err))
			continue
		}
		if isBareName(s) {
			v.add(ruleSearchBare, field, fmt.Sprintf("%q + %q is docker.io/%s/alpine", s, "alpine", s))
		}
		if seen[s] {
			v.add(ruleSearchTwice, field, fmt.Sprintf("%q is there already", s))
		}
		seen[s] = true
	}
}
