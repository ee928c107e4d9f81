package podman

import (
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/internal/nodefs"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// source is a file that an engine reads.
type source struct {
	path     string
	dropIn   bool
	explicit bool // named by an option or the environment: must exist
}

// lookup is what an engine finds on a node.
type lookup struct {
	sources []source
	// passed are the files that lie where an engine looks, or a user may
	// think that it does, and are not read.
	passed []passedFile
	faults mirror.Diagnostics
}

// passedReason says why a file is not read.
type passedReason uint8

const (
	behindUserMain passedReason = iota // a user's main file replaces it
	maskedByName                       // a file of the same name masks it
	wrongSuffix                        // its name does not end in .conf
	symlinkedDir                       // its directory is a symbolic link
	xdgUnread                          // XDG_CONFIG_HOME is not looked at
	behindMain                         // a main file of higher priority is read
)

type passedFile struct {
	path   string
	reason passedReason
	by     string // the file that takes its place
}

func (p Paths) lookup(fsys fs.FS, r resolved) *lookup {
	l := &lookup{}
	if r.has(newLookup) {
		l.findNew(fsys, p)
	} else {
		l.findOld(fsys, p)
	}
	return l
}

// findOld is the lookup of containers/image before 5.40
// (system_registries_v2.go newConfigWrapperWithHomeDir, dropInConfigs).
func (l *lookup) findOld(fsys fs.FS, p Paths) {
	user := p.userMain(false)
	explicit := p.Main
	if explicit == "" {
		explicit = p.Env
	}
	var dirs []string
	switch {
	case explicit != "":
		l.sources = append(l.sources, source{path: explicit, explicit: true})
		dirs = p.oldDirs(user)
	case l.exists(fsys, user):
		l.sources = append(l.sources, source{path: user})
		dirs = []string{user + ".d"}
		if p.DropInDir != "" {
			dirs = []string{p.DropInDir}
		} else {
			l.passBehindUser(fsys, p, user)
		}
	default:
		l.sources = append(l.sources, source{path: p.systemMain()})
		dirs = p.oldDirs(user)
		if xdg := p.userMain(true); xdg != user && l.exists(fsys, xdg) {
			l.passed = append(l.passed, passedFile{path: xdg, reason: xdgUnread})
		}
	}
	for _, dir := range dirs {
		if isSymlink(fsys, dir) {
			l.passed = append(l.passed, passedFile{path: dir, reason: symlinkedDir})
			continue
		}
		for _, e := range l.readDir(fsys, dir, p) {
			if l.takes(e, dir) {
				l.sources = append(l.sources, source{path: path.Join(dir, e.Name()), dropIn: true})
			}
		}
	}
}

// oldDirs are the drop-in directories where no user's main file is read.
func (p Paths) oldDirs(user string) []string {
	if p.DropInDir != "" {
		return []string{p.DropInDir}
	}
	dirs := []string{p.systemMain() + ".d"}
	if user != "" {
		dirs = append(dirs, user+".d")
	}
	return dirs
}

// passBehindUser notes the system's files that a user's main file hides.
func (l *lookup) passBehindUser(fsys fs.FS, p Paths, user string) {
	if l.exists(fsys, p.systemMain()) {
		l.passed = append(l.passed, passedFile{p.systemMain(), behindUserMain, user})
	}
	dir := p.systemMain() + ".d"
	entries, _, err := nodefs.ReadDir(fsys, dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".conf") {
			l.passed = append(l.passed, passedFile{path.Join(dir, e.Name()), behindUserMain, user})
		}
	}
}

