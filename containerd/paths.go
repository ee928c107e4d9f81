package containerd

// Paths are the places of containerd's files on the node. An empty field
// means containerd's default.
type Paths struct {
	// Config is the daemon's file, /etc/containerd/config.toml.
	Config string
	// ConfigDropIn names a file, such as /etc/containerd/conf.d/50-mirrors.toml,
	// that config_path is put into where config.toml imports it and the
	// version merges imports; empty puts it into config.toml.
	ConfigDropIn string
	// CertsDir is the tree that plans are written to,
	// /etc/containerd/certs.d.
	CertsDir string
	// HostsDirs are what ctr's --hosts-dir and nerdctl's hosts_dir name. ctr
	// has no default; nerdctl's is /etc/containerd/certs.d and
	// /etc/docker/certs.d.
	HostsDirs []string
}

// withDefaults fills the empty fields.
func (p Paths) withDefaults() Paths {
	if p.Config == "" {
		p.Config = "/etc/containerd/config.toml"
	}
	if p.CertsDir == "" {
		p.CertsDir = "/etc/containerd/certs.d"
	}
	return p
}
