package podman

import "strings"

// index finds the registry that a name belongs to. It answers as the
// library's linear search does (system_registries_v2.go
// findRegistryWithParsedConfig): the longest prefix by string length, and of
// two of one length the one that sorts first, which is the wildcard.
type index struct {
	exact    map[string]int32
	wildcard map[string]int32 // by the prefix without its asterisk
	// dotted lists the wildcards whose text is not plain labels; they are
	// compared one by one.
	odd []oddWildcard
}

type oddWildcard struct {
	suffix string
	id     int32
}

func newIndex(size int) *index {
	return &index{exact: make(map[string]int32, size), wildcard: make(map[string]int32)}
}

func (x *index) add(prefix string, id int32) {
	switch {
	case !strings.HasPrefix(prefix, "*."):
		x.exact[prefix] = id
	case prefix == "*.":
		x.odd = append(x.odd, oddWildcard{prefix[1:], id})
	default:
		x.wildcard[prefix[1:]] = id
	}
}

// find returns the registry of a name such as docker.io/library/alpine and
// the length of what its prefix matches; id is -1 where there is none.
func (x *index) find(name string) (id int32, match int) {
	id, length := int32(-1), 0
	slash := strings.IndexByte(name, '/')
	if slash < 0 {
		slash = len(name)
	}
	for i := len(name); i > 0; i-- {
		if i < len(name) {
			if c := name[i]; c != '/' && c != ':' && c != '@' {
				continue
			}
		}
		if found, ok := x.exact[name[:i]]; ok {
			id, match, length = found, i, i
			break
		}
	}
	if len(x.wildcard) == 0 && len(x.odd) == 0 {
		return id, match
	}
	return x.findWildcard(name, slash, id, match, length)
}

// findWildcard looks for a wildcard that is at least as long as what was
// found.
func (x *index) findWildcard(name string, slash int, id int32, match, length int) (int32, int) {
	for end := slash; end > 0; end-- {
		if end < len(name) {
			if c := name[end]; c != '/' && c != ':' && c != '@' {
				continue
			}
		}
		for i := end - 1; i >= 0 && name[i] != ':' && name[i] != '@'; i-- {
			if name[i] != '.' {
				continue
			}
			suffix := name[i:end]
			found, ok := x.wildcard[suffix]
			// Only the first occurrence counts: *.io does not match a.io.io.
			if ok && len(suffix)+1 >= length && strings.Index(name, suffix) == i {
				id, match, length = found, end, len(suffix)+1
			}
		}
	}
	for _, w := range x.odd {
		if n := matchWildcard(name, w.suffix); n >= 0 && len(w.suffix)+1 >= length {
			id, match, length = w.id, n, len(w.suffix)+1
		}
	}
	return id, match
}

// matchPrefix returns how much of a reference a prefix matches, or -1
// (system_registries_v2.go refMatchingPrefix). A prefix without a port also
// matches the same host with one.
func matchPrefix(ref, prefix string) int {
	if strings.HasPrefix(prefix, "*.") {
		return matchWildcard(ref, prefix[1:])
	}
	if !strings.HasPrefix(ref, prefix) {
		return -1
	}
	if len(ref) == len(prefix) {
		return len(prefix)
	}
	switch ref[len(prefix)] {
	case ':', '/', '@':
		return len(prefix)
	default:
		return -1
	}
}

// matchWildcard matches a prefix without its asterisk (refMatchingSubdomainPrefix).
func matchWildcard(ref, suffix string) int {
	i := strings.Index(ref, suffix)
	if i < 0 || strings.Contains(ref[:i], "/") {
		return -1
	}
	i += len(suffix)
	if i == len(ref) {
		return i
	}
	switch ref[i] {
	case ':', '/', '@':
		return i
	default:
		return -1
	}
}

// rewrite replaces what the prefix matches in a reference by a location
// (system_registries_v2.go rewriteReference). The verdict is the library's
// error, empty when there is none.
func rewrite(ref, prefix, location string) (string, string) {
	match := matchPrefix(ref, prefix)
	if match < 0 {
		return "", "invalid prefix '" + prefix + "' for reference '" + ref + "'"
	}
	if location == "" {
		if !strings.HasPrefix(prefix, "*.") {
			return "", "invalid prefix '" + prefix + "' for empty location, should be in the format: *.example.com"
		}
		return ref, ""
	}
	out := location + ref[match:]
	if _, verdict := parseCanonical(out); verdict != "" {
		return "", "rewriting reference: " + verdict
	}
	return out, ""
}
