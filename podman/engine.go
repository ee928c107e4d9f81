package podman

import (
	"io/fs"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// Engine is one tool at one version on one kind of node. The zero value is
// the newest known Podman, run by root on Linux.
type Engine struct {
	// Tool is the program.
	Tool Tool
	// Version is the tool's version, such as "5.4" or "6.0.0"; empty is the
	// newest known.
	Version string
	// Library overrides the version of containers/image that the table gives
	// for the tool, for builds that differ from upstream's.
	Library string
	// Paths says where the files are; the zero value is the default.
	Paths Paths
	// ShortNameMode overrides short-name-mode of the files, as
	// short_name_mode in crio.conf does. Empty is the tool's default.
	ShortNameMode string
	// AutoReload is auto_reload_registries of crio.conf: CRI-O then reads
	// changed drop-ins by itself.
	AutoReload mirror.Toggle
	// Logins finds the names in an auth.json, as authfile.Names does; Lint
	// then tells of mirrors that there is no login for. Nil leaves that out.
	Logins func(authFile []byte) []string
}

// Engine satisfies the interface that all adapters share.
var _ mirror.Engine = Engine{}

// Name returns the tool and version, such as "podman@6.0".
func (e Engine) Name() string {
	v := e.Version
	if v == "" && int(e.Tool) < len(builds) {
		v = newestVersion(e.Tool)
	}
	return e.Tool.String() + "@" + v
}

func (e Engine) resolve() (resolved, error) { return resolve(e.Tool, e.Version, e.Library) }

// Read loads the files below fsys, which is rooted at the node's /. The View
// is safe for concurrent use. An error means that the version cannot be
// understood; files that the engine would refuse are reported by the View.
func (e Engine) Read(fsys fs.FS) (mirror.View, error) {
	v, err := e.read(fsys)
	if err != nil {
		return nil, err
	}
	return v, nil
}

func (e Engine) read(fsys fs.FS) (*view, error) {
	r, err := e.resolve()
	if err != nil {
		return nil, err
	}
	return compile(e.load(fsys, r), e), nil
}
