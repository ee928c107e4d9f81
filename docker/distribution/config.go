package distribution

import (
	"time"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// Config is config.yml of Distribution, as far as a pull-through cache needs
// it. What has no field of its own is in Other, so that nothing is lost.
type Config struct {
	// LogLevel is error, warn, info or debug; empty is info.
	LogLevel      string
	Storage       Storage
	HTTP          HTTP
	Proxy         *Proxy
	Redis         *Redis
	Health        StorageHealth
	Notifications []NotificationEndpoint
	// Other holds the sections that have no field, such as auth.
	Other []Entry
}

// Storage is where blobs are, and what may be done with them.
type Storage struct {
	// Driver is "filesystem", "inmemory", "s3", …
	Driver string
	// Parameters of the driver, such as rootdirectory.
	Parameters []Entry
	// Cache keeps blob descriptors: "", "inmemory" or "redis".
	Cache string
	// CacheSize bounds the cache in memory, in descriptors (version 3).
	CacheSize int
	// Delete must be On for content to expire.
	Delete mirror.Toggle
	// ReadOnly and UploadPurging are the maintenance section.
	ReadOnly      mirror.Toggle
	UploadPurging *UploadPurging
	// TagConcurrency bounds parallel tag look-ups (version 3).
	TagConcurrency int
	// Other holds the keys of the section that have no field.
	Other []Entry
}

// UploadPurging removes uploads that were never finished.
type UploadPurging struct {
	Enabled, DryRun mirror.Toggle
	Age, Interval   *time.Duration
}

// HTTP is how the registry is reached.
type HTTP struct {
	// Addr is host:port or :port.
	Addr string
	// Secret is shared by instances behind one load balancer.
	Secret mirror.Secret
	// Headers are added to each answer, in order.
	Headers []mirror.Header
	// DebugAddr serves health, and metrics where Prometheus is On.
	DebugAddr  string
	Prometheus mirror.Toggle
	Other      []Entry
}

// Proxy makes the registry a pull-through cache of one upstream.
type Proxy struct {
	RemoteURL          string
	Username, Password mirror.Secret
	// TTL is how long content is kept: nil is 7 days, 0 for ever. 2.8 knows
	// nothing but 7 days.
	TTL *time.Duration
	// CacheWriteTimeout bounds writing to the cache (version 3).
	CacheWriteTimeout *time.Duration
	// ExecCommand gives credentials and wins over Username (version 3).
	ExecCommand  string
	ExecLifetime *time.Duration
}

// Redis is the connection to Redis, in the terms that both versions share.
type Redis struct {
	// Addresses are host:port. 2.8 takes one.
	Addresses          []string
	Username, Password mirror.Secret // 2.8 has no user name
	DB                 int

	DialTimeout, ReadTimeout, WriteTimeout *time.Duration

	// MaxIdle, MaxActive and IdleTimeout are pool.maxidle, pool.maxactive and
	// pool.idletimeout of 2.8; maxidleconns, poolsize and connmaxidletime of 3.
	MaxIdle, MaxActive int
	IdleTimeout        *time.Duration

	Other []Entry
}

// StorageHealth checks the storage driver now and then.
type StorageHealth struct {
	Enabled   mirror.Toggle
	Interval  *time.Duration
	Threshold int
	// Other holds the file, http and tcp checks.
	Other []Entry
}

// NotificationEndpoint is told what is pulled and pushed.
type NotificationEndpoint struct {
	Name, URL        string
	Headers          []mirror.Header
	Timeout, Backoff *time.Duration
	Threshold        int
	Disabled         mirror.Toggle
	Other            []Entry
}

// Secret reports whether the file holds credentials, and so needs mode 0600.
func (c Config) Secret() bool {
	set := func(s mirror.Secret) bool { return s.Reveal() != "" }
	if c.Proxy != nil && (set(c.Proxy.Username) || set(c.Proxy.Password)) || c.Redis != nil && set(c.Redis.Password) || set(c.HTTP.Secret) {
		return true
	}
	for _, n := range c.Notifications {
		if len(n.Headers) > 0 {
			return true
		}
	}
	return len(c.Other) > 0 || c.Storage.Driver != "filesystem" && len(c.Storage.Parameters) > 0
}
