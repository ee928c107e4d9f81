package probe

import (
	"fmt"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// assignReferences gives each registry the first reference that an engine
// would serve through it: the longest prefix wins.
func assignReferences(references []string, c mirror.Config) ([]*mirror.Reference, error) {
	out := make([]*mirror.Reference, len(c.Registries))
	for _, text := range references {
		ref, err := mirror.ParseReference(text)
		if err != nil {
			return nil, fmt.Errorf("probe: %w", err)
		}
		best, bestRank := -1, 0
		for i, r := range c.Registries {
			if rank := matchRank(r.Prefix, ref); rank > bestRank {
				best, bestRank = i, rank
			}
		}
		if best >= 0 && out[best] == nil {
			out[best] = &ref
		}
	}
	return out, nil
}

// matchRank is 0 where the prefix does not match, and higher for a closer
// match.
func matchRank(text string, ref mirror.Reference) int {
	prefix, err := mirror.ParsePrefix(text)
	if err != nil {
		return 0
	}
	const hostRank = 1 << 16 // longer than any wildcard
	switch prefix.Kind {
	case mirror.PrefixAny:
		return 1
	case mirror.PrefixWildcard:
		if strings.HasSuffix(ref.Domain, "."+prefix.Host) {
			return 1 + len(prefix.Host)
		}
	case mirror.PrefixHost:
		if ref.Domain == prefix.Host {
			return hostRank
		}
	case mirror.PrefixPath:
		if ref.Domain == prefix.Host && (ref.Path == prefix.Path || strings.HasPrefix(ref.Path, prefix.Path+"/")) {
			return hostRank + len(prefix.Path)
		}
	}
	return 0
}
