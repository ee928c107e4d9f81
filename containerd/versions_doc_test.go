package containerd

import (
	"testing"

	"github.com/mirrorcfg/mirrorcfg/internal/release/versiondoc"
)

func TestVersionDocument(t *testing.T) {
	versiondoc.Check(t, *update, "What differs between versions of containerd",
		versiondoc.Group{Title: "hosts.toml and certs.d", Features: hostsFeatures},
		versiondoc.Group{Title: "config.toml", Features: configFeatures},
	)
}
