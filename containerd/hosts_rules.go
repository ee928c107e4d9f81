package containerd

import "github.com/mirrorcfg/mirrorcfg/mirror"

const hostsSource = "2.4.2 core/remotes/docker/config/hosts.go "

// discarded is what containerd does with a hosts.toml it refuses.
const discarded = "containerd ignores the whole file, without a word to the client, and pulls from the registry's own host"

// What makes a version refuse a whole hosts.toml.
var (
	ruleDuplicate = rule(mirror.Rule{Code: "containerd/hosts-duplicate", Severity: mirror.Error,
		Summary: "a key or table is defined twice", Consequence: discarded, Fix: "merge the two", Evidence: hostsSource + "loadHostDir"})
	ruleWrongType = rule(mirror.Rule{Code: "containerd/hosts-wrong-type", Severity: mirror.Error,
		Summary: "a key has a value of the wrong type", Consequence: discarded, Fix: "write a value of the right type", Evidence: hostsSource + "parseHostConfig"})
	ruleUnknownCapability = rule(mirror.Rule{Code: "containerd/hosts-unknown-capability", Severity: mirror.Error,
		Summary: "a capability that does not exist", Consequence: discarded, Fix: "use pull, resolve, push and referrers", Evidence: hostsSource + "parseHostConfig"})
	ruleReferrersTooEarly = rule(mirror.Rule{Code: "containerd/hosts-referrers-version", Severity: mirror.Error,
		Summary: "the capability referrers before containerd 2.2", Consequence: discarded, Fix: `remove "referrers"`, Versions: "< 2.2",
		Evidence: referrersCapability.Source})
	ruleBadURL = rule(mirror.Rule{Code: "containerd/hosts-bad-url", Severity: mirror.Error,
		Summary: "a URL that does not parse", Consequence: discarded, Fix: "write scheme://host[:port][/path]", Evidence: hostsSource + "parseHostConfig"})
	ruleBadTimeout = rule(mirror.Rule{Code: "containerd/hosts-bad-timeout", Severity: mirror.Error,
		Summary: "a dial_timeout without a unit", Consequence: discarded, Fix: `write a duration such as "3s"`, Versions: dialTimeoutKey.Versions(),
		Evidence: dialTimeoutKey.Source})
	ruleNoHostTable = rule(mirror.Rule{Code: "containerd/hosts-no-host-table", Severity: mirror.Error,
		Summary: "no host table, which containerd before 1.7.32 needs", Consequence: discarded, Fix: "add an empty [host] line", Versions: "< 1.7.32",
		Evidence: "containerd#10027, containerd#13212; " + hostTableOptional.Source})
	ruleBOM = rule(mirror.Rule{Code: "containerd/hosts-bom", Severity: mirror.Error,
		Summary: "the file begins with a UTF-8 byte order mark", Consequence: discarded, Fix: "save the file without it", Versions: byteOrderMarkRefused.Versions(),
		Evidence: byteOrderMarkRefused.Source})
	ruleBracketInKey = rule(mirror.Rule{Code: "containerd/hosts-bracket-in-key", Severity: mirror.Error,
		Summary: "a table header with a bracket in its key, such as an IPv6 address", Consequence: discarded,
		Fix: `write "URL".capabilities = […] below a [host] line`, Versions: "< 2.0", Evidence: "go-toml 1.9.5 lexer.go lexInsideTableKey"})
	ruleNewerTOML = rule(mirror.Rule{Code: "containerd/hosts-newer-toml", Severity: mirror.Error,
		Summary: "syntax of TOML 1.1", Consequence: discarded, Fix: "write TOML 1.0", Versions: "< 2.4", Evidence: "go-toml 2.4.3 is the first of containerd's that reads TOML 1.1"})
	rulePanic = rule(mirror.Rule{Code: "containerd/hosts-panic", Severity: mirror.Error,
		Summary: "several children of host, not all of them tables", Consequence: "containerd panics while it sorts the hosts", Fix: `write [host."URL"] tables`,
		Versions: "< 2.0", Evidence: "1.7.35 remotes/docker/config/hosts.go getSortedHosts"})
)

