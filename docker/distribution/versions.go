package distribution

import (
	"fmt"

	"github.com/mirrorcfg/mirrorcfg/internal/release"
)

// Newest is the newest version that the tables know.
const Newest = "3.1"

// Features that differ between versions, with upstream's source.
var (
	v3 = []release.Span{release.From("3.0")}
	v2 = []release.Span{release.Before("3.0")}

	featureTTL          = release.Feature{Name: "proxy.ttl", In: v3, Source: "distribution 3.0.0 configuration.go Proxy; 2.8.3 registry/proxy/proxyregistry.go has 7 days"}
	featureExec         = release.Feature{Name: "proxy.exec", In: v3, Source: "distribution 3.0.0 configuration.go ExecConfig"}
	featureWriteTimeout = release.Feature{Name: "proxy.cachewritetimeout", In: []release.Span{release.From("3.1")}, Source: "distribution 3.1.0 configuration.go Proxy"}
	featureRedisAddrs   = release.Feature{Name: "redis.addrs", In: v3, Source: "distribution 3.0.0 configuration.go RedisOptions"}
	featureCacheSize    = release.Feature{Name: "storage.cache.blobdescriptorsize", In: v3, Source: "distribution 3.0.0 registry/handlers/app.go"}
	featureTagLimit     = release.Feature{Name: "storage.tag.concurrencylimit", In: v3, Source: "distribution 3.0.0 configuration.go Storage.TagParameters"}
	featureOldDrivers   = release.Feature{Name: "storage.swift and storage.oss", In: v2, Source: "distribution 3.0.0 release notes"}
	featureNewPath      = release.Feature{Name: "/etc/distribution/config.yml", In: v3, Source: "distribution 3.0.0 Dockerfile CMD"}
)

// ConfigPath returns where the image of a version, registry:2 or registry:3,
// reads its configuration.
func ConfigPath(version string) (string, error) {
	v, err := parseVersion(version)
	if err != nil {
		return "", err
	}
	return configPath(v), nil
}

func configPath(v release.Version) string {
	if featureNewPath.Has(v) {
		return "/etc/distribution/config.yml"
	}
	return "/etc/docker/registry/config.yml"
}

// parseVersion reads "2.8", "3.1.2" or "" for the newest known.
func parseVersion(text string) (release.Version, error) {
	if text == "" {
		text = Newest
	}
	v, err := release.Parse(text)
	if err != nil {
		return v, err
	}
	if v.Major < 2 {
		return v, fmt.Errorf("distribution %s: the file format is known from 2.8 on", text)
	}
	return v, nil
}
