package containerd

import (
	"github.com/mirrorcfg/mirrorcfg/internal/release"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// newestKnown is what an empty or newer version is treated as.
const newestKnown = "2.4"

// firstUnknown is the first version whose behaviour nobody has looked at.
var firstUnknown = release.MustParse("2.5").Oldest()

// The version table of hosts.toml and certs.d: each behaviour, the releases
// that have it, and where upstream's source shows it.
var (
	// headerOrder: only [host."x"] header lines give hosts a place; dotted
	// and inline hosts are decoded and then dropped. Before, hosts were
	// sorted by line.
	headerOrder = release.Feature{Name: "hosts are ordered by table headers alone", In: []release.Span{release.From("2.0")},
		Source: "2.4.2 core/remotes/docker/config/hosts.go getSortedHosts"}
	hostTableOptional = release.Feature{Name: "a file without [host] is read", In: []release.Span{release.From("1.7.32")},
		Source: "commit 24007441d, 1.7.35 remotes/docker/config/hosts.go getSortedHosts"}
	foldedKeys = release.Feature{Name: "keys are matched without regard to case", In: []release.Span{release.From("2.0")},
		Source: "go-toml v2 decoder, in use since 2.0"}
	byteOrderMarkRefused = release.Feature{Name: "a byte order mark makes the file invalid", In: []release.Span{release.From("2.0")},
		Source: "go-toml v2 parser, in use since 2.0"}
	toml11 = release.Feature{Name: "TOML 1.1 syntax is read", In: []release.Span{release.From("2.4")},
		Source: "go-toml 2.4.3, in use since 2.4; 2.3.0 before"}
	skippedUnchecked = release.Feature{Name: "what stands in unknown tables is not checked, nor is an empty table in place of a value", In: []release.Span{release.Between("2.0", "2.4")},
		Source: "go-toml 2.2.3 unmarshaler.go skipUntilTable; 2.4.3 checks them"}
	referrersCapability = release.Feature{Name: "capability referrers", In: []release.Span{release.From("2.2")},
		Source: "commit b668614b5, 2.4.2 core/remotes/docker/config/hosts.go parseHostConfig"}
	dialTimeoutKey = release.Feature{Name: "key dial_timeout", In: []release.Span{release.From("2.0.7")},
		Source: "commit b50cbbc98, 2.4.2 core/remotes/docker/config/hosts.go parseHostConfig"}
	dialTimeoutIsTLS = release.Feature{Name: "dial_timeout counts as a TLS setting", In: []release.Span{release.Between("2.0.7", "2.1")},
		Source: "2.0.14 core/remotes/docker/config/hosts.go ConfigureHosts"}
	httpsBeforeHTTP = release.Feature{Name: "http with TLS settings tries https first", In: []release.Span{release.Between("1.6.25", "1.7"), release.From("1.7.7")},
		Source: "commit 79772a0dd, 1.7.35 remotes/docker/config/hosts.go ConfigureHosts"}
	httpsBeforeHTTPNoPort = release.Feature{Name: "so too without a port", In: []release.Span{release.From("1.7.24")},
		Source: "commit 02b6c6939, 2.4.2 core/remotes/docker/config/hosts.go ConfigureHosts"}
	localhostBoth = release.Feature{Name: "localhost with a port tries https, then http", In: []release.Span{release.From("1.6.9")},
		Source: "1.6.36 remotes/docker/config/hosts.go ConfigureHosts"}
	pushNamespace = release.Feature{Name: "pushes carry ?ns= too", In: []release.Span{release.From("2.3")},
		Source: "2.3.5 core/remotes/docker/pusher.go push"}
	defaultDirectory = release.Feature{Name: "directory _default", In: []release.Span{release.From("1.6.17")},
		Source: "commit 1436641b8, 1.7.35 remotes/docker/config/config_unix.go hostPaths"}
)

// hostsFeatures lists the rows, for the documentation and its test.
var hostsFeatures = []*release.Feature{
	&headerOrder, &hostTableOptional, &foldedKeys, &byteOrderMarkRefused, &toml11, &skippedUnchecked, &referrersCapability, &dialTimeoutKey,
	&dialTimeoutIsTLS, &httpsBeforeHTTP, &httpsBeforeHTTPNoPort, &localhostBoth, &pushNamespace, &defaultDirectory, &numbersUnchecked,
}

// oldestKnown is the oldest version whose behaviour was looked at.
const oldestKnown = "1.6"

var oldVersion = rule(mirror.Rule{
	Code: "containerd/old-version", Severity: mirror.Info,
	Summary:     "the version is older than those this library knows",
	Consequence: "it is taken to behave as " + oldestKnown,
	Fix:         "check the result with a pull, or update containerd",
})

var unknownVersion = rule(mirror.Rule{
	Code: "containerd/unknown-version", Severity: mirror.Info,
	Summary:     "the version is newer than those this library knows",
	Consequence: "it is taken to behave as " + newestKnown,
	Fix:         "update mirrorcfg",
})

// parseVersion reads a version as a caller gives it. A version that is newer
// than all known ones gives a diagnostic beside the newest known; an older one
// has what the version table says of all before.
func parseVersion(s string) (release.Version, mirror.Diagnostics, error) {
	if s == "" {
		s = newestKnown
	}
	v, err := release.Parse(s)
	if err != nil {
		return release.Version{}, nil, err
	}
	if v.Major != release.Newest && v.Minor != release.Newest && v.AtLeast(firstUnknown) || v.Major != release.Newest && v.Major > firstUnknown.Major {
		return release.MustParse(newestKnown), mirror.Diagnostics{unknownVersion.At(mirror.Position{}, "version",
			"containerd "+s+" is newer than "+newestKnown+", the newest known, and taken to behave like it")}, nil
	}
	if !v.AtLeast(release.MustParse(oldestKnown).Oldest()) {
		return v, mirror.Diagnostics{oldVersion.At(mirror.Position{}, "version",
			"containerd "+s+" is older than "+oldestKnown+", the oldest known, and taken to behave like "+release.MustParse(oldestKnown).Oldest().String())}, nil
	}
	return v, nil, nil
}
