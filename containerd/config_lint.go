package containerd

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/internal/nearest"
	"github.com/mirrorcfg/mirrorcfg/internal/release"
	"github.com/mirrorcfg/mirrorcfg/internal/tomledit"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// lint says what is wrong or useless in config.toml and its imports.
func (s *configSet) lint(r criRegistry, v release.Version) mirror.Diagnostics {
	var ds mirror.Diagnostics
	sec := &r.section
	for _, f := range s.files {
		ds = append(ds, f.lintKeys()...)
		ds = append(ds, f.lintLocalPull(v)...)
		if n := f.doc.Lookup("plugins", "io.containerd.transfer.v1.local", "config_path"); n.IsValid() && n.RawValue() != `""` && n.RawValue() != `''` {
			ds = append(ds, ruleConfigTransferPath.At(f.at(n), n.Name(), "nothing reads config_path of the transfer plugin"))
		}
	}
	if r.Transfer && strings.Contains(r.path, ":") && sec.configPath != nil && r.path != multiRootDefault {
		first, _, _ := strings.Cut(r.path, ":")
		ds = append(ds, r.multiRoot(first))
	}
	for _, m := range sec.mirrors {
		ds = append(ds, ruleConfigDeprecated.At(m.Pos, "registry.mirrors", fmt.Sprintf("the endpoint list of %s is deprecated", m.Namespace)))
		for _, e := range m.Endpoints {
			ds = append(ds, lintEndpoint(e)...)
		}
	}
	for _, c := range sec.configs {
		if c.TLS != nil && !configsTLS.Has(v) {
			ds = append(ds, ruleConfigTLSUnread.At(c.TLSPos, "registry.configs", fmt.Sprintf("containerd %s does not read the TLS settings of %s", v, c.Host)))
		}
	}
	return ds
}

func lintEndpoint(e criEndpoint) mirror.Diagnostics {
	text := e.URL
	if !strings.Contains(text, "://") {
		text = "https://" + text
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" {
		d := ruleConfigEndpointPath.At(e.Pos, "registry.mirrors", fmt.Sprintf("%q names no host", e.URL))
		d.Fix = "write https://host[:port]"
		return mirror.Diagnostics{d}
	}
	if u.Path == "" || u.Path == "/v2" || strings.HasPrefix(u.Path, "/v2/") || strings.HasSuffix(u.Path, "/v2") {
		return nil
	}
	return mirror.Diagnostics{ruleConfigEndpointPath.At(e.Pos, "registry.mirrors",
		fmt.Sprintf("%s asks for %s/…: /v2 is not added", e.URL, strings.TrimSuffix(u.Path, "/")))}
}

// What the registry table and the tables in it may hold.
var (
	registryTableKeys = []string{"config_path", "mirrors", "configs", "auths", "headers"}
	mirrorTableKeys   = []string{"endpoint", "rewrite"}
	hostTableKeys     = []string{"auth", "tls"}
	tlsTableKeys      = []string{"insecure_skip_verify", "ca_file", "cert_file", "key_file"}
	authTableKeys     = []string{"username", "password", "auth", "identitytoken"}
)

// lintKeys reports unknown keys of the registry tables, whichever plugin key
// they stand under.
func (f *ConfigFile) lintKeys() mirror.Diagnostics {
	var ds mirror.Diagnostics
	unknown := func(table tomledit.Node, known []string) {
		for n := range table.Children() {
			word := ""
			for _, k := range known {
				if strings.EqualFold(k, n.Key()) {
					word = k
				}
			}
			if word != "" {
				continue
			}
			d := ruleConfigUnknownKey.At(f.at(n), n.Name(), fmt.Sprintf("the registry table has no key %q", n.Key()))
			if near, ok := nearest.Word(n.Key(), known); ok {
				d.Fix = fmt.Sprintf("did you mean %q?", near)
			}
			ds = append(ds, d)
		}
	}
	for _, k := range pluginKeys {
		reg := f.registry(k)
		if !reg.IsValid() {
			continue
		}
		unknown(reg, registryTableKeys)
		for m := range reg.Child("mirrors").Children() {
			unknown(m, mirrorTableKeys)
		}
		for c := range reg.Child("configs").Children() {
			unknown(c, hostTableKeys)
			unknown(c.Child("tls"), tlsTableKeys)
			unknown(c.Child("auth"), authTableKeys)
		}
	}
	return ds
}