// What a version reads and then ignores, or takes for something else.
var (
	ruleDroppedHost = rule(mirror.Rule{Code: "containerd/hosts-dropped-host", Severity: mirror.Error,
		Summary: "a host that has no table header of its own", Consequence: "containerd decodes the host and never asks it", Fix: `write a [host."URL"] header`,
		Versions: headerOrder.Versions(), Evidence: headerOrder.Source})
	ruleRepeatedHost = rule(mirror.Rule{Code: "containerd/hosts-interleaved", Severity: mirror.Warning,
		Summary: "a host whose tables are interleaved with another's", Consequence: "containerd asks the host twice", Fix: "put the host's sub-tables directly behind it",
		Versions: headerOrder.Versions(), Evidence: headerOrder.Source})
	ruleRandomOrder = rule(mirror.Rule{Code: "containerd/hosts-random-order", Severity: mirror.Warning,
		Summary: "several hosts as inline tables", Consequence: "containerd asks them in an order that changes from pull to pull", Fix: `write [host."URL"] tables`,
		Versions: "< 2.0", Evidence: "1.7.35 remotes/docker/config/hosts.go getSortedHosts: inline tables have no line number"})
	ruleRootIgnored = rule(mirror.Rule{Code: "containerd/hosts-root-ignored", Severity: mirror.Warning,
		Summary: "capabilities or override_path at the root without server", Consequence: "containerd ignores them: the default host has all capabilities and the path /v2",
		Fix: "set server, or put the key below a [host] table", Evidence: hostsSource + "ConfigureHosts"})
	ruleUnknownKey = rule(mirror.Rule{Code: "containerd/hosts-unknown-key", Severity: mirror.Warning,
		Summary: "a key that does not exist", Consequence: "containerd ignores it in silence", Fix: "remove it", Evidence: hostsSource + "hostFileConfig"})
	ruleServerInHost = rule(mirror.Rule{Code: "containerd/hosts-server-in-host", Severity: mirror.Error,
		Summary: "server below a [host] header", Consequence: "containerd takes it for an unknown key of that host, and the upstream is the registry's default",
		Fix: "move it above the first header", Evidence: hostsSource + "parseHostsFile"})
	ruleKeyCase = rule(mirror.Rule{Code: "containerd/hosts-key-case", Severity: mirror.Warning,
		Summary: "a key that is not in lower case", Consequence: "some versions ignore it", Fix: "write it in lower case", Evidence: foldedKeys.Source})
	ruleTimeoutIgnored = rule(mirror.Rule{Code: "containerd/hosts-timeout-ignored", Severity: mirror.Warning,
		Summary: "dial_timeout before containerd 2.0.7", Consequence: "containerd ignores it and waits up to 30 seconds", Fix: "remove it or update containerd",
		Versions: "< 2.0.7", Evidence: "containerd#4861, containerd#10660; " + dialTimeoutKey.Source})
	ruleNoHost = rule(mirror.Rule{Code: "containerd/hosts-unusable-url", Severity: mirror.Error,
		Summary: "a URL that names no http or https host", Consequence: "every request to a host like that fails; a server like that is replaced by the registry's default",
		Fix: "write https:// in front of it, in lower case", Evidence: hostsSource + `parseHostConfig: it looks for the letters "http", not for a scheme`})
	ruleURLParts = rule(mirror.Rule{Code: "containerd/hosts-url-parts", Severity: mirror.Warning,
		Summary: "a URL with credentials, a query or a fragment", Consequence: "containerd drops them", Fix: "remove them; credentials can go into a header",
		Evidence: hostsSource + "parseHostConfig"})
	ruleFileIsDirectory = rule(mirror.Rule{Code: "containerd/hosts-empty-path", Severity: mirror.Error,
		Summary: "an empty certificate path", Consequence: "containerd takes it for the directory, cannot read it, and every pull from the registry fails",
		Fix: "remove it; one file that holds certificate and key is written as a string", Evidence: hostsSource + "makeAbsPath, updateTLSConfigFromHost"})
)
