package containerd

import (
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/internal/nodefs"
	"github.com/mirrorcfg/mirrorcfg/internal/release"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// Tree is a certs.d directory.
type Tree struct {
	// Root is its path on the node, such as /etc/containerd/certs.d.
	Root string
	// Exists is false where there is no such directory.
	Exists bool
	// Directories are ordered by name.
	Directories []*Directory

	platform Platform
	byName   map[string]*Directory
}

// Directory is one entry of a tree: what containerd finds for a namespace.
type Directory struct {
	// Name in the tree, and Path on the node.
	Name, Path string
	// Hosts is nil where there is no hosts.toml, where it is empty, and where
	// it is not TOML.
	Hosts *HostsFile
	// Fault says why Hosts is nil although the file has bytes.
	Fault *mirror.Diagnostic
	// unparsed are the bytes of a file that is no TOML.
	unparsed []byte
	// HasFile tells an empty hosts.toml from none; Mode is the file's.
	HasFile bool
	Mode    fs.FileMode
	// CA and Client are the docker-style files *.crt, *.cert and *.key, which
	// count when hosts.toml does not.
	CA     []string
	Client []ClientCert
	// Others are the names of all other files.
	Others []string
	// NotDirectory: a file stands where containerd expects a directory.
	NotDirectory bool
	// Unreadable is why the directory or its hosts.toml cannot be read;
	// containerd then fails every pull from the namespace.
	Unreadable error
}

// hostsName is the only name that containerd looks for.
const hostsName = "hosts.toml"

// ReadTree reads the directories below root. A root that does not exist gives
// an empty tree; the error is of one that cannot be read.
func ReadTree(fsys fs.FS, root string, p Platform) (*Tree, error) {
	root = path.Clean("/" + root)
	entries, exists, err := nodefs.ReadDir(fsys, root)
	if err != nil {
		return nil, err
	}
	t := &Tree{Root: root, Exists: exists, platform: p, byName: make(map[string]*Directory, len(entries))}
	for _, e := range entries {
		d := &Directory{Name: e.Name(), Path: path.Join(root, e.Name())}
		if !d.read(fsys, e) {
			continue
		}
		t.Directories = append(t.Directories, d)
		t.byName[d.Name] = d
	}
	return t, nil
}

// read reports false for a link that leads nowhere, which containerd passes
// over.
func (d *Directory) read(fsys fs.FS, e fs.DirEntry) bool {
	isDir := e.IsDir()
	if e.Type()&fs.ModeSymlink != 0 {
		info, err := nodefs.Stat(fsys, d.Path)
		if err != nil {
			d.Unreadable = err
			return true
		}
		if info == nil {
			return false
		}
		isDir = info.IsDir()
	}
	if !isDir {
		d.NotDirectory = true
		return true
	}
	files, _, err := nodefs.ReadDir(fsys, d.Path)
	if err != nil {
		d.Unreadable = err
		return true
	}
	keys := map[string]bool{}
	for _, f := range files {
		if strings.HasSuffix(f.Name(), ".key") && !f.IsDir() {
			keys[f.Name()] = true
		}
	}
	for _, f := range files {
		name := f.Name()
		switch {
		case name == hostsName:
			d.readHosts(fsys)
		case f.IsDir():
			d.Others = append(d.Others, name+"/")
		case strings.HasSuffix(name, ".crt"):
			d.CA = append(d.CA, path.Join(d.Path, name))
		case strings.HasSuffix(name, ".cert"):
			c := ClientCert{Cert: path.Join(d.Path, name)}
			if key := strings.TrimSuffix(name, ".cert") + ".key"; keys[key] {
				keyPath := path.Join(d.Path, key)
				c.Key = &keyPath
			}
			d.Client = append(d.Client, c)
		case !keys[name]:
			d.Others = append(d.Others, name)
		}
	}
	return true
}

func (d *Directory) readHosts(fsys fs.FS) {
	d.HasFile = true
	file := path.Join(d.Path, hostsName)
	data, _, err := nodefs.ReadFile(fsys, file)
	if err != nil {
		d.Unreadable = err
		return
	}
	if info, err := nodefs.Stat(fsys, file); err == nil && info != nil {
		d.Mode = info.Mode().Perm()
	}
	if len(data) == 0 {
		return
	}
	d.Hosts, err = ParseHosts(file, data)
	if err != nil {
		var fault mirror.Diagnostic
		if errors.As(err, &fault) {
			d.Fault, d.unparsed = &fault, data
		}
	}
}

// IsEmpty reports whether containerd finds nothing in the directory.
func (d *Directory) IsEmpty() bool {
	return !d.NotDirectory && d.Unreadable == nil && d.Hosts == nil && d.Fault == nil && len(d.CA) == 0 && len(d.Client) == 0
}

// hasHosts reports whether there is a hosts.toml in the tree.
func (t *Tree) hasHosts() bool {
	return slices.ContainsFunc(t.Directories, func(d *Directory) bool { return d.HasFile })
}

// Namespace is what the directory's name stands for.
func (d *Directory) Namespace() string { return NamespaceOf(d.Name) }

// Lookup returns the directory that containerd takes for a namespace,
// _default included: the first that exists, whatever is in it.
func (t *Tree) Lookup(namespace string) (*Directory, bool) {
	if d, ok := t.Own(namespace); ok {
		return d, true
	}
	d, ok := t.byName[defaultName]
	return d, ok
}

// hides reports whether a version looks no further than this tree for a
// namespace.
func (t *Tree) hides(namespace string, v release.Version) bool {
	if _, ok := t.Own(namespace); ok {
		return true
	}
	_, ok := t.byName[defaultName]
	return ok && defaultDirectory.Has(v)
}

// Own is Lookup without _default.
func (t *Tree) Own(namespace string) (*Directory, bool) {
	if ported := portedName(namespace, t.platform); ported != namespace {
		if d, ok := t.byName[ported]; ok {
			return d, true
		}
	}
	if t.platform == Windows {
		namespace = strings.ReplaceAll(namespace, ":", "")
	}
	d, ok := t.byName[namespace]
	return d, ok
}
