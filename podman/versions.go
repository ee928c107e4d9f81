package podman

import (
	"fmt"

	"github.com/mirrorcfg/mirrorcfg/internal/release"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// Tool is one of the programs that read registries.conf through
// containers/image.
type Tool uint8

const (
	Podman Tool = iota
	CRIO
	Buildah
	Skopeo
)

// String returns the name as engines are named: "podman", "cri-o", "buildah"
// or "skopeo".
func (t Tool) String() string {
	switch t {
	case Podman:
		return "podman"
	case CRIO:
		return "cri-o"
	case Buildah:
		return "buildah"
	case Skopeo:
		return "skopeo"
	default:
		return fmt.Sprintf("Tool(%d)", uint8(t))
	}
}

// title is the name for sentences.
func (t Tool) title() string {
	return [...]string{"Podman", "CRI-O", "Buildah", "Skopeo"}[min(int(t), 3)]
}

// The version table of the library: each behaviour, the versions of
// containers/image that have it, and where upstream shows it.
var (
	newLookup = release.Feature{Name: "vendor directories, drop-ins pooled by name, XDG_CONFIG_HOME", In: []release.Span{release.From("5.40")},
		Source: "go.podman.io/storage 1.65.0 pkg/configfile/parse.go"}
	v1Accepted = release.Feature{Name: "the V1 form is read from the main file", In: []release.Span{release.Before("5.40")},
		Source: "containers/image 5.36.2 system_registries_v2.go loadConfigFile; 5.40.0 refuses it"}
	toml11 = release.Feature{Name: "TOML 1.1 is read", In: []release.Span{release.From("5.40")},
		Source: "BurntSushi/toml 1.6.0, required since go.podman.io/image 5.40.0"}
	arrayReplaces = release.Feature{Name: "an array may replace, or be replaced by, a value of the same key", In: []release.Span{release.Before("5.40")},
		Source: "BurntSushi/toml 1.5.0 parse.go setValue; 1.6.0 refuses it"}
	namespaceProxy = release.Feature{Name: "namespace-proxy is read and sent as ?ns=", In: []release.Span{release.From("5.41")},
		Source: "go.podman.io/image 5.41.0 docker/docker_client.go"}
	pullFromMirror = release.Feature{Name: "pull-from-mirror of a mirror", In: []release.Span{release.From("5.21")},
		Source: "containers/image 5.21.1 as vendored by Podman 4.1.0; absent from 5.19.1 (Podman 4.0.0)"}
	wildcardPrefix = release.Feature{Name: "prefix *.domain", In: []release.Span{release.From("5.12")},
		Source: "containers/image 5.12.0 as vendored by Podman 3.2.0; absent from 5.10.5 (Podman 3.1.0)"}
	blobFallback = release.Feature{Name: "blobs are fetched from the next source when one fails",
		In:     []release.Span{release.Between("5.39.3", "5.40"), release.From("5.41.1")},
		Source: "go.podman.io/image 5.39.3 and 5.41.1 docker/docker_image_src.go"}
	// layerHelper is the youngest of the keys at the top of the file.
	layerHelper = release.Feature{Name: "additional-layer-store-auth-helper", In: []release.Span{release.From("5.32")},
		Source: "containers/image 5.32.0 as vendored by Podman 5.2.0; absent from 5.31.0 (Podman 5.1.0)"}
)

// libraryFeatures lists the rows, for the documentation and its test.
var libraryFeatures = []*release.Feature{
	&newLookup, &v1Accepted, &toml11, &arrayReplaces, &namespaceProxy, &pullFromMirror, &wildcardPrefix, &blobFallback, &layerHelper,
}

// crioMode: crio.conf has short_name_mode, enforcing by default, which
// overrides that of registries.conf.
var crioMode = release.Feature{Name: "short_name_mode of crio.conf overrides short-name-mode", In: []release.Span{release.From("1.34")},
	Source: "CRI-O 1.34 pkg/config/config.go"}

// crioLoopback: insecure_registries of crio.conf has 127.0.0.0/8 in it and
// holds for every source of a pull.
var crioLoopback = release.Feature{Name: "registries on 127.0.0.0/8 are insecure", In: []release.Span{release.Before("1.35")},
	Source: "CRI-O 1.34 pkg/config/config.go, server/image_pull.go; without effect since commit 93f9201606"}

// newestLibrary is the newest containers/image that was looked at.
var newestLibrary = release.MustParse("5.42.0")

// build says that a tool is built with a library from a version on.
type build struct{ tool, library string }

// builds pairs tools with containers/image: the requirement in the go.mod of
// the tool's tag (containers/podman, containers/buildah, containers/skopeo,
// cri-o/cri-o). Rows are ascending; a version between two has the lower row's.
var builds = [...][]build{
	Podman: {{"3.0.0", "5.10.2"}, {"3.1.0", "5.10.5"}, {"3.2.0", "5.12.0"}, {"3.3.0", "5.15.2"}, {"3.4.0", "5.16.0"},
		{"4.0.0", "5.19.1"}, {"4.1.0", "5.21.1"}, {"4.2.0", "5.22.0"}, {"4.3.0", "5.23.0"}, {"4.3.1", "5.23.1"},
		{"4.4.0", "5.24.0"}, {"4.5.0", "5.25.0"}, {"4.6.0", "5.26.1"}, {"4.7.0", "5.28.0"}, {"4.8.0", "5.29.0"},
		{"4.9.0", "5.29.1"}, {"5.0.0", "5.30.0"}, {"5.1.0", "5.31.0"}, {"5.2.0", "5.32.0"}, {"5.3.0", "5.33.0"},
		{"5.4.0", "5.34.0"}, {"5.5.0", "5.35.0"}, {"5.6.0", "5.36.1"}, {"5.7.0", "5.38.0"}, {"5.8.0", "5.39.1"},
		{"5.8.2", "5.39.2"}, {"6.0.0", "5.40.0"}},
	CRIO: {{"1.31.0", "5.32.2"}, {"1.33.0", "5.35.0"}, {"1.34.0", "5.36.2"}, {"1.35.0", "5.38.0"}, {"1.36.0", "5.38.0"}},
	Buildah: {{"1.23.0", "5.16.0"}, {"1.24.0", "5.19.0"}, {"1.25.0", "5.20.0"}, {"1.26.0", "5.21.1"}, {"1.27.0", "5.22.0"},
		{"1.28.0", "5.23.0"}, {"1.29.0", "5.24.0"}, {"1.30.0", "5.25.0"}, {"1.31.0", "5.26.1"}, {"1.32.0", "5.28.0"},
		{"1.33.0", "5.29.0"}, {"1.35.0", "5.30.0"}, {"1.36.0", "5.31.0"}, {"1.37.0", "5.32.0"}, {"1.38.0", "5.33.0"},
		{"1.39.0", "5.34.0"}, {"1.39.3", "5.34.2"}, {"1.40.0", "5.35.0"}, {"1.41.0", "5.36.0"}, {"1.42.0", "5.38.0"},
		{"1.43.0", "5.39.1"}, {"1.44.0", "5.40.0"}},
	Skopeo: {{"1.4.0", "5.15.0"}, {"1.5.0", "5.16.1"}, {"1.6.0", "5.19.1"}, {"1.7.0", "5.20.0"}, {"1.8.0", "5.21.1"},
		{"1.9.0", "5.21.2"}, {"1.9.3", "5.22.1"}, {"1.10.0", "5.23.0"}, {"1.11.0", "5.24.0"}, {"1.12.0", "5.25.0"},
		{"1.13.0", "5.26.1"}, {"1.14.0", "5.29.0"}, {"1.15.0", "5.30.0"}, {"1.16.0", "5.32.0"}, {"1.17.0", "5.33.0"},
		{"1.18.0", "5.34.0"}, {"1.19.0", "5.35.0"}, {"1.20.0", "5.36.0"}, {"1.21.0", "5.38.0"}, {"1.22.0", "5.39.1"}},
}

var (
	ruleVersionUnknown = rule(mirror.Rule{
		Code: "podman/unknown-version", Severity: mirror.Info,
		Summary:     "a version that is newer than those this library knows",
		Consequence: "it is taken to behave as the newest known",
		Fix:         "update mirrorcfg",
	})
	ruleVersionOld = rule(mirror.Rule{
		Code: "podman/old-version", Severity: mirror.Info,
		Summary:     "a version that is older than those this library knows",
		Consequence: "it is taken to behave as the oldest known",
		Fix:         "check the result with the engine's own info command",
	})
)

// resolved is an engine's version with the library it stands for.
type resolved struct {
	tool    Tool
	version release.Version // of the tool
	library release.Version
	// oldest is the library of the oldest release that the version may stand
	// for, which writers must please too.
	oldest release.Version
	ds     mirror.Diagnostics
}

// has and hasAll answer for the library as Feature.Has and HasAll do for a
// tool.
func (r resolved) has(f release.Feature) bool    { return f.Has(r.library) }
func (r resolved) hasAll(f release.Feature) bool { return f.Has(r.library) && f.Has(r.oldest) }

// minor cuts the patch off.
func minor(v release.Version) release.Version { v.Patch = 0; return v }

func newestVersion(t Tool) string {
	rows := builds[t]
	v := release.MustParse(rows[len(rows)-1].tool)
	v.Patch = release.Newest
	return v.String()
}

// resolve finds the library of a tool's version. library overrides the table
// where it is not empty.
func resolve(t Tool, version, library string) (resolved, error) {
	if int(t) >= len(builds) {
		return resolved{}, fmt.Errorf("podman: %s is not a tool", t)
	}
	if version == "" {
		version = newestVersion(t)
	}
	v, err := release.Parse(version)
	if err != nil {
		return resolved{}, fmt.Errorf("%s: %w", t, err)
	}
	r := resolved{tool: t, version: v}
	rows := builds[t]
	newest := release.MustParse(rows[len(rows)-1].tool)
	switch {
	case v.Minor != release.Newest && minor(v).Compare(minor(newest)) > 0, v.Major != release.Newest && v.Major > newest.Major:
		r.ds = append(r.ds, ruleVersionUnknown.At(mirror.Position{}, "version",
			fmt.Sprintf("%s %s is newer than %s, the newest known, and taken to behave like it", t.title(), version, newestVersion(t))))
	case !v.AtLeast(release.MustParse(rows[0].tool)):
		r.ds = append(r.ds, ruleVersionOld.At(mirror.Position{}, "version",
			fmt.Sprintf("%s %s is older than %s, the oldest known, and taken to behave like it", t.title(), version, rows[0].tool)))
	}
	r.library, r.oldest = libraryOf(rows, v), libraryOf(rows, v.Oldest())
	if library != "" {
		if r.library, err = release.Parse(library); err != nil {
			return resolved{}, fmt.Errorf("containers/image: %w", err)
		}
		r.oldest = r.library.Oldest()
	}
	return r, nil
}

func libraryOf(rows []build, v release.Version) release.Version {
	found := rows[0].library
	for _, row := range rows {
		if v.AtLeast(release.MustParse(row.tool)) {
			found = row.library
		}
	}
	return release.MustParse(found)
}
