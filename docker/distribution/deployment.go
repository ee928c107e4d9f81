package distribution

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// Options say how caches are run. Zero fields take the defaults named.
type Options struct {
	// Version of Distribution: "2.8" or "3.1"; empty is the newest known.
	Version string
	// Host is where clients reach the caches, and the address that they listen
	// on. Default 127.0.0.1.
	Host string
	// FirstPort is that of the first cache; the next ones follow. Default 5000.
	FirstPort int
	// TTL is how long content is kept (version 3): nil is 7 days, 0 for ever.
	TTL *time.Duration
	// Redis keeps blob descriptors in Redis instead of in memory. Each cache
	// takes a database of its own, from Redis.DB on, since descriptors of one
	// must not answer for another.
	Redis *Redis
}

// Cache is one pull-through cache: one process, one upstream.
type Cache struct {
	// Name is used in paths and unit names: the registry with _ for a colon.
	Name string
	// Registry is the host whose images it serves.
	Registry string
	Upstream string
	Port     int
	Config   Config
}

// Deployment is a cache for each upstream of a mirror.Config.
type Deployment struct {
	Caches []Cache
	// Diagnostics say what could not be done; with an error among them there
	// are no caches.
	Diagnostics mirror.Diagnostics

	options Options
	clients mirror.Config
}

// NewDeployment plans one cache for each upstream that the Config's registries
// have. Prefixes within one registry share its cache. A registry for every
// host that is not named, or for all sub-domains, cannot be cached: a cache
// has one upstream and ignores ?ns=. Blocked registries get none. The error
// joins the diagnostics of severity Error.
func NewDeployment(want mirror.Config, o Options) (Deployment, error) {
	if o.Host == "" {
		o.Host = "127.0.0.1"
	}
	if o.FirstPort == 0 {
		o.FirstPort = 5000
	}
	d := Deployment{options: o, clients: want.Clone(), Diagnostics: want.Validate()}
	if err := d.Diagnostics.Err(); err != nil {
		return Deployment{Diagnostics: d.Diagnostics}, err
	}
	if _, err := parseVersion(o.Version); err != nil {
		return Deployment{}, err
	}
	for i := range d.clients.Registries {
		d.add(&d.clients.Registries[i], fmt.Sprintf("registries[%d]", i))
	}
	if err := d.Diagnostics.Err(); err != nil {
		return Deployment{Diagnostics: d.Diagnostics}, err
	}
	return d, nil
}

func (d *Deployment) fail(r mirror.Rule, field, format string, arguments ...any) {
	d.Diagnostics = append(d.Diagnostics, r.At(mirror.Position{}, field, fmt.Sprintf(format, arguments...)))
}

// add finds or makes the registry's cache and puts it before its mirrors.
func (d *Deployment) add(r *mirror.Registry, field string) {
	prefix, err := mirror.ParsePrefix(r.Prefix)
	switch {
	case err != nil || r.Blocked:
		return
	case prefix.Kind == mirror.PrefixAny || prefix.Kind == mirror.PrefixWildcard:
		d.fail(ruleAnyRegistry, field+".prefix", "%q stands for many registries: a cache for it would serve an image of one under the name of another", r.Prefix)
		return
	}
	upstream := mirror.Endpoint{URL: prefix.DefaultUpstream()}
	if r.Upstream != nil {
		upstream = *r.Upstream
	}
	if why := unsayable(upstream); why != "" {
		d.fail(ruleUnreachable, field+".upstream", "%s: %s", upstream.URL, why)
		return
	}
	remote := remoteURL(upstream.URL)
	i := slices.IndexFunc(d.Caches, func(c Cache) bool { return c.Registry == prefix.Host && c.Upstream == remote })
	if i < 0 {
		i = len(d.Caches)
		d.Caches = append(d.Caches, d.newCache(prefix.Host, remote))
	}
	r.Mirrors = append([]mirror.Endpoint{{
		URL: fmt.Sprintf("http://%s:%d", d.options.Host, d.Caches[i].Port), Capabilities: mirror.Pull | mirror.Resolve,
	}}, r.Mirrors...)
}

