package docker

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// draw makes configurations at random.
type draw struct{ *rand.Rand }

func one[T any](d draw, from ...T) T { return from[d.IntN(len(from))] }

func (d draw) oneIn(n int) bool { return d.IntN(n) == 0 }

func (d draw) host() string {
	if d.oneIn(6) {
		return one(d, "10.0.0.7", "127.0.0.1", "localhost", "[2001:db8::7]") + one(d, "", ":5000")
	}
	return one(d, "a", "b", "c") + one(d, ".example", ".corp.example", ".internal", ".io") + one(d, "", "", ":5000", ":443")
}

func (d draw) endpoint() mirror.Endpoint {
	e := mirror.Endpoint{URL: one(d, "https://", "https://", "https://", "http://") + d.host(),
		Capabilities: one(d, 0, 0, pullAlone, mirror.Pull, mirror.Resolve, pullAlone|mirror.Push, mirror.AllCapabilities, mirror.Push, mirror.NoCapabilities)}
	if d.oneIn(5) {
		e.URL += one(d, "/x", "/x/y", "/v2", "/v2/x")
	}
	if d.oneIn(5) {
		e.Repository = one(d, "hub", "team/hub")
	}
	if e.URL[:5] == "https" {
		e.TLS.SkipVerify = one(d, mirror.Unset, mirror.Unset, mirror.Unset, mirror.On, mirror.Off)
		if d.oneIn(8) {
			e.TLS.CA = []string{"/etc/ssl/ca.pem"}
		}
		if d.oneIn(8) {
			e.TLS.Client = []mirror.ClientCert{{Cert: "/etc/ssl/c.pem", Key: "/etc/ssl/c.key"}}
		}
	}
	if d.oneIn(8) {
		e.Headers = []mirror.Header{{Name: "X-Team", Values: []mirror.Secret{mirror.NewSecret("v")}}}
	}
	if d.oneIn(8) {
		second := time.Second
		e.DialTimeout = &second
	}
	if d.oneIn(10) {
		e.Namespace = one(d, "docker.io", "quay.io")
	}
	return e
}

func (d draw) registry() mirror.Registry {
	r := mirror.Registry{Prefix: one(d, "docker.io", "docker.io", "quay.io", "*", "*.example", "quay.io/team", d.host(), d.host())}
	for range d.IntN(4) {
		r.Mirrors = append(r.Mirrors, d.endpoint())
	}
	if d.oneIn(5) {
		up := d.endpoint()
		if d.oneIn(2) {
			up = mirror.Endpoint{URL: one(d, "https://", "http://") + r.Prefix}
			if up.URL[:5] == "https" {
				up.TLS.SkipVerify = one(d, mirror.Unset, mirror.On, mirror.Off)
			}
		}
		r.Upstream = &up
	}
	r.Fallback = one(d, mirror.Unset, mirror.Unset, mirror.Unset, mirror.On, mirror.Off)
	r.Blocked = d.oneIn(12)
	return r
}

func (d draw) config() (c mirror.Config) {
	for range 1 + d.IntN(3) {
		r := d.registry()
		if _, twice := c.Find(r.Prefix); !twice {
			c.Registries = append(c.Registries, r)
		}
	}
	return c
}

var allLosses = mirror.Accept(mirror.LossBlocked.Code, mirror.LossMirrorOnly.Code, mirror.LossDigestOnly.Code, mirror.LossTLSVerify.Code)

// told names, for findings about what a configuration itself asks for, the code under which the plan tells of it.
var told = map[string]string{
	"docker/mirror-v2":              "mirror/url-v2",
	"docker/mirror-path-order":      "mirror/url-v2",
	"containerd/path-after-v2":      "mirror/url-v2",
	"containerd/docker-io-endpoint": "mirror/docker-io-endpoint",
	"containerd/self-mirror":        "mirror/self-mirror",
}

