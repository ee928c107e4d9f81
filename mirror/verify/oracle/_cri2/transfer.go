//go:build !containerd20

package main

import (
	"context"
	"unsafe"
)

// hasTransfer: since 2.1 pulls go through the transfer service unless
// something stands against it.
const hasTransfer = true

//go:linkname checkLocalImagePullConfigs github.com/containerd/containerd/v2/internal/cri/config.CheckLocalImagePullConfigs
func checkLocalImagePullConfigs(ctx context.Context, config unsafe.Pointer)

func choosePull(ctx context.Context, config unsafe.Pointer) { checkLocalImagePullConfigs(ctx, config) }
