package distribution

import (
	"fmt"
	"strconv"
	"time"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// Encode writes config.yml for a version such as "2.8" or "3.1"; empty is the
// newest known. The same Config gives the same bytes. Secrets are written as
// they are: see Secret. What the version cannot say is left out and in the
// diagnostics; one of severity Error means that the registry would not do what
// the Config says.
func (c Config) Encode(version string) ([]byte, mirror.Diagnostics, error) {
	v, err := parseVersion(version)
	if err != nil {
		return nil, nil, err
	}
	e := &encoder{version: v.String()}
	features := struct{ ttl, exec, timeout, addrs, size, tags bool }{
		featureTTL.HasAll(v), featureExec.HasAll(v), featureWriteTimeout.HasAll(v), featureRedisAddrs.HasAll(v), featureCacheSize.HasAll(v), featureTagLimit.HasAll(v),
	}
	root := &mapping{}
	root.add("version", plainValue("0.1"))
	log := &mapping{}
	log.text("level", c.LogLevel)
	notifications := &mapping{}
	var others []Entry
	for _, o := range c.Other {
		switch o.Key {
		case "log":
			log.entries = append(log.entries, o.Value.Entries...)
		case "notifications":
			notifications.entries = append(notifications.entries, o.Value.Entries...)
		default:
			others = append(others, o)
		}
	}
	root.section("log", log)
	s := c.Storage
	if s.CacheSize > 0 && !features.size {
		e.lost("storage.cache.blobdescriptorsize", "the cache in memory has no bound")
		s.CacheSize = 0
	}
	if s.TagConcurrency > 0 && !features.tags {
		e.lost("storage.tag.concurrencylimit", "look-ups are not bounded")
		s.TagConcurrency = 0
	}
	root.section("storage", s.mapping())
	root.section("http", c.HTTP.mapping())
	if p := c.Proxy; p != nil {
		m := &mapping{}
		m.text("remoteurl", p.RemoteURL)
		m.text("username", p.Username.Reveal())
		m.text("password", p.Password.Reveal())
		e.optional(m, features.ttl, "ttl", p.TTL, "content is kept for 7 days")
		e.optional(m, features.timeout, "cachewritetimeout", p.CacheWriteTimeout, "there is no such limit")
		switch {
		case p.ExecCommand != "" && features.exec:
			exec := &mapping{}
			exec.text("command", p.ExecCommand)
			exec.duration("lifetime", p.ExecLifetime)
			m.section("exec", exec)
		case p.ExecCommand != "":
			e.lost("proxy.exec", "the upstream is asked without these credentials")
		}
		root.section("proxy", m)
	}
	if c.Redis != nil {
		root.section("redis", e.redis(*c.Redis, features.addrs))
	}
	root.section("health", c.Health.mapping())
	if len(c.Notifications) > 0 {
		list := Value{Kind: List}
		for _, n := range c.Notifications {
			list.Items = append(list.Items, Value{Kind: Mapping, Entries: n.mapping().entries})
		}
		notifications.add("endpoints", list)
	}
	root.section("notifications", notifications)
	root.entries = append(root.entries, others...)
	return appendYAML(nil, Value{Kind: Mapping, Entries: root.entries}, 0), e.found, nil
}

type encoder struct {
	version string
	found   mirror.Diagnostics
}

func (e *encoder) lost(field, instead string) {
	e.found = append(e.found, ruleNotSayable.At(mirror.Position{}, field, fmt.Sprintf("distribution %s has no %s: %s", e.version, field, instead)))
}

func (e *encoder) optional(m *mapping, has bool, key string, value *time.Duration, instead string) {
	switch {
	case value == nil:
	case has:
		m.duration(key, value)
	default:
		e.lost("proxy."+key, instead)
	}
}

// redis writes the shape of the version.
func (e *encoder) redis(r Redis, addrs bool) *mapping {
	m := &mapping{}
	if addrs {
		m.texts("addrs", r.Addresses)
		m.text("username", r.Username.Reveal())
	} else {
		if len(r.Addresses) > 0 {
			m.text("addr", r.Addresses[0])
		}
		if len(r.Addresses) > 1 {
			e.lost("redis.addrs", "only "+r.Addresses[0]+" is used")
		}
		if r.Username.Reveal() != "" {
			e.lost("redis.username", "Redis is asked as its default user")
		}
	}
	m.text("password", r.Password.Reveal())
	m.number("db", r.DB)
	m.duration("dialtimeout", r.DialTimeout)
	m.duration("readtimeout", r.ReadTimeout)
	m.duration("writetimeout", r.WriteTimeout)
	if addrs {
		m.number("maxidleconns", r.MaxIdle)
		m.number("poolsize", r.MaxActive)
		m.duration("connmaxidletime", r.IdleTimeout)
	} else {
		pool := &mapping{}
		pool.number("maxidle", r.MaxIdle)
		pool.number("maxactive", r.MaxActive)
		pool.duration("idletimeout", r.IdleTimeout)
		m.section("pool", pool)
	}
	m.entries = append(m.entries, r.Other...)
	return m
}

func (s Storage) mapping() *mapping {
	m := &mapping{}
	if s.Driver != "" {
		m.add(s.Driver, Value{Kind: Mapping, Entries: s.Parameters})
	}
	cache := &mapping{}
	cache.text("blobdescriptor", s.Cache)
	cache.number("blobdescriptorsize", s.CacheSize)
	m.section("cache", cache)
	del := &mapping{}
	del.toggle("enabled", s.Delete)
	m.section("delete", del)
	maintenance := &mapping{}
	if p := s.UploadPurging; p != nil {
		purging := &mapping{}
		purging.toggle("enabled", p.Enabled)
		purging.duration("age", p.Age)
		purging.duration("interval", p.Interval)
		purging.toggle("dryrun", p.DryRun)
		maintenance.section("uploadpurging", purging)
	}
	readonly := &mapping{}
	readonly.toggle("enabled", s.ReadOnly)
	maintenance.section("readonly", readonly)
	m.section("maintenance", maintenance)
	tag := &mapping{}
	tag.number("concurrencylimit", s.TagConcurrency)
	m.section("tag", tag)
	m.entries = append(m.entries, s.Other...)
	return m
}

func (h HTTP) mapping() *mapping {
	m := &mapping{}
	m.text("addr", h.Addr)
	m.text("secret", h.Secret.Reveal())
	m.headers("headers", h.Headers)
	debug, prometheus := &mapping{}, &mapping{}
	debug.text("addr", h.DebugAddr)
	prometheus.toggle("enabled", h.Prometheus)
	debug.section("prometheus", prometheus)
	m.section("debug", debug)
	m.entries = append(m.entries, h.Other...)
	return m
}

func (h StorageHealth) mapping() *mapping {
	m, driver := &mapping{}, &mapping{}
	driver.toggle("enabled", h.Enabled)
	driver.duration("interval", h.Interval)
	driver.number("threshold", h.Threshold)
	m.section("storagedriver", driver)
	m.entries = append(m.entries, h.Other...)
	return m
}

func (n NotificationEndpoint) mapping() *mapping {
	m := &mapping{}
	m.text("name", n.Name)
	m.text("url", n.URL)
	m.headers("headers", n.Headers)
	m.duration("timeout", n.Timeout)
	m.number("threshold", n.Threshold)
	m.duration("backoff", n.Backoff)
	m.toggle("disabled", n.Disabled)
	m.entries = append(m.entries, n.Other...)
	return m
}

// mapping collects entries; what is unset adds none.
type mapping struct{ entries []Entry }

func (m *mapping) add(key string, v Value) { m.entries = append(m.entries, Entry{Key: key, Value: v}) }

func plainValue(text string) Value { return Value{Kind: Scalar, Text: text} }

// text writes a string; one that looks like another type gets quotes.
func (m *mapping) text(key, value string) {
	if value != "" {
		m.add(key, stringValue(value))
	}
}

func stringValue(value string) Value {
	v := plainValue(value)
	_, isBool := v.bool()
	_, notNumber := strconv.ParseFloat(value, 64)
	v.Quoted = isBool || notNumber == nil || value[0] >= '0' && value[0] <= '9' && looksNumeric(value)
	return v
}

// looksNumeric reports whether YAML 1.1 could read a number (0x1F, 1_000,
// 12:30:45) or a date.
func looksNumeric(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') && (c < 'A' || c > 'F') && c != '_' && c != ':' && c != '.' && c != '-' && c != 'x' && c != 'o' {
			return false
		}
	}
	return true
}

