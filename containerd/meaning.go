package containerd

import (
	"path"
	"slices"

	"github.com/mirrorcfg/mirrorcfg/internal/release"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// meaning is what a version takes from a file for one namespace, in a form
// that can be compared: two files with the same meaning need no edit.
type meaning struct {
	refused bool
	hosts   []meant
}

// meant is one endpoint.
type meant struct {
	scheme, host, path string
	capabilities       mirror.Capabilities
	skipVerify         mirror.Toggle
	tls                bool
	ca, client         []string
	header             []mirror.Header
	timeout            string
}

func (p *planner) meaning(f *HostsFile, namespace string) meaning {
	return meaningOf(f, p.version, namespace)
}

// meaningOf reads the file as the oldest and as the newest release that the
// version stands for; both must agree on what is compared.
func meaningOf(f *HostsFile, v release.Version, namespace string) meaning {
	r := f.read(v)
	if old := v.Oldest(); old != v && !r.refused {
		r.refused = f.read(old).refused
	}
	m := meaning{refused: r.refused}
	if r.refused {
		return m
	}
	if len(r.ds.WithCode(ruleRandomOrder.Code)) > 0 {
		m.refused = true
	}
	dir := path.Dir(f.name)
	for _, e := range r.endpoints {
		m.hosts = append(m.hosts, meantBy(e, v, namespace, dir))
	}
	return m
}

func meantBy(e Endpoint, v release.Version, namespace, dir string) meant {
	if e.Root && e.Host == "" && namespace != "*" {
		e = e.withDefaultHost(namespace, v)
	}
	s := &e.Settings
	out := meant{scheme: e.Scheme, host: e.Host, path: path.Join("/", e.Path), capabilities: e.Capabilities,
		skipVerify: s.SkipVerify, tls: s.HasTLS(), header: s.Header, timeout: s.DialTimeout}
	for _, p := range s.CA {
		out.ca = append(out.ca, absolute(dir, p))
	}
	for _, p := range s.Client {
		out.client = append(out.client, absolute(dir, p.Cert))
		if p.Key != nil {
			out.client = append(out.client, absolute(dir, *p.Key)+"\x00")
		}
	}
	return out
}

func (m meaning) equal(other meaning) bool {
	return !m.refused && !other.refused && slices.EqualFunc(m.hosts, other.hosts, meant.equal)
}

func (a meant) equal(b meant) bool {
	return a.place() == b.place() && a.capabilities == b.capabilities && a.skipVerify == b.skipVerify && a.tls == b.tls &&
		slices.Equal(a.ca, b.ca) && slices.Equal(a.client, b.client) && slices.EqualFunc(a.header, b.header, equalHeader) && sameDuration(a.timeout, b.timeout)
}

func (a meant) place() [3]string { return [3]string{a.scheme, a.host, a.path} }

// become edits the file so that it says what want says, and leaves what says
// so already as it is written.
func (f *HostsFile) become(want *Hosts, v release.Version, namespace string) error {
	dir := path.Dir(f.name)
	place := func(key string, s Settings) [3]string {
		e := Endpoint{Key: key, Settings: s}
		if e.resolveURL(s.OverridePath == mirror.On) != nil {
			return [3]string{key}
		}
		return meantBy(e, v, namespace, dir).place()
	}
	// Hosts that stay keep their key; the others go.
	keys := make([]string, len(want.Hosts))
	taken := map[string]bool{}
	for i := range want.Hosts {
		at := place(want.Hosts[i].URL, want.Hosts[i].Settings)
		for _, old := range f.hosts() {
			if !taken[old.key] && place(old.key, old.Settings) == at {
				keys[i] = old.key
				taken[old.key] = true
				break
			}
		}
	}
	for _, old := range f.hosts() {
		if !taken[old.key] {
			if err := f.DropHost(old.key); err != nil {
				return err
			}
		}
	}
	for i := range want.Hosts {
		if err := f.placeHost(i, keys[i], want.Hosts[i], dir); err != nil {
			return err
		}
	}
	return f.becomeRoot(want, v, namespace, dir)
}

// placeHost makes the i-th host the wanted one: key names the host of the
// file that is to be it, or is empty for a new one.
func (f *HostsFile) placeHost(i int, key string, want Host, dir string) error {
	if key == "" {
		return f.InsertHost(i, want)
	}
	hosts := f.hosts()
	at := slices.IndexFunc(hosts, func(h decodedHost) bool { return h.key == key })
	if at != i {
		if err := f.MoveHost(key, i); err != nil {
			return err
		}
	}
	old := hosts[at].Settings
	s := keepSame(old, want.Settings, dir)
	s.OverridePath = old.OverridePath // the path is the same already
	return f.UpdateHost(key, s)
}

// becomeRoot sets the upstream. A server that is written and is the default
// stays.
func (f *HostsFile) becomeRoot(want *Hosts, v release.Version, namespace, dir string) error {
	old := decodeHosts(f.doc, exactKeys)
	s := keepSame(old.root.Settings, want.Settings, dir)
	root := func(key string, s Settings) meant {
		e := Endpoint{Key: key, Root: true, Settings: s, Capabilities: mirror.AllCapabilities}
		_ = e.resolveURL(s.OverridePath == mirror.On)
		return meantBy(e, v, namespace, dir)
	}
	if root(old.server, s).place() != root(want.Server, want.Settings).place() || want.Server != "" && old.server == "" && !want.Settings.IsZero() {
		if err := f.SetServer(want.Server); err != nil {
			return err
		}
	} else {
		s.OverridePath = old.root.OverridePath
	}
	return f.UpdateRoot(s)
}

// keepSame returns the wanted settings, with the old spelling where it means
// the same.
func keepSame(old, want Settings, dir string) Settings {
	if capabilitySet(old.Capabilities) == capabilitySet(want.Capabilities) {
		want.Capabilities = old.Capabilities
	}
	a := meantBy(Endpoint{Settings: old}, release.Version{}, "*", dir)
	b := meantBy(Endpoint{Settings: want}, release.Version{}, "*", dir)
	if slices.Equal(a.ca, b.ca) && (len(a.ca) > 0 || old.CA == nil) {
		want.CA = old.CA
	}
	if slices.Equal(a.client, b.client) {
		want.Client = old.Client
	}
	if sameDuration(old.DialTimeout, want.DialTimeout) {
		want.DialTimeout = old.DialTimeout
	}
	if len(old.Header) == 0 && len(want.Header) == 0 {
		want.Header = old.Header
	}
	if want.OverridePath == mirror.Unset && old.OverridePath == mirror.Off {
		want.OverridePath = mirror.Off
	}
	return want
}

// capabilitySet is the set of a list that has no unknown words; those give a
// set that equals no other.
func capabilitySet(list []string) mirror.Capabilities {
	var set mirror.Capabilities
	for _, word := range list {
		c, err := mirror.ParseCapability(word)
		if err != nil {
			return ^mirror.Capabilities(0)
		}
		set |= c
	}
	return set
}
