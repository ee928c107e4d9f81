package containerd

import (
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/internal/nodefs"
	"github.com/mirrorcfg/mirrorcfg/internal/release"
	"github.com/mirrorcfg/mirrorcfg/internal/tomledit"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var (
	ruleUnreadable = rule(mirror.Rule{Code: "containerd/hosts-unreadable", Severity: mirror.Error,
		Summary: "a directory or hosts.toml that cannot be read", Consequence: "every pull from the registry fails",
		Fix: "mend its permissions", Evidence: hostsSource + "loadHostDir"})
	ruleNotDirectory = rule(mirror.Rule{Code: "containerd/hosts-not-a-directory", Severity: mirror.Error,
		Summary: "a file where containerd looks for a directory", Consequence: "every pull from the registry fails",
		Fix: "make it a directory with hosts.toml in it", Evidence: hostsSource + "loadHostDir"})
	ruleMissingCert = rule(mirror.Rule{Code: "containerd/hosts-missing-cert", Severity: mirror.Error,
		Summary: "a certificate file that is not there", Consequence: "every pull from the registry fails, through its other hosts too",
		Fix: "put the file there or remove the setting", Evidence: hostsSource + "updateTLSConfigFromHost"})
)

// certsTree is a tree compiled for one version: what it answers is worked out
// once.
type certsTree struct {
	*Tree
	dirs map[string]*compiledDir
}

// compiledDir is what a version makes of one directory.
type compiledDir struct {
	*Directory
	reading *reading
	hosts   []compiledEndpoint
	// fatal: every pull from the namespace fails.
	fatal bool
	// ds are findings in the directory; told are those that an explanation
	// repeats.
	ds, told mirror.Diagnostics
}

// compiledEndpoint has the parts of a request put together.
type compiledEndpoint struct {
	Endpoint
	base string // scheme://host/path, without a slash at its end
	tls  mirror.TLSMode
	// why the endpoint is never asked; empty when it is.
	why string
}

func compileEndpoint(e Endpoint, v release.Version) compiledEndpoint {
	c := compiledEndpoint{Endpoint: e, tls: e.tlsMode(v)}
	scheme := e.Scheme
	if e.httpsFirst(v) {
		scheme = "https"
	}
	switch {
	case e.Host == "":
		c.why = "its URL names no host as containerd reads it, so that every request fails"
	case e.Scheme != "http" && e.Scheme != "https":
		c.why = "its URL has no http or https scheme as containerd reads it, so that every request fails"
	}
	p := path.Join("/", e.Path)
	if p == "/" {
		p = ""
	}
	c.base = scheme + "://" + strings.TrimSuffix(e.Host, ":") + p // as net/http does
	return c
}

func (v *view) readTree(fsys fs.FS, root string) (*certsTree, error) {
	t, err := ReadTree(fsys, root, v.platform)
	if err != nil {
		return nil, err
	}
	out := &certsTree{Tree: t, dirs: make(map[string]*compiledDir, len(t.Directories))}
	for _, d := range t.Directories {
		out.dirs[d.Name] = compileDir(fsys, d, v.version)
	}
	return out, nil
}

func compileDir(fsys fs.FS, d *Directory, v release.Version) *compiledDir {
	c := &compiledDir{Directory: d}
	file := mirror.Position{File: path.Join(d.Path, hostsName)}
	switch {
	case d.NotDirectory:
		c.fail(ruleNotDirectory.At(mirror.Position{File: d.Path}, "", d.Name+" is a file: every pull from "+d.Namespace()+" fails"))
		return c
	case d.Unreadable != nil:
		c.fail(ruleUnreadable.At(file, "", fmt.Sprintf("%v: every pull from %s fails", d.Unreadable, d.Namespace())))
		return c
	case d.Fault != nil && !c.readAllTheSame(v):
		c.tell(*d.Fault)
	case d.Fault != nil || d.Hosts != nil:
		if d.Hosts != nil {
			c.reading = d.Hosts.read(v)
		}
		for _, found := range c.reading.ds {
			c.ds = append(c.ds, found)
			if found.Code == rulePanic.Code {
				c.fatal = true
				c.told = append(c.told, found)
			} else if found.Severity == mirror.Error && found.Code != ruleFileIsDirectory.Code {
				found.Severity = mirror.Warning
				c.told = append(c.told, found)
			}
		}
		if !c.reading.refused {
			c.useHosts(fsys, v)
			return c
		}
		if c.reading.panics {
			return c
		}
	}
	c.useCertFiles(fsys, v)
	return c
}

// readAllTheSame reads a file that is no TOML where the version's library does
// not mind.
func (c *compiledDir) readAllTheSame(v release.Version) bool {
	meant, until := strictTOML, "2.0"
	switch {
	case numbersUnchecked.Has(v):
		meant, until = wellFormedNumbers, "2.4"
	case headerOrder.Has(v):
		return false
	}
	file, err := ParseHosts(c.Fault.File, meant(c.unparsed))
	if err != nil {
		return false
	}
	warn := *c.Fault
	warn.Severity = mirror.Warning
	warn.Message = "this version reads the file as if it were TOML; from containerd " + until + " on " + warn.Message
	c.ds = append(c.ds, warn)
	c.reading = file.read(v)
	return true
}

// tell reports a fault that makes containerd pass the file over: requests are
// made, to somebody else.
func (c *compiledDir) tell(d mirror.Diagnostic) {
	c.ds = append(c.ds, d)
	d.Severity = mirror.Warning
	c.told = append(c.told, d)
}

func (c *compiledDir) fail(d mirror.Diagnostic) {
	c.fatal = true
	c.ds = append(c.ds, d)
	c.told = append(c.told, d)
}

func (c *compiledDir) useHosts(fsys fs.FS, v release.Version) {
	for _, e := range c.reading.endpoints {
		c.checkFiles(fsys, &e)
		c.hosts = append(c.hosts, compileEndpoint(e, v))
	}
}

// useCertFiles makes the one entry that containerd falls back to: the default
// host, with the certificate files of the directory.
func (c *compiledDir) useCertFiles(fsys fs.FS, v release.Version) {
	e := Endpoint{Root: true, Settings: Settings{CA: c.CA, Client: c.Client}}
	c.checkFiles(fsys, &e)
	c.hosts = []compiledEndpoint{compileEndpoint(e, v)}
}

// checkFiles fails the directory for a certificate file that is not there.
func (c *compiledDir) checkFiles(fsys fs.FS, e *Endpoint) {
	check := func(field, name string) {
		p := name
		if !strings.HasPrefix(p, "/") {
			p = path.Join(c.Path, p)
		}
		info, err := nodefs.Stat(fsys, p)
		if err == nil && info != nil && !info.IsDir() {
			return
		}
		if name == "" {
			// Reported where it is written.
			c.fatal = true
			c.told = append(c.told, c.ds.WithCode(ruleFileIsDirectory.Code)...)
			return
		}
		why := "is not there"
		switch {
		case err != nil:
			why = "cannot be read"
		case info != nil:
			why = "is a directory"
		}
		pos := e.Source
		if c.reading != nil {
			pos = c.reading.settingAt(e, field)
		}
		c.fail(ruleMissingCert.At(pos, field, fmt.Sprintf("%s %s: every pull from %s fails", p, why, c.Namespace())))
	}
	for _, p := range e.Settings.CA {
		check("ca", p)
	}
	for _, p := range e.Settings.Client {
		check("client", p.Cert)
		if p.Key != nil {
			check("client", *p.Key)
		}
	}
}

// settingAt is where a setting of an endpoint stands.
func (r *reading) settingAt(e *Endpoint, key string) mirror.Position {
	if n := r.nodeOf(e, key); n.IsValid() {
		return r.file.at(n)
	}
	return e.Source
}

// nodeOf is the key of an endpoint's setting; it is not valid where the key
// is not written.
func (r *reading) nodeOf(e *Endpoint, key string) tomledit.Node {
	if e.Root {
		return r.decoded.root.nodes[key]
	}
	if h := r.byKey[e.Key]; h != nil {
		return h.nodes[key]
	}
	return tomledit.Node{}
}
