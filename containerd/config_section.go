package containerd

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/internal/tomledit"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// criSection is what one plugin key says of registries, in one file or after
// merging several.
type criSection struct {
	present    bool // the plugin's table is there
	registry   bool // its registry table is there
	pos        mirror.Position
	file       *ConfigFile // the last that has the plugin's table
	configPath *criText
	mirrors    []criMirror
	configs    []criHostConfig
	auths      []criText // keys of registry.auths
	// local are the settings that make CRI pulls go past the transfer
	// service.
	local []criText
	// forced is use_local_image_pull.
	forced mirror.Toggle
	// faults are values of the wrong type.
	faults mirror.Diagnostics
}

// criText is a setting with its place.
type criText struct {
	text string
	pos  mirror.Position
	file *ConfigFile
}

// criHostConfig is one configs."host" table.
type criHostConfig struct {
	Host    string
	Auth    bool
	TLS     *criTLS
	Pos     mirror.Position
	TLSPos  mirror.Position
	AuthPos mirror.Position
}

// criTLS is configs."host".tls, which containerd 2 does not read any more.
type criTLS struct {
	SkipVerify        mirror.Toggle
	CA, Cert, KeyFile string
}

// section reads what a file says under a plugin key.
func (f *ConfigFile) section(k PluginKey) criSection {
	plugin := f.plugin(k)
	if !plugin.IsTable() {
		return criSection{}
	}
	s := criSection{present: true, pos: f.at(plugin), file: f}
	s.readLocalPull(f, plugin, k)
	reg := plugin.Child("registry")
	s.want(f, reg, reg.IsTable(), "a table")
	if !reg.IsTable() {
		return s
	}
	s.registry, s.pos = true, f.at(reg)
	if n := reg.Child("config_path"); n.IsValid() {
		text, ok := n.AsString()
		s.want(f, n, ok, "a string")
		s.configPath = &criText{text, f.at(n), f}
	}
	for _, key := range []string{"mirrors", "configs", "auths", "headers"} {
		s.want(f, reg.Child(key), reg.Child(key).IsTable(), "a table")
	}
	for m := range reg.Child("mirrors").Children() {
		s.want(f, m, m.IsTable(), "a table")
		list := criMirror{Namespace: m.Key(), Pos: f.at(m)}
		_, ok := m.Child("endpoint").AsStrings()
		s.want(f, m.Child("endpoint"), ok, "a list of strings")
		for e := range m.Child("endpoint").Children() {
			if text, ok := e.AsString(); ok {
				list.Endpoints = append(list.Endpoints, criEndpoint{text, f.at(e)})
			}
		}
		s.mirrors = append(s.mirrors, list)
	}
	for c := range reg.Child("configs").Children() {
		s.want(f, c, c.IsTable(), "a table")
		s.configs = append(s.configs, f.hostConfig(c))
		s.wantAuth(f, c.Child("auth"))
	}
	for a := range reg.Child("auths").Children() {
		s.auths = append(s.auths, criText{a.Key(), f.at(a), f})
		s.wantAuth(f, a)
	}
	for h := range reg.Child("headers").Children() {
		_, ok := h.AsStrings()
		s.want(f, h, ok, "a list of strings")
	}
	return s
}

// want notes a value of another type than the plugin decodes.
func (s *criSection) want(f *ConfigFile, n tomledit.Node, ok bool, what string) {
	if n.IsValid() && !ok {
		d := ruleConfigType.At(f.at(n), n.Name(), fmt.Sprintf("%s must be %s, and is %s: the CRI plugin does not load", n.Name(), what, n.Kind()))
		d.Fix = "write " + what
		s.faults = append(s.faults, d)
	}
}

// faultsBeside are the faults outside one of the plugin's tables.
func (s *criSection) faultsBeside(table string) mirror.Diagnostics {
	return slices.DeleteFunc(slices.Clone(s.faults), func(d mirror.Diagnostic) bool {
		return strings.HasSuffix(d.Field, "."+table) || strings.Contains(d.Field, "."+table+".")
	})
}

func (s *criSection) wantAuth(f *ConfigFile, auth tomledit.Node) {
	s.want(f, auth, auth.IsTable(), "a table")
	for _, key := range authTableKeys {
		_, ok := auth.Child(key).AsString()
		s.want(f, auth.Child(key), ok, "a string")
	}
}

