package docker

import (
	"github.com/mirrorcfg/mirrorcfg/internal/release"
)

// valueKind is what encoding/json must find as the value of a key.
type valueKind int

const (
	textKind valueKind = iota + 1
	boolKind
	intKind
	sizeKind        // a string such as "64m"; null is refused
	addressKind     // an IP address as a string, or ""
	textListKind    // strings
	addressListKind // IP addresses as strings
	objectListKind
	objectKind
	membersKind   // an object whose members stand for themselves; null is refused
	objectMapKind // an object of objects
	textMapKind   // an object of strings
	boolMapKind   // an object of booleans
)

// daemonKey is a key that daemon.json may have.
type daemonKey struct {
	name string
	kind valueKind
	// in tells which versions know the key; nil is all.
	in *release.Feature
	// flat keys hold an object that is their value; the members of any other object are looked at as if they stood at
	// the root.
	flat bool
	// levels has an s for each level of objects in the value that dockerd reads into a struct, whose names match without
	// regard to case; the others, with an m or nothing, are maps.
	levels string
	// refused keys have a place in dockerd's Config and no flag of that name, so that the search for unknown keys stops
	// at them.
	refused bool
}

// daemonKeys are the keys of daemon.json on Linux (moby/v2 2.0.0-beta.24 daemon/config, the json tags of Config and of
// what it embeds), ordered by name; which of them are refused was tried with dockerd --validate of 26.1.5, 28.5.2 and
// beta.24.
var daemonKeys = []daemonKey{
	{name: "allow-direct-routing", kind: boolKind, in: &keysOf28},
	{name: "apparmor-profile", kind: textKind, in: &keysOf29},
	{name: "authorization-plugins", kind: textListKind},
	{name: "bip", kind: textKind},
	{name: "bip6", kind: textKind, in: &keysOf28},
	{name: "bridge", kind: textKind},
	{name: "bridge-accept-fwmark", kind: textKind, in: &keysOf29},
	{name: "builder", kind: objectKind, flat: true, levels: "sss"},
	{name: "cdi-spec-dirs", kind: textListKind, in: &keysOf25},
	{name: "cgroup-parent", kind: textKind},
	{name: "containerd", kind: textKind},
	{name: "containerd-namespace", kind: textKind},
	{name: "containerd-plugin-namespace", kind: textKind, refused: true},
	{name: "cpu-rt-period", kind: intKind},
	{name: "cpu-rt-runtime", kind: intKind},
	{name: "cri-containerd", kind: boolKind},
	{name: "data-root", kind: textKind},
	{name: "debug", kind: boolKind},
	{name: "default-address-pools", kind: objectListKind, levels: "s"},
	{name: "default-cgroupns-mode", kind: textKind},
	{name: "default-gateway", kind: addressKind},
	{name: "default-gateway-v6", kind: addressKind},
	{name: "default-init", kind: textKind, refused: true},
	{name: "default-ipc-mode", kind: textKind},
	{name: "default-network-opts", kind: objectMapKind, in: &networkOpts, flat: true},
	{name: "default-runtime", kind: textKind},
	{name: "default-shm-size", kind: sizeKind},
	{name: "default-stop-timeout", kind: intKind, in: &keysOf29},
	{name: "default-ulimits", kind: objectMapKind, flat: true, levels: "ms"},
	{name: "dns", kind: addressListKind},
	{name: "dns-opts", kind: textListKind},
	{name: "dns-search", kind: textListKind},
	{name: "exec-opts", kind: textListKind},
	{name: "exec-root", kind: textKind},
	{name: "experimental", kind: boolKind},
	{name: "extension-config", kind: objectKind, in: &extensions, flat: true},
	{name: "extension-dirs", kind: textListKind, in: &extensions},
	{name: "features", kind: boolMapKind, flat: true},
	{name: "firewall-backend", kind: textKind, in: &keysOf29},
	{name: "fixed-cidr", kind: textKind},
	{name: "fixed-cidr-v6", kind: textKind},
	{name: "group", kind: textKind},
	{name: "host-gateway-ip", kind: addressKind},
	{name: "host-gateway-ips", kind: addressListKind, in: &hostGatewayIPs},
	{name: "hosts", kind: textListKind},
	{name: "icc", kind: boolKind},
	{name: "init", kind: boolKind},
	{name: "init-path", kind: textKind},
	{name: "insecure-registries", kind: textListKind},
	{name: "ip", kind: addressKind},
	{name: "ip-forward", kind: boolKind},
	{name: "ip-forward-no-drop", kind: boolKind, in: &keysOf28},
	{name: "ip-masq", kind: boolKind},
	{name: "ip6tables", kind: boolKind},
	{name: "iptables", kind: boolKind},
	{name: "ipv6", kind: boolKind},
	{name: "labels", kind: textListKind},
	{name: "live-restore", kind: boolKind},
	{name: "log-driver", kind: textKind},
	{name: "log-format", kind: textKind, in: &keysOf25},
	{name: "log-level", kind: textKind},
	{name: "log-opts", kind: textMapKind, flat: true},
	{name: "max-concurrent-downloads", kind: intKind},
	{name: "max-concurrent-uploads", kind: intKind},
	{name: "max-download-attempts", kind: intKind},
	{name: "metrics-addr", kind: textKind},
	{name: "min-api-version", kind: textKind, in: &keysOf29},
	{name: "mtu", kind: intKind},
	{name: "network-control-plane-mtu", kind: intKind},
	{name: "network-diagnostic-port", kind: intKind},
	{name: "no-new-privileges", kind: boolKind},
	{name: "node-generic-resources", kind: textListKind},
	{name: "nri-opts", kind: objectKind, in: &keysOf29, flat: true, levels: "s"},
	{name: "pidfile", kind: textKind},
	{name: "proxies", kind: membersKind, in: &proxySettings},
	{name: "raw-logs", kind: boolKind},
	{name: "registry-mirrors", kind: textListKind},
	{name: "resolv-conf", kind: textKind, refused: true},
	{name: "rootless", kind: boolKind},
	{name: "runtimes", kind: objectMapKind, flat: true, levels: "ms"},
	{name: "seccomp-profile", kind: textKind},
	{name: "selinux-enabled", kind: boolKind},
	{name: "shutdown-timeout", kind: intKind},
	{name: "storage-driver", kind: textKind},
	{name: "storage-opts", kind: textListKind},
	{name: "swarm-default-advertise-addr", kind: textKind},
	{name: "swarm-raft-election-tick", kind: intKind, refused: true},
	{name: "swarm-raft-heartbeat-tick", kind: intKind, refused: true},
	{name: "tls", kind: boolKind},
	{name: "tlscacert", kind: textKind},
	{name: "tlscert", kind: textKind},
	{name: "tlskey", kind: textKind},
	{name: "tlsverify", kind: boolKind},
	{name: "userland-proxy", kind: boolKind},
	{name: "userland-proxy-path", kind: textKind},
	{name: "userns-remap", kind: textKind},
}

