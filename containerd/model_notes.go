package containerd

import (
	"fmt"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var ruleNotInModel = rule(mirror.Rule{
	Code: "containerd/not-in-model", Severity: mirror.Info,
	Summary:     "settings for each registry's own host in _default, or a host whose path has no /v2",
	Consequence: "it works here, and is left out of the model and of conversions",
	Fix:         "give each registry that needs them a directory with server and the settings; write the host with /v2 in its path",
	Evidence:    hostsSource + "parseHostsFile, where a file without server takes the namespace's own host",
})

// noteModel notes what registry leaves out although containerd minds it.
func (c *compiledDir) noteModel() {
	for i := range c.hosts[:len(c.hosts)-1] {
		h := &c.hosts[i]
		if _, ok := h.model(c.Path); !ok && h.why == "" {
			c.ds = append(c.ds, ruleNotInModel.At(h.Source, "host", fmt.Sprintf("requests to %q have no /v2, which the model cannot say", h.Key)))
		}
	}
	root := &c.hosts[len(c.hosts)-1]
	var settings mirror.Endpoint
	root.settingsModel(&settings, c.Path)
	settings.Capabilities = 0
	if root.Host == "" && c.Namespace() == "*" && !isBare(&settings) {
		c.ds = append(c.ds, ruleNotInModel.At(root.Source, "server", "the root's settings hold for each registry's own host, which the model has only for a registry that it names"))
	}
}
