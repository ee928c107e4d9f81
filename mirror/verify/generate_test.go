package verify

import (
	"fmt"
	"time"

	"pgregory.net/rapid"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// The files that generated TLS settings name.
const (
	caFile   = "/etc/ssl/mirrors/ca.pem"
	certFile = "/etc/ssl/mirrors/client.pem"
	keyFile  = "/etc/ssl/mirrors/client.key"
)

// limits bound a generated Config. The issue of size is separate from that of
// shape: a few cases are large, most are small.
type limits struct{ registries, mirrors int }

func drawLimits(t *rapid.T) limits {
	if rapid.IntRange(0, 49).Draw(t, "large") == 0 {
		return limits{50, 8}
	}
	return limits{4, 3}
}

func drawConfig(t *rapid.T) mirror.Config {
	max := drawLimits(t)
	var c mirror.Config
	seen := map[string]bool{}
	for range rapid.IntRange(1, max.registries).Draw(t, "registries") {
		r := drawRegistry(t, max.mirrors)
		if !seen[r.Prefix] {
			seen[r.Prefix] = true
			c.Registries = append(c.Registries, r)
		}
	}
	if rapid.IntRange(0, 9).Draw(t, "search") == 0 {
		c.Search = rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"docker.io", "quay.io", "reg.example:5000"}), 0, 3, rapid.ID[string]).Draw(t, "searched")
	}
	return c
}

var (
	label  = rapid.StringMatching(`[a-z][a-z0-9]{0,5}(-[a-z0-9]{1,3})?`)
	domain = rapid.Custom(func(t *rapid.T) string {
		return label.Draw(t, "label") + rapid.SampledFrom([]string{".example", ".corp.example", ".io"}).Draw(t, "zone")
	})
	port = rapid.SampledFrom([]string{"", "", "", ":5000", ":8443", ":443", ":80"})
	// A mirror may be addressed by number; a registry's name seldom is.
	address  = rapid.SampledFrom([]string{"10.0.0.7", "127.0.0.1", "localhost"})
	pathPart = rapid.StringMatching(`[a-z0-9]{1,4}([._-][a-z0-9]{1,3})?`)
)

func drawPath(t *rapid.T, name string) string {
	p := pathPart.Draw(t, name)
	if rapid.IntRange(0, 2).Draw(t, "deeper") == 0 {
		p += "/" + pathPart.Draw(t, name)
	}
	return p
}

func drawPrefix(t *rapid.T) string {
	switch rapid.IntRange(0, 9).Draw(t, "prefix kind") {
	case 0, 1:
		return "docker.io"
	case 2:
		return domain.Draw(t, "prefix host") + "/" + drawPath(t, "prefix path")
	case 3:
		return "*." + domain.Draw(t, "prefix domain")
	case 4:
		return "*"
	default:
		return domain.Draw(t, "prefix host") + port.Draw(t, "prefix port")
	}
}

func drawRegistry(t *rapid.T, maxMirrors int) mirror.Registry {
	r := mirror.Registry{Prefix: drawPrefix(t)}
	for range rapid.IntRange(0, maxMirrors).Draw(t, "mirrors") {
		r.Mirrors = append(r.Mirrors, drawEndpoint(t))
	}
	if rapid.IntRange(0, 5).Draw(t, "has upstream") == 0 {
		up := drawEndpoint(t)
		r.Upstream = &up
	}
	switch rapid.IntRange(0, 7).Draw(t, "fallback") {
	case 0:
		r.Fallback = mirror.Off
	case 1:
		r.Fallback = mirror.On
	}
	r.Blocked = rapid.IntRange(0, 11).Draw(t, "blocked") == 0
	return r
}

var capabilitySets = []mirror.Capabilities{
	0, 0, 0, mirror.Pull | mirror.Resolve, mirror.Pull | mirror.Resolve, mirror.Pull, mirror.Resolve,
	mirror.Pull | mirror.Resolve | mirror.Push, mirror.AllCapabilities, mirror.Push, mirror.NoCapabilities,
}

func drawEndpoint(t *rapid.T) mirror.Endpoint {
	host := domain.Draw(t, "host")
	if rapid.IntRange(0, 7).Draw(t, "by address") == 0 {
		host = address.Draw(t, "address")
	}
	scheme := "https://"
	if rapid.IntRange(0, 4).Draw(t, "plain") == 0 {
		scheme = "http://"
	}
	e := mirror.Endpoint{
		URL:          scheme + host + port.Draw(t, "port"),
		Capabilities: rapid.SampledFrom(capabilitySets).Draw(t, "capabilities"),
	}
	if rapid.IntRange(0, 4).Draw(t, "has base") == 0 {
		e.URL += "/" + drawPath(t, "base")
	}
	if rapid.IntRange(0, 3).Draw(t, "has repository") == 0 {
		e.Repository = drawPath(t, "repository")
	}
	if scheme == "https://" {
		drawTLS(t, &e.TLS)
	}
	if rapid.IntRange(0, 7).Draw(t, "has header") == 0 {
		e.Headers = []mirror.Header{{Name: "X-Team", Values: []mirror.Secret{mirror.NewSecret(label.Draw(t, "header"))}}}
	}
	if rapid.IntRange(0, 7).Draw(t, "has timeout") == 0 {
		d := time.Duration(rapid.IntRange(1, 60).Draw(t, "seconds")) * time.Second
		e.DialTimeout = &d
	}
	return e
}

func drawTLS(t *rapid.T, tls *mirror.TLS) {
	switch rapid.IntRange(0, 9).Draw(t, "tls") {
	case 0, 1:
		tls.SkipVerify = mirror.On
	case 2:
		tls.SkipVerify = mirror.Off
	case 3:
		tls.CA = []string{caFile}
	case 4:
		tls.Client = []mirror.ClientCert{{Cert: certFile, Key: keyFile}}
	}
}

// describe prints a Config for a failing case.
func describe(c mirror.Config) string {
	text, err := mirror.Encoder{}.TOML(c)
	if err != nil {
		return fmt.Sprintf("%+v", c)
	}
	return string(text)
}