func (m *mapping) texts(key string, values []string) {
	if len(values) == 0 {
		return
	}
	list := Value{Kind: List}
	for _, v := range values {
		list.Items = append(list.Items, stringValue(v))
	}
	m.add(key, list)
}

func (m *mapping) headers(key string, hs []mirror.Header) {
	section := &mapping{}
	for _, h := range hs {
		list := Value{Kind: List}
		for _, v := range h.Values {
			list.Items = append(list.Items, Value{Kind: Scalar, Text: v.Reveal(), Quoted: v.Reveal() == "" || stringValue(v.Reveal()).Quoted})
		}
		section.add(h.Name, list)
	}
	m.section(key, section)
}

func (m *mapping) number(key string, n int) {
	if n != 0 {
		m.add(key, plainValue(strconv.Itoa(n)))
	}
}

func (m *mapping) toggle(key string, t mirror.Toggle) {
	if t.IsSet() {
		m.add(key, plainValue(t.String()))
	}
}

func (m *mapping) duration(key string, d *time.Duration) {
	if d != nil {
		m.add(key, plainValue(d.String()))
	}
}

// section adds a mapping that has entries.
func (m *mapping) section(key string, sub *mapping) {
	if len(sub.entries) > 0 {
		m.add(key, Value{Kind: Mapping, Entries: sub.entries})
	}
}
