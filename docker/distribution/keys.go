package distribution

import (
	"strings"

	"github.com/mirrorcfg/mirrorcfg/internal/release"
)

// valueType is what Distribution decodes a key into.
type valueType uint8

const (
	anything valueType = iota // not looked into
	text
	number
	boolean
	duration
	texts   // a list of strings
	headers // a mapping of lists of strings
	section
	listOf // a list of sections
)

// key is one row of the table of known keys. Below a section of type anything
// every key is known.
type key struct {
	path string
	kind valueType
	in   []release.Span // nil: every version
}

// keys are those of distribution 2.8.3 and 3.1.2 configuration/configuration.go.
var keys = []key{
	{"version", text, nil}, {"loglevel", text, nil},
	{"log", section, nil}, {"log.level", text, nil}, {"log.formatter", text, nil}, {"log.fields", anything, nil},
	{"log.hooks", anything, nil}, {"log.accesslog", anything, nil}, {"log.reportcaller", boolean, v3},
	{"storage", section, nil}, {"storage.*", anything, nil},
	{"storage.cache", section, nil}, {"storage.cache.blobdescriptor", text, nil}, {"storage.cache.layerinfo", text, nil},
	{"storage.cache.blobdescriptorsize", number, featureCacheSize.In},
	{"storage.delete", section, nil}, {"storage.delete.enabled", boolean, nil},
	{"storage.redirect", section, nil}, {"storage.redirect.disable", boolean, nil},
	{"storage.tag", section, featureTagLimit.In}, {"storage.tag.concurrencylimit", number, featureTagLimit.In},
	{"storage.maintenance", section, nil},
	{"storage.maintenance.uploadpurging", section, nil}, {"storage.maintenance.uploadpurging.enabled", boolean, nil},
	{"storage.maintenance.uploadpurging.age", duration, nil}, {"storage.maintenance.uploadpurging.interval", duration, nil},
	{"storage.maintenance.uploadpurging.dryrun", boolean, nil},
	{"storage.maintenance.readonly", section, nil}, {"storage.maintenance.readonly.enabled", boolean, nil},
	{"auth", anything, nil}, {"middleware", anything, nil}, {"policy", anything, nil}, {"catalog", anything, nil},
	{"tags", anything, v3}, {"validation", anything, nil}, {"reporting", anything, v2}, {"compatibility", anything, v2},
	{"http", section, nil}, {"http.addr", text, nil}, {"http.net", text, nil}, {"http.host", text, nil}, {"http.prefix", text, nil},
	{"http.secret", text, nil}, {"http.relativeurls", boolean, nil}, {"http.draintimeout", duration, nil},
	{"http.tls", anything, nil}, {"http.headers", headers, nil}, {"http.http2", anything, nil}, {"http.h2c", anything, v3},
	{"http.debug", section, nil}, {"http.debug.addr", text, nil},
	{"http.debug.prometheus", section, nil}, {"http.debug.prometheus.enabled", boolean, nil}, {"http.debug.prometheus.path", text, nil},
	{"notifications", section, nil}, {"notifications.events", anything, nil}, {"notifications.endpoints", listOf, nil},
	{"notifications.endpoints.name", text, nil}, {"notifications.endpoints.disabled", boolean, nil},
	{"notifications.endpoints.url", text, nil}, {"notifications.endpoints.headers", headers, nil},
	{"notifications.endpoints.timeout", duration, nil}, {"notifications.endpoints.threshold", number, nil},
	{"notifications.endpoints.backoff", duration, nil}, {"notifications.endpoints.ignoredmediatypes", texts, nil},
	{"notifications.endpoints.ignore", anything, nil},
	{"redis", section, nil},
	{"redis.addr", text, v2}, {"redis.password", text, nil}, {"redis.db", number, nil},
	{"redis.dialtimeout", duration, nil}, {"redis.readtimeout", duration, nil}, {"redis.writetimeout", duration, nil},
	{"redis.pool", section, v2}, {"redis.pool.maxidle", number, v2}, {"redis.pool.maxactive", number, v2}, {"redis.pool.idletimeout", duration, v2},
	{"redis.tls", anything, nil},
	{"redis.addrs", texts, v3}, {"redis.clientname", text, v3}, {"redis.protocol", number, v3}, {"redis.username", text, v3},
	{"redis.sentinelusername", text, v3}, {"redis.sentinelpassword", text, v3}, {"redis.maxretries", number, v3},
	{"redis.minretrybackoff", duration, v3}, {"redis.maxretrybackoff", duration, v3}, {"redis.contexttimeoutenabled", boolean, v3},
	{"redis.poolfifo", boolean, v3}, {"redis.poolsize", number, v3}, {"redis.pooltimeout", duration, v3},
	{"redis.minidleconns", number, v3}, {"redis.maxidleconns", number, v3}, {"redis.maxactiveconns", number, v3},
	{"redis.connmaxidletime", duration, v3}, {"redis.connmaxlifetime", duration, v3}, {"redis.maxredirects", number, v3},
	{"redis.readonly", boolean, v3}, {"redis.routebylatency", boolean, v3}, {"redis.routerandomly", boolean, v3}, {"redis.mastername", text, v3},
	{"health", section, nil}, {"health.file", anything, nil}, {"health.http", anything, nil}, {"health.tcp", anything, nil},
	{"health.storagedriver", section, nil}, {"health.storagedriver.enabled", boolean, nil},
	{"health.storagedriver.interval", duration, nil}, {"health.storagedriver.threshold", number, nil},
	{"proxy", section, nil}, {"proxy.remoteurl", text, nil}, {"proxy.username", text, nil}, {"proxy.password", text, nil},
	{"proxy.ttl", duration, featureTTL.In}, {"proxy.cachewritetimeout", duration, featureWriteTimeout.In},
	{"proxy.exec", section, featureExec.In}, {"proxy.exec.command", text, featureExec.In}, {"proxy.exec.lifetime", duration, featureExec.In},
}

var keyAt = func() map[string]key {
	m := make(map[string]key, len(keys))
	for _, k := range keys {
		m[k.path] = k
	}
	return m
}()

// lookupKey finds the row of a path.
func lookupKey(path string) (key, bool) {
	if k, ok := keyAt[path]; ok {
		return k, true
	}
	if parent, rest, found := strings.Cut(path, "."); found && parent == "storage" && !strings.Contains(rest, ".") {
		return keyAt["storage.*"], true
	}
	return key{}, false
}

func (k key) knownIn(v release.Version) bool {
	return k.in == nil || release.Feature{In: k.in}.Has(v)
}
