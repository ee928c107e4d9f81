//go:build !containerd20 && !containerd21

package main

import "github.com/containerd/containerd/v2/core/remotes/docker"

// defaultConfigPath is set when the plugin starts with neither a config_path
// nor mirrors, on Linux, since 2.2.2.
const defaultConfigPath = "/etc/containerd/certs.d:/etc/docker/certs.d"

const mirrorCapabilities = docker.HostCapabilityPull | docker.HostCapabilityResolve | docker.HostCapabilityReferrers
