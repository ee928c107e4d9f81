//go:build !(darwin || dragonfly || freebsd || illumos || linux || netbsd || openbsd || windows)

package fileset

import (
	"errors"
	"os"
)

// tryLock fails: without a lock two applies could mix their files.
func tryLock(*os.File) error { return errors.ErrUnsupported }

// releaseLock has nothing to do: the lock ends when the file is closed.
func releaseLock(*os.File) {}