// findNew is the lookup of containers/image 5.40 and later
// (go.podman.io/storage pkg/configfile Read).
func (l *lookup) findNew(fsys fs.FS, p Paths) {
	switch {
	case p.Main != "":
		l.sources = append(l.sources, source{path: p.Main, explicit: true})
	case p.Env != "":
		l.sources = append(l.sources, source{path: p.Env, explicit: true})
	default:
		taken := ""
		for _, m := range []string{p.userMain(true), p.systemMain(), p.vendorMain()} {
			switch {
			case m == "" || !l.opens(fsys, m, p):
			case taken == "":
				taken = m
				l.sources = append(l.sources, source{path: m})
			default:
				l.passed = append(l.passed, passedFile{m, behindMain, taken})
			}
		}
	}
	if p.Main != "" || p.Env == "" {
		l.poolDropIns(fsys, p)
	}
	if p.Override != "" && p.DropInDir == "" {
		l.sources = append(l.sources, source{path: p.Override, explicit: true, dropIn: true})
	}
}

// poolDropIns takes the files of all directories as one set, in which a name
// of a directory with higher priority masks the others, and sorts by name.
func (l *lookup) poolDropIns(fsys fs.FS, p Paths) {
	dirs := p.dropInDirs()
	if p.DropInDir != "" {
		dirs = []string{p.DropInDir}
	}
	byName := map[string]string{}
	for _, dir := range slices.Backward(dirs) {
		for _, e := range l.readDir(fsys, dir, p) {
			if !l.takes(e, dir) {
				continue
			}
			full := path.Join(dir, e.Name())
			if masked, ok := byName[e.Name()]; ok {
				l.passed = append(l.passed, passedFile{masked, maskedByName, full})
			}
			byName[e.Name()] = full
		}
	}
	names := make([]string, 0, len(byName))
	for n := range byName {
		names = append(names, n)
	}
	slices.Sort(names)
	for _, n := range names {
		l.sources = append(l.sources, source{path: byName[n], dropIn: true})
	}
}

// takes reports whether a directory's entry is read, and notes a file that
// looks as if it should be.
func (l *lookup) takes(e fs.DirEntry, dir string) bool {
	if e.IsDir() {
		return false
	}
	if strings.HasSuffix(e.Name(), ".conf") {
		return true
	}
	if strings.Contains(e.Name(), ".conf") || strings.HasSuffix(e.Name(), ".toml") {
		l.passed = append(l.passed, passedFile{path: path.Join(dir, e.Name()), reason: wrongSuffix})
	}
	return false
}

// exists follows links, as the library's check does.
func (l *lookup) exists(fsys fs.FS, p string) bool {
	if p == "" {
		return false
	}
	info, err := nodefs.Stat(fsys, p)
	return err == nil && info != nil
}

// opens reports whether a file is there to be opened, be it with an error:
// from 5.40 on only a missing file makes way for the next.
func (l *lookup) opens(fsys fs.FS, file string, p Paths) bool {
	info, err := nodefs.Stat(fsys, file)
	if errors.Is(err, fs.ErrPermission) && p.isPrivate(file) {
		return false
	}
	return err != nil || info != nil
}

// isPrivate reports whether a path is in the user's home.
func (p Paths) isPrivate(file string) bool {
	return p.Home != "" && strings.HasPrefix(file, p.Home+"/")
}

// readDir lists a directory. One in a user's home that may not be read by
// the caller counts as absent and is reported, since the engine itself runs
// as that user.
func (l *lookup) readDir(fsys fs.FS, dir string, p Paths) []fs.DirEntry {
	entries, _, err := nodefs.ReadDir(fsys, dir)
	switch {
	case err == nil:
		return entries
	case errors.Is(err, fs.ErrPermission) && p.isPrivate(dir):
		d := ruleUnreadable.At(mirror.Position{File: dir}, "", "the directory cannot be read by the caller and is taken to be empty")
		d.Severity = mirror.Info
		l.faults = append(l.faults, d)
	default:
		d := ruleUnreadable.At(mirror.Position{File: dir}, "", "reading registries.conf.d: "+err.Error())
		l.faults = append(l.faults, d)
	}
	return nil
}

func isSymlink(fsys fs.FS, p string) bool {
	info, err := fs.Lstat(fsys, nodefs.Rel(p))
	return err == nil && info.Mode()&fs.ModeSymlink != 0
}
