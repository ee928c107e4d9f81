//go:build containerd20 || containerd21

package main

import "github.com/containerd/containerd/v2/core/remotes/docker"

const defaultConfigPath = ""

const mirrorCapabilities = docker.HostCapabilityPull | docker.HostCapabilityResolve
