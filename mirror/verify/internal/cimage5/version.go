package cimage5

import (
	// Digest references need it; this version does not link it by itself.
	_ "crypto/sha256"
)

// readsEnvironment: before 5.40.0 the library leaves the environment to its
// callers.
const readsEnvironment = false
