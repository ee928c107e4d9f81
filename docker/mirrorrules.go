package docker

import (
	"fmt"
	"net/url"
	"path"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/mirrorcfg/mirrorcfg/internal/release"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

const mirrorSource = "moby/v2 2.0.0-beta.24 daemon/pkg/registry/config.go ValidateMirror"

const noStart = "dockerd does not start; a running one keeps its old configuration on reload"

var (
	ruleMirrorScheme = rule(mirror.Rule{Code: "docker/mirror-scheme", Severity: mirror.Error,
		Summary: "a mirror has no scheme, or one that is not http or https", Consequence: noStart,
		Fix: "write https:// or http:// before the host", Evidence: mirrorSource + "; moby#34476"})
	ruleMirrorURL = rule(mirror.Rule{Code: "docker/mirror-url", Severity: mirror.Error,
		Summary: "a mirror is not a URL", Consequence: noStart,
		Fix: "write it as https://host[:port]", Evidence: mirrorSource})
	ruleMirrorQuery = rule(mirror.Rule{Code: "docker/mirror-query", Severity: mirror.Error,
		Summary: "a mirror's URL has a query or a fragment", Consequence: noStart,
		Fix: "remove what follows ? or #", Evidence: mirrorSource})
	ruleMirrorCredentials = rule(mirror.Rule{Code: "docker/mirror-credentials", Severity: mirror.Error,
		Summary: "a mirror's URL has a user name or a password", Consequence: noStart,
		Fix: "remove them; a mirror in registry-mirrors cannot have credentials", Evidence: mirrorSource + "; moby#30880"})
	ruleMirrorPath = rule(mirror.Rule{Code: "docker/mirror-path", Severity: mirror.Error,
		Summary: "a mirror's URL has a path", Consequence: noStart,
		Fix: "remove the path, or use Docker Engine 24.0.8 or newer", Versions: "< 24.0.8", Evidence: mirrorPath.Source})

	ruleMirrorHost = rule(mirror.Rule{Code: "docker/mirror-empty-host", Severity: mirror.Warning,
		Summary: "a mirror's URL has no host", Consequence: "dockerd takes it, fails to reach it, and pulls from Docker Hub",
		Fix: "write the host after the scheme", Evidence: mirrorSource})
	ruleMirrorCase = rule(mirror.Rule{Code: "docker/mirror-upper-case-scheme", Severity: mirror.Warning,
		Summary: "a mirror's scheme is not in lower case", Consequence: "dockerd takes it and then makes the scheme the host name, so the mirror is never reached with graph drivers",
		Fix: "write the scheme in lower case", Evidence: "moby/v2 2.0.0-beta.24 daemon/pkg/registry/service_v2.go lookupV2Endpoints"})
	ruleMirrorJoined = rule(mirror.Rule{Code: "docker/mirror-joined", Severity: mirror.Warning,
		Summary: "several mirrors stand in one string", Consequence: "dockerd takes all of it for one host name, which does not exist",
		Fix: "write each mirror as a string of its own", Evidence: mirrorSource})
	ruleMirrorPort = rule(mirror.Rule{Code: "docker/mirror-port", Severity: mirror.Warning,
		Summary: "a mirror's port is empty or above 65535", Consequence: "dockerd takes it and cannot reach it",
		Fix: "write a port between 1 and 65535, or none", Evidence: mirrorSource})
	ruleMirrorHostName = rule(mirror.Rule{Code: "docker/mirror-host-name", Severity: mirror.Warning,
		Summary: "a mirror's host has characters that no host name has", Consequence: "dockerd takes it, fails to reach it, and pulls from Docker Hub; variables are not replaced",
		Fix: "write the host itself", Evidence: mirrorSource})
	ruleMirrorIDN = rule(mirror.Rule{Code: "docker/mirror-idn", Severity: mirror.Info,
		Summary: "a mirror's host has letters beyond ASCII", Consequence: "dockerd asks for it in punycode; this library, and most other tools, do not take it for a mirror",
		Fix: "write the host in punycode, as xn--…", Evidence: "net/http, which converts the host with golang.org/x/net/idna"})
	ruleMirrorSlashes = rule(mirror.Rule{Code: "docker/mirror-slashes", Severity: mirror.Warning,
		Summary: "a mirror's URL ends in more than one slash", Consequence: "with graph drivers dockerd asks for a path with an empty part",
		Fix: "write at most one slash at the end", Evidence: mirrorSource})
	ruleMirrorEnd = rule(mirror.Rule{Code: "docker/mirror-empty-query", Severity: mirror.Warning,
		Summary: "a mirror's URL ends in ? or #", Consequence: "dockerd takes it and appends the path behind it, so that no request reaches the registry as meant",
		Fix: "remove the last character", Evidence: mirrorSource})
	ruleMirrorHub = rule(mirror.Rule{Code: "docker/mirror-is-hub", Severity: mirror.Warning,
		Summary: "a mirror of Docker Hub is Docker Hub", Consequence: "docker.io serves no registry; the other names only repeat the default",
		Fix: "remove the mirror", Evidence: mirrorSource})
	ruleMirrorV2 = rule(mirror.Rule{Code: "docker/mirror-v2", Severity: mirror.Warning,
		Summary: "a mirror's URL ends in /v2", Consequence: "with graph drivers dockerd appends another /v2, gets no answer and pulls from Docker Hub; the containerd image store takes the URL as it is",
		Fix: "remove /v2 from the end", Evidence: "moby/v2 2.0.0-beta.24 daemon/hosts.go mirrorsToRegistryHosts, daemon/internal/distribution/registry.go"})
	ruleMirrorDuplicate = rule(mirror.Rule{Code: "docker/mirror-duplicate", Severity: mirror.Info,
		Summary: "a mirror is in the list twice", Consequence: "dockerd keeps the first one",
		Fix: "remove this one", Evidence: "moby/v2 2.0.0-beta.24 daemon/pkg/registry/config.go loadMirrors"})
)

// ValidateMirror tells what dockerd of a version makes of one entry of registry-mirrors: the URL it uses, which ends
// in a slash, and what is wrong. An empty version is the newest known. An error among the diagnostics means that
// dockerd refuses the entry, and the URL is then empty; a warning, that it takes the entry and the mirror does not work
// as it is likely meant. Positions are left empty.
func ValidateMirror(version, entry string) (normalized string, ds mirror.Diagnostics) {
	v, ds := parseVersion(version)
	found := checkMirror(v, mirror.Position{}, mirrorsKey, entry)
	ds = append(ds, found...)
	if found.Err() != nil {
		return "", ds
	}
	return strings.TrimSuffix(entry, "/") + "/", ds
}

// checkMirror reports at most one error and, without one, any number of warnings.
func checkMirror(v release.Version, pos mirror.Position, field, entry string) mirror.Diagnostics {
	report := func(r mirror.Rule, format string, args ...any) mirror.Diagnostics {
		return mirror.Diagnostics{r.At(pos, field, fmt.Sprintf(format, args...))}
	}
	refuse := func(r mirror.Rule, format string, args ...any) mirror.Diagnostics {
		untold := ""
		if !mirrorsValidated.Has(v) {
			untold = ", and dockerd --validate does not tell"
		}
		return report(r, "dockerd does not start"+untold+": the mirror %q "+format, append([]any{redacted(entry)}, args...)...)
	}
	if scheme, _, ok := strings.Cut(entry, "://"); !ok || scheme == "" {
		ds := refuse(ruleMirrorScheme, "has no scheme")
		if rest := strings.TrimLeft(entry, ":/"); rest != "" && !strings.Contains(rest, "@") {
			ds[0].Fix = fmt.Sprintf("write %q", "https://"+rest)
		}
		return ds
	}
	uri, err := url.Parse(entry)
	switch {
	case err != nil:
		if urlError, ok := err.(*url.Error); ok {
			err = urlError.Err
		}
		return refuse(ruleMirrorURL, "is not a URL: %v", err)
	case uri.Scheme != "http" && uri.Scheme != "https":
		return refuse(ruleMirrorScheme, "has the scheme %q", uri.Scheme)
	case uri.RawQuery != "" || uri.Fragment != "":
		return refuse(ruleMirrorQuery, "has a query or a fragment")
	case uri.User != nil:
		return refuse(ruleMirrorCredentials, "has credentials")
	case uri.Path != "" && uri.Path != "/" && !mirrorPath.Has(v):
		return refuse(ruleMirrorPath, "has a path, which Docker Engine %s refuses", v)
	}
	return suspectMirror(uri, entry, report)
}

// suspectMirror finds what dockerd takes and cannot use.
func suspectMirror(uri *url.URL, entry string, report func(mirror.Rule, string, ...any) mirror.Diagnostics) (ds mirror.Diagnostics) {
	if uri.Host == "" {
		return report(ruleMirrorHost, "the mirror %q has no host: it is never reached, and pulls go to Docker Hub", entry)
	}
	if scheme, _, _ := strings.Cut(entry, "://"); scheme != uri.Scheme {
		d := report(ruleMirrorCase, "the mirror %q is never reached with graph drivers: only a scheme in lower case is seen as one", entry)
		d[0].Fix = fmt.Sprintf("write %q", uri.Scheme+entry[len(scheme):])
		ds = append(ds, d...)
	}
	if strings.Contains(entry, ",") {
		return append(ds, report(ruleMirrorJoined, "the mirror %q is one string with a comma: dockerd does not divide it", entry)...)
	}
	switch host := uri.Hostname(); {
	case !isHostName(host):
		ds = append(ds, report(ruleMirrorHostName, "the mirror %q is never reached: %q is no host name", entry, host)...)
	case strings.ContainsFunc(host, isBeyondASCII):
		ds = append(ds, report(ruleMirrorIDN, "the mirror %q is asked for in punycode", entry)...)
	case isHub(host):
		ds = append(ds, report(ruleMirrorHub, "the mirror %q is Docker Hub itself, which dockerd asks last in any case", entry)...)
	}
	if port := uri.Port(); strings.HasSuffix(uri.Host, ":") {
		ds = append(ds, report(ruleMirrorPort, "the mirror %q has a colon and no port", entry)...)
	} else if n, err := strconv.Atoi(port); port != "" && (err != nil || n < 1 || n > 65535) {
		ds = append(ds, report(ruleMirrorPort, "the mirror %q is never reached: there is no port %s", entry, port)...)
	}
	if strings.HasSuffix(entry, "?") || strings.HasSuffix(entry, "#") {
		ds = append(ds, report(ruleMirrorEnd, "the mirror %q ends in %q, and dockerd appends the path of each request behind it", entry, entry[len(entry)-1:])...)
	}
	if strings.HasSuffix(uri.Path, "//") {
		ds = append(ds, report(ruleMirrorSlashes, "the mirror %q ends in more than one slash", entry)...)
	}
	if trimmed := strings.TrimRight(uri.Path, "/"); strings.HasSuffix(trimmed, "/v2") {
		d := report(ruleMirrorV2, "with graph drivers the mirror %q is asked for %s/v2/… and does not answer", entry, trimmed)
		d[0].Fix = fmt.Sprintf("write %q", strings.TrimSuffix(strings.TrimRight(entry, "/"), "/v2"))
		ds = append(ds, d...)
	}
	return ds
}

func isHub(host string) bool {
	switch strings.ToLower(host) {
	case "docker.io", "index.docker.io", "registry-1.docker.io":
		return true
	}
	return false
}

func isBeyondASCII(r rune) bool { return r > unicode.MaxASCII }

// isHostName leaves letters beyond ASCII to the conversion to punycode.
func isHostName(host string) bool {
	if strings.Contains(host, ":") {
		return true // an IPv6 address, which url.Parse has looked at
	}
	for _, c := range []byte(host) {
		if c != '.' && c != '-' && c != '_' && (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z') && c < utf8.RuneSelf {
			return false
		}
	}
	return host != ""
}

// redacted hides what may be credentials in an entry.
func redacted(entry string) string {
	at := strings.LastIndex(entry, "@")
	if at < 0 {
		return entry
	}
	start := 0
	if i := strings.Index(entry[:at], "://"); i >= 0 {
		start = i + len("://")
	}
	return entry[:start] + "***" + entry[at:]
}

// mirrorBase is where requests to a mirror begin.
type mirrorBase struct {
	scheme, host string
	path         string // with /v2
}

// containerdBase returns where dockerd's containerd image store and BuildKit send requests for an entry of
// registry-mirrors, from 28.0 on: the path of the URL goes before /v2, unless /v2 ends it already (moby/v2
// 2.0.0-beta.24 daemon/hosts.go mirrorsToRegistryHosts). An entry without scheme gets that of the registry.
func containerdBase(entry, registryScheme string) mirrorBase {
	base := mirrorBase{scheme: registryScheme, host: entry, path: "/v2"}
	uri, err := url.Parse(entry)
	named := err == nil && uri.Host != ""
	if !named {
		if uri, err = url.Parse("none://" + entry); err != nil || uri.Host == "" {
			return base
		}
	} else {
		base.scheme = uri.Scheme
	}
	base.host = uri.Host
	if base.path = strings.TrimSuffix(uri.Path, "/"); !strings.HasSuffix(base.path, "/v2") {
		base.path = path.Join(base.path, "/v2")
	}
	return base
}
