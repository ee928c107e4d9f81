package containerd

import (
	"fmt"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/internal/release"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var ruleConfigDisabled = rule(mirror.Rule{Code: "containerd/config-cri-disabled", Severity: mirror.Error,
	Summary:     "a plugin in disabled_plugins without which containerd serves no CRI",
	Consequence: "every pull of the kubelet or crictl fails; containerd runs, and ctr, nerdctl and Docker are not concerned",
	Fix:         "take it out of disabled_plugins on a node of Kubernetes; elsewhere name the client that pulls",
	Evidence:    "2.4.2 cmd/containerd/server/server.go LoadPlugins, plugins/cri/cri.go initCRIService; 1.7.35 services/server/config/config.go V1DisabledFilter"})

// criService: the CRI plugin is made of several from 2.0 on.
var criService = release.Feature{Name: "the CRI plugin needs io.containerd.cri.v1.images and io.containerd.cri.v1.runtime", In: []release.Span{release.From("2.0")},
	Source: "2.0.14 plugins/cri/cri.go initCRIService"}

// turnsOffCRI reports whether CRI pulls need the plugin of a name in
// disabled_plugins. In files of config version 1 that is its id; containerd 2
// knows whole names there too.
func turnsOffCRI(name string, file int, v release.Version) bool {
	if !strings.Contains(name, ".") {
		return name == KeyCRI.String() && file < 2
	}
	if file < 2 && !criService.Has(v) {
		return false
	}
	switch name {
	case KeyGRPC.String():
		return true
	case KeyImages.String(), "io.containerd.cri.v1.runtime":
		return criService.Has(v)
	case "io.containerd.transfer.v1.local":
		return transferPull.Has(v)
	}
	return false
}

// lintDisabled reports what turns the CRI plugin off. The lists of all files
// add up.
func (s *configSet) lintDisabled(v release.Version) mirror.Diagnostics {
	var ds mirror.Diagnostics
	for _, f := range s.files {
		file := f.Version()
		if !criService.Has(v) {
			file = s.version(v)
		}
		for n := range f.doc.Lookup("disabled_plugins").Children() {
			name, _ := n.AsString()
			if turnsOffCRI(name, file, v) {
				ds = append(ds, ruleConfigDisabled.At(f.at(n), "disabled_plugins", fmt.Sprintf("%q is disabled: containerd answers no pull of the kubelet or crictl", name)))
			}
		}
	}
	return ds
}
