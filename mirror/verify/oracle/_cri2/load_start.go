//go:build containerd20 || containerd21 || containerd22

package main

import (
	"context"

	"github.com/containerd/containerd/v2/cmd/containerd/server/config"
	"github.com/containerd/containerd/v2/version"
	"github.com/containerd/plugin"
)

// loadServer: up to 2.2 the merged configuration is migrated when the server
// starts (cmd/containerd/server/server.go, New).
func loadServer(ctx context.Context, path string, plugins []plugin.Registration, out *config.Config) error {
	if err := config.LoadConfig(ctx, path, out); err != nil {
		return err
	}
	from := out.Version
	if from >= version.ConfigVersion {
		return nil
	}
	if err := out.MigrateConfig(ctx); err != nil {
		return err
	}
	for v := from; v < version.ConfigVersion; v++ {
		for _, p := range plugins {
			if p.ConfigMigration == nil {
				continue
			}
			if err := p.ConfigMigration(ctx, v, out.Plugins); err != nil {
				return err
			}
		}
	}
	return nil
}
