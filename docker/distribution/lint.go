package distribution

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mirrorcfg/mirrorcfg/internal/release"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// Lint reports what a version of Distribution ("2.8", "3.1"; empty is the
// newest known) would refuse in the file, ignore in silence, or do otherwise
// than its author is likely to think. The error says that the version cannot
// be parsed.
func (f *File) Lint(version string) (mirror.Diagnostics, error) {
	v, err := parseVersion(version)
	if err != nil {
		return nil, err
	}
	l := &linter{version: v}
	l.top(f)
	l.walk(f.root, "")
	l.storage(f.root)
	l.proxy(f.root)
	l.redis(f.root)
	l.found.Sort()
	return l.found, nil
}

type linter struct {
	version release.Version
	found   mirror.Diagnostics
}

func (l *linter) add(r mirror.Rule, at mirror.Position, field, format string, arguments ...any) {
	l.found = append(l.found, r.At(at, field, fmt.Sprintf(format, arguments...)))
}

func (l *linter) top(f *File) {
	start := mirror.Position{File: f.name, Line: 1, Column: 1}
	version, ok := f.root.Get("version")
	switch {
	case f.root.Kind != Mapping:
		l.add(ruleWrongType, f.root.At, "", "the file is no mapping of sections")
	case !ok:
		l.add(ruleVersion, start, "version", "the file has no version")
	case version.Text != "0.1":
		l.add(ruleVersion, version.At, "version", "version %q does not exist", version.Text)
	}
}

