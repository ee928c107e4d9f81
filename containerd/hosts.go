package containerd

import (
	"slices"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// Hosts is what one hosts.toml says. Order is kept: containerd asks the hosts
// one after the other and the server last.
type Hosts struct {
	// Server is the URL of the upstream. Empty, as in containerd, is the same
	// as absent: the namespace's own default.
	Server string
	// Settings at the root hold for the server and for no host. Without a
	// Server containerd ignores their Capabilities and OverridePath.
	Settings
	// Hosts are asked before the server.
	Hosts []Host
}

// Host is one [host."URL"] table.
type Host struct {
	// URL is the table's key as it is decoded: scheme://host[:port][/path].
	URL string
	Settings
}

// Settings are the keys that the root and each host may have. A nil or unset
// field was not written.
type Settings struct {
	// Capabilities as written: pull, resolve, push, referrers, or a word that
	// containerd refuses. Empty and nil both mean all of them.
	Capabilities []string
	// CA are PEM files, relative to the directory of hosts.toml. An empty
	// list is not nil: it counts as a TLS setting.
	CA []string
	// Client are the client certificates.
	Client []ClientCert
	// SkipVerify set to Off counts as a TLS setting, Unset does not.
	SkipVerify mirror.Toggle
	// Header is sent with every request to the host.
	Header []mirror.Header
	// OverridePath: the URL's path is used as it stands, without /v2.
	OverridePath mirror.Toggle
	// DialTimeout as time.ParseDuration reads it, such as "3s"; empty is the
	// same as absent. Known since containerd 2.0.7.
	DialTimeout string
}

// ClientCert is one entry of client.
type ClientCert struct {
	Cert string
	// Key is nil where Cert holds both. containerd takes an empty Key for the
	// directory and fails.
	Key *string
}

// Clone returns a deep copy that shares nothing with h.
func (h Hosts) Clone() Hosts {
	h.Settings = h.Settings.Clone()
	h.Hosts = slices.Clone(h.Hosts)
	for i := range h.Hosts {
		h.Hosts[i].Settings = h.Hosts[i].Settings.Clone()
	}
	return h
}

// Clone returns a deep copy that shares nothing with s.
func (s Settings) Clone() Settings {
	s.Capabilities = slices.Clone(s.Capabilities)
	s.CA = slices.Clone(s.CA)
	s.Client = slices.Clone(s.Client)
	for i, c := range s.Client {
		if c.Key != nil {
			key := *c.Key
			s.Client[i].Key = &key
		}
	}
	s.Header = slices.Clone(s.Header)
	for i := range s.Header {
		s.Header[i].Values = slices.Clone(s.Header[i].Values)
	}
	return s
}

// HasTLS reports whether containerd sees a TLS setting, which makes it try
// https on an http host.
func (s Settings) HasTLS() bool {
	return s.CA != nil || len(s.Client) > 0 || s.SkipVerify.IsSet()
}

// IsZero reports whether nothing is set.
func (s Settings) IsZero() bool {
	return s.Capabilities == nil && s.CA == nil && s.Client == nil && s.SkipVerify == mirror.Unset &&
		s.Header == nil && s.OverridePath == mirror.Unset && s.DialTimeout == ""
}

// HasSecrets reports whether a header is set anywhere; the file then belongs
// to root alone.
func (h Hosts) HasSecrets() bool {
	if len(h.Header) > 0 {
		return true
	}
	return slices.ContainsFunc(h.Hosts, func(x Host) bool { return len(x.Header) > 0 })
}
