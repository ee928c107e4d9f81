package distribution

import (
	"fmt"
	"path"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/internal/release"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// LintRun checks the arguments of a "docker run" or "podman run" of the
// registry image: whether the configuration is mounted where the image's
// version reads it, and whether -e names settings that exist. Field is the
// argument concerned, "args[3]".
func LintRun(arguments []string) mirror.Diagnostics {
	image, version := registryImage(arguments)
	if image == "" {
		return nil
	}
	var ds mirror.Diagnostics
	for i, a := range arguments {
		value, at := a, i
		flag, rest, joined := strings.Cut(a, "=")
		switch {
		case joined && strings.HasPrefix(flag, "--"):
			value = rest
		case strings.HasPrefix(a, "-") && i+1 < len(arguments):
			flag, value, at = a, arguments[i+1], i+1
		default:
			continue
		}
		field := fmt.Sprintf("args[%d]", at)
		switch flag {
		case "-v", "--volume":
			if parts := strings.Split(value, ":"); len(parts) > 1 {
				ds = append(ds, lintMount(image, version, parts[1], field)...)
			}
		case "--mount":
			for part := range strings.SplitSeq(value, ",") {
				if key, target, _ := strings.Cut(part, "="); key == "target" || key == "dst" || key == "destination" {
					ds = append(ds, lintMount(image, version, target, field)...)
				}
			}
		case "-e", "--env":
			name, _, _ := strings.Cut(value, "=")
			ds = append(ds, lintVariable(name, field)...)
		}
	}
	return ds
}

// LintEnvironment checks NAME=value pairs that a registry is started with.
func LintEnvironment(environment []string) mirror.Diagnostics {
	var ds mirror.Diagnostics
	for i, pair := range environment {
		name, _, _ := strings.Cut(pair, "=")
		ds = append(ds, lintVariable(name, fmt.Sprintf("environment[%d]", i))...)
	}
	return ds
}

// registryImage finds the argument that names the registry image, and its
// version: registry:2.5.1, docker.io/library/registry:3.
func registryImage(arguments []string) (string, release.Version) {
	for _, a := range arguments {
		if strings.HasPrefix(a, "-") || strings.Contains(a, "=") {
			continue
		}
		name, tag, _ := strings.Cut(path.Base(a), ":")
		tag, _, _ = strings.Cut(tag, "@")
		if name != "registry" && name != "distribution" || path.IsAbs(a) {
			continue
		}
		if tag == "" || tag == "latest" {
			tag = Newest
		}
		if v, err := release.Parse(tag); err == nil {
			return a, v
		}
	}
	return "", release.Version{}
}

func lintMount(image string, version release.Version, target, field string) mirror.Diagnostics {
	target = path.Clean(target)
	want := configPath(version)
	for _, other := range []string{"/etc/docker/registry/config.yml", "/etc/distribution/config.yml"} {
		if (target == other || target == path.Dir(other)) && other != want {
			d := rulePath.At(mirror.Position{}, field, fmt.Sprintf("%s reads %s and never looks at %s", image, want, other))
			d.Fix = "mount it at " + want
			return mirror.Diagnostics{d}
		}
	}
	return nil
}

// lintVariable checks the name of a REGISTRY_ variable: the keys joined by
// underscores, without any inside a key.
func lintVariable(name, field string) mirror.Diagnostics {
	rest, ok := strings.CutPrefix(name, "REGISTRY_")
	if !ok {
		return nil
	}
	asPath := strings.ToLower(strings.ReplaceAll(rest, "_", "."))
	if known(asPath) {
		return nil
	}
	d := ruleEnvironment.At(mirror.Position{}, field, name+" names no setting")
	squashed := strings.ReplaceAll(asPath, ".", "")
	for _, k := range keys {
		if strings.ReplaceAll(k.path, ".", "") == squashed {
			d.Fix = "write REGISTRY_" + strings.ToUpper(strings.ReplaceAll(k.path, ".", "_"))
		}
	}
	return mirror.Diagnostics{d}
}

// known reports whether a path is in the table, or below a section whose keys
// are not.
func known(p string) bool {
	if _, ok := lookupKey(p); ok {
		return true
	}
	for parent := p; ; {
		i := strings.LastIndexByte(parent, '.')
		if i < 0 {
			return false
		}
		parent = parent[:i]
		if k, ok := lookupKey(parent); ok {
			return k.kind == anything || k.kind == headers
		}
	}
}
