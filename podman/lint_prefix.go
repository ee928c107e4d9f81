package podman

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var rulePrefixNeverMatches = rule(mirror.Rule{
	Code: "podman/prefix-never-matches", Severity: mirror.Warning,
	Summary:     "a prefix that no image name begins with",
	Consequence: "the entry and its mirrors are never used",
	Fix:         "write the registry as normalised names have it: docker.io, docker.io/library/alpine, lower case, without tag",
	Evidence:    "lookups are by the normalised name without tag: containers/image 5.36.2 docker/docker_image_src.go newImageSource; containers/image#2060, #777",
})

// officialImages are repositories of docker.io/library that are often written
// without library.
var officialImages = []string{"alpine", "busybox", "centos", "debian", "fedora", "golang", "hello-world", "httpd", "mariadb", "mongo", "mysql",
	"nginx", "node", "openjdk", "php", "postgres", "python", "rabbitmq", "redis", "registry", "ruby", "rust", "traefik", "ubuntu", "wordpress"}

func lintPrefixMatches(l *linter, f *RegistriesFile) {
	d := f.decoded()
	for i := range d.entries {
		e := &d.entries[i]
		key := e.Key()
		if key == "" || hasScheme(key) || strings.HasPrefix(key, "*.") && strings.ContainsAny(key, "/@:") {
			continue // refused when the file is loaded
		}
		reason := prefixProblem(key)
		if reason == "" {
			continue
		}
		at := "prefix"
		if e.Prefix == "" {
			at = "location"
		}
		diag := l.add(rulePrefixNeverMatches, f.valuePosition(e.node.ChildFold(at)), "registry."+at, fmt.Sprintf("no image name begins with %q: %s", key, reason))
		if name, ok := strings.CutPrefix(key, "docker.io/"); ok && slices.Contains(officialImages, name) && at == "prefix" {
			diag.Edits = f.replaceString(e.node.ChildFold(at), "docker.io/library/"+name)
		}
	}
}

func neverMatches(key string) bool { return prefixProblem(key) != "" }

// prefixProblem says why a prefix matches nothing, "" if it can.
func prefixProblem(key string) string {
	host, path, hasPath := strings.Cut(key, "/")
	switch {
	case key == "*":
		return "there is no entry for all registries"
	case strings.HasPrefix(key, "*."):
		if strings.Contains(key[1:], "*") || key == "*." {
			return "only a leading *. is a wildcard"
		}
		return ""
	case host == "index.docker.io" || host == "registry-1.docker.io" || host == "registry.docker.io" || host == "hub.docker.com":
		return "images of Docker Hub are named docker.io"
	case strings.Contains(key, "://"):
		return "it has a scheme"
	case strings.ContainsAny(key, " \t\r\n@[*"):
		return "it has a character that no name has, or a digest"
	case strings.ToLower(host) != host:
		return "hosts are compared as they stand, and are written in lower case"
	case hasPath && strings.Contains(path, ":"):
		return "names are compared without their tag"
	case !namesRegistry(host):
		return "its first part is no registry: it has neither dot nor port"
	case !isDomain(host), hasPath && !isPath(path):
		return "it is no name"
	case host == "docker.io" && slices.Contains(officialImages, path):
		return "the full name is docker.io/library/" + path
	default:
		return ""
	}
}
