package nodefs

import (
	"io/fs"
	"path"
)

// NotAFile says what stands in place of a file that nobody can read, whatever
// the permissions: "a directory" or "a loop of symbolic links". It is empty
// for everything else, such as a file that only this caller may not read.
func NotAFile(fsys fs.FS, p string) string {
	if info, err := Stat(fsys, p); err == nil && info != nil && info.IsDir() {
		return "a directory"
	}
	const maxLinks = 40 // Linux's limit for one path
	for range maxLinks {
		target, err := fs.ReadLink(fsys, Rel(p))
		if err != nil {
			return ""
		}
		if !path.IsAbs(target) {
			target = path.Join(path.Dir(p), target)
		}
		p = target
	}
	return "a loop of symbolic links"
}
