package containerd

import "github.com/mirrorcfg/mirrorcfg/mirror"

var ruleNotInModel = rule(mirror.Rule{
	Code: "containerd/not-in-model", Severity: mirror.Info,
	Summary:     "what the model has no place for: settings for each registry's own host in _default, a host whose path has no /v2 or that stands there twice, a directory that no reference is looked up in",
	Consequence: "it works here, and is left out of the model and of conversions",
	Fix:         "give each registry that needs them a directory with server and the settings; write each host once, with /v2 in its path",
	Evidence:    hostsSource + "parseHostsFile, where a file without server takes the namespace's own host",
})

// notInModel notes what is left out although containerd minds it.
func (c *compiledDir) notInModel(at mirror.Position, field, what string) {
	c.ds = append(c.ds, ruleNotInModel.At(at, field, what))
}

// noteDefault is about settings at the root of _default that name no server.
func (c *compiledDir) noteDefault() {
	root := &c.hosts[len(c.hosts)-1]
	var settings mirror.Endpoint
	root.settingsModel(&settings, c.Path)
	settings.Capabilities = 0
	if root.Host == "" && c.Namespace() == "*" && !isBare(&settings) {
		c.notInModel(root.Source, "server", "the root's settings hold for each registry's own host, which the model has only for a registry that it names")
	}
}
