package containerd

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// model turns what is in force into registries.
func (v *view) model() mirror.Config {
	var c mirror.Config
	for _, m := range v.cri.Mirrors {
		r := mirror.Registry{Prefix: m.Namespace}
		for _, h := range v.mirrors[m.Namespace] {
			if e, ok := h.model(""); ok {
				r.Mirrors = append(r.Mirrors, e)
			}
		}
		c.Registries = append(c.Registries, r)
	}
	seen := map[string]bool{}
	for _, t := range v.allTrees() {
		for _, d := range t.Directories {
			ns := d.Namespace()
			if first, ok := t.Own(ns); ns != "*" && ok && first != d || seen[ns] {
				continue // hidden by another directory
			}
			seen[ns] = true
			if r, ok := t.dirs[d.Name].registry(); ok {
				c.Registries = append(c.Registries, r)
			}
		}
		if seen["*"] {
			break
		}
	}
	return c
}

// registry is the model of one directory. Directories whose hosts.toml is
// missing or refused say nothing about mirrors.
func (c *compiledDir) registry() (mirror.Registry, bool) {
	if c.reading == nil || c.reading.refused {
		return mirror.Registry{}, false
	}
	r := mirror.Registry{Prefix: c.Namespace()}
	if (mirror.Config{Registries: []mirror.Registry{r}}).Validate().Err() != nil {
		c.notInModel(mirror.Position{File: path.Join(c.Path, hostsName)}, "", "no reference names "+r.Prefix+" as its registry")
		return mirror.Registry{}, false
	}
	type identity struct{ url, repository string }
	seen := make(map[identity]bool, len(c.hosts))
	for i := range c.hosts[:len(c.hosts)-1] {
		h := &c.hosts[i]
		e, ok := h.model(c.Path)
		switch id := (identity{e.URL, e.Repository}); {
		case !ok && h.why == "":
			c.notInModel(h.Source, "host", fmt.Sprintf("requests to %q have no /v2, which the model cannot say", h.Key))
		case !ok:
		case seen[id]:
			c.notInModel(h.Source, "host", fmt.Sprintf("%q is asked once more, in another spelling", h.Key))
		default:
			seen[id] = true
			r.Mirrors = append(r.Mirrors, e)
		}
	}
	r.Upstream = c.upstream(r.Prefix)
	c.noteDefault()
	return r, true
}

// upstream is nil where the root entry is what containerd would use anyway.
func (c *compiledDir) upstream(namespace string) *mirror.Endpoint {
	root := &c.hosts[len(c.hosts)-1]
	prefix, err := mirror.ParsePrefix(namespace)
	if err != nil {
		return nil
	}
	def := prefix.DefaultUpstream()
	if root.Host == "" {
		if def == "" {
			return nil
		}
		e := mirror.Endpoint{URL: def}
		root.settingsModel(&e, c.Path)
		e.Capabilities = 0
		if isBare(&e) {
			return nil
		}
		return &e
	}
	e, ok := root.model(c.Path)
	if !ok || e.URL == def && e.Repository == "" && isBare(&e) {
		return nil
	}
	return &e
}

// isBare reports whether an endpoint is nothing but a URL.
func isBare(e *mirror.Endpoint) bool {
	return e.Capabilities == 0 && e.TLS.IsZero() && len(e.Headers) == 0 && e.DialTimeout == nil
}

// model turns an endpoint into the model's; false for one whose requests the
// model cannot describe.
func (c *compiledEndpoint) model(dir string) (mirror.Endpoint, bool) {
	if c.why != "" || c.Scheme != "http" && c.Scheme != "https" || c.Host == "" {
		return mirror.Endpoint{}, false
	}
	p := path.Join("/", c.Path)
	e := mirror.Endpoint{URL: c.Scheme + "://" + c.Host}
	if base, ok := strings.CutSuffix(p, "/v2"); ok {
		e.URL += base
	} else if i := strings.Index(p, "/v2/"); i >= 0 {
		e.URL += p[:i]
		e.Repository = p[i+len("/v2/"):]
	} else {
		return mirror.Endpoint{}, false
	}
	c.settingsModel(&e, dir)
	return e, true
}

// settingsModel fills in everything but the URL. Certificate paths become
// those on the node.
func (c *compiledEndpoint) settingsModel(e *mirror.Endpoint, dir string) {
	s := &c.Settings
	if len(s.Capabilities) > 0 {
		e.Capabilities = c.Capabilities
	}
	e.TLS.SkipVerify = s.SkipVerify
	for _, p := range s.CA {
		e.TLS.CA = append(e.TLS.CA, absolute(dir, p))
	}
	for _, p := range s.Client {
		cert := mirror.ClientCert{Cert: absolute(dir, p.Cert)}
		if p.Key != nil && *p.Key != "" {
			// An empty key is meant as none, although containerd takes it for
			// the directory.
			cert.Key = absolute(dir, *p.Key)
		}
		e.TLS.Client = append(e.TLS.Client, cert)
	}
	if len(s.Header) > 0 {
		e.Headers = slices.Clone(s.Header)
	}
	if d, err := time.ParseDuration(s.DialTimeout); err == nil {
		e.DialTimeout = &d
	}
}

func absolute(dir, p string) string {
	if strings.HasPrefix(p, "/") || dir == "" {
		return p
	}
	return path.Join(dir, p)
}
