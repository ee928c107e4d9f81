package trace

import (
	"bytes"
	"strings"
)

// hostsFileRefused reads `failed to decode /etc/…/hosts.toml` with an error:
// containerd goes on without the file.
func (c *collector) hostsFileRefused(r *record, m []byte) {
	s, _ := c.after(r, m, "failed to decode ")
	name, _ := word(s)
	if !bytes.HasSuffix(name, []byte("hosts.toml")) {
		return
	}
	path := bound(string(name))
	if path == "hosts.toml" && c.hostsDir != "" { // 1.x names no directory
		path = c.hostsDir + "/" + path
	}
	f := r.fieldsOf()
	if file := c.file(path, HostsDir); file != nil && file.Error == "" {
		file.Error = text(f.err)
		if file.Error == "" {
			file.Error = "not readable as TOML"
		}
	}
}

// hostsDirFound reads nerdctl's `Found hosts dir "…"` and `Ignoring hosts dir
// "…"`.
func (c *collector) hostsDirFound(r *record, m []byte) {
	s, ok := c.after(r, m, "Found hosts dir ")
	ignored := false
	if !ok {
		if s, ignored = c.after(r, m, "Ignoring hosts dir "); !ignored {
			return
		}
	}
	path, _, ok := quoted(s)
	if !ok {
		return
	}
	if f := c.file(text(path), HostsDir); f != nil && ignored {
		fields := r.fieldsOf()
		f.Error = text(fields.err)
	}
}

// unknownKey reads "Ignoring unknown key in TOML", which containerd 2 says of
// config.toml, and of the part of it that a plugin reads
// (cmd/containerd/server/config/config.go of 2.4.2).
func (c *collector) unknownKey(r *record) {
	f := r.fieldsOf()
	path := text(f.file)
	if len(f.plugin) > 0 {
		path = "plugin " + text(f.plugin)
	}
	if path == "" || len(f.key) == 0 {
		return
	}
	if file := c.file(path, ConfigTOML); file != nil {
		file.addUndecoded(strings.ReplaceAll(text(f.key), " ", "."))
	}
}
