//go:build !hostsfile && !docker20

package main

import "github.com/moby/buildkit/util/resolver/config"

type registryConfig = config.RegistryConfig
