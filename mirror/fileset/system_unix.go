//go:build unix

package fileset

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// openNonblock keeps an open from hanging on a named pipe that was put in a
// file's place after it was looked at.
const openNonblock = syscall.O_NONBLOCK

func owner(info fs.FileInfo) (uid, gid int) {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return int(st.Uid), int(st.Gid)
	}
	return -1, -1
}

func syncDir(d *os.File) error {
	err := d.Sync()
	// Some file systems cannot sync a directory and say so.
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, syscall.ENOTSUP) {
		return nil
	}
	return err
}