// lintLocalPull reports use_local_image_pull where nothing reads it. What is
// false is what holds without it.
func (f *ConfigFile) lintLocalPull(v release.Version) mirror.Diagnostics {
	var ds mirror.Diagnostics
	for _, k := range pluginKeys {
		n := f.plugin(k).Child("use_local_image_pull")
		local, isBool := n.AsBool()
		switch {
		case !n.IsValid() || isBool && !local:
		case !localPullKey.Has(v):
			ds = append(ds, ruleConfigUnknownKey.At(f.at(n), n.Name(), fmt.Sprintf("containerd %s has no key use_local_image_pull: its CRI pulls never go through the transfer service", v)))
		case k != KeyImages:
			d := ruleConfigUnknownKey.At(f.at(n), n.Name(), fmt.Sprintf("plugins.%q has no key use_local_image_pull, and containerd does not move it to plugins.%q", k, KeyImages))
			d.Fix = fmt.Sprintf("write it under plugins.%q", KeyImages)
			ds = append(ds, d)
		}
	}
	return ds
}

// multiRoot says that the path that is written names several directories. The
// default is not worth a word, written or not, as long as there is no tree.
func (r *criRegistry) multiRoot(first string) mirror.Diagnostic {
	sec := &r.section
	d := ruleConfigMultiRoot.At(r.RootsPos, "registry.config_path", fmt.Sprintf("no hosts.toml is read: the transfer service takes %q for one directory", r.path))
	if n := sec.configPath.file.registry(r.keyIn(sec.configPath.file)).Child("config_path"); n.IsValid() {
		if text, err := tomledit.AppendString(nil, first); err == nil {
			span := n.ValueSpan()
			d.Edits = []mirror.Edit{{File: sec.configPath.file.name, Start: span.Start, End: span.End, Text: string(text)}}
		}
	}
	return d
}

// lintUnreadTree says why trees that are there are not read.
func (r criRegistry) lintUnreadTree(trees []string, v release.Version) mirror.Diagnostics {
	if len(trees) == 0 || r.Broken || len(r.Roots) > 0 || r.section.configPath != nil && r.path != "" && r.path != multiRootDefault {
		return nil
	}
	if r.path == multiRootDefault && r.section.configPath != nil {
		return mirror.Diagnostics{r.multiRoot(trees[0])}
	}
	certsDir, subject := trees[0], trees[0]+" is not read: "
	if len(trees) > 1 {
		subject = strings.Join(trees, " and ") + " are not read: "
	}
	name, fix := "/etc/containerd/config.toml", fmt.Sprintf("write config_path = %q below [plugins.%q.registry]", certsDir, r.key)
	if m := r.set.main(); m != nil {
		name = m.name
	} else {
		version, key := freshVersion(v)
		fix = fmt.Sprintf("write a file with version = %d and config_path = %q below [plugins.%q.registry]", version, certsDir, key)
	}
	report := func(rule mirror.Rule, why string) mirror.Diagnostics {
		d := rule.At(mirror.Position{File: name}, "registry.config_path", subject+why)
		d.Fix = fix
		return mirror.Diagnostics{d}
	}
	switch {
	case r.path == multiRootDefault:
		return report(ruleConfigMultiRoot, fmt.Sprintf("config_path is not set, and the transfer service takes its default %q for one directory", multiRootDefault))
	case len(r.Mirrors) > 0:
		return report(ruleConfigNoPath, "the mirrors of config.toml are used, and config_path is not set")
	}
	return report(ruleConfigNoPath, fmt.Sprintf("containerd %s has no config_path by default", v))
}
