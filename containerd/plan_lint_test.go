package containerd

import (
	"fmt"
	"math/rand/v2"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
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
		return one(d, "10.0.0.7", "127.0.0.1", "localhost", "[2001:db8::7]") + one(d, "", ":5000", ":443", ":80")
	}
	return one(d, "a", "b", "c") + one(d, ".example", ".corp.example", ".internal", ".io") + one(d, "", "", ":5000", ":443")
}

func (d draw) endpoint() mirror.Endpoint {
	e := mirror.Endpoint{URL: one(d, "https://", "https://", "https://", "http://") + d.host(),
		Capabilities: one(d, 0, 0, mirror.Pull|mirror.Resolve, mirror.Pull, mirror.Resolve, mirror.AllCapabilities, mirror.Push, mirror.NoCapabilities)}
	if d.oneIn(5) {
		e.URL += one(d, "/x", "/x/y", "/v2", "/v2/x")
	}
	if d.oneIn(5) {
		e.Repository = one(d, "hub", "team/hub")
	}
	if strings.HasPrefix(e.URL, "https") || d.oneIn(4) {
		e.TLS.SkipVerify = one(d, mirror.Unset, mirror.Unset, mirror.Unset, mirror.On, mirror.Off)
		if d.oneIn(8) {
			e.TLS.CA = []string{"/etc/ssl/ca.pem"}
		}
		if d.oneIn(8) {
			e.TLS.Client = []mirror.ClientCert{{Cert: "/etc/ssl/c.pem", Key: one(d, "", "/etc/ssl/c.key")}}
		}
	}
	if d.oneIn(8) {
		e.Headers = []mirror.Header{{Name: one(d, "X-Team", "Authorization"), Values: secrets("v")}}
	}
	if d.oneIn(8) {
		e.DialTimeout = new(time.Duration)
		*e.DialTimeout = time.Second
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
		if d.oneIn(2) && !strings.ContainsAny(r.Prefix, "*/") {
			up = mirror.Endpoint{URL: one(d, "https://", "http://") + r.Prefix, TLS: up.TLS}
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

// drawnConfigs are files that a plan may find; all are of versions that start
// with them.
func (d draw) configFile(version string) string {
	if d.oneIn(2) {
		return ""
	}
	path := one(d, "", "config_path = '/etc/containerd/certs.d'\n", "config_path = '/etc/containerd/certs.d:/etc/docker/certs.d'\n", "config_path = '/opt/certs/'\n")
	if version < "2" {
		return "version = 2\n" + grpcRegistry + path
	}
	return one(d, "version = 2\n"+grpcRegistry, "version = 3\n"+imagesRegistry) + path
}

// toldAs names, for findings about what a configuration itself asks for, the
// code under which the plan tells of it.
var toldAs = map[string]string{
	"containerd/path-after-v2":      "mirror/url-v2",
	"containerd/docker-io-endpoint": "mirror/docker-io-endpoint",
	"containerd/self-mirror":        "mirror/self-mirror",
	"containerd/tls-on-http":        mirror.LossScheme.Code,
	"containerd/cert-files-ignored": "containerd/cert-files-unused",
}

// askedFor reports whether a finding is about what a configuration asks for in
// so many words, so that no plan could write it otherwise.
func askedFor(c mirror.Config, found mirror.Diagnostic) bool {
	return slices.ContainsFunc(c.Registries, func(r mirror.Registry) bool {
		own := ownHost(r.Prefix)
		if r.Upstream != nil {
			switch found.Code {
			case "containerd/root-tls":
				return !r.Upstream.TLS.IsZero() && strings.Contains(r.Upstream.URL, "//"+own)
			case "containerd/duplicate-mirror":
				return slices.ContainsFunc(r.Mirrors, func(m mirror.Endpoint) bool {
					return strings.Contains(m.URL, strings.SplitN(r.Upstream.URL, "/", 4)[2])
				})
			}
		}
		switch found.Code {
		case "containerd/directory-port":
			return strings.Contains(found.Message, r.Prefix+"/")
		case "containerd/root-tls": // of mirrors alone, the last is the registry itself
			n := len(r.Mirrors)
			return n > 0 && strings.Contains(r.Mirrors[n-1].URL, "//"+own) && !r.Mirrors[n-1].TLS.IsZero()
		case "containerd/nothing-resolves":
			return NamespaceOf(path.Base(path.Dir(found.File))) == r.Prefix && !resolves(r)
		}
		endpoints := r.Mirrors
		if r.Upstream != nil {
			endpoints = append(endpoints[:len(endpoints):len(endpoints)], *r.Upstream)
		}
		return slices.ContainsFunc(endpoints, func(e mirror.Endpoint) bool {
			u, err := mirror.ParseEndpointURL(e.URL)
			if err != nil || strings.HasPrefix(found.Field, "host.") && !strings.Contains(found.Field, u.Host) {
				return false
			}
			switch found.Code {
			case "containerd/plain-http":
				return u.Scheme == "http"
			case "containerd/skip-verify":
				return e.TLS.SkipVerify == mirror.On
			case "containerd/push-to-mirror":
				return e.Capabilities.Has(mirror.Push)
			case "containerd/credentials-over-http":
				return u.Scheme == "http" && len(e.Headers) > 0
			case "containerd/no-pull-still-serves":
				return !e.Capabilities.Has(mirror.Pull)
			}
			return false
		})
	})
}

// resolves reports whether a registry has an endpoint that may turn a tag into
// a digest.
func resolves(r mirror.Registry) bool {
	may := func(e mirror.Endpoint) bool { return e.Capabilities == 0 || e.Capabilities.Has(mirror.Resolve) }
	return slices.ContainsFunc(r.Mirrors, may) || !r.Blocked && r.Fallback != mirror.Off && (r.Upstream == nil || may(*r.Upstream))
}

// Three plans, one after the other, each with a configuration at random:
// whatever Lint warns of in their output, a plan has reported, or the
// configuration asks for. Planned again, nothing changes.
func TestWhatAnyPlanWritesLintsClean(t *testing.T) {
	accepted := mirror.Accept(mirror.LossBlocked.Code, mirror.LossMirrorOnly.Code, mirror.LossDigestOnly.Code, mirror.LossTLSVerify.Code)
	for seed := range uint64(3000) {
		d := draw{rand.New(rand.NewPCG(seed, 0))}
		e := Engine{Version: one(d, "1.6", "1.6.36", "1.7", "1.7.35", "2.0", "2.0.14", "2.1", "2.2", "2.3", "2.4", ""), Client: one(d, CRI, CRI, CRI, Ctr, Nerdctl)}
		if e.Client == Ctr {
			e.Paths.HostsDirs = []string{"/etc/containerd/certs.d"}
		}
		node := fstest.MapFS{"etc/ssl/ca.pem": {}, "etc/ssl/c.pem": {}, "etc/ssl/c.key": {}}
		if text := d.configFile(e.Version); text != "" && e.Client == CRI && e.Version != "" {
			node["etc/containerd/config.toml"] = &fstest.MapFile{Data: []byte(text)}
		}
		var wanted mirror.Config
		var reported mirror.Diagnostics
		history := ""
		for _, own := range []mirror.Ownership{mirror.Merge, one(d, mirror.Merge, mirror.Exclusive, mirror.Remove), one(d, mirror.Merge, mirror.Exclusive)} {
			want := d.config()
			plan, err := e.Plan(node, want, mirror.Own(own), accepted)
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
			history += fmt.Sprintf("%s, %s, ownership %d\n%s%v\n", e.Name(), e.Client, own, text, plan.Diagnostics)
			for _, c := range plan.Changes {
				history += fmt.Sprintf("-- %s --\n%s", c.Path, c.After)
			}

			again, err := e.Plan(node, want, mirror.Own(own), accepted)
			require.NoError(t, err)
			require.Empty(t, again.Changes, "seed %d: %s", seed, history)
			for _, found := range lintNode(t, e, node).AtLeast(mirror.Warning) {
				if len(reported.WithCode(found.Code))+len(reported.WithCode(toldAs[found.Code])) == 0 && !askedFor(wanted, found) {
					t.Fatalf("seed %d: %v\n%s", seed, found, history)
				}
			}
		}
	}
}
