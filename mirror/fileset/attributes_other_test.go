//go:build !linux

package fileset

import (
	"io/fs"
	"math/rand/v2"
)

func randomAttributes(*rand.Rand, string, fs.FileMode) {}
