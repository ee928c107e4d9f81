package containerd

import (
	"fmt"
	"io/fs"
	"path"

	"github.com/mirrorcfg/mirrorcfg/internal/nodefs"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var ruleConfigMissingCert = rule(mirror.Rule{
	Code: "containerd/config-missing-cert", Severity: mirror.Error,
	Summary:     "a certificate file of configs.tls that is not there, or one of a pair alone",
	Consequence: "every pull from a registry that has the host in its list fails",
	Fix:         "put the file there, name both of the pair, or remove the key",
	Evidence:    "1.7.35 pkg/cri/server/image_pull.go getTLSConfig, called for each endpoint before the first request",
})

// checkTLSFiles looks for the files that configs.tls names. containerd runs in
// /, from where relative names are looked up.
func (v *view) checkTLSFiles(fsys fs.FS) {
	if !configsTLS.Has(v.version) {
		return
	}
	for _, c := range v.cri.section.configs {
		if c.TLS == nil {
			continue
		}
		if why := c.TLS.missing(fsys); why != "" {
			d := ruleConfigMissingCert.At(c.TLSPos, "registry.configs", fmt.Sprintf("%s: %s", c.Host, why))
			if v.tlsFaults == nil {
				v.tlsFaults = map[string]mirror.Diagnostic{}
			}
			v.tlsFaults[c.Host] = d
			v.ds = append(v.ds, d)
		}
	}
}

// missing says what keeps the settings from being used.
func (t *criTLS) missing(fsys fs.FS) string {
	switch {
	case t.Cert != "" && t.KeyFile == "":
		return "cert_file without key_file"
	case t.Cert == "" && t.KeyFile != "":
		return "key_file without cert_file"
	}
	for _, name := range []string{t.Cert, t.KeyFile, t.CA} {
		if name == "" {
			continue
		}
		if info, err := nodefs.Stat(fsys, path.Join("/", name)); err != nil || info == nil || info.IsDir() {
			return path.Join("/", name) + " is no file"
		}
	}
	return ""
}

// usable returns the hosts of a list, unless the settings for one of them
// cannot be used.
func (v *view) usable(hosts []compiledEndpoint, e *mirror.Explanation) ([]compiledEndpoint, bool) {
	for i := range hosts {
		if d, ok := v.tlsFaults[hosts[i].Host]; ok && hosts[i].Scheme == "https" {
			e.Diagnostics = append(e.Diagnostics, d)
			return nil, false
		}
	}
	return hosts, true
}
