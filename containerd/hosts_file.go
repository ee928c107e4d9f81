package containerd

import (
	"bytes"
	"errors"

	"github.com/mirrorcfg/mirrorcfg/internal/tomledit"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// HostsFile is a hosts.toml: its bytes, and what they say. Reading is safe
// for concurrent use; editing is not.
type HostsFile struct {
	name string
	doc  *tomledit.Document
}

// ruleSyntax is the one finding that ParseHosts makes an error of.
var ruleSyntax = rule(mirror.Rule{
	Code: "containerd/hosts-syntax", Severity: mirror.Error,
	Summary:     "hosts.toml is not TOML",
	Consequence: "containerd logs \"failed to decode\", ignores the whole file and pulls from the registry's own host",
	Fix:         "mend the line",
	Evidence:    "2.4.2 core/remotes/docker/config/hosts.go loadHostDir; containerd#10144",
})

// ParseHosts reads a hosts.toml. name is where it stands on the node, such as
// /etc/containerd/certs.d/docker.io/hosts.toml; it goes into positions, and
// its directory is what relative certificate paths begin at. The error is a
// mirror.Diagnostic with line and column, and means that no version reads the
// bytes. What some version ignores or refuses is told by Check.
func ParseHosts(name string, data []byte) (*HostsFile, error) {
	doc, err := tomledit.Parse(bytes.Clone(data))
	if err != nil {
		return nil, syntaxDiagnostic(name, err)
	}
	return &HostsFile{name: name, doc: doc}, nil
}

func syntaxDiagnostic(name string, err error) mirror.Diagnostic {
	pos := mirror.Position{File: name}
	msg := err.Error()
	var syntax *tomledit.SyntaxError
	if errors.As(err, &syntax) {
		pos.Line, pos.Column, msg = syntax.Line, syntax.Column, syntax.Message
	}
	return ruleSyntax.At(pos, "", "containerd ignores the whole file and pulls from the registry's own host: "+msg)
}

// UnmarshalHosts is ParseHosts for callers that want the value alone. Like
// the document's view it keeps what a version may ignore, and leaves out
// values of a wrong type.
func UnmarshalHosts(data []byte) (Hosts, error) {
	f, err := ParseHosts("hosts.toml", data)
	if err != nil {
		return Hosts{}, err
	}
	return f.Hosts(), nil
}

// Name is the path given to ParseHosts.
func (f *HostsFile) Name() string { return f.name }

// Format returns the file's bytes. Those of a file that was not edited are
// the ones that were parsed.
func (f *HostsFile) Format() []byte { return bytes.Clone(f.doc.Bytes()) }

// Hosts returns what the file says by the rules of TOML, every host in the
// order of its first mention. What a version of containerd makes of it may
// differ: see Endpoints.
func (f *HostsFile) Hosts() Hosts {
	d := decodeHosts(f.doc, exactKeys)
	h := Hosts{Server: d.server, Settings: d.root.Settings}
	for _, host := range d.hosts {
		h.Hosts = append(h.Hosts, Host{URL: host.key, Settings: host.Settings})
	}
	return h
}

// at is the position of a node.
func (f *HostsFile) at(n tomledit.Node) mirror.Position { return f.offset(n.Span().Start) }

func (f *HostsFile) offset(offset int) mirror.Position {
	p := f.doc.Position(offset)
	return mirror.Position{File: f.name, Line: p.Line, Column: p.Column}
}