// pastKeys are keys that some older version knows and the newest does not.
var pastKeys = []daemonKey{
	{name: "api-cors-header", kind: textKind, in: &corsHeader},
	{name: "cluster-advertise", kind: textKind, in: &clusterStore},
	{name: "cluster-store", kind: textKind, in: &clusterStore},
	{name: "cluster-store-opts", kind: textMapKind, in: &clusterStore, flat: true},
	{name: "graph", kind: textKind, in: &clusterStore},
	{name: "oom-score-adjust", kind: intKind, in: &oomScore},
}

// ignoredKeys are accepted and have no effect (skipValidateOptions in daemon/config/config.go).
var ignoredKeys = []string{"allow-nondistributable-artifacts", "deprecated-key-path"}

// proxyKeys are the keys that stand inside proxies.
var proxyKeys = []string{"http-proxy", "https-proxy", "no-proxy"}

// flagName is a command-line flag whose name dockerd takes for a key when it looks for unknown ones, though it reads no
// value from it.
type flagName struct {
	name string
	// key is what to write instead; empty if there is nothing.
	key string
	// in tells which versions have the flag; nil is all.
	in *release.Feature
}

// flagNames are the flags of dockerd that are not keys, of 20.10.27 to 28.5.2 and moby/v2 2.0.0-beta.24
// (findConfigurationConflicts looks keys up among the flags; moby#21000, moby#36421). config-file and validate conflict
// where they are given on the command line as well.
var flagNames = []flagName{
	{name: "add-runtime", key: "runtimes"},
	{name: "authorization-plugin", key: "authorization-plugins"},
	{name: "cdi-spec-dir", key: "cdi-spec-dirs", in: &keysOf25},
	{name: "config-file"},
	{name: "containerd-plugins-namespace"},
	{name: "default-address-pool", key: "default-address-pools"},
	{name: "default-network-opt", key: "default-network-opts", in: &networkOpts},
	{name: "default-ulimit", key: "default-ulimits"},
	{name: "dns-opt", key: "dns-opts"},
	{name: "exec-opt", key: "exec-opts"},
	{name: "extension-dir", key: "extension-dirs", in: &extensions},
	{name: "feature", key: "features", in: &featureFlag},
	{name: "help"},
	{name: "host", key: "hosts"},
	{name: "http-proxy", key: "proxies", in: &proxySettings},
	{name: "https-proxy", key: "proxies", in: &proxySettings},
	{name: "insecure-registry", key: "insecure-registries"},
	{name: "label", key: "labels"},
	{name: "log-opt", key: "log-opts"},
	{name: "no-proxy", key: "proxies", in: &proxySettings},
	{name: "node-generic-resource", key: "node-generic-resources"},
	{name: "registry-mirror", key: "registry-mirrors"},
	{name: "restart"},
	{name: "storage-opt", key: "storage-opts"},
	{name: "validate", in: &validateFlag},
	{name: "version"},
}

// otherNames are keys of other programs, of long ago, or refused, that are not near to the key they mean.
var otherNames = []flagName{
	{name: "default-init", key: "init-path"},
	{name: "graph", key: "data-root"},
	{name: "insecure", key: "insecure-registries"},
	{name: "mirror", key: "registry-mirrors"},
	{name: "mirrors", key: "registry-mirrors"},
	{name: "registries", key: "registry-mirrors"},
}

// lookupKey finds a key that the version knows. Case counts.
func lookupKey(v release.Version, name string) (daemonKey, bool) {
	for _, keys := range [][]daemonKey{daemonKeys, pastKeys} {
		for _, k := range keys {
			if k.name == name && !k.refused && (k.in == nil || k.in.Has(v)) {
				return k, true
			}
		}
	}
	if name == "allow-nondistributable-artifacts" && !nondistributableIgnored.Has(v) {
		return daemonKey{name: name, kind: textListKind}, true
	}
	return daemonKey{}, false
}

// lookupFlag finds a flag that is not a key.
func lookupFlag(v release.Version, name string) (flagName, bool) {
	for _, f := range flagNames {
		if f.name == name && (f.in == nil || f.in.Has(v)) {
			return f, true
		}
	}
	return flagName{}, false
}

// keyNames returns the names of the keys that the version knows.
func keyNames(v release.Version) []string {
	var names []string
	for _, k := range daemonKeys {
		if !k.refused && (k.in == nil || k.in.Has(v)) {
			names = append(names, k.name)
		}
	}
	return names
}
