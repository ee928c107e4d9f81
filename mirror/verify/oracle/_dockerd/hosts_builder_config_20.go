//go:build docker20

package main

import "github.com/moby/buildkit/cmd/buildkitd/config"

type registryConfig = config.RegistryConfig
