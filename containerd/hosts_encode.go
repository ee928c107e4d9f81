package containerd

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/mirrorcfg/mirrorcfg/internal/tomledit"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// hostForm is how hosts are written down.
type hostForm uint8

const (
	// headerForm: a [host."URL"] table each, which every version reads.
	headerForm hostForm = iota
	// bareHostForm is headerForm with an empty [host] where there are no
	// hosts: versions before 1.7.32 refuse a file without it.
	bareHostForm
	// dottedForm: "URL".key lines under [host]. It is the only one in which
	// 1.x reads an IPv6 address, and 2.x ignores it.
	dottedForm
)

// MarshalHosts writes hosts.toml: root keys first, then a table for each host
// with its header sub-table directly behind, as TOML 1.0 with LF. Errors are
// what no file can say: a host or header named twice, text that is not UTF-8.
// IPv6 hosts are written for containerd 2; 1.x refuses them in this form.
func MarshalHosts(h Hosts) ([]byte, error) {
	data, err := AppendHosts(make([]byte, 0, estimateHosts(&h)), h)
	if err != nil {
		return nil, err
	}
	return data, nil
}

// estimateHosts is about the size of a file, so that writing one without
// headers and certificates allocates once.
func estimateHosts(h *Hosts) int {
	n := 96 + len(h.Server)
	for i := range h.Hosts {
		n += 96 + len(h.Hosts[i].URL)
	}
	return n
}

// AppendHosts is MarshalHosts that appends to dst. On an error dst is
// returned as it was.
func AppendHosts(dst []byte, h Hosts) ([]byte, error) { return appendHosts(dst, &h, headerForm) }

func appendHosts(dst []byte, h *Hosts, form hostForm) ([]byte, error) {
	if err := checkHosts(h); err != nil {
		return dst, err
	}
	start := len(dst)
	if h.Server != "" {
		dst = append(dst, "server = "...)
		dst = appendString(dst, h.Server)
		dst = append(dst, '\n')
	}
	dst = appendSettings(dst, "", &h.Settings)
	if h.Header != nil {
		dst = append(dst, "[header]\n"...)
		dst = appendHeader(dst, "", h.Header)
	}
	if form == dottedForm || form == bareHostForm && len(h.Hosts) == 0 {
		dst = append(appendBlank(dst, start), "[host]\n"...)
	}
	for i := range h.Hosts {
		host := &h.Hosts[i]
		if form == dottedForm {
			dst = appendDottedHost(dst, host)
			continue
		}
		dst = append(appendBlank(dst, start), "[host."...)
		dst = appendString(dst, host.URL)
		dst = append(dst, "]\n"...)
		dst = appendSettings(dst, "  ", &host.Settings)
		if host.Header != nil {
			dst = append(dst, "  [host."...)
			dst = append(appendString(dst, host.URL), ".header]\n"...)
			dst = appendHeader(dst, "    ", host.Header)
		}
	}
	return dst, nil
}

// appendBlank sets a table apart from what stands before it.
func appendBlank(dst []byte, start int) []byte {
	if len(dst) > start {
		dst = append(dst, '\n')
	}
	return dst
}

// appendSettings writes all keys but header, each behind the prefix: the
// indentation and, in the dotted form, the host's key.
func appendSettings(dst []byte, prefix string, s *Settings) []byte {
	if s.Capabilities != nil {
		dst = append(append(dst, prefix...), "capabilities = "...)
		dst = append(appendStrings(dst, s.Capabilities), '\n')
	}
	if s.CA != nil {
		dst = append(append(dst, prefix...), "ca = "...)
		if len(s.CA) == 1 {
			dst = appendString(dst, s.CA[0])
		} else {
			dst = appendStrings(dst, s.CA)
		}
		dst = append(dst, '\n')
	}
	if s.Client != nil {
		dst = append(append(dst, prefix...), "client = "...)
		dst = append(appendClient(dst, s.Client), '\n')
	}
	if s.SkipVerify.IsSet() {
		dst = append(append(dst, prefix...), "skip_verify = "...)
		dst = appendToggle(dst, s.SkipVerify)
	}
	if s.OverridePath.IsSet() {
		dst = append(append(dst, prefix...), "override_path = "...)
		dst = appendToggle(dst, s.OverridePath)
	}
	if s.DialTimeout != "" {
		dst = append(append(dst, prefix...), "dial_timeout = "...)
		dst = append(appendString(dst, s.DialTimeout), '\n')
	}
	return dst
}

// appendHeader writes header lines, each behind the prefix.
func appendHeader(dst []byte, prefix string, header []mirror.Header) []byte {
	for _, h := range header {
		dst = append(dst, prefix...)
		dst = tomledit.AppendKey(dst, h.Name)
		dst = append(dst, " = "...)
		dst = append(appendHeaderValues(dst, h.Values), '\n')
	}
	return dst
}

