package distribution

import (
	"strconv"
	"strings"
	"time"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// File is a config.yml with its bytes and positions.
type File struct {
	name string
	data []byte
	root Value
}

// Parse reads a file. The error is a mirror.Diagnostic with a position: bytes
// that are not YAML, or YAML that is not understood here (see the package).
// What Distribution would ignore or refuse is found by Lint.
func Parse(name string, data []byte) (*File, error) {
	root, err := parseYAML(name, data)
	if err != nil {
		return nil, err
	}
	return &File{name: name, data: data, root: root}, nil
}

// Format returns the bytes that were parsed.
func (f *File) Format() []byte { return f.data }

// Root returns the whole file as a value.
func (f *File) Root() Value { return f.root }

// Config returns the typed view. Values of the wrong type are left out; Lint
// reports them.
func (f *File) Config() Config {
	var c Config
	for _, e := range effective(f.root) {
		switch e.Key {
		case "version":
		case "loglevel":
			if c.LogLevel == "" {
				c.LogLevel = e.Value.Text
			}
		case "log":
			level, _ := e.Value.Get("level")
			c.LogLevel = level.Text
			if rest := without(e.Value, "level"); len(rest) > 0 {
				c.Other = append(c.Other, Entry{Key: "log", Value: Value{Kind: Mapping, Entries: rest}})
			}
		case "storage":
			c.Storage = storageOf(e.Value)
		case "http":
			c.HTTP = httpOf(e.Value)
		case "proxy":
			c.Proxy = proxyOf(e.Value)
		case "redis":
			c.Redis = redisOf(e.Value)
		case "health":
			driver, _ := e.Value.Get("storagedriver")
			c.Health = StorageHealth{
				Enabled: toggleAt(driver, "enabled"), Interval: durationAt(driver, "interval"), Threshold: intAt(driver, "threshold"),
				Other: without(e.Value, "storagedriver"),
			}
		case "notifications":
			endpoints, _ := e.Value.Get("endpoints")
			for _, item := range endpoints.Items {
				c.Notifications = append(c.Notifications, notificationOf(item))
			}
			if rest := without(e.Value, "endpoints"); len(rest) > 0 {
				c.Other = append(c.Other, Entry{Key: "notifications", Value: Value{Kind: Mapping, Entries: rest}})
			}
		default:
			c.Other = append(c.Other, bare(e))
		}
	}
	return c
}

// effective returns the entries that count: the last of each key, in order.
func effective(v Value) []Entry {
	if len(v.Entries) == 0 {
		return nil
	}
	last := make(map[string]int, len(v.Entries))
	for i, e := range v.Entries {
		last[e.Key] = i
	}
	out := make([]Entry, 0, len(last))
	for i, e := range v.Entries {
		if last[e.Key] == i {
			out = append(out, e)
		}
	}
	return out
}

// without returns the entries but those named, as values without positions.
func without(v Value, names ...string) []Entry {
	var out []Entry
next:
	for _, e := range effective(v) {
		for _, n := range names {
			if e.Key == n {
				continue next
			}
		}
		out = append(out, bare(e))
	}
	return out
}

// bare drops positions, so that equal values are equal wherever they stood.
func bare(e Entry) Entry { return Entry{Key: e.Key, Value: bareValue(e.Value)} }

func bareValue(v Value) Value {
	out := Value{Kind: v.Kind, Text: v.Text, Quoted: v.Quoted}
	for _, i := range v.Items {
		out.Items = append(out.Items, bareValue(i))
	}
	for _, e := range effective(v) {
		out.Entries = append(out.Entries, bare(e))
	}
	return out
}

func storageOf(v Value) Storage {
	var s Storage
	if v.Kind == Scalar { // storage: inmemory
		s.Driver = v.Text
		return s
	}
	for _, e := range effective(v) {
		switch e.Key {
		case "cache":
			s.Cache = textAt(e.Value, "blobdescriptor")
			if s.Cache == "" {
				s.Cache = textAt(e.Value, "layerinfo")
			}
			s.CacheSize = intAt(e.Value, "blobdescriptorsize")
		case "delete":
			s.Delete = toggleAt(e.Value, "enabled")
		case "maintenance":
			readonly, _ := e.Value.Get("readonly")
			s.ReadOnly = toggleAt(readonly, "enabled")
			if p, ok := e.Value.Get("uploadpurging"); ok {
				s.UploadPurging = &UploadPurging{
					Enabled: toggleAt(p, "enabled"), DryRun: toggleAt(p, "dryrun"), Age: durationAt(p, "age"), Interval: durationAt(p, "interval"),
				}
			}
		case "tag":
			s.TagConcurrency = intAt(e.Value, "concurrencylimit")
		case "redirect":
			s.Other = append(s.Other, bare(e))
		default:
			s.Driver, s.Parameters = e.Key, without(e.Value)
		}
	}
	return s
}

func httpOf(v Value) HTTP {
	debug, _ := v.Get("debug")
	prometheus, _ := debug.Get("prometheus")
	h := HTTP{
		Addr: textAt(v, "addr"), Secret: mirror.NewSecret(textAt(v, "secret")), Headers: headersAt(v, "headers"),
		DebugAddr: textAt(debug, "addr"), Prometheus: toggleAt(prometheus, "enabled"),
		Other: without(v, "addr", "secret", "headers", "debug"),
	}
	return h
}

func proxyOf(v Value) *Proxy {
	exec, _ := v.Get("exec")
	return &Proxy{
		RemoteURL: textAt(v, "remoteurl"), Username: mirror.NewSecret(textAt(v, "username")), Password: mirror.NewSecret(textAt(v, "password")),
		TTL: durationAt(v, "ttl"), CacheWriteTimeout: durationAt(v, "cachewritetimeout"),
		ExecCommand: textAt(exec, "command"), ExecLifetime: durationAt(exec, "lifetime"),
	}
}

// redisOf reads both shapes; where a file has both, version 3's addresses
// count.
func redisOf(v Value) *Redis {
	pool, _ := v.Get("pool")
	r := &Redis{
		Username: mirror.NewSecret(textAt(v, "username")), Password: mirror.NewSecret(textAt(v, "password")), DB: intAt(v, "db"),
		DialTimeout: durationAt(v, "dialtimeout"), ReadTimeout: durationAt(v, "readtimeout"), WriteTimeout: durationAt(v, "writetimeout"),
		MaxIdle: intAt(v, "maxidleconns"), MaxActive: intAt(v, "poolsize"), IdleTimeout: durationAt(v, "connmaxidletime"),
		Other: without(v, "addr", "addrs", "username", "password", "db", "dialtimeout", "readtimeout", "writetimeout", "pool", "maxidleconns", "poolsize", "connmaxidletime"),
	}
	if pool.Kind == Mapping {
		r.MaxIdle, r.MaxActive, r.IdleTimeout = intAt(pool, "maxidle"), intAt(pool, "maxactive"), durationAt(pool, "idletimeout")
	}
	if addrs, ok := v.Get("addrs"); ok {
		r.Addresses = textsOf(addrs)
	} else if addr := textAt(v, "addr"); addr != "" {
		r.Addresses = []string{addr}
	}
	return r
}

func notificationOf(v Value) NotificationEndpoint {
	return NotificationEndpoint{
		Name: textAt(v, "name"), URL: textAt(v, "url"), Headers: headersAt(v, "headers"),
		Timeout: durationAt(v, "timeout"), Backoff: durationAt(v, "backoff"), Threshold: intAt(v, "threshold"), Disabled: toggleAt(v, "disabled"),
		Other: without(v, "name", "url", "headers", "timeout", "backoff", "threshold", "disabled"),
	}
}

func textAt(v Value, key string) string {
	found, _ := v.Get(key)
	if found.Kind != Scalar {
		return ""
	}
	return found.Text
}

func textsOf(v Value) []string {
	var out []string
	for _, i := range v.Items {
		if i.Kind == Scalar {
			out = append(out, i.Text)
		}
	}
	return out
}

func headersAt(v Value, key string) []mirror.Header {
	found, _ := v.Get(key)
	var out []mirror.Header
	for _, e := range effective(found) {
		h := mirror.Header{Name: e.Key}
		for _, value := range textsOf(e.Value) {
			h.Values = append(h.Values, mirror.NewSecret(value))
		}
		out = append(out, h)
	}
	return out
}

func intAt(v Value, key string) int {
	n, err := strconv.Atoi(textAt(v, key))
	if err != nil {
		return 0
	}
	return n
}

func toggleAt(v Value, key string) mirror.Toggle {
	found, _ := v.Get(key)
	if b, ok := found.bool(); ok {
		return mirror.ToggleOf(b)
	}
	return mirror.Unset
}

// bool reads the words of YAML 1.1, which go.yaml.in/yaml/v2 takes.
func (v Value) bool() (value, ok bool) {
	if v.Kind != Scalar || v.Quoted {
		return false, false
	}
	for _, w := range []struct {
		word  string
		value bool
	}{{"true", true}, {"yes", true}, {"on", true}, {"false", false}, {"no", false}, {"off", false}} {
		if v.Text == w.word || v.Text == strings.ToUpper(w.word) || v.Text == strings.ToUpper(w.word[:1])+w.word[1:] {
			return w.value, true
		}
	}
	return false, false
}

func durationAt(v Value, key string) *time.Duration {
	found, ok := v.Get(key)
	if !ok || found.Kind != Scalar {
		return nil
	}
	d, err := time.ParseDuration(found.Text)
	if n, numeric := strconv.ParseInt(found.Text, 10, 64); numeric == nil && !found.Quoted {
		d, err = time.Duration(n), nil
	}
	if err != nil {
		return nil
	}
	return &d
}
