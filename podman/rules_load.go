package podman

import "github.com/mirrorcfg/mirrorcfg/mirror"

// noPull is the consequence of every fault that keeps a file from loading.
const noPull = "the whole configuration fails to load: every pull fails, not only from this registry"

const sysregistries = "containers/image 5.36.2 and 5.42.0 pkg/sysregistriesv2/system_registries_v2.go "

// fatal declares a fault that keeps a file from loading.
func fatal(code, summary, fix, evidence string) mirror.Rule {
	return rule(mirror.Rule{Code: code, Severity: mirror.Error, Summary: summary, Consequence: noPull, Fix: fix, Evidence: evidence})
}

// The faults by which a file does not load. The message of each diagnostic
// holds the engine's own words.
var (
	ruleSyntax = fatal("podman/syntax", "bytes that are not TOML", "mend the syntax",
		"BurntSushi/toml parse errors")
	ruleStructure = fatal("podman/toml-structure", "a key or table defined twice, or a table and a value of one name",
		"define each key and each [table] once", "BurntSushi/toml 1.5.0 and 1.6.0 parse.go, both run")
	ruleNewerTOML = rule(mirror.Rule{
		Code: "podman/toml11", Severity: mirror.Warning,
		Summary:     "TOML 1.1, which containers/image before 5.40 does not read",
		Consequence: noPull + " (before 5.40)",
		Fix:         "keep inline tables on one line without a trailing comma, and use the escapes and times of TOML 1.0",
		Evidence:    "BurntSushi/toml 1.5.0 refuses, 1.6.0 accepts",
	})
	ruleType = fatal("podman/type", "a value of the wrong type",
		"write the type that the key has: strings in quotes, true or false without, lists in brackets, [[registry]] with two brackets",
		"BurntSushi/toml decode.go")
	ruleScheme = fatal("podman/location-scheme", "a URL where a name is meant",
		"leave the scheme out; for plain http write insecure = true beside the location",
		sysregistries+"parseLocation")
	ruleEmptyRegistry = fatal("podman/registry-empty", "a [[registry]] with neither prefix nor location",
		"write prefix and location, or remove the table", sysregistries+"postProcessRegistries")
	ruleNoLocation = fatal("podman/location-missing", "a prefix without location that is no *.wildcard",
		"write location = the prefix below it", sysregistries+"postProcessRegistries; containers/image#1191")
	rulePullFromRegistry = fatal("podman/pull-from-mirror-misplaced", "pull-from-mirror on the registry itself",
		"move it into [[registry.mirror]]", sysregistries+"postProcessRegistries")
	ruleMirrorEmpty = fatal("podman/mirror-location-missing", "a [[registry.mirror]] without location",
		"write the mirror's location, or remove the table", sysregistries+"postProcessRegistries")
	rulePullConflict = fatal("podman/pull-from-mirror-conflict", "mirror-by-digest-only of the registry beside pull-from-mirror of a mirror",
		"remove mirror-by-digest-only and write pull-from-mirror in each mirror", sysregistries+"postProcessRegistries")
	rulePullValue = fatal("podman/pull-from-mirror-value", "a value of pull-from-mirror that does not exist",
		`write "all", "digest-only" or "tag-only"`, sysregistries+"postProcessRegistries")
	ruleInsecureConflict = fatal("podman/insecure-conflict", "one location with and without insecure in one file",
		"write the same insecure in every [[registry]] of the location", sysregistries+"postProcessRegistries")
	ruleBlockedConflict = fatal("podman/blocked-conflict", "one location with and without blocked in one file",
		"write the same blocked in every [[registry]] of the location", sysregistries+"postProcessRegistries")
	ruleSearch = fatal("podman/search-entry", "a search registry that is no host[:port]",
		"write host[:port] alone; put paths and mirrors into [[registry]] tables", sysregistries+"postProcessRegistries")
	ruleShortNameMode = fatal("podman/short-name-mode", "a short-name-mode that does not exist",
		`write "permissive", "enforcing" or "disabled", in lower case`, sysregistries+"parseShortNameMode")
	ruleWildcard = fatal("podman/wildcard-form", "a wildcard prefix with a port, a path or a digest",
		"write *.domain alone", sysregistries+"loadConfigFile")
	ruleAlias = fatal("podman/alias", "an alias that is no short name, or does not lead to a repository",
		"write name = registry/repository, both without tag and digest", "containers/image 5.36.2 pkg/sysregistriesv2/shortnames.go newShortNameAliasCache")
	ruleV1 = rule(mirror.Rule{
		Code: "podman/v1", Severity: mirror.Error,
		Summary:     "the V1 form of registries.conf",
		Consequence: noPull + " from containers/image 5.40 (Podman 6.0) on; before, in drop-ins and beside V2 keys",
		Fix:         "convert the file to [[registry]] tables and unqualified-search-registries (migrate)",
		Evidence:    "containers/image 5.36.2 and 5.40.0 loadConfigFile; actions/runner-images#14417, containers/image#1054",
	})
	ruleUnreadable = fatal("podman/unreadable", "a file or directory that cannot be read",
		"mend it or its permissions, or take it away", sysregistries+"tryUpdatingCache; go.podman.io/storage 1.65.0 pkg/configfile/parse.go Read")
	ruleMissing = fatal("podman/file-missing", "a file that was named explicitly and does not exist",
		"create it, or do not name it", sysregistries+"tryUpdatingCache; go.podman.io/storage 1.65.0 pkg/configfile/parse.go Read")
)
