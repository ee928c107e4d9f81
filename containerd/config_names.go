package containerd

import (
	"fmt"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/internal/release"
	"github.com/mirrorcfg/mirrorcfg/internal/tomledit"
)

// checkNames follows what containerd checks of its own keys before a plugin
// sees the file: that version is a number, and in config version 2 and later
// how plugins are named.
func (s *configSet) checkNames(v release.Version) {
	version := s.version(v)
	for _, f := range s.files {
		refuse := func(n tomledit.Node, field, message, fix string) {
			d := ruleConfigVersion.At(f.at(n), field, message+": containerd does not start")
			d.Fix = fix
			s.refuse(d)
		}
		if n := f.doc.Lookup("version"); n.IsValid() && (n.Kind() != tomledit.Table || n.Len() > 0 || !skippedUnchecked.Has(v)) {
			if number, ok := n.AsInt(); !ok || number < 0 && !pluginNamesWhole.Has(v) { // 1.x takes that for 1
				refuse(n, "version", "this is no version number", fmt.Sprintf("write version = %d", maxConfigVersion(v)))
			}
		}
		for _, key := range []string{"disabled_plugins", "required_plugins"} {
			n := f.doc.Lookup(key)
			names, _ := n.AsStrings()
			for _, name := range names {
				if version >= 2 && !namesPlugin(name, v) {
					refuse(n, key, fmt.Sprintf("%q is no name of a plugin in a file of version %d", name, version), "write the whole name, such as io.containerd.grpc.v1.cri")
				}
			}
		}
		if version < 2 || !pluginNamesWhole.Has(v) {
			continue
		}
		for n := range f.doc.Lookup("plugins").Children() {
			if n.Key() != KeyCRI.String() && !namesPlugin(n.Key(), v) { // cri has a row of its own
				refuse(n, n.Name(), fmt.Sprintf("%q is no name of a plugin in a file of version %d", n.Key(), version), "write the whole name, such as io.containerd.grpc.v1.cri")
			}
		}
	}
}

// namesPlugin reports whether a version takes a name for one of a plugin.
func namesPlugin(name string, v release.Version) bool {
	switch {
	case !pluginNamesWhole.Has(v):
		return strings.Contains(name, ".")
	case pluginNamesAny.Has(v):
		return strings.Count(name, ".") >= 3
	default:
		return strings.HasPrefix(name, "io.containerd.") && strings.Count(name, ".") >= 3
	}
}
