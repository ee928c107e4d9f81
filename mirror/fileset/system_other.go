//go:build !unix

package fileset

import (
	"io/fs"
	"os"
)

const openNonblock = 0

func owner(fs.FileInfo) (uid, gid int) { return -1, -1 }

// syncDir does nothing: there is no way to sync a directory here.
func syncDir(*os.File) error { return nil }