func (f *ConfigFile) hostConfig(c tomledit.Node) criHostConfig {
	h := criHostConfig{Host: c.Key(), Pos: f.at(c)}
	if auth := c.Child("auth"); auth.IsValid() {
		h.Auth, h.AuthPos = true, f.at(auth)
	}
	tls := c.Child("tls")
	if !tls.IsTable() {
		return h
	}
	h.TLSPos, h.TLS = f.at(tls), &criTLS{}
	if skip, ok := tls.Child("insecure_skip_verify").AsBool(); ok {
		h.TLS.SkipVerify = mirror.ToggleOf(skip)
	}
	h.TLS.CA, _ = tls.Child("ca_file").AsString()
	h.TLS.Cert, _ = tls.Child("cert_file").AsString()
	h.TLS.KeyFile, _ = tls.Child("key_file").AsString()
	return h
}

// readLocalPull finds the settings that make containerd 2.1 and later pull
// without the transfer service (2.4.2 internal/cri/config/config.go
// CheckLocalImagePullConfigs; mirrors, configs and auths are counted by the
// caller). Of a plugin's older key only what migration moves counts:
// use_local_image_pull never, and the settings of its table containerd where
// that has runtimes (2.4.2 plugins/cri/images/plugin.go migrateConfig).
func (s *criSection) readLocalPull(f *ConfigFile, plugin tomledit.Node, k PluginKey) {
	flag := func(n tomledit.Node, local bool) {
		value, ok := n.AsBool()
		s.want(f, n, ok, "true or false")
		if ok && value == local {
			s.local = append(s.local, criText{n.Key(), f.at(n), f})
		}
	}
	snapshots := plugin
	if k == KeyImages {
		use, ok := plugin.Child("use_local_image_pull").AsBool()
		s.want(f, plugin.Child("use_local_image_pull"), ok, "true or false")
		if ok {
			s.forced = mirror.ToggleOf(use)
		}
	} else {
		snapshots = plugin.Child("containerd")
	}
	if k == KeyImages || snapshots.Child("runtimes").IsTable() {
		flag(snapshots.Child("disable_snapshot_annotations"), false)
		flag(snapshots.Child("discard_unpacked_layers"), true)
	}
	if n := plugin.Child("max_concurrent_downloads"); n.IsValid() {
		limit, ok := n.AsInt()
		s.want(f, n, ok, "a whole number")
		if ok && limit != 3 {
			s.local = append(s.local, criText{n.Key(), f.at(n), f})
		}
	}
	flag(plugin.Child("image_pull_with_sync_fs"), true)
}

// over puts a later file's section over s, table by table.
func (s criSection) over(later criSection) criSection {
	if !later.present {
		return s
	}
	if !s.present {
		return later
	}
	s.file = later.file
	if later.registry {
		s.registry, s.pos = true, later.pos
	}
	if later.configPath != nil {
		s.configPath = later.configPath
	}
	s.mirrors = mergeByKey(s.mirrors, later.mirrors, func(m criMirror) string { return m.Namespace }, func(old, m criMirror) criMirror {
		if m.Endpoints == nil {
			m.Endpoints = old.Endpoints
		}
		return m
	})
	s.configs = mergeByKey(s.configs, later.configs, func(c criHostConfig) string { return c.Host }, func(old, c criHostConfig) criHostConfig {
		if !c.Auth {
			c.Auth, c.AuthPos = old.Auth, old.AuthPos
		}
		if c.TLS == nil {
			c.TLS, c.TLSPos = old.TLS, old.TLSPos
		}
		return c
	})
	s.auths = mergeByKey(s.auths, later.auths, func(a criText) string { return a.text }, func(_, a criText) criText { return a })
	s.local = append(s.local[:len(s.local):len(s.local)], later.local...)
	s.faults = append(s.faults[:len(s.faults):len(s.faults)], later.faults...)
	if later.forced.IsSet() {
		s.forced = later.forced
	}
	return s
}

// mergeByKey keeps the order of old and appends what is new.
func mergeByKey[T any](old, later []T, key func(T) string, join func(old, later T) T) []T {
	out := append([]T(nil), old...)
next:
	for _, l := range later {
		for i := range out {
			if key(out[i]) == key(l) {
				out[i] = join(out[i], l)
				continue next
			}
		}
		out = append(out, l)
	}
	return out
}
