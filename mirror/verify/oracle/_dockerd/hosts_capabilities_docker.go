//go:build hostsfile && !moby

package main

import "github.com/containerd/containerd/v2/core/remotes/docker"

const mirrorCapabilities = docker.HostCapabilityPull | docker.HostCapabilityResolve
