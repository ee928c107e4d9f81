package verify

import (
	"errors"
	"io/fs"
	"path"
	"regexp"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/mirror/verify/internal/upstream"
)

// named finds absolute paths in a file: certificates, imports, further
// directories. What is not there is not read.
var named = regexp.MustCompile(`["':](/[^"':\n*]+)`)

// collect reads the engine's own files and those that they name. A node may
// be a whole machine, so nothing else is looked at.
func collect(fsys fs.FS, below []string) ([]upstream.File, error) {
	known := map[string]bool{}
	var files []upstream.File
	for len(below) > 0 {
		var next []string
		for _, root := range below {
			root = path.Clean("/" + root)
			if known[root] || root == "/" {
				continue
			}
			found, err := upstream.Files(fsys, root)
			if err != nil && !errors.Is(err, fs.ErrInvalid) {
				return nil, err
			}
			for _, f := range found {
				name := path.Clean("/" + f.Path)
				if known[name] {
					continue
				}
				known[name] = true
				files = append(files, f)
				if strings.HasSuffix(name, ".toml") {
					for _, m := range named.FindAllSubmatch(f.Data, -1) {
						next = append(next, strings.TrimSpace(string(m[1])))
					}
				}
			}
			known[root] = true
		}
		below = next
	}
	return files, nil
}
