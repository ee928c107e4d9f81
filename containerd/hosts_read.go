package containerd

import (
	"fmt"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/internal/nearest"
	"github.com/mirrorcfg/mirrorcfg/internal/release"
	"github.com/mirrorcfg/mirrorcfg/internal/tomledit"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// reading is what one version makes of a hosts.toml.
type reading struct {
	file    *HostsFile
	version release.Version
	decoded *decoded
	byKey   map[string]*decodedHost
	// refused: the version discards the file and looks for docker-style
	// certificate files beside it.
	refused bool
	// panics: the version ends in a panic when it pulls.
	panics bool
	// endpoints are the hosts and, as the last, the root entry.
	endpoints []Endpoint
	ds        mirror.Diagnostics
}

// Endpoints returns the places that a version ("1.7", "2.4.2"; empty for the
// newest known) asks, in order, the upstream last. ok is false where the
// version discards the whole file; Check says why. The last entry has no Host
// where the namespace's own default is meant.
func (f *HostsFile) Endpoints(version string) (endpoints []Endpoint, ok bool, err error) {
	v, _, err := parseVersion(version)
	if err != nil {
		return nil, false, err
	}
	r := f.read(v)
	return r.endpoints, !r.refused, nil
}

// Check returns what a version would ignore or refuse in the file. The error
// is of a version that cannot be parsed.
func (f *HostsFile) Check(version string) (mirror.Diagnostics, error) {
	v, ds, err := parseVersion(version)
	if err != nil {
		return nil, err
	}
	return append(ds, f.read(v).ds...), nil
}

func (f *HostsFile) read(v release.Version) *reading {
	keys := upperKeys
	if foldedKeys.Has(v) {
		keys = foldKeys
	}
	r := &reading{file: f, version: v, decoded: decodeHosts(f.doc, keys)}
	if len(f.doc.Bytes()) == 0 {
		r.refused = true
		return r
	}
	r.byKey = make(map[string]*decodedHost, len(r.decoded.hosts))
	for i := range r.decoded.hosts {
		if h := &r.decoded.hosts[i]; r.byKey[h.key] == nil {
			r.byKey[h.key] = h
		}
	}
	r.syntax()
	r.types()
	r.unknownKeys()
	order := r.order()
	for _, h := range order {
		r.add(h.key, h.node, &h.decodedSettings)
	}
	r.root()
	if r.refused {
		r.endpoints = nil
	}
	hideUserinfo(r.ds)
	r.ds.Sort()
	return r
}

func (r *reading) report(rl mirror.Rule, n tomledit.Node, message string) *mirror.Diagnostic {
	r.ds = append(r.ds, rl.At(r.file.at(n), n.Name(), message))
	return &r.ds[len(r.ds)-1]
}

func (r *reading) refuse(rl mirror.Rule, pos mirror.Position, field, message string) *mirror.Diagnostic {
	r.refused = true
	r.ds = append(r.ds, rl.At(pos, field, message+": "+discarded))
	return &r.ds[len(r.ds)-1]
}

// syntax refuses what this version's TOML library does not read.
func (r *reading) syntax() {
	f := r.file
	if f.doc.HasBOM() && byteOrderMarkRefused.Has(r.version) {
		d := r.refuse(ruleBOM, mirror.Position{File: f.name, Line: 1, Column: 1}, "", "the file begins with a byte order mark")
		d.Edits = []mirror.Edit{{File: f.name, Start: 0, End: 3}}
	}
	for _, fault := range f.doc.Faults() {
		switch {
		case skippedUnchecked.Has(r.version) && r.isSkipped(fault), !refusesFault(f.doc, fault, r.version):
		case fault.Kind == tomledit.DuplicateTable && !headerOrder.Has(r.version) && !headerBefore(f.doc, fault.Node):
			// go-toml v1 knows a repeated header by its spelling alone.
		case fault.Kind.IsNewerSyntax():
			r.refuse(ruleNewerTOML, f.offset(fault.Offset), "", fault.Kind.String())
		default:
			r.refuse(ruleDuplicate, f.offset(fault.Offset), fault.Node.Name(), fault.Kind.String())
		}
	}
	if headerOrder.Has(r.version) {
		return
	}
	for h := range bracketHeaders(f.doc) {
		r.refuse(ruleBracketInKey, f.at(h), h.Name(), "a table header cannot hold a bracket")
	}
}

// isSkipped reports whether a fault is at a key that the decoder passes over:
// any key below the header of an unknown table, or the value of an unknown
// key.
func (r *reading) isSkipped(fault tomledit.Fault) bool {
	if fault.Node.Origin() == tomledit.Header || fault.Kind.IsNewerSyntax() && fault.Kind != tomledit.TimeWithoutSeconds {
		return false
	}
	for _, u := range r.decoded.unknown {
		for n := fault.Node; n.IsValid() && n.Origin() != tomledit.Root; n = n.Parent() {
			if n == u.node {
				return n.Origin() == tomledit.Header || n.Origin() == tomledit.Implicit || fault.Kind == tomledit.TimeWithoutSeconds
			}
		}
	}
	return false
}

// types refuses values that the decoder cannot put into its structures.
func (r *reading) types() {
	if n := r.decoded.hostNode; !r.refused && r.decoded.plainHosts > 0 && n.Key() == "host" && r.decoded.hostChildren > 1 && !headerOrder.Has(r.version) {
		// Hosts are sorted before values are looked at.
		r.refused, r.panics = true, true
		r.report(rulePanic, n, "a child of host is no table: containerd panics while it sorts the hosts")
		return
	}
	flaws := r.decoded.refused
	if dialTimeoutKey.Has(r.version) {
		flaws = append(flaws, r.decoded.badTimeouts...)
	}
	for _, fl := range flaws {
		r.refuse(ruleWrongType, r.file.at(fl.node), fl.field, fl.message).Fix = fl.fix
	}
}

// unknownKeys reports keys that are decoded into nothing.
func (r *reading) unknownKeys() {
	for _, fl := range r.decoded.unknown {
		key := fl.node.Key()
		inHost := fl.node.Parent().Origin() != tomledit.Root
		if k, ok := foldKeys.match(key, rootKeys); ok && k != key && !(inHost && (k == "server" || k == "host")) {
			d := r.report(ruleKeyCase, fl.node, fmt.Sprintf("containerd %s ignores %s: keys are in lower case", r.version, key))
			d.Fix = "write " + k
			r.renameKey(d, fl.node, k)
			continue
		}
		if inHost && strings.EqualFold(key, "server") {
			r.report(ruleServerInHost, fl.node, "server stands below a host's header and belongs to that host, where containerd ignores it; the upstream is the registry's default")
			continue
		}
		d := r.report(ruleUnknownKey, fl.node, fmt.Sprintf("containerd knows no key %q here and ignores it in silence", key))
		known := settingKeys
		if !inHost {
			known = rootKeys
		}
		if near, ok := nearest.Word(key, known); ok {
			d.Fix = "write " + near
			r.renameKey(d, fl.node, near)
		}
	}
	r.keysInOtherCase(r.decoded.root.nodes)
	for _, h := range r.decoded.hosts {
		r.keysInOtherCase(h.nodes)
	}
	if n := r.decoded.hostNode; n.IsValid() && n.Key() != "host" {
		d := r.report(ruleKeyCase, n, fmt.Sprintf("the hosts under %s have no place in the order, which counts host in lower case alone, and are never asked", n.Key()))
		d.Severity = mirror.Error
	}
}

// keysInOtherCase reports keys that this version takes and others ignore.
func (r *reading) keysInOtherCase(nodes map[string]tomledit.Node) {
	for _, k := range settingKeys {
		if n := nodes[k]; n.IsValid() && n.Key() != k {
			d := r.report(ruleKeyCase, n, fmt.Sprintf("%s works in this version of containerd and is ignored by others: keys are in lower case", n.Key()))
			d.Severity = mirror.Info
			d.Fix = "write " + k
			r.renameKey(d, n, k)
		}
	}
}

// renameKey adds the edit that replaces a key where it is written once.
func (r *reading) renameKey(d *mirror.Diagnostic, n tomledit.Node, key string) {
	if n.Kind() == tomledit.Table && (n.Origin() != tomledit.Header || n.Len() > 0) {
		return
	}
	if n.Parent().Child(key).IsValid() {
		return
	}
	span := n.KeySpan()
	d.Edits = []mirror.Edit{{File: r.file.name, Start: span.Start, End: span.End, Text: key}}
}

// order returns the hosts in the order in which the version asks them.
func (r *reading) order() []decodedHost {
	if !headerOrder.Has(r.version) {
		return r.lineOrder()
	}
	var order []decodedHost
	placed := make(map[string]bool, len(r.byKey))
	last := ""
	for header := range r.file.doc.Headers() {
		if header.Parent().Kind() == tomledit.TableArray {
			continue
		}
		names := header.Path()
		if len(names) < 2 || names[0] != "host" || names[1] == last {
			continue
		}
		last = names[1]
		h := r.byKey[last]
		if h == nil {
			h = &decodedHost{key: last, node: header}
		}
		if placed[last] {
			d := r.report(ruleRepeatedHost, header, fmt.Sprintf("%s has been left for another host before: containerd asks it once more here", last))
			d.Field = h.node.Name()
		}
		placed[last] = true
		order = append(order, *h)
	}
	for _, h := range r.decoded.hosts {
		if !placed[h.key] && h.node.Parent().Key() == "host" {
			why := "is written as a dotted key or an inline table"
			if h.key == "" {
				why = "has an empty name"
			}
			r.report(ruleDroppedHost, h.node, fmt.Sprintf("the host %q %s, not as a [host.…] table: containerd never asks it", h.key, why))
		}
	}
	return order
}

// lineOrder is the order of 1.x: by line, where inline tables have none.
func (r *reading) lineOrder() []decodedHost {
	if r.decoded.hostNode.Key() != "host" {
		if !hostTableOptional.Has(r.version) {
			d := r.refuse(ruleNoHostTable, mirror.Position{File: r.file.name, Line: 1, Column: 1}, "host", "the file has no host table")
			end := len(r.file.doc.Bytes())
			text := "\n[host]\n"
			if b := r.file.doc.Bytes(); end > 0 && b[end-1] != '\n' {
				text = "\n" + text
			}
			d.Edits = []mirror.Edit{{File: r.file.name, Start: end, End: end, Text: text}}
		}
		return nil
	}
	var inline, order []decodedHost
	for _, h := range r.decoded.hosts {
		if h.node.Parent().Key() != "host" {
			continue
		}
		if h.node.Kind() == tomledit.InlineTable || h.node.Parent().Kind() == tomledit.InlineTable {
			inline = append(inline, h)
		} else {
			order = append(order, h)
		}
	}
	if len(inline) > 1 {
		for _, h := range inline {
			r.report(ruleRandomOrder, h.node, fmt.Sprintf("%s is one of %d hosts written as inline tables, which containerd asks in an order that changes from pull to pull", h.key, len(inline)))
		}
	}
	return append(inline, order...)
}

// add makes an endpoint of a host that has a place in the order.
func (r *reading) add(key string, node tomledit.Node, s *decodedSettings) {
	e := Endpoint{Key: key, Settings: s.Settings, Source: r.file.at(node)}
	if !headerOrder.Has(r.version) && node.Origin() == tomledit.Header && strings.HasPrefix(node.RawKey(), `"`) {
		// go-toml v1 takes escapes in a header as they stand.
		e.Key = strings.Trim(node.RawKey(), `"`)
	}
	r.finish(&e, node, s)
	r.endpoints = append(r.endpoints, e)
}

// root makes the last endpoint.
func (r *reading) root() {
	d := r.decoded
	node := d.serverNode
	e := Endpoint{Key: d.server, Root: true, Settings: d.root.Settings, Source: mirror.Position{File: r.file.name}}
	if node.IsValid() {
		e.Source = r.file.at(node)
	}
	r.finish(&e, node, &d.root)
	if e.Host == "" {
		for _, key := range []string{"capabilities", "override_path"} {
			if n := d.root.nodes[key]; n.IsValid() {
				r.report(ruleRootIgnored, n, fmt.Sprintf("%s stands at the root without server, and containerd ignores it there", key))
			}
		}
	}
	r.endpoints = append(r.endpoints, e)
}
