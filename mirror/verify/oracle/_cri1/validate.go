package main

import (
	"context"

	"github.com/containerd/containerd/pkg/cri/config"
)

func validate(ctx context.Context, c *config.PluginConfig) error {
	_, err := config.ValidatePluginConfig(ctx, c)
	return err
}
