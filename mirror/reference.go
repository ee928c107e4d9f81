package mirror

import (
	"fmt"
	"strings"

	"github.com/distribution/reference"
	"github.com/opencontainers/go-digest"
)

// Reference is an image reference taken apart. Engines look registries up by
// Domain and repository; a Reference is parsed once and asked many times.
type Reference struct {
	// Original is what was parsed.
	Original string
	// Short is true where Original names no registry ("alpine", "team/app").
	// Docker and containerd then mean docker.io; Podman asks its aliases and
	// search registries.
	Short bool
	// Domain is the registry, host[:port], "docker.io" where Short.
	Domain string
	// Path is the repository without the domain, "library/alpine".
	Path string
	// Tag is "latest" where neither tag nor digest was written.
	Tag string
	// Digest is algorithm:hex or empty.
	Digest string
}

// ParseReference parses what a user types, by the rules of
// distribution/reference: "alpine" is docker.io/library/alpine:latest.
func ParseReference(s string) (Reference, error) {
	name, sum, hasDigest := strings.Cut(s, "@")
	if hasDigest && !strings.Contains(name, "/") {
		// Alone, 64 hexadecimal digits would be refused as the ID of an image.
		name = "library/" + name
	}
	named, err := reference.ParseNormalizedNamed(name)
	if err == nil && hasDigest {
		err = checkDigest(sum)
	}
	if err != nil {
		return Reference{}, fmt.Errorf("image reference %q: %w", s, err)
	}
	if !hasDigest {
		named = reference.TagNameOnly(named)
	}
	ref := Reference{Original: s, Short: !hasDomain(s), Domain: reference.Domain(named), Path: reference.Path(named), Digest: sum}
	if t, ok := named.(reference.Tagged); ok {
		ref.Tag = t.Tag()
	}
	return ref, nil
}

// checkDigest asks for the form of a digest alone: distribution/reference
// wants the hash function linked as well, which nothing here needs.
func checkDigest(sum string) error {
	algorithm, encoded, found := strings.Cut(sum, ":")
	if !found {
		return digest.ErrDigestInvalidFormat
	}
	return digest.Algorithm(algorithm).Validate(encoded)
}

// hasDomain tells a registry from a first path component as
// distribution/reference does (normalize.go, splitDockerDomain).
func hasDomain(s string) bool {
	first, _, found := strings.Cut(s, "/")
	return found && (strings.ContainsAny(first, ".:") || first == "localhost" || strings.ToLower(first) != first)
}

// Name returns the domain and path, without tag and digest. Where the first
// part is no host name, as in "u_y.io/a", there is no domain.
func (r Reference) Name() string {
	if r.Domain == "" {
		return r.Path
	}
	return r.Domain + "/" + r.Path
}

// String returns the normalised reference with tag and digest.
func (r Reference) String() string {
	s := r.Name()
	if r.Tag != "" {
		s += ":" + r.Tag
	}
	if r.Digest != "" {
		s += "@" + r.Digest
	}
	return s
}

// Object returns what is asked for below manifests/: the digest where there
// is one, or the tag.
func (r Reference) Object() string {
	if r.Digest != "" {
		return r.Digest
	}
	return r.Tag
}
