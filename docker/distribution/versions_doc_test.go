package distribution

import (
	"flag"
	"testing"

	"github.com/mirrorcfg/mirrorcfg/internal/release"
	"github.com/mirrorcfg/mirrorcfg/internal/release/versiondoc"
)

func TestVersionDocument(t *testing.T) {
	f := flag.Lookup("update") // declared by the tests outside the package
	update := f != nil && f.Value.String() == "true"
	versiondoc.Check(t, update, "What differs between versions of distribution",
		versiondoc.Group{Title: "config.yml", Features: []*release.Feature{
			&featureTTL, &featureExec, &featureWriteTimeout, &featureRedisAddrs, &featureCacheSize, &featureTagLimit, &featureOldDrivers, &featureNewPath,
		}},
	)
}
