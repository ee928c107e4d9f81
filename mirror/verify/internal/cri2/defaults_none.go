//go:build containerd20 || containerd21

package cri2

import "github.com/containerd/containerd/v2/core/remotes/docker"

const defaultConfigPath = ""

const mirrorCapabilities = docker.HostCapabilityPull | docker.HostCapabilityResolve
