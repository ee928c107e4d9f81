package containerd

import (
	"fmt"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/internal/tomledit"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// keyMatch is how a version's decoder matches keys.
type keyMatch uint8

const (
	exactKeys keyMatch = iota // as TOML means it
	upperKeys                 // 1.x: go-toml v1 also takes the name all in upper case
	foldKeys                  // 2.x: go-toml v2 ignores case
)

// match returns the known key that a written key stands for.
func (m keyMatch) match(written string, known []string) (string, bool) {
	for _, k := range known {
		if written == k || m == upperKeys && written == strings.ToUpper(k) || m == foldKeys && strings.EqualFold(written, k) {
			return k, true
		}
	}
	return "", false
}

// of is match for a node. A key in capitals counts only where the same in
// lower case is not written.
func (m keyMatch) of(n tomledit.Node, known []string) (string, bool) {
	if n.IsDuplicate() {
		return "", false
	}
	key, ok := m.match(n.Key(), known)
	if ok && m == upperKeys && key != n.Key() && n.Parent().Child(key).IsValid() {
		return "", false
	}
	return key, ok
}

var (
	settingKeys = []string{"capabilities", "ca", "client", "skip_verify", "header", "override_path", "dial_timeout"}
	rootKeys    = append([]string{"server", "host"}, settingKeys...)
)

// decoded is a hosts.toml by its keys, with the places of everything.
type decoded struct {
	server     string
	serverNode tomledit.Node
	hostNode   tomledit.Node
	root       decodedSettings
	hosts      []decodedHost
	// refused are values that the decoder does not take: the whole file is
	// invalid.
	refused []flaw
	// badTimeouts are such values of dial_timeout, which not every version
	// knows.
	badTimeouts []flaw
	// hostChildren counts what stands below host, plainHosts what of it is no
	// table.
	hostChildren, plainHosts int
	unknown                  []flaw
}

type decodedHost struct {
	key  string
	node tomledit.Node
	decodedSettings
}

type decodedSettings struct {
	Settings
	nodes map[string]tomledit.Node
	// bad are values that are decoded and then refused when the host is used:
	// a host that has no place in the order is never looked at.
	bad []flaw
}

// flaw is something wrong at a place.
type flaw struct {
	node    tomledit.Node
	field   string
	message string
	fix     string
}

func decodeHosts(doc *tomledit.Document, keys keyMatch) *decoded {
	d := &decoded{}
	root := doc.Root()
	d.settings(&d.root, root, "", keys, rootKeys)
	for n := range root.Children() {
		switch k, _ := keys.of(n, rootKeys); k {
		case "server":
			if s, ok := n.AsString(); ok {
				d.server, d.serverNode = s, n
			} else {
				d.refuse(n, "server", "a string")
			}
		case "host":
			d.hostTable(n, keys)
		default:
			if keys == upperKeys && isHostAgain(n) {
				d.hostTable(n, keys)
			}
		}
	}
	return d
}

// isHostAgain reports whether a node is a [host] header behind host.… keys at
// the root, which go-toml v1 takes for the same table.
func isHostAgain(n tomledit.Node) bool {
	return n.IsDuplicate() && n.Key() == "host" && n.Kind() == tomledit.Table && n.Parent().Origin() == tomledit.Root &&
		n.Parent().Child("host").Origin() == tomledit.Dotted
}

func (d *decoded) refuse(n tomledit.Node, field, want string) {
	d.refused = append(d.refused, wrongType(n, field, want))
}

func wrongType(n tomledit.Node, field, want string) flaw {
	return flaw{node: n, field: field,
		message: fmt.Sprintf("%s is %s where containerd expects %s", field, article(n.Kind().String()), want),
		fix:     "write " + want}
}

func article(noun string) string {
	if strings.IndexByte("aeiou", noun[0]) >= 0 {
		return "an " + noun
	}
	return "a " + noun
}

// hostTable reads the children of one table that decodes as host; with
// folded keys there may be several.
func (d *decoded) hostTable(n tomledit.Node, keys keyMatch) {
	if !n.IsTable() {
		d.refuse(n, "host", "a table of hosts")
		return
	}
	if n.Key() == "host" || !d.hostNode.IsValid() {
		d.hostNode = n
	}
	for c := range n.Children() {
		if c.IsDuplicate() {
			if h := d.host(c.Key()); h != nil && keys == upperKeys && c.IsTable() {
				d.settings(&h.decodedSettings, c, c.Name(), keys, settingKeys)
			}
			continue
		}
		if h := d.host(c.Key()); h != nil && keys == upperKeys {
			d.again(h, c, keys)
			continue
		}
		d.hostChildren++
		if !c.IsTable() {
			d.refuse(c, c.Name(), "a table of the host's settings")
			d.plainHosts++
			continue
		}
		h := decodedHost{key: c.Key(), node: c}
		d.settings(&h.decodedSettings, c, c.Name(), keys, settingKeys)
		d.hosts = append(d.hosts, h)
	}
}

// again adds to a host that an earlier spelling of the host table has; go-toml
// v1 refuses a key that is there already, and any addition to an inline table.
func (d *decoded) again(h *decodedHost, c tomledit.Node, keys keyMatch) {
	twice := !c.IsTable() || c.Kind() == tomledit.InlineTable || h.node.Kind() == tomledit.InlineTable
	for k := range c.Children() {
		twice = twice || h.node.Child(k.Key()).IsValid()
	}
	if twice {
		d.refused = append(d.refused, flaw{node: c, field: c.Name(), message: c.Name() + " is there twice", fix: "keep one of them"})
		return
	}
	d.settings(&h.decodedSettings, c, c.Name(), keys, settingKeys)
}

// host is what has been read of a host so far.
func (d *decoded) host(key string) *decodedHost {
	for i := range d.hosts {
		if d.hosts[i].key == key {
			return &d.hosts[i]
		}
	}
	return nil
}

func (d *decoded) settings(s *decodedSettings, table tomledit.Node, prefix string, keys keyMatch, known []string) {
	for n := range table.Children() {
		if n.IsDuplicate() {
			continue
		}
		key, ok := keys.of(n, known)
		if !ok {
			d.unknown = append(d.unknown, flaw{node: n, field: n.Name()})
			continue
		}
		if key == "server" || key == "host" {
			continue
		}
		if s.nodes == nil {
			s.nodes = make(map[string]tomledit.Node, len(settingKeys))
		}
		if s.nodes[key].IsValid() && s.nodes[key].Key() == n.Key() {
			d.refused = append(d.refused, flaw{node: n, field: n.Name(), message: key + " is defined twice", fix: "merge the two"})
		}
		s.nodes[key] = n
		d.setting(s, n, key)
	}
}

func (d *decoded) setting(s *decodedSettings, n tomledit.Node, key string) {
	field := n.Name()
	switch key {
	case "capabilities":
		if list, ok := n.AsStrings(); ok {
			s.Capabilities = list
		} else {
			d.refuse(n, field, `a list of strings such as ["pull", "resolve"]`)
		}
	case "ca":
		s.ca(n, field)
	case "client":
		s.client(n, field)
	case "skip_verify", "override_path":
		b, ok := n.AsBool()
		switch {
		case !ok:
			d.refuse(n, field, "true or false")
		case key == "skip_verify":
			s.SkipVerify = mirror.ToggleOf(b)
		default:
			s.OverridePath = mirror.ToggleOf(b)
		}
	case "header":
		if n.IsTable() {
			s.header(n)
		} else {
			d.refuse(n, field, "a table of headers")
		}
	case "dial_timeout":
		if text, ok := n.AsString(); ok {
			s.DialTimeout = text
		} else {
			d.badTimeouts = append(d.badTimeouts, wrongType(n, field, `a string such as "3s"`))
		}
	}
}

func (s *decodedSettings) flawed(n tomledit.Node, field, want string) {
	s.bad = append(s.bad, wrongType(n, field, want))
}

func (s *decodedSettings) ca(n tomledit.Node, field string) {
	if text, ok := n.AsString(); ok {
		s.CA = []string{text}
		return
	}
	if list, ok := n.AsStrings(); ok {
		s.CA = list
		return
	}
	s.flawed(n, field, "a path or a list of paths")
}

func (s *decodedSettings) client(n tomledit.Node, field string) {
	const want = "a path, or a list of paths and [cert, key] pairs"
	if text, ok := n.AsString(); ok {
		s.Client = []ClientCert{{Cert: text}}
		return
	}
	if n.Kind() != tomledit.Array {
		s.flawed(n, field, want)
		return
	}
	s.Client = make([]ClientCert, 0, n.Len())
	for c := range n.Children() {
		if text, ok := c.AsString(); ok {
			s.Client = append(s.Client, ClientCert{Cert: text})
			continue
		}
		pair, ok := c.AsStrings()
		if !ok || len(pair) != 2 {
			s.flawed(c, field, want)
			continue
		}
		s.Client = append(s.Client, ClientCert{Cert: pair[0], Key: &pair[1]})
	}
}

func (s *decodedSettings) header(n tomledit.Node) {
	s.Header = make([]mirror.Header, 0, n.Len())
	for c := range n.Children() {
		if c.IsDuplicate() {
			continue
		}
		if text, ok := c.AsString(); ok {
			s.Header = append(s.Header, mirror.Header{Name: c.Key(), Values: []mirror.Secret{mirror.NewSecret(text)}})
			continue
		}
		list, ok := c.AsStrings()
		if !ok {
			s.flawed(c, c.Name(), "a string or a list of strings")
			continue
		}
		h := mirror.Header{Name: c.Key()}
		for _, v := range list {
			h.Values = append(h.Values, mirror.NewSecret(v))
		}
		s.Header = append(s.Header, h)
	}
}
