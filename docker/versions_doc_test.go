package docker

import (
	"testing"

	"github.com/mirrorcfg/mirrorcfg/internal/release/versiondoc"
)

func TestVersionDocument(t *testing.T) {
	versiondoc.Check(t, *update, "What differs between versions of Docker Engine",
		versiondoc.Group{Title: "daemon.json and certs.d", Features: daemonFeatures},
	)
}
