package podman

import (
	"bytes"
	"net/url"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// view is a node's configuration, compiled for questions.
type view struct {
	engine Engine
	node   *node
	index  *index
	regs   []registry
	// blocks is true when any registry is blocked: only then does a rewritten
	// name have to be looked up again.
	blocks bool
	mode   string
}

// registry is an effective entry, ready to be asked.
type registry struct {
	prefix     string
	blocked    bool
	digestOnly bool // mirror-by-digest-only
	mirrors    []endpoint
	primary    endpoint
}

// endpoint is one location. host and path are its parts as they appear in a
// URL.
type endpoint struct {
	location string
	host     string
	path     string
	query    string // ?ns=… or empty
	pull     pullKind
	insecure bool
	// simple: appending a path gives a name that is valid and canonical.
	simple bool
	// hub: the name needs a second component to be canonical.
	hub    bool
	source mirror.Position
}

type pullKind uint8

const (
	pullAny pullKind = iota
	pullDigests
	pullTags
)

func compile(n *node, e Engine) *view {
	v := &view{engine: e, node: n, mode: n.shortNameMode(e)}
	if len(n.faults) > 0 {
		v.index = newIndex(0)
		return v
	}
	v.index = newIndex(len(n.entries))
	v.regs = make([]registry, len(n.entries))
	total := 0
	for i := range n.entries {
		total += len(n.entries[i].Mirrors)
	}
	endpoints := make([]endpoint, 0, total)
	proxy := n.resolved.has(namespaceProxy)
	lines := lineCounter{}
	for i := range n.entries {
		e := &n.entries[i]
		lines.of(e.file)
		r := &v.regs[i]
		r.primary = newEndpoint(e.Location, e.Insecure, e.NamespaceProxy, proxy)
		r.primary.source = lines.position(e.place)
		first := len(endpoints)
		for j := range e.Mirrors {
			m := &e.Mirrors[j]
			ep := newEndpoint(m.Location, m.Insecure, m.NamespaceProxy, proxy)
			switch m.PullFromMirror {
			case PullDigestOnly:
				ep.pull = pullDigests
			case PullTagOnly:
				ep.pull = pullTags
			}
			ep.source = lines.position(e.mirrors[j].place)
			endpoints = append(endpoints, ep)
		}
		r.mirrors = endpoints[first:len(endpoints):len(endpoints)]
		r.prefix = e.key
		r.blocked = e.Blocked == mirror.On
		r.digestOnly = e.MirrorByDigestOnly == mirror.On
		v.blocks = v.blocks || r.blocked
		v.index.add(r.prefix, int32(i))
	}
	return v
}

func newEndpoint(location string, insecure mirror.Toggle, ns string, proxy bool) endpoint {
	ep := endpoint{location: trimSlash(location), insecure: insecure == mirror.On}
	domain, path, hasPath := strings.Cut(ep.location, "/")
	ep.host = apiHost(domain)
	ep.path = ep.location[len(domain):]
	ep.hub = domain == "docker.io" && !hasPath
	ep.simple = namesRegistry(domain) && domain != "index.docker.io" && isDomain(domain) && (!hasPath || isPath(path))
	if proxy && ns != "" {
		ep.query = "?ns=" + url.QueryEscape(ns)
	}
	return ep
}

// apiHost is where the registry API of a domain is (docker_client.go
// newDockerClient).
func apiHost(domain string) string {
	if domain == "docker.io" {
		return "registry-1.docker.io"
	}
	return domain
}

// lineCounter turns offsets of a file into positions; those near the last one
// cost least, be it that all of the file is one line.
type lineCounter struct {
	file         *loadedFile
	offset, line int
	start        int // offset of the line's first byte
}

func (c *lineCounter) of(f *loadedFile) {
	if c.file != f {
		*c = lineCounter{file: f, line: 1}
	}
}

func (c *lineCounter) position(offset int) mirror.Position {
	src := c.file.doc.doc.Bytes()
	if offset < c.offset {
		c.line -= bytes.Count(src[offset:c.offset], []byte{'\n'})
		if offset < c.start {
			c.start = bytes.LastIndexByte(src[:offset], '\n') + 1
		}
	} else {
		between := src[c.offset:offset]
		c.line += bytes.Count(between, []byte{'\n'})
		if i := bytes.LastIndexByte(between, '\n'); i >= 0 {
			c.start = c.offset + i + 1
		}
	}
	c.offset = offset
	column := offset - c.start + 1
	if c.line == 1 && c.file.doc.doc.HasBOM() {
		column -= 3
	}
	return mirror.Position{File: c.file.path, Line: c.line, Column: max(column, 1)}
}

// shortNameMode is the mode that holds (shortnames.go GetShortNameMode;
// crio.conf's own from CRI-O 1.34 on).
func (n *node) shortNameMode(e Engine) string {
	switch {
	case e.ShortNameMode != "":
		return e.ShortNameMode
	case e.Tool == CRIO && crioMode.Has(n.resolved.version):
		return "enforcing"
	case n.mode != "":
		return n.mode
	default:
		return "permissive"
	}
}

// Diagnostics returns what keeps the files from loading, or is left out of
// Config, or is worth knowing about the version.
func (v *view) Diagnostics() mirror.Diagnostics {
	ds := append(mirror.Diagnostics(nil), v.node.resolved.ds...)
	ds = append(ds, v.node.faults...)
	ds = append(ds, v.node.notes...)
	_, notes := v.node.config()
	ds = append(ds, notes...)
	ds.Sort()
	return ds
}

// Config returns the model of the files.
func (v *view) Config() mirror.Config {
	c, _ := v.node.config()
	return c
}
