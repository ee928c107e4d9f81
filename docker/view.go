package docker

import (
	"slices"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// view is a node's files, compiled for one version, store and client.
type view struct {
	*node
	// routes of the registries that a file names; what is not here is worked out when asked, which is cheap.
	routes map[string]*route
	config mirror.Config
}

func (n *node) compile() *view {
	v := &view{node: n, routes: map[string]*route{"docker.io": n.routeOf("docker.io")}}
	if n.certs != nil && n.resolver() {
		for _, d := range n.certs.Directories() {
			ns := d.Namespace()
			if own, ok := n.certs.Lookup(ns); ok && own == d && ns != "*" {
				v.routes[ns] = n.routeOf(ns)
			}
		}
	}
	v.config = n.model()
	return v
}

func (n *node) routeOf(registry string) *route {
	switch {
	case !n.resolver():
		return n.graphdriverRoute(registry)
	case n.certs != nil:
		return n.resolverRoute(registry)
	default:
		return n.builderRoute(registry)
	}
}

// Config returns the registries of hosts.toml files and of daemon.json. The mirrors of registry-mirrors have the
// capabilities that dockerd uses them for, pull and resolve.
func (v *view) Config() mirror.Config { return v.config.Clone() }

// Diagnostics returns what dockerd refuses or ignores.
func (v *view) Diagnostics() mirror.Diagnostics {
	out := slices.Clone(v.ds)
	if v.certs != nil {
		out = append(out, withoutVersions(v.certs.Diagnostics())...)
	}
	out.Sort()
	return out
}

// withoutVersions drops containerd's versions, which say nothing about dockerd's.
func withoutVersions(ds mirror.Diagnostics) mirror.Diagnostics {
	for i := range ds {
		ds[i].Versions = ""
	}
	return ds
}

var ruleNoEndpoint = rule(mirror.Rule{Code: "docker/no-host", Severity: mirror.Error,
	Summary: "no host has the capability that is needed", Consequence: "the request fails", Fix: "give a host in hosts.toml the capability, or leave capabilities out",
	Evidence: "containerd 2.3.5 core/remotes/docker/resolver.go Resolve, pusher.go push"})

// Explain returns the manifest requests, one for each endpoint. A tag that a graph driver's endpoint does not have by
// HEAD is asked for again by GET, which is not shown.
func (v *view) Explain(ref mirror.Reference, op mirror.Operation) mirror.Explanation {
	var e mirror.Explanation
	if len(v.refusal) > 0 {
		e.Reference, e.Diagnostics = ref.String(), slices.Clone(v.refusal)
		return e
	}
	r, ok := v.routes[ref.Domain]
	if !ok {
		r = v.routeOf(ref.Domain)
	}
	e.Diagnostics = slices.Clone(r.told)
	e.Skipped = slices.Clone(r.unused)
	if r.fatal {
		e.Reference = ref.String()
		return e
	}
	w := walk{ref: ref, op: op, object: ref.Object(), hops: r.pull, method: "HEAD", needed: pullAlone}
	switch {
	case op == mirror.OpPush:
		w.hops, w.needed = r.push, mirror.Push
		if ref.Tag != "" {
			w.object = ref.Tag
		}
	case ref.Digest != "":
		w.needed = mirror.Pull
	}
	if !v.resolver() {
		w.graphdriver = true
		switch {
		case op == mirror.OpPush:
			w.method = "PUT"
		case ref.Digest != "":
			w.method = "GET"
		}
	} else {
		w.namespace = op != mirror.OpPush || v.certs != nil && v.certs.PushSendsNamespace()
	}
	w.into(&e)
	return e
}

// walk turns hops into requests.
type walk struct {
	ref         mirror.Reference
	op          mirror.Operation
	object      string
	method      string
	hops        []hop
	needed      mirror.Capabilities
	graphdriver bool
	namespace   bool // ?ns= is sent to mirrors
}

func (w *walk) into(e *mirror.Explanation) {
	var text strings.Builder
	size := len(w.hops) * (len(w.ref.Path) + len(w.object) + len(w.ref.Domain) + len("//manifests/?ns="))
	for i := range w.hops {
		size += len(w.hops[i].base)
	}
	text.Grow(size + 2*len("%3A")*len(w.hops) + len(w.ref.Domain) + len(w.ref.Path) + len(w.ref.Tag) + len(w.ref.Digest) + len("/:@"))
	e.Reference = writeReference(&text, &w.ref)
	e.Attempts = make([]mirror.Attempt, 0, len(w.hops))
	pushed := false
	for i := range w.hops {
		h := &w.hops[i]
		why := h.why
		switch {
		case why != "":
			pushed = pushed || w.op == mirror.OpPush && h.capabilities.Has(mirror.Push)
		case !h.capabilities.Has(w.needed):
			why = "its capabilities lack " + w.needed.String()
		case pushed && !w.graphdriver:
			why = "a push goes to the first host with the capability push, and to no other"
		}
		if why != "" {
			e.Skipped = append(e.Skipped, mirror.Skipped{Host: h.host, Why: why, Source: h.source})
			continue
		}
		pushed = w.op == mirror.OpPush
		start := text.Len()
		text.WriteString(h.base)
		text.WriteByte('/')
		text.WriteString(w.ref.Path)
		text.WriteString("/manifests/")
		text.WriteString(w.object)
		if h.mirror && w.namespace && !w.graphdriver {
			text.WriteString("?ns=")
			writeQuery(&text, w.ref.Domain)
		}
		e.Attempts = append(e.Attempts, mirror.Attempt{Method: w.method, URL: text.String()[start:], Host: h.host, Mirror: h.mirror, TLS: h.tls, Source: h.source})
	}
	if len(e.Attempts) == 0 {
		e.Diagnostics = append(e.Diagnostics, ruleNoEndpoint.At(mirror.Position{}, "", "no host is left: "+w.needed.String()+" is needed"))
	}
}

// writeReference is Reference.String in memory that is there already.
func writeReference(b *strings.Builder, ref *mirror.Reference) string {
	b.WriteString(ref.Domain)
	b.WriteByte('/')
	b.WriteString(ref.Path)
	if ref.Tag != "" {
		b.WriteByte(':')
		b.WriteString(ref.Tag)
	}
	if ref.Digest != "" {
		b.WriteByte('@')
		b.WriteString(ref.Digest)
	}
	return b.String()
}

// writeQuery escapes a registry's name: of its characters only colons and brackets need it.
func writeQuery(b *strings.Builder, registry string) {
	for i := 0; i < len(registry); i++ {
		switch c := registry[i]; c {
		case ':':
			b.WriteString("%3A")
		case '[':
			b.WriteString("%5B")
		case ']':
			b.WriteString("%5D")
		default:
			b.WriteByte(c)
		}
	}
}
