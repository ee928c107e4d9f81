//go:build !linux

package packer

import "os/exec"

// withoutNetwork does nothing: network namespaces are Linux's.
func withoutNetwork(*exec.Cmd) {}
