//go:build moby

package main

import "github.com/moby/moby/v2/daemon/config"

type daemonConfig = config.Config

var (
	newConfig           = config.New
	mergeConfigurations = config.MergeDaemonConfigurations
)