func appendDottedHost(dst []byte, host *Host) []byte {
	s := host.Settings
	if s.OverridePath == mirror.Unset && s.Capabilities == nil {
		// The host must have one key to be there at all; this one says what
		// is assumed without it.
		s.OverridePath = mirror.Off
	}
	prefix := string(append(appendString([]byte("  "), host.URL), '.'))
	dst = appendSettings(dst, prefix, &s)
	return appendHeader(dst, prefix+"header.", s.Header)
}

func appendHeaderValues(dst []byte, values []mirror.Secret) []byte {
	if len(values) == 1 {
		return appendString(dst, values[0].Reveal())
	}
	dst = append(dst, '[')
	for i, v := range values {
		if i > 0 {
			dst = append(dst, ", "...)
		}
		dst = appendString(dst, v.Reveal())
	}
	return append(dst, ']')
}

// appendClient writes one certificate without a key as a string and all else
// as a list.
func appendClient(dst []byte, client []ClientCert) []byte {
	if len(client) == 1 && client[0].Key == nil {
		return appendString(dst, client[0].Cert)
	}
	dst = append(dst, '[')
	for i, c := range client {
		if i > 0 {
			dst = append(dst, ", "...)
		}
		if c.Key == nil {
			dst = appendString(dst, c.Cert)
			continue
		}
		dst = appendString(append(dst, '['), c.Cert)
		dst = append(appendString(append(dst, ", "...), *c.Key), ']')
	}
	return append(dst, ']')
}

func appendToggle(dst []byte, t mirror.Toggle) []byte {
	return append(append(dst, t.String()...), '\n')
}

func appendStrings(dst []byte, list []string) []byte {
	dst = append(dst, '[')
	for i, s := range list {
		if i > 0 {
			dst = append(dst, ", "...)
		}
		dst = appendString(dst, s)
	}
	return append(dst, ']')
}

// appendString writes text that has passed checkHosts. Nearly all of it needs
// no escape, which one look tells.
func appendString(dst []byte, s string) []byte {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < ' ' || c >= 0x7f || c == '"' || c == '\\' {
			dst, _ = tomledit.AppendString(dst, s)
			return dst
		}
	}
	dst = append(dst, '"')
	dst = append(dst, s...)
	return append(dst, '"')
}

// checkHosts reports what no file can say.
func checkHosts(h *Hosts) error {
	if err := checkText("server", h.Server); err != nil {
		return err
	}
	if err := checkSettings("", &h.Settings); err != nil {
		return err
	}
	for i := range h.Hosts {
		host := &h.Hosts[i]
		if err := checkText("host", host.URL); err != nil {
			return err
		}
		if err := checkSettings(host.URL, &host.Settings); err != nil {
			return err
		}
	}
	if twice, ok := duplicate(len(h.Hosts), func(i int) string { return h.Hosts[i].URL }); ok {
		return fmt.Errorf("host %q stands there twice", twice)
	}
	return nil
}

func checkSettings(host string, s *Settings) error {
	for _, c := range s.Capabilities {
		if err := checkText("capabilities", c); err != nil {
			return err
		}
	}
	for _, f := range s.CA {
		if err := checkText("ca", f); err != nil {
			return err
		}
	}
	for _, c := range s.Client {
		if err := checkText("client", c.Cert); err != nil {
			return err
		}
		if c.Key != nil {
			if err := checkText("client", *c.Key); err != nil {
				return err
			}
		}
	}
	for _, h := range s.Header {
		if err := checkText("header", h.Name); err != nil {
			return err
		}
		for _, v := range h.Values {
			if !utf8.ValidString(v.Reveal()) {
				return fmt.Errorf("header %q: the value is not valid UTF-8", h.Name)
			}
		}
	}
	if twice, ok := duplicate(len(s.Header), func(i int) string { return s.Header[i].Name }); ok {
		return fmt.Errorf("host %q: header %q stands there twice", host, twice)
	}
	return checkText("dial_timeout", s.DialTimeout)
}

func checkText(field, s string) error {
	if !utf8.ValidString(s) {
		return fmt.Errorf("%s: %q is not valid UTF-8", field, strings.ToValidUTF8(s, "\uFFFD"))
	}
	return nil
}

// duplicate finds a key that occurs twice among n, without a map for the few
// that there usually are.
func duplicate(n int, key func(int) string) (string, bool) {
	if n <= 16 {
		for i := range n {
			for j := range i {
				if key(i) == key(j) {
					return key(i), true
				}
			}
		}
		return "", false
	}
	seen := make(map[string]bool, n)
	for i := range n {
		if seen[key(i)] {
			return key(i), true
		}
		seen[key(i)] = true
	}
	return "", false
}
