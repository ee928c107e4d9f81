package docker

import (
	"github.com/mirrorcfg/mirrorcfg/internal/release"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// newestKnown is what an empty or newer version is treated as: all that 29.7.2 and moby/v2 2.0.0-beta.24, the newest
// sources known, have.
const newestKnown = "29"

// firstUnknown is the first version whose behaviour nobody has looked at.
var firstUnknown = release.MustParse("29.8").Oldest()

// oldestKnown is the oldest version whose behaviour was looked at.
const oldestKnown = "20.10"

// The version table of daemon.json: each behaviour, the releases that have it, and where upstream's source shows it.
var (
	mirrorPath = release.Feature{Name: "a mirror's URL may have a path", In: []release.Span{release.From("24.0.8")},
		Source: "commit c587ba3422 (24.0.8, 25.0.0), daemon/pkg/registry/config.go ValidateMirror; moby#36598"}
	byteOrderMark = release.Feature{Name: "a byte order mark is understood, with UTF-8 and UTF-16; other bytes must be UTF-8", In: []release.Span{release.From("23.0")},
		Source: "23.0.0 daemon/config/config.go getConflictFreeConfiguration"}
	emptyFile = release.Feature{Name: "a file of nothing but white space is an empty configuration", In: []release.Span{release.From("23.0")},
		Source: "23.0.5 daemon/config/config.go getConflictFreeConfiguration; 20.10.27 decodes it and fails with EOF"}
	wholeFile = release.Feature{Name: "what stands after the first JSON value is read, and refused", In: []release.Span{release.From("23.0")},
		Source: "23.0.5 daemon/config/config.go getConflictFreeConfiguration; 20.10.27 decodes one value with json.Decoder"}
	nondistributableIgnored = release.Feature{Name: "allow-nondistributable-artifacts is accepted and ignored", In: []release.Span{release.From("28.0")},
		Source: "commit 1932091e21, daemon/config/config.go skipValidateOptions"}
	extensions = release.Feature{Name: "extension-dirs and extension-config", In: []release.Span{release.From("29.8")},
		Source: "moby/v2 2.0.0-beta.24 daemon/config/config.go; not in 29.7.2"}
	hostGatewayIPs = release.Feature{Name: "host-gateway-ips replaces host-gateway-ip; both are too many", In: []release.Span{release.From("28.0")},
		Source: "28.0.1 daemon/config/config.go migratedNamedConfig; not in 27.5.1"}
	keysOf29 = release.Feature{Name: "apparmor-profile, bridge-accept-fwmark, default-stop-timeout, firewall-backend, min-api-version, nri-opts", In: []release.Span{release.From("29.0")},
		Source: "in moby/v2 2.0.0-beta.24 and not in 28.5.2; which 29.x was first was not looked at"}
	keysOf28 = release.Feature{Name: "allow-direct-routing, bip6, ip-forward-no-drop", In: []release.Span{release.From("28.0")},
		Source: "28.0.1 and 28.5.2 take them, 27.5.1 refuses them"}
	corsHeader = release.Feature{Name: "api-cors-header", In: []release.Span{release.Before("28.0")},
		Source: "27.5.1 takes it, 28.5.2 refuses it by name"}
	featureFlag = release.Feature{Name: "flag --feature, which makes dockerd ignore the key feature", In: []release.Span{release.From("27.3")},
		Source: "27.3.0 cmd/dockerd/config.go installCommonConfigFlags; not in 27.1.0"}
	keysOf25 = release.Feature{Name: "cdi-spec-dirs, log-format", In: []release.Span{release.From("25.0")},
		Source: "25.0.6 cmd/dockerd/config.go and options.go; not in 24.0.9"}
	networkOpts = release.Feature{Name: "default-network-opts", In: []release.Span{release.From("24.0")},
		Source: "24.0.9 cmd/dockerd/config.go; not in 23.0.15"}
	proxySettings = release.Feature{Name: "proxies", In: []release.Span{release.From("23.0")},
		Source: "23.0.15 cmd/dockerd/config.go; not in 20.10.27"}
	validateFlag = release.Feature{Name: "flag --validate", In: []release.Span{release.From("23.0")},
		Source: "23.0.15 cmd/dockerd/options.go; not in 20.10.27"}
	oomScore = release.Feature{Name: "oom-score-adjust", In: []release.Span{release.Before("26.0")},
		Source: "25.0.6 cmd/dockerd/config_unix.go; not in 26.1.5"}
	clusterStore = release.Feature{Name: "graph, cluster-store, cluster-store-opts, cluster-advertise", In: []release.Span{release.Before("23.0")},
		Source: "20.10.27 daemon/config/config.go; 23.0.15 refuses them by name"}
	hostsTOML = release.Feature{Name: "BuildKit and the containerd image store read certs.d/<registry>/hosts.toml, and put registry-mirrors in front only where it leaves one host", In: []release.Span{release.From("28.0")},
		Source: "PR moby#47380, 28.0.0 daemon/hosts.go RegistryHosts"}
	insecureByName = release.Feature{Name: "before hosts.toml, BuildKit and the containerd image store look insecure-registries up by host, and put a mirror's path after /v2", In: []release.Span{release.Between("25.0", "28.0")},
		Source: "27.5.1 daemon/daemon.go RegistryHosts; 25.0.0 vendor/github.com/moby/buildkit/util/resolver/resolver.go"}
	mirrorsAsListed = release.Feature{Name: "BuildKit and the containerd image store ask a mirror as often as it is listed", In: []release.Span{release.Before("25.0")},
		Source: "24.0.9 daemon/daemon.go RegistryHosts goes through daemon.json's own list, 25.0.6 through the service's"}
	insecureAddress = release.Feature{Name: "BuildKit and the containerd image store heed an entry of insecure-registries that is an IP address with a port", In: []release.Span{release.From("24.0")},
		Source: "24.0.7 daemon/daemon.go RegistryHosts; not in 23.0.15"}
	loopbackIPv6 = release.Feature{Name: "::1 is insecure without being listed, as 127.0.0.0/8 is", In: []release.Span{release.From("28.0")},
		Source: "28.0.1 registry/config.go loadInsecureRegistries; not in 27.5.1"}
	containerdStore = release.Feature{Name: "the containerd image store can be chosen with features.containerd-snapshotter", In: []release.Span{release.From("24.0")},
		Source: "24.0.9 daemon/daemon.go UsesSnapshotter; no such store in 23.0.0"}
	containerdByDefault = release.Feature{Name: "the containerd image store is the default of a new Linux node", In: []release.Span{release.From("29.0")},
		Source: "29.0.0 daemon/image_store_choice.go determineImageStoreChoice"}
	reloadKeepsInsecure = release.Feature{Name: "a reload keeps insecure-registries beside registry-mirrors", In: []release.Span{release.Between("23.0.7", "24.0"), release.From("24.0.1")},
		Source: "PR moby#45552, 23.0.7 and 24.0.1 daemon/reload.go Reload"}
	mirrorsValidated = release.Feature{Name: "dockerd --validate looks at registry-mirrors", In: []release.Span{release.From("28.0")},
		Source: "28.5.2 does, 26.1.5 does not; which release was first was not looked at"}
)

// daemonFeatures lists the rows, for the documentation and its test.
var daemonFeatures = []*release.Feature{
	&mirrorPath, &byteOrderMark, &emptyFile, &wholeFile, &nondistributableIgnored, &extensions, &hostGatewayIPs, &keysOf29, &keysOf28, &keysOf25, &networkOpts, &proxySettings, &oomScore, &clusterStore, &corsHeader, &featureFlag, &validateFlag, &mirrorsValidated,
	&hostsTOML, &insecureByName, &insecureAddress, &mirrorsAsListed, &loopbackIPv6, &containerdStore, &containerdByDefault, &reloadKeepsInsecure,
}

// resolverVersions tells with which containerd packages dockerd reads hosts.toml (vendor.mod and go.mod of each tag).
var resolverVersions = []struct {
	since      release.Version
	containerd string
}{
	// containerd 2.3.3 with go-toml 2.4.3, which 2.4 has: the two differ in nothing else here.
	{release.MustParse("29.7").Oldest(), "2.4.0"},
	{release.MustParse("29.6").Oldest(), "2.2.4"},
	{release.MustParse("29.5").Oldest(), "2.2.3"},
	{release.MustParse("29.3").Oldest(), "2.2.1"},
	{release.MustParse("29.1").Oldest(), "2.2.0"},
	{release.MustParse("29.0").Oldest(), "2.1.5"},
	{release.MustParse("28.4").Oldest(), "2.1.4"},
	{release.MustParse("28.3").Oldest(), "2.1.3"},
	{release.MustParse("28.2").Oldest(), "2.0.5"},
	{release.MustParse("28.0").Oldest(), "2.0.2"},
}

// resolverVersion is the containerd whose resolver a dockerd of 28.0 or newer has.
func resolverVersion(v release.Version) string {
	for _, r := range resolverVersions {
		if v.AtLeast(r.since) {
			return r.containerd
		}
	}
	return resolverVersions[len(resolverVersions)-1].containerd
}

var unknownVersion = rule(mirror.Rule{
	Code: "docker/unknown-version", Severity: mirror.Info,
	Summary:     "the version is newer than those this library knows",
	Consequence: "it is taken to behave as the newest known",
	Fix:         "update mirrorcfg",
})

var oldVersion = rule(mirror.Rule{
	Code: "docker/old-version", Severity: mirror.Info,
	Summary:     "the version is older than those this library knows",
	Consequence: "it is taken to behave as " + oldestKnown,
	Fix:         "check the result with docker info, or update Docker Engine",
})

var badVersion = rule(mirror.Rule{
	Code: "docker/bad-version", Severity: mirror.Error,
	Summary:     "the version is not one",
	Consequence: "the newest known version is meant instead",
	Fix:         "write major.minor or major.minor.patch, such as 28.5",
})

// parseVersion reads a version as a caller gives it. One that is newer than all known, or none, gives a diagnostic
// beside the newest known; an older one has what the table says of all before.
func parseVersion(s string) (release.Version, mirror.Diagnostics) {
	if s == "" {
		s = newestKnown
	}
	v, err := release.Parse(s)
	if err != nil {
		return release.MustParse(newestKnown), mirror.Diagnostics{badVersion.At(mirror.Position{}, "version", err.Error())}
	}
	if v.Oldest().AtLeast(firstUnknown) {
		return release.MustParse(newestKnown), mirror.Diagnostics{unknownVersion.At(mirror.Position{}, "version",
			"Docker Engine "+s+" is newer than 29.7, the newest known, and taken to behave like it")}
	}
	if !v.AtLeast(release.MustParse(oldestKnown).Oldest()) {
		return v, mirror.Diagnostics{oldVersion.At(mirror.Position{}, "version",
			"Docker Engine "+s+" is older than "+oldestKnown+", the oldest known, and taken to behave like it")}
	}
	return v, nil
}
