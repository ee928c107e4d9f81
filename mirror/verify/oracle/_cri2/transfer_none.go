//go:build containerd20

package main

import (
	"context"
	"unsafe"
)

const hasTransfer = false

func choosePull(context.Context, unsafe.Pointer) {}
