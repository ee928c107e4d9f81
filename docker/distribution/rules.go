package distribution

import (
	"github.com/mirrorcfg/mirrorcfg/internal/rulebook"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var book rulebook.Book

// rule declares a diagnostic code. Each is declared once.
func rule(r mirror.Rule) mirror.Rule { return book.Declare(r) }

// Rules returns every code that this package reports, ordered by code.
func Rules() []mirror.Rule { return book.Rules() }

const parserSource = "distribution 3.1.2 configuration/configuration.go"

var (
	ruleSyntax = rule(mirror.Rule{
		Code: "distribution/syntax", Severity: mirror.Error, Summary: "bytes that are not the YAML of a configuration file",
		Consequence: "the registry does not start, or the file is read otherwise than it looks", Fix: "write it as block YAML without anchors and tags",
	})
	ruleUnknownKey = rule(mirror.Rule{
		Code: "distribution/unknown-key", Severity: mirror.Warning, Summary: "a key that this version does not have",
		Consequence: "it is ignored without a word", Fix: "remove it, or write the key that is meant", Evidence: parserSource + ", non-strict yaml.Unmarshal",
	})
	ruleDuplicateKey = rule(mirror.Rule{
		Code: "distribution/duplicate-key", Severity: mirror.Warning, Summary: "a key that is there twice",
		Consequence: "the last one counts, the others are ignored", Fix: "keep one of them",
	})
	ruleWrongType = rule(mirror.Rule{
		Code: "distribution/wrong-type", Severity: mirror.Error, Summary: "a value of the wrong type",
		Consequence: "the registry does not start", Fix: "write a value of the type that is wanted",
	})
	ruleVersion = rule(mirror.Rule{
		Code: "distribution/version", Severity: mirror.Error, Summary: "no version: 0.1, the only one there is",
		Consequence: "the registry does not start: unsupported version", Fix: "write version: 0.1 as the first line", Evidence: "distribution 3.1.2 configuration/parser.go",
	})
	ruleStorage = rule(mirror.Rule{
		Code: "distribution/storage", Severity: mirror.Error, Summary: "no storage driver, or more than one",
		Consequence: "the registry does not start", Fix: "name one driver under storage, such as filesystem", Evidence: parserSource + " Storage.UnmarshalYAML",
	})
	ruleRemovedDriver = rule(mirror.Rule{
		Code: "distribution/storage-removed", Severity: mirror.Error, Summary: "a storage driver that version 3 does not have",
		Consequence: "the registry does not start", Fix: "move to s3, or stay with 2.8", Versions: ">= 3.0",
	})
	ruleTTLDelete = rule(mirror.Rule{
		Code: "distribution/ttl-without-delete", Severity: mirror.Warning, Summary: "a pull-through cache whose storage may not delete",
		Consequence: "nothing that expires is removed, and the disk fills", Fix: "write enabled: true under storage.delete", Evidence: "distribution#4957, #1994",
	})
	ruleTTLUnit = rule(mirror.Rule{
		Code: "distribution/duration-without-unit", Severity: mirror.Error, Summary: "a duration without a unit",
		Consequence: "it counts as nanoseconds, so that content expires at once", Fix: `write a unit: h, m or s, such as "168h"`, Evidence: "go.yaml.in/yaml/v2 decodes integers into time.Duration as they are",
	})
	ruleDuration = rule(mirror.Rule{
		Code: "distribution/duration", Severity: mirror.Error, Summary: "a duration that Go does not read",
		Consequence: "the registry does not start", Fix: "use the units h, m and s; there are no days: 7d is 168h", Evidence: "time.ParseDuration",
	})
	ruleSeveralUpstreams = rule(mirror.Rule{
		Code: "distribution/several-upstreams", Severity: mirror.Error, Summary: "one cache for several upstreams",
		Consequence: "a cache has one upstream and ignores ?ns=: an image of the same name from another registry would be served in its place", Fix: "run one cache for each upstream", Evidence: "distribution#3423",
	})
	ruleRemoteURL = rule(mirror.Rule{
		Code: "distribution/remote-url", Severity: mirror.Error, Summary: "an upstream that is no registry's URL",
		Consequence: "the registry does not start, or every pull fails", Fix: "write scheme://host, such as https://registry-1.docker.io",
	})
	ruleRemotePath = rule(mirror.Rule{
		Code: "distribution/remote-url-path", Severity: mirror.Warning, Summary: "an upstream with a path that does not end in a slash",
		Consequence: "the last part of the path is dropped from every request", Fix: "end it with a slash", Evidence: "net/url URL.ResolveReference in distribution 3.1.2 registry/client",
	})
	ruleRedisShape = rule(mirror.Rule{
		Code: "distribution/redis-shape", Severity: mirror.Error, Summary: "Redis in the shape of another version",
		Consequence: "the addresses are ignored; with cache.blobdescriptor: redis the registry does not start", Fix: "write addrs: [host:port] for version 3, addr: host:port for 2.8", Evidence: parserSource + " Redis; distribution 2.8.3 configuration.go Redis",
	})
	ruleRedisMissing = rule(mirror.Rule{
		Code: "distribution/redis-missing", Severity: mirror.Error, Summary: "a cache in Redis without a Redis",
		Consequence: "the registry does not start: redis configuration required to use for layerinfo cache", Fix: "add a redis section, or use blobdescriptor: inmemory", Evidence: "distribution 3.1.2 registry/handlers/app.go",
	})
	ruleCacheKind = rule(mirror.Rule{
		Code: "distribution/cache-kind", Severity: mirror.Warning, Summary: "a blob descriptor cache that does not exist",
		Consequence: "nothing is cached in memory", Fix: "write inmemory or redis", Evidence: "distribution 3.1.2 registry/handlers/app.go",
	})
	rulePath = rule(mirror.Rule{
		Code: "distribution/config-path", Severity: mirror.Error, Summary: "a file where this version does not look",
		Consequence: "the registry starts with the configuration of its image and is no cache", Fix: "mount it at /etc/distribution/config.yml for registry:3, at /etc/docker/registry/config.yml for registry:2", Evidence: "Dockerfile of distribution 2.8.3 and 3.0.0, CMD",
	})
	ruleEnvironment = rule(mirror.Rule{
		Code: "distribution/environment", Severity: mirror.Warning, Summary: "an environment variable that names no setting",
		Consequence: "it is ignored with a warning in the log", Fix: "join the Go field names: REGISTRY_PROXY_REMOTEURL", Evidence: "distribution 3.1.2 configuration/parser.go",
	})
	rulePush = rule(mirror.Rule{
		Code: "distribution/push", Severity: mirror.Warning, Summary: "a client that may push to a pull-through cache",
		Consequence: "the cache answers UNSUPPORTED", Fix: `write capabilities = ["pull", "resolve"]`, Evidence: "distribution 3.1.2 registry/proxy/proxyblobstore.go",
	})
	ruleAnyRegistry = rule(mirror.Rule{
		Code: "distribution/any-registry", Severity: mirror.Error, Summary: "a cache for every registry that is not named",
		Consequence: "a cache ignores ?ns= and would serve one registry's images under all names", Fix: "name each registry: one cache has one upstream", Evidence: "distribution#3423",
	})
	ruleUnreachable = rule(mirror.Rule{
		Code: "distribution/upstream-not-sayable", Severity: mirror.Error, Summary: "an upstream that Distribution cannot be told to use",
		Consequence: "the cache would ask another address, or without what the upstream wants", Fix: "name an upstream of scheme, host and base path alone",
	})
	ruleNotSayable = rule(mirror.Rule{
		Code: "distribution/not-sayable", Severity: mirror.Warning, Summary: "a setting that this version does not have",
		Consequence: "it is left out", Fix: "use version 3, or leave it out",
	})
)