// walk checks every key against the table.
func (l *linter) walk(v Value, path string) {
	seen := map[string]bool{}
	for _, e := range v.Entries {
		at := join(path, e.Key)
		if seen[e.Key] {
			l.add(ruleDuplicateKey, e.At, at, "%s is there already", at)
		}
		seen[e.Key] = true
		k, ok := lookupKey(at)
		switch {
		case !ok:
			l.add(ruleUnknownKey, e.At, at, "%s does not exist%s", at, nearest(path, e.Key))
		case !k.knownIn(l.version):
			if at != "redis.addr" && at != "redis.addrs" { // redis says more about these
				l.add(ruleUnknownKey, e.At, at, "%s is ignored by distribution %s: it exists %s", at, l.version, release.Feature{In: k.in}.Versions())
			}
		default:
			l.value(e.Value, at, k.kind)
		}
	}
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// nearest finds the key that was likely meant: the same but for case and
// separators.
func nearest(path, name string) string {
	if meant, ok := squashedKeys[join(path, squash(name))]; ok {
		return fmt.Sprintf("; %s does", meant)
	}
	return ""
}

func squash(s string) string { return squasher.Replace(strings.ToLower(s)) }

var (
	squasher     = strings.NewReplacer("_", "", "-", "")
	squashedKeys = func() map[string]string {
		m := make(map[string]string, len(keys))
		for _, k := range keys {
			i := strings.LastIndexByte(k.path, '.') + 1
			m[k.path[:i]+squash(k.path[i:])] = k.path
		}
		return m
	}()
)

func (l *linter) value(v Value, at string, kind valueType) {
	wrong := func(want string) { l.add(ruleWrongType, v.At, at, "%s wants %s", at, want) }
	if v.Kind == Null && kind != anything {
		return // as if the key were not there
	}
	switch kind {
	case section:
		if v.Kind == Mapping {
			l.walk(v, at)
		} else if at != "storage" || v.Kind != Scalar { // storage: inmemory
			wrong("a mapping")
		}
	case listOf:
		if v.Kind != List {
			wrong("a list")
		}
		for _, item := range v.Items {
			l.walk(item, at)
		}
	case text:
		if v.Kind != Scalar && at != "proxy.remoteurl" { // proxy says more about it
			wrong("a string")
		}
	case number:
		if _, err := strconv.Atoi(v.Text); err != nil || v.Kind != Scalar {
			wrong("a number")
		}
	case boolean:
		if _, ok := v.bool(); !ok {
			wrong("true or false")
		}
	case texts:
		if v.Kind != List {
			wrong("a list of strings")
		}
	case headers:
		if v.Kind != Mapping {
			wrong("a mapping of lists of strings")
		}
		for _, e := range v.Entries {
			if e.Value.Kind != List {
				l.add(ruleWrongType, e.Value.At, at+"."+e.Key, "a header wants a list of strings, such as [nosniff]")
			}
		}
	case duration:
		l.duration(v, at)
	}
}

func (l *linter) duration(v Value, at string) {
	if n, err := strconv.ParseInt(v.Text, 10, 64); err == nil && v.Kind == Scalar && !v.Quoted {
		if n != 0 {
			l.add(ruleTTLUnit, v.At, at, "%s: %d is %s", at, n, time.Duration(n))
		}
		return
	}
	if _, err := time.ParseDuration(v.Text); err != nil || v.Kind != Scalar {
		l.add(ruleDuration, v.At, at, "%s: %q is no duration", at, v.Text)
	}
}

func (l *linter) storage(root Value) {
	v, ok := root.Get("storage")
	var drivers []Entry
	for _, e := range effective(v) {
		if !slices.Contains([]string{"maintenance", "cache", "delete", "redirect", "tag"}, e.Key) {
			drivers = append(drivers, e)
		}
	}
	at := v.At
	if !ok {
		at = mirror.Position{File: root.At.File, Line: 1, Column: 1}
	}
	switch {
	case v.Kind == Scalar:
		drivers = []Entry{{Key: v.Text, At: v.At}}
	case len(drivers) == 0:
		l.add(ruleStorage, at, "storage", "no storage driver is named")
	case len(drivers) > 1:
		var names []string
		for _, d := range drivers {
			names = append(names, d.Key)
		}
		l.add(ruleStorage, drivers[1].At, "storage", "more than one storage driver: %s", strings.Join(names, ", "))
	}
	for _, d := range drivers {
		if (d.Key == "swift" || d.Key == "oss") && !featureOldDrivers.Has(l.version) {
			l.add(ruleRemovedDriver, d.At, "storage."+d.Key, "distribution %s has no driver %s", l.version, d.Key)
		}
	}
	if kind, ok := v.Find("cache", "blobdescriptor"); ok && kind.Kind == Scalar && kind.Text != "inmemory" && kind.Text != "redis" {
		l.add(ruleCacheKind, kind.At, "storage.cache.blobdescriptor", "%q is no cache", kind.Text)
	}
}

func (l *linter) proxy(root Value) {
	remote, ok := root.Find("proxy", "remoteurl")
	if !ok {
		return
	}
	const at = "proxy.remoteurl"
	switch {
	case remote.Kind == List:
		l.add(ruleSeveralUpstreams, remote.At, at, "%d upstreams where there is room for one", len(remote.Items))
	case remote.Kind != Scalar:
		l.add(ruleWrongType, remote.At, at, "%s wants a string", at)
	case strings.ContainsAny(remote.Text, ", "):
		l.add(ruleSeveralUpstreams, remote.At, at, "several upstreams in one URL")
	default:
		u, err := mirror.ParseEndpointURL(remote.Text)
		switch {
		case err != nil:
			l.add(ruleRemoteURL, remote.At, at, "%s", err)
		case u.Host == "docker.io" || u.Host == "hub.docker.com" || u.Host == "index.docker.io":
			l.add(ruleRemoteURL, remote.At, at, "%s serves no registry; Docker Hub's is https://registry-1.docker.io", u.Host)
		case u.BasePath != "" && !strings.HasSuffix(remote.Text, "/"):
			l.add(ruleRemotePath, remote.At, at, "requests go to %s/v2/…", strings.TrimSuffix(remote.Text, remote.Text[strings.LastIndexByte(remote.Text, '/'):]))
		}
	}
	enabled, _ := root.Find("storage", "delete", "enabled")
	if may, _ := enabled.bool(); may {
		return
	}
	proxy, _ := root.Get("proxy")
	ttl := durationAt(proxy, "ttl")
	written, hasTTL := proxy.Get("ttl")
	switch {
	case !featureTTL.Has(l.version) || ttl == nil && !hasTTL:
		l.add(ruleTTLDelete, remote.At, "storage.delete.enabled", "content expires after 7 days, and nothing is removed then")
	case ttl != nil && *ttl > 0:
		l.add(ruleTTLDelete, written.At, "proxy.ttl", "content expires after %s, and nothing is removed then", *ttl)
	}
}

func (l *linter) redis(root Value) {
	r, _ := root.Get("redis")
	addr, hasAddr := r.Get("addr")
	addrs, hasAddrs := r.Get("addrs")
	newShape := featureRedisAddrs.Has(l.version)
	switch {
	case newShape && hasAddr:
		d := ruleRedisShape.At(addr.At, "redis.addr", fmt.Sprintf("redis.addr is ignored by distribution %s", l.version))
		d.Fix = fmt.Sprintf("write addrs: [%q]", addr.Text)
		l.found = append(l.found, d)
	case !newShape && hasAddrs:
		d := ruleRedisShape.At(addrs.At, "redis.addrs", fmt.Sprintf("redis.addrs is ignored by distribution %s", l.version))
		d.Fix = "write addr: host:port"
		l.found = append(l.found, d)
	}
	connected := newShape && hasAddrs && len(addrs.Items) > 0 || !newShape && hasAddr && addr.Text != ""
	if kind, ok := root.Find("storage", "cache", "blobdescriptor"); ok && kind.Text == "redis" && !connected {
		l.add(ruleRedisMissing, kind.At, "storage.cache.blobdescriptor", "the cache wants a Redis, and distribution %s finds no address of one", l.version)
	}
}
