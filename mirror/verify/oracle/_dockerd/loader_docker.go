//go:build !moby && !docker20

package main

import "github.com/docker/docker/daemon/config"

type daemonConfig = config.Config

var (
	newConfig           = config.New
	mergeConfigurations = config.MergeDaemonConfigurations
)
