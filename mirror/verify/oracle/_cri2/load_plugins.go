//go:build !containerd20 && !containerd21 && !containerd22

package main

import (
	"context"
	"iter"
	"slices"

	"github.com/containerd/containerd/v2/cmd/containerd/server/config"
	"github.com/containerd/plugin"
)

// loadServer: since 2.3 files are migrated, plugins included, one by one as
// they are loaded.
func loadServer(ctx context.Context, path string, plugins []plugin.Registration, out *config.Config) error {
	return config.LoadConfigWithPlugins(ctx, path, func() iter.Seq[plugin.Registration] { return slices.Values(plugins) }, out)
}