// asked reports whether a finding is about what a configuration asks for in so many words, so that no plan could write
// it otherwise.
func asked(c mirror.Config, d mirror.Diagnostic) bool {
	for _, r := range c.Registries {
		if d.Code == "containerd/directory-port" && strings.Contains(d.Message, r.Prefix) || d.Code == "containerd/nothing-resolves" && !resolves(r) {
			return true
		}
		endpoints := r.Mirrors
		if r.Upstream != nil {
			endpoints = append(endpoints[:len(endpoints):len(endpoints)], *r.Upstream)
		}
		for i, e := range endpoints {
			u, err := mirror.ParseEndpointURL(e.URL)
			last := i >= len(r.Mirrors)-1
			named := err == nil && strings.Contains(d.Message, u.Host)
			switch d.Code {
			case "docker/plain-http", "containerd/plain-http":
				named = named && u.Scheme == "http"
			case "containerd/skip-verify":
				named = named && (e.TLS.SkipVerify == mirror.On || u.Host == r.Prefix && u.Scheme == "http")
			case "docker/hidden-insecure", "containerd/directory-port": // an entry left from a mirror that is none any more
				named = named && e.TLS.SkipVerify == mirror.On && r.Prefix == "docker.io"
			case "docker/insecure-public", "docker/insecure-port":
				named = named && (e.TLS.SkipVerify == mirror.On || u.Scheme == "http")
			case "containerd/self-mirror":
				named = named && u.Host == r.Prefix
			case "containerd/push-to-mirror":
				named = named && e.Capabilities.Has(mirror.Push)
			case "containerd/no-pull-still-serves":
				named = !e.Capabilities.Has(mirror.Pull)
			case "containerd/duplicate-mirror":
				named = named && r.Upstream != nil && u.Host == strings.SplitN(r.Upstream.URL, "/", 4)[2]
			case "containerd/root-tls": // of the endpoint that stands at the root
				named = last && !e.TLS.IsZero()
			default:
				named = false
			}
			if named {
				return true
			}
		}
	}
	return false
}

// resolves reports whether a registry has an endpoint that may turn a tag into a digest.
func resolves(r mirror.Registry) bool {
	if !mirrorsAlone(&r) && (r.Upstream == nil || r.Upstream.Capabilities == 0 || r.Upstream.Capabilities.Has(mirror.Resolve)) {
		return true
	}
	return slices.ContainsFunc(r.Mirrors, func(m mirror.Endpoint) bool { return m.Capabilities == 0 || m.Capabilities.Has(mirror.Resolve) })
}

// Three plans, one after the other, each with a configuration at random: whatever Lint warns of in their output, a plan
// has reported, or the configuration asks for. Planned again, nothing changes.
func TestWhatAnyPlanWritesLintsClean(t *testing.T) {
	versions := []string{"20.10", "23.0", "24.0.7", "24.0.9", "25.0", "27.5", "28.0", "28.5", "29.0", "29"}
	for seed := range uint64(3000) {
		d := draw{rand.New(rand.NewPCG(seed, 0))}
		e := Engine{Version: one(d, versions...), ImageStore: one(d, Auto, Graphdriver, Containerd)}
		node := onNode("/etc/ssl/ca.pem", "", "/etc/ssl/c.pem", "", "/etc/ssl/c.key", "")
		var wanted mirror.Config
		var reported mirror.Diagnostics
		history := ""
		for _, own := range []mirror.Ownership{mirror.Merge, one(d, mirror.Merge, mirror.Exclusive, mirror.Remove), one(d, mirror.Merge, mirror.Exclusive)} {
			want := d.config()
			plan, err := e.Plan(node, want, mirror.Own(own), allLosses)
			if err != nil {
				continue // a configuration that is not valid
			}
			node = apply(node, plan)
			if own != mirror.Remove {
				wanted.Registries = append(wanted.Registries, want.Registries...)
			}
			reported = append(reported, plan.Diagnostics...)
			text, err := mirror.Encoder{}.TOML(want)
			require.NoError(t, err)
			history += fmt.Sprintf("%s, %s, ownership %d\n%s%v\n%v\n", e.Name(), e.ImageStore, own, text, outcome(plan), plan.Diagnostics)

			again, err := e.Plan(node, want, mirror.Own(own), allLosses)
			require.NoError(t, err)
			require.Empty(t, outcome(again), history)
			for _, found := range linted(t, e, node).AtLeast(mirror.Warning) {
				if len(reported.WithCode(found.Code))+len(reported.WithCode(told[found.Code])) == 0 && !asked(wanted, found) {
					t.Fatalf("seed %d: %v\n%s", seed, found, history)
				}
			}
		}
	}
}
