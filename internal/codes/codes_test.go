package codes_test

import (
	"flag"
	"os"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/containerd"
	"github.com/mirrorcfg/mirrorcfg/docker"
	"github.com/mirrorcfg/mirrorcfg/docker/distribution"
	"github.com/mirrorcfg/mirrorcfg/internal/codes"
	"github.com/mirrorcfg/mirrorcfg/mirror"
	"github.com/mirrorcfg/mirrorcfg/mirror/catalog"
	"github.com/mirrorcfg/mirrorcfg/mirror/probe"
	"github.com/mirrorcfg/mirrorcfg/mirror/trace"
	"github.com/mirrorcfg/mirrorcfg/podman"
)

var update = flag.Bool("update", false, "write mirror/CODES.md")

var groups = []codes.Group{
	{Title: "Model and mirrors.toml", Rules: mirror.Rules()},
	{Title: "containerd", Rules: containerd.Rules()},
	{Title: "Docker", Rules: docker.Rules()},
	{Title: "Podman, CRI-O, Buildah, Skopeo", Rules: podman.Rules()},
	{Title: "Pull-through cache", Rules: distribution.Rules()},
	{Title: "Catalog", Rules: catalog.Rules()},
	{Title: "Probing", Rules: probe.Rules()},
	{Title: "Pull logs", Rules: trace.Rules()},
}

func TestDocumentIsUpToDate(t *testing.T) {
	const file = "../../mirror/CODES.md"
	want := codes.Markdown(groups)
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(want), 0o644))
	}
	got, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, want, string(got), "run: go test ./internal/codes -update")
}

func TestCodesAreUniqueAndSayWhatHappens(t *testing.T) {
	seen := map[string]bool{}
	form := regexp.MustCompile(`^[a-z]+/[a-z0-9]+(-[a-z0-9]+)*$`)
	for _, g := range groups {
		for _, r := range g.Rules {
			assert.False(t, seen[r.Code], "%s is declared twice", r.Code)
			seen[r.Code] = true
			assert.Regexp(t, form, r.Code)
			assert.NotEmpty(t, r.Summary, r.Code)
		}
	}
	assert.Greater(t, len(seen), 100)
}
