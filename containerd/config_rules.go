package containerd

import "github.com/mirrorcfg/mirrorcfg/mirror"

// The rules of config.toml.
var (
	ruleConfigVersion = rule(mirror.Rule{Code: "containerd/config-version", Severity: mirror.Error,
		Summary: "a config version or plugin key that this containerd refuses", Consequence: "containerd does not start",
		Fix: "write the file in a version that it supports", Evidence: loadV2})
	ruleConfigNoFile = rule(mirror.Rule{Code: "containerd/config-no-file", Severity: mirror.Error,
		Summary: "a directory, or a loop of links, in place of config.toml or of a file that it imports", Consequence: "containerd does not start",
		Fix: "put a file there, or take it away", Evidence: importSource + "loadConfigFile"})
	ruleConfigKeyUnread = rule(mirror.Rule{Code: "containerd/config-key-unread", Severity: mirror.Warning,
		Summary: "registry settings under a plugin key that is not read in a file of this version", Consequence: "they have no effect, and no log line or a warning at most says so",
		Fix: "write them under the key of the file's version", Evidence: "containerd#5236, containerd#10959, containerd#11088"})
	ruleConfigBothKeys = rule(mirror.Rule{Code: "containerd/config-both-keys", Severity: mirror.Warning,
		Summary: "registry settings under the old and the new plugin key", Consequence: "the old key's table replaces the new one's as a whole",
		Fix: "keep one of them", Versions: ">= 2.0", Evidence: migrateCRI})
	ruleConfigConflict = rule(mirror.Rule{Code: "containerd/config-conflict", Severity: mirror.Error,
		Summary: "mirrors, or configs.tls on containerd 1, beside config_path", Consequence: "the CRI plugin does not load: containerd runs, and the node is not ready",
		Fix: "move them to hosts.toml files and remove them here", Evidence: "2.4.2 internal/cri/config/config.go ValidateImageConfig; containerd#5306, containerd#12612"})
	ruleConfigMultiRoot = rule(mirror.Rule{Code: "containerd/config-path-multi-root", Severity: mirror.Warning,
		Summary: "a config_path of several directories where CRI pulls go through the transfer service", Consequence: "no hosts.toml is read, and no log line says so",
		Fix: `write one directory: config_path = "/etc/containerd/certs.d"`, Versions: transferPull.Versions(), Evidence: "containerd#12415, containerd#12636, containerd#12808"})
	ruleConfigNoPath = rule(mirror.Rule{Code: "containerd/config-path-unset", Severity: mirror.Warning,
		Summary: "a certs.d tree that no config_path names", Consequence: "CRI pulls read no hosts.toml",
		Fix: `write config_path = "/etc/containerd/certs.d"`, Versions: "< 2.2", Evidence: "containerd#6438, containerd#12711"})
	ruleConfigTransferPath = rule(mirror.Rule{Code: "containerd/config-transfer-path", Severity: mirror.Warning,
		Summary: "config_path of the transfer plugin", Consequence: "it is parsed and used nowhere",
		Fix: "set config_path of the CRI plugin's registry table", Evidence: "containerd#12711"})
	ruleConfigDeprecated = rule(mirror.Rule{Code: "containerd/config-deprecated", Severity: mirror.Info,
		Summary: "mirrors, configs or auths, which containerd means to remove", Consequence: "they still work",
		Fix: "move them to hosts.toml files", Evidence: "RELEASES.md of 2.4.2"})
	ruleConfigTLSUnread = rule(mirror.Rule{Code: "containerd/config-tls-unread", Severity: mirror.Warning,
		Summary: "configs.tls, which containerd 2 does not read", Consequence: "certificates are checked as if it were not there",
		Fix: "move it to a hosts.toml", Versions: ">= 2.0", Evidence: "removed in 2.0"})
	ruleConfigEndpointPath = rule(mirror.Rule{Code: "containerd/config-endpoint-path", Severity: mirror.Warning,
		Summary: "an endpoint whose path has no /v2, which is not added", Consequence: "requests go to the path as it is written",
		Fix: "leave the slash out, or write /v2 before the path", Evidence: "2.4.2 internal/cri/server/images/image_pull.go registryHosts; containerd#7068"})
	ruleConfigUnknownKey = rule(mirror.Rule{Code: "containerd/config-unknown-key", Severity: mirror.Warning,
		Summary: "a key that the registry table does not have, or the plugin in this version or under this name", Consequence: "it has no effect", Fix: "remove it",
		Evidence: "2.4.2 internal/cri/config/config.go Registry, ImageConfig; plugins/cri/images/plugin.go migrateConfig"})
	ruleConfigDuplicate = rule(mirror.Rule{Code: "containerd/config-duplicate", Severity: mirror.Error,
		Summary: "a key or table that is there twice", Consequence: "containerd does not start", Fix: "keep one of them",
		Evidence: "go-toml; 2.4.2 cmd/containerd/server/config/config.go loadConfigFile"})
	ruleConfigType = rule(mirror.Rule{Code: "containerd/config-type", Severity: mirror.Error,
		Summary: "a setting of the wrong type", Consequence: "containerd does not start; where it is one of the CRI plugin's, that plugin does not load",
		Evidence: "go-toml's decoder; 2.4.2 cmd/containerd/server/config/config.go Config, internal/cri/config/config.go ImageConfig"})
)
