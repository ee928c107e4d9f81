package cimage5

import (
	// Digest references need it; this version does not link it by itself.
	_ "crypto/sha256"
	"sync"
	_ "unsafe" // for go:linkname

	_ "github.com/containers/storage/pkg/unshare"
)

// readsEnvironment: before 5.40.0 the library leaves the environment to its
// callers.
const readsEnvironment = false

// The home directory is looked up once per process. Here each question has
// its own.
//
//go:linkname homeDirOnce github.com/containers/storage/pkg/unshare.homeDirOnce
var homeDirOnce sync.Once

func forgetHome() { homeDirOnce = sync.Once{} }