// unsayable names what config.yml cannot say about an upstream.
func unsayable(e mirror.Endpoint) string {
	switch {
	case e.Repository != "":
		return "a cache cannot put " + e.Repository + " before the repository"
	case len(e.Headers) > 0:
		return "a cache cannot send headers to its upstream"
	case e.TLS.SkipVerify == mirror.On:
		return "a cache always checks its upstream's certificate"
	case len(e.TLS.Client) > 0:
		return "a cache cannot show a client certificate to its upstream"
	case len(e.TLS.CA) > 0:
		return "a cache trusts the system's certificates alone; add the CA there and leave it out here"
	case e.Namespace != "":
		return "a cache cannot send ?ns= to its upstream"
	}
	return ""
}

// remoteURL ends a path with a slash, without which its last part is lost
// (net/url ResolveReference).
func remoteURL(url string) string {
	if u, err := mirror.ParseEndpointURL(url); err == nil && u.BasePath != "" {
		return u.String() + "/"
	}
	return strings.TrimSuffix(url, "/")
}

func (d *Deployment) newCache(host, remote string) Cache {
	o := d.options
	n := len(d.Caches)
	name := strings.NewReplacer(":", "_", "[", "", "]", "").Replace(host)
	for slices.ContainsFunc(d.Caches, func(c Cache) bool { return c.Name == name }) {
		name += "-2"
	}
	interval := 10 * time.Second
	c := Cache{Name: name, Registry: host, Upstream: remote, Port: o.FirstPort + n}
	c.Config = Config{
		LogLevel: "info",
		Storage: Storage{
			Driver: "filesystem", Parameters: []Entry{{Key: "rootdirectory", Value: plainValue("/var/lib/registry")}},
			Cache: "inmemory", Delete: mirror.On,
		},
		HTTP: HTTP{
			Addr:    ":5000",
			Headers: []mirror.Header{{Name: "X-Content-Type-Options", Values: []mirror.Secret{mirror.NewSecret("nosniff")}}},
		},
		Health: StorageHealth{Enabled: mirror.On, Interval: &interval, Threshold: 3},
		Proxy:  &Proxy{RemoteURL: remote, TTL: o.TTL},
	}
	if o.Redis != nil {
		redis := *o.Redis
		redis.DB += n
		c.Config.Storage.Cache, c.Config.Redis = "redis", &redis
	}
	return c
}

// Clients returns the Config for the caches' clients: each registry asks its
// cache first, for pulling and resolving, then its own mirrors, then the
// upstream where it did before.
func (d Deployment) Clients() mirror.Config { return d.clients.Clone() }

// CheckClients reports clients that would use the caches wrongly: one cache
// for several registries or for all of them, and pushing to a cache.
func (d Deployment) CheckClients(clients mirror.Config) mirror.Diagnostics {
	var ds mirror.Diagnostics
	for i, r := range clients.Registries {
		prefix, err := mirror.ParsePrefix(r.Prefix)
		if err != nil {
			continue
		}
		for j, m := range r.Mirrors {
			c, ok := d.cacheAt(m.URL)
			if !ok {
				continue
			}
			field := fmt.Sprintf("registries[%d].mirrors[%d]", i, j)
			if prefix.Host != c.Registry || prefix.Kind == mirror.PrefixAny || prefix.Kind == mirror.PrefixWildcard {
				ds = append(ds, ruleSeveralUpstreams.At(mirror.Position{}, field, fmt.Sprintf("%s is a cache of %s and would serve its images as those of %s", m.URL, c.Registry, r.Prefix)))
			}
			if m.Capabilities.Or(mirror.AllCapabilities).Has(mirror.Push) {
				ds = append(ds, rulePush.At(mirror.Position{}, field+".capabilities", fmt.Sprintf("%s takes no pushes", m.URL)))
			}
		}
	}
	return ds
}

func (d Deployment) cacheAt(url string) (Cache, bool) {
	u, err := mirror.ParseEndpointURL(url)
	if err != nil {
		return Cache{}, false
	}
	i := slices.IndexFunc(d.Caches, func(c Cache) bool { return u.Host == fmt.Sprintf("%s:%d", d.options.Host, c.Port) })
	if i < 0 {
		return Cache{}, false
	}
	return d.Caches[i], true
}
