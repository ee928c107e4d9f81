package containerd

import (
	"errors"
	"net/url"
	"path"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/internal/release"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// Endpoint is one place that a version of containerd asks, as it reads a
// hosts.toml.
type Endpoint struct {
	// Key is the host's table key or the value of server, as decoded. Empty
	// stands for the namespace's own default host.
	Key string
	// Root is true for the entry that the root keys make, which is always the
	// last.
	Root bool
	// Scheme, Host and Path are what requests are built from:
	// scheme://host + path + /repository/manifests/…
	Scheme, Host, Path string
	// Capabilities are never unset here: none written means all.
	Capabilities mirror.Capabilities
	// Settings as written.
	Settings Settings
	// Source is the host's table or the server line.
	Source mirror.Position
}

var errManyColons = errors.New("an IPv6 address stands in brackets")

// resolveURL sets scheme, host and path as 2.4.2
// core/remotes/docker/config/hosts.go parseHostConfig does, whose code for it
// is the same from 1.6 on. The error is url.Parse's and makes the whole file
// invalid.
func (e *Endpoint) resolveURL(overridePath bool) error {
	if e.Key == "" {
		return nil
	}
	text := e.Key
	// The letters are tested, not a scheme: "httpd.local:5000" is one.
	if !strings.HasPrefix(text, "http") {
		text = "https://" + text
	}
	u, err := url.Parse(text)
	if err != nil {
		return err
	}
	if !strings.HasPrefix(u.Host, "[") && strings.Count(u.Host, ":") > 1 {
		// url.Parse refuses it since Go 1.26, which builds containerd now.
		return errManyColons
	}
	e.Scheme, e.Host, e.Path = u.Scheme, u.Host, u.Path
	switch {
	case e.Path != "":
		e.Path = path.Clean(e.Path)
		if !strings.HasSuffix(e.Path, "/v2") && !overridePath {
			e.Path += "/v2"
		}
	case !overridePath:
		e.Path = "/v2"
	}
	return nil
}

// withDefaultHost fills an entry without a host in for a namespace, as
// ConfigureHosts does with the last entry of the list.
func (e Endpoint) withDefaultHost(namespace string, v release.Version) Endpoint {
	e.Scheme, e.Host, e.Path = "https", namespace, "/v2"
	e.Capabilities = mirror.AllCapabilities
	if !referrersCapability.Has(v) {
		e.Capabilities &^= mirror.Referrers
	}
	switch {
	case namespace == "docker.io":
		e.Host = "registry-1.docker.io"
	case isLocalhost(namespace):
		port := portOf(namespace)
		switch {
		case !localhostBoth.Has(v):
			e.Scheme = "http"
			return e
		case port != "" && port != "443":
			e.Scheme = "http"
		}
		if port != "80" {
			e.Settings.SkipVerify = mirror.On
		}
	}
	return e
}

// tlsMode is how a version connects to the endpoint.
func (e *Endpoint) tlsMode(v release.Version) mirror.TLSMode {
	skip := e.Settings.SkipVerify == mirror.On
	switch {
	case e.Scheme == "https" && skip:
		return mirror.TLSSkipVerify
	case e.Scheme == "https":
		return mirror.TLSVerified
	case !e.httpsFirst(v):
		return mirror.PlainHTTP
	case skip:
		return mirror.TLSSkipVerifyThenPlain
	default:
		return mirror.TLSThenPlain
	}
}

// httpsFirst reports whether an http endpoint is tried with https before.
func (e *Endpoint) httpsFirst(v release.Version) bool {
	if e.Scheme != "http" || !httpsBeforeHTTP.Has(v) {
		return false
	}
	if !e.Settings.HasTLS() && (e.Settings.DialTimeout == "" || !dialTimeoutIsTLS.Has(v)) {
		return false
	}
	port := portOf(e.Host)
	return port != "80" && (port != "" || httpsBeforeHTTPNoPort.Has(v))
}

// sendsNamespace reports whether requests carry ?ns= (2.4.2
// core/remotes/docker/registry.go isProxy).
func (e *Endpoint) sendsNamespace(namespace string) bool {
	return e.Host != namespace && !(namespace == "docker.io" && e.Host == "registry-1.docker.io")
}

// portOf is the port of host[:port], as net.SplitHostPort finds it.
func portOf(host string) string {
	i := strings.LastIndexByte(host, ':')
	if i < 0 || strings.HasSuffix(host, "]") {
		return ""
	}
	if host[0] != '[' && strings.IndexByte(host, ':') != i {
		return ""
	}
	return host[i+1:]
}

// isLocalhost follows 2.4.2 core/remotes/docker/resolver.go IsLocalhost, to
// which [::1] is localhost with a port only.
func isLocalhost(host string) bool {
	if port := portOf(host); port != "" {
		host = strings.Trim(strings.TrimSuffix(host, ":"+port), "[]")
	}
	return host == "localhost" || host == "::1" || isLoopback4(host)
}

// isLoopback4 reports whether host is in 127.0.0.0/8.
func isLoopback4(host string) bool {
	if !strings.HasPrefix(host, "127.") || strings.Count(host, ".") != 3 {
		return false
	}
	for part := range strings.SplitSeq(host, ".") {
		if part == "" || len(part) > 3 || len(part) > 1 && part[0] == '0' || strings.Trim(part, "0123456789") != "" || len(part) == 3 && part > "255" {
			return false
		}
	}
	return true
}
