package containerd

import (
	"github.com/mirrorcfg/mirrorcfg/internal/tomledit"
)

// edit changes the document and leaves it as it was where that fails.
func (f *ConfigFile) edit(change func(e *tomledit.Edit)) error {
	e := f.doc.Edit()
	change(e)
	return e.Apply()
}

// SetConfigPath names the certs.d directory below a plugin's registry table,
// which is made where it is missing.
func (f *ConfigFile) SetConfigPath(k PluginKey, dir string) error {
	return f.edit(func(e *tomledit.Edit) { f.setRegistry(e, k, "config_path", tomledit.StringValue(dir)) })
}

// ClearConfigPath removes config_path.
func (f *ConfigFile) ClearConfigPath(k PluginKey) error {
	return f.edit(func(e *tomledit.Edit) {
		if n := f.registry(k).Child("config_path"); n.IsValid() {
			e.Delete(n)
		}
	})
}

// SetLocalImagePull sets use_local_image_pull of containerd 2.1 and later,
// which makes CRI pulls go past the transfer service.
func (f *ConfigFile) SetLocalImagePull(local bool) error {
	return f.edit(func(e *tomledit.Edit) {
		if plugin := f.plugin(KeyImages); plugin.IsTable() {
			e.Set(plugin, "use_local_image_pull", tomledit.BoolValue(local))
			return
		}
		e.SetPath([]string{"plugins", KeyImages.String(), "use_local_image_pull"}, tomledit.BoolValue(local))
	})
}

// SetEndpoints sets the deprecated endpoint list of a namespace, "*" for all
// that are not named. It and config_path exclude each other.
func (f *ConfigFile) SetEndpoints(k PluginKey, namespace string, endpoints ...string) error {
	return f.edit(func(e *tomledit.Edit) {
		list := tomledit.StringsValue(endpoints...)
		if m := f.registry(k).Child("mirrors").Child(namespace); m.IsTable() {
			e.Set(m, "endpoint", list)
			return
		}
		e.SetPath([]string{"plugins", k.String(), "registry", "mirrors", namespace, "endpoint"}, list)
	})
}

// DropEndpoints removes a namespace from mirrors. The table itself goes with
// the last of them.
func (f *ConfigFile) DropEndpoints(k PluginKey, namespace string) error {
	return f.edit(func(e *tomledit.Edit) {
		mirrors := f.registry(k).Child("mirrors")
		if m := mirrors.Child(namespace); m.IsValid() {
			if mirrors.Len() == 1 {
				m = mirrors
			}
			e.Delete(m)
		}
	})
}

// DropMirrors removes the mirrors table.
func (f *ConfigFile) DropMirrors(k PluginKey) error {
	return f.edit(func(e *tomledit.Edit) { f.dropMirrors(e, k) })
}

// DropHostTLS removes configs.*.tls and keeps configs.*.auth.
func (f *ConfigFile) DropHostTLS(k PluginKey) error {
	return f.edit(func(e *tomledit.Edit) { f.dropHostTLS(e, k) })
}

func (f *ConfigFile) setRegistry(e *tomledit.Edit, k PluginKey, key string, v tomledit.Value) {
	if reg := f.registry(k); reg.IsTable() {
		e.Set(reg, key, v)
		return
	}
	e.SetPath([]string{"plugins", k.String(), "registry", key}, v)
}

func (f *ConfigFile) dropMirrors(e *tomledit.Edit, k PluginKey) {
	if n := f.registry(k).Child("mirrors"); n.IsValid() {
		e.Delete(n)
	}
}

func (f *ConfigFile) dropHostTLS(e *tomledit.Edit, k PluginKey) {
	configs := f.registry(k).Child("configs")
	emptied := 0
	for c := range configs.Children() {
		if tls := c.Child("tls"); tls.IsValid() && c.Len() == 1 {
			emptied++
		}
	}
	if emptied > 0 && emptied == configs.Len() {
		e.Delete(configs)
		return
	}
	for c := range configs.Children() {
		switch tls := c.Child("tls"); {
		case !tls.IsValid():
		case c.Len() == 1:
			e.Delete(c)
		default:
			e.Delete(tls)
		}
	}
}
