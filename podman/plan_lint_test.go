package podman

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
		return one(d, "10.0.0.7", "127.0.0.1", "localhost", "[2001:db8::7]", "nexus") + one(d, "", ":5000")
	}
	return one(d, "a", "b", "c") + one(d, ".example", ".corp.example", ".internal", ".io") + one(d, "", "", ":5000", ":443")
}

func (d draw) endpoint() mirror.Endpoint {
	both := mirror.Pull | mirror.Resolve
	e := mirror.Endpoint{URL: one(d, "https://", "https://", "https://", "http://") + one(d, d.host(), d.host(), d.host(), d.host(), "registry-1.docker.io"),
		Capabilities: one(d, 0, 0, both, mirror.Pull, mirror.Resolve, both|mirror.Push, mirror.AllCapabilities, mirror.Push, mirror.NoCapabilities)}
	if d.oneIn(8) {
		e.URL += one(d, "/x", "/x/y", "/v2", "/v2/x")
	}
	if d.oneIn(5) {
		e.Repository = one(d, "hub", "team/hub", "v2/hub")
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
	r := mirror.Registry{Prefix: one(d, "docker.io", "docker.io", "quay.io", "*", "*.example", "*.corp.example", "quay.io/team", "docker.io/alpine", d.host(), d.host(), d.host()+"/team")}
	for range d.IntN(4) {
		r.Mirrors = append(r.Mirrors, d.endpoint())
	}
	if d.oneIn(4) {
		up := d.endpoint()
		if d.oneIn(2) {
			host, _, _ := strings.Cut(r.Prefix, "/")
			up = mirror.Endpoint{URL: one(d, "https://", "http://") + host}
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
	if d.oneIn(4) {
		c.Search = []string{}
		for range d.IntN(3) {
			c.Search = append(c.Search, one(d, "docker.io", "quay.io", d.host()))
		}
	}
	return c
}

var allLosses = mirror.Accept(mirror.LossBlocked.Code, mirror.LossMirrorOnly.Code, mirror.LossDigestOnly.Code, mirror.LossTLSVerify.Code)

// told names, for findings about what a configuration itself asks for, the codes under which the plan tells of it.
var told = map[string][]string{
	"podman/insecure-endpoint":    {"loss/scheme", "loss/plain-http-fallback"},
	"podman/prefix-never-matches": {"mirror/prefix-library", "mirror/prefix-bare-name"},
	"podman/self-mirror":          {"mirror/self-mirror"},
	"podman/shadowed-mirrors":     {"loss/base-path", "loss/ipv6", "loss/capabilities", "podman/bare-host"},
	"podman/search-bare-name":     {"mirror/search-bare-name"},
}

// asked reports whether a finding is about what a configuration asks for in so many words, so that no plan could write
// it otherwise. last is the configuration that was planned for last, which is among all.
func asked(all, last mirror.Config, d mirror.Diagnostic) bool {
	named := func(s string) bool { return strings.Contains(d.Message, `"`+s) }
	switch d.Code {
	case "podman/search-mirror":
		return slices.ContainsFunc(all.Search, func(s string) bool { return named(s) && slices.Contains(hostsOfMirrors(all), s) })
	case "podman/prefix-matches-port":
		for _, r := range all.Registries {
			host, _, _ := strings.Cut(r.Prefix, "/")
			all.Search = append(all.Search, host)
		}
		return slices.ContainsFunc(all.Search, func(s string) bool { return strings.Contains(d.Message, "matches "+s) && strings.Contains(s, ":") })
	case "podman/insecure-not-inherited": // of a registry that an earlier plan wrote and the last does not name
		return !slices.ContainsFunc(hostsOfMirrors(last), func(s string) bool { return strings.Contains(d.Message, `mirror "`+s) })
	}
	for _, r := range all.Registries {
		if d.Code == "podman/shadowed-mirrors" && named(r.Prefix) && len(r.Mirrors) == 0 {
			return true
		}
		owner, _, _ := strings.Cut(r.Prefix, "/")
		for _, m := range r.Mirrors {
			host := hostIn(m)
			switch {
			case d.Code == "podman/location-v2" && strings.HasPrefix(m.Repository, "v2/") && strings.Contains(d.Message, "//"+host),
				d.Code == "podman/mirror-of-another" && host == "docker.io" && named(host),
				d.Code == "podman/self-mirror" && named(host) && (host == owner || r.Upstream != nil && host == hostIn(*r.Upstream)):
				return true
			}
		}
	}
	return false
}

func hostsOfMirrors(c mirror.Config) (out []string) {
	for _, r := range c.Registries {
		for _, m := range r.Mirrors {
			out = append(out, hostIn(m))
		}
	}
	return out
}

// hostIn is an endpoint's host as a location has it.
func hostIn(e mirror.Endpoint) string {
	u, _ := mirror.ParseEndpointURL(e.URL)
	if e.URL == "https://registry-1.docker.io" {
		return "docker.io"
	}
	return u.Host
}

// Three plans, one after the other, each with a configuration at random: whatever Lint warns of in their output, a plan
// has reported, or the configuration asks for. Planned again, nothing changes.
func TestWhatAnyPlanWritesLintsClean(t *testing.T) {
	engines := []Engine{{Version: "3.0"}, {Version: "4.0"}, {Version: "4.9"}, {Version: "5.4"}, {Version: "5.8"}, {Version: "6.0"}, {}, {Library: "5.42.0"},
		{Tool: CRIO, Version: "1.31"}, {Tool: CRIO}, {Tool: Buildah, Version: "1.25"}, {Tool: Buildah}, {Tool: Skopeo, Version: "1.8"}, {Tool: Skopeo}}
	for seed := range uint64(3000) {
		d := draw{rand.New(rand.NewPCG(seed, 0))}
		e := one(d, engines...)
		e.Paths.DropIn = one(d, "", "", "50-a.conf")
		var node tree
		var wanted mirror.Config
		var reported mirror.Diagnostics
		history := ""
		for _, own := range []mirror.Ownership{mirror.Merge, one(d, mirror.Merge, mirror.Exclusive, mirror.Remove), one(d, mirror.Merge, mirror.Exclusive)} {
			want := d.config()
			plan, err := e.Plan(node.fs(), want, mirror.Own(own), allLosses)
			if err != nil {
				refused := append(plan.Diagnostics.WithCode("podman/blocked-conflict"), plan.Diagnostics.WithCode("podman/insecure-conflict")...)
				require.True(t, want.Validate().Err() != nil || own == mirror.Merge && len(refused) > 0, "seed %d: %v\n%s", seed, err, history)
				require.Empty(t, plan.Changes)
				continue
			}
			node = node.after(plan)
			if own != mirror.Remove {
				wanted.Registries = append(wanted.Registries, want.Registries...)
				wanted.Search = append(wanted.Search, want.Search...)
			}
			reported = append(reported, plan.Diagnostics...)
			text, err := mirror.Encoder{}.TOML(want)
			require.NoError(t, err)
			history += fmt.Sprintf("%s, ownership %d\n%s%v\n%v\n", e.Name(), own, text, node, plan.Diagnostics)

			again, err := e.Plan(node.fs(), want, mirror.Own(own), allLosses)
			require.NoError(t, err)
			require.Empty(t, again.Changes, "seed %d\n%s", seed, history)
			view, err := e.Read(node.fs())
			require.NoError(t, err)
			for _, found := range view.Lint().AtLeast(mirror.Warning) {
				said := slices.ContainsFunc(append(told[found.Code], found.Code), func(code string) bool { return len(reported.WithCode(code)) > 0 })
				if !said && !asked(wanted, want, found) {
					t.Errorf("seed %d: %v\n%s", seed, found, history)
				}
			}
		}
	}
}
