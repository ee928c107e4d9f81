package docker

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

const insecureSource = "moby/v2 2.0.0-beta.24 daemon/pkg/registry/config.go loadInsecureRegistries"

var (
	ruleInsecureInvalid = rule(mirror.Rule{Code: "docker/insecure-registry", Severity: mirror.Error,
		Summary:     "an entry of insecure-registries is neither a host with or without port nor a network",
		Consequence: "dockerd does not start, although dockerd --validate finds nothing wrong; a running one keeps its old configuration on reload",
		Fix:         "write host, host:port or a network such as 10.0.0.0/8, without scheme, path or wildcard", Evidence: insecureSource})
	ruleInsecureScheme = rule(mirror.Rule{Code: "docker/insecure-registry-scheme", Severity: mirror.Warning,
		Summary: "an entry of insecure-registries has a scheme", Consequence: "dockerd cuts it off with a warning",
		Fix: "write the host alone", Evidence: insecureSource})
	ruleInsecureHub = rule(mirror.Rule{Code: "docker/insecure-registry-hub", Severity: mirror.Warning,
		Summary: "docker.io is in insecure-registries", Consequence: "it has no effect: dockerd always holds docker.io for secure",
		Fix: "remove it; name the mirror's host instead, if that is meant", Evidence: insecureSource})
	ruleInsecureDuplicate = rule(mirror.Rule{Code: "docker/insecure-registry-duplicate", Severity: mirror.Info,
		Summary: "an entry of insecure-registries is there twice", Consequence: "the second has no effect",
		Fix: "remove this one", Evidence: insecureSource})
)

// InsecureRegistry is an entry of insecure-registries as dockerd understands it: either Host or Network is set.
type InsecureRegistry struct {
	// Host is host or host:port, and covers only references that name exactly that.
	Host string
	// Network covers every registry whose host has an address in it, by name as well.
	Network netip.Prefix
}

// ValidateInsecureRegistry tells what dockerd makes of one entry of insecure-registries, which is the same for all
// known versions. An error among the diagnostics means that dockerd does not start, and the result is then empty.
// Positions are left empty.
func ValidateInsecureRegistry(entry string) (InsecureRegistry, mirror.Diagnostics) {
	return checkInsecure(mirror.Position{}, insecureKey, entry)
}

func checkInsecure(pos mirror.Position, field, entry string) (r InsecureRegistry, ds mirror.Diagnostics) {
	refuse := func(format string, args ...any) (InsecureRegistry, mirror.Diagnostics) {
		d := ruleInsecureInvalid.At(pos, field, fmt.Sprintf("dockerd does not start, and dockerd --validate does not tell: the insecure registry %q ", redacted(entry))+fmt.Sprintf(format, args...))
		return InsecureRegistry{}, append(ds, d)
	}
	if strings.HasPrefix(entry, "-") || strings.HasSuffix(entry, "-") {
		return refuse("begins or ends with a hyphen")
	}
	host := entry
	if scheme, rest, ok := strings.Cut(entry, "://"); ok {
		if !strings.EqualFold(scheme, "http") && !strings.EqualFold(scheme, "https") {
			return refuse("has the scheme %q", scheme)
		}
		host = rest
		d := ruleInsecureScheme.At(pos, field, fmt.Sprintf("dockerd cuts %q off %q with a warning", scheme+"://", redacted(entry)))
		d.Fix = fmt.Sprintf("write %q", host)
		if strings.Contains(host, "@") {
			d.Fix = ruleInsecureScheme.Fix
		}
		ds = append(ds, d)
	}
	if network, err := netip.ParsePrefix(host); err == nil {
		return InsecureRegistry{Network: network.Masked()}, ds
	}
	name, port, ok := splitPort(host)
	if !ok {
		name, port = host, ""
	}
	if !isDomain(host) && !isIP(name) {
		switch {
		case strings.Contains(host, "*"):
			return refuse("has a wildcard, which dockerd does not know")
		case strings.Contains(host, "/"):
			return refuse("has a path or is not a network")
		}
		return refuse("is not a host")
	}
	if n, err := strconv.Atoi(port); port != "" && (err != nil || n < 0 || n > 65535) {
		return refuse("has the port %q", port)
	}
	if host == "docker.io" {
		ds = append(ds, ruleInsecureHub.At(pos, field, "docker.io stays secure: dockerd overwrites the entry"))
	}
	return InsecureRegistry{Host: host}, ds
}
