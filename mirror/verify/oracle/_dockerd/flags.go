package main

import (
	"sync"

	"github.com/spf13/pflag"
)

// commandLine are dockerd's flags, none of them given.
var commandLine = sync.OnceValue(func() *pflag.FlagSet {
	set := pflag.NewFlagSet("dockerd", pflag.ContinueOnError)
	for _, f := range flags {
		switch {
		case !f.exists():
		case f.key != "":
			set.Var(namedOption{key: f.key}, f.name, "")
		default:
			set.Var(option{}, f.name, "")
		}
	}
	return set
})

// option is the value of a flag that nobody gives.
type option struct{}

func (option) String() string   { return "" }
func (option) Set(string) error { return nil }
func (option) Type() string     { return "" }

// namedOption is one that tells the loader its name in daemon.json.
type namedOption struct {
	option
	key string
}

func (o namedOption) Name() string { return o.key }

// flag is one of dockerd's. The loader of daemon.json knows a key by it.
type flag struct {
	name string
	// key is the option's name in daemon.json, where it has one of its own:
	// the key is then taken as well as the flag's name.
	key string
	// since and until are major versions, 0 for no limit; until has it no more.
	since, until int
}

func (f flag) exists() bool {
	return major >= f.since && (f.until == 0 || major < f.until)
}

// flags are all that dockerd has on Linux. They are installed in its main
// package, which cannot be imported: cmd/dockerd/config.go, config_unix.go,
// options.go, docker.go and cli/cobra.go of 20.10.27, 23.0.15, 24.0.9, 25.0.6,
// 26.1.5, 27.5.1 and 28.5.2; daemon/command of moby/v2 2.0.0-beta.24. A test
// of internal/oracle reads these again.
var flags = []flag{
	{name: "add-runtime", key: "runtimes"},
	{name: "allow-direct-routing", since: 28},
	{name: "allow-nondistributable-artifacts", until: 29},
	{name: "api-cors-header", until: 29},
	{name: "apparmor-profile", since: 29},
	{name: "authorization-plugin", key: "authorization-plugins"},
	{name: "bip"},
	{name: "bip6", since: 28},
	{name: "bridge"},
	{name: "bridge-accept-fwmark", since: 29},
	{name: "cdi-spec-dir", key: "cdi-spec-dirs", since: 25},
	{name: "cgroup-parent"},
	{name: "cluster-advertise", until: 24},
	{name: "cluster-store", until: 24},
	{name: "cluster-store-opt", key: "cluster-store-opts", until: 24},
	{name: "config-file"},
	{name: "containerd"},
	{name: "containerd-namespace"},
	{name: "containerd-plugins-namespace"},
	{name: "cpu-rt-period"},
	{name: "cpu-rt-runtime"},
	{name: "cri-containerd"},
	{name: "data-root"},
	{name: "debug"},
	{name: "default-address-pool", key: "default-address-pools"},
	{name: "default-cgroupns-mode"},
	{name: "default-gateway"},
	{name: "default-gateway-v6"},
	{name: "default-ipc-mode"},
	{name: "default-network-opt", key: "default-network-opts", since: 24},
	{name: "default-runtime"},
	{name: "default-shm-size"},
	{name: "default-stop-timeout", since: 29},
	{name: "default-ulimit", key: "default-ulimits"},
	{name: "dns"},
	{name: "dns-opt", key: "dns-opts"},
	{name: "dns-search"},
	{name: "exec-opt", key: "exec-opts"},
	{name: "exec-root"},
	{name: "experimental"},
	{name: "extension-dir", key: "extension-dirs", since: 29},
	{name: "feature", key: "features", since: 27},
	{name: "firewall-backend", since: 29},
	{name: "fixed-cidr"},
	{name: "fixed-cidr-v6"},
	{name: "graph", until: 24},
	{name: "group"},
	{name: "help"},
	{name: "host", key: "hosts"},
	{name: "host-gateway-ip", until: 28},
	{name: "host-gateway-ip", key: "host-gateway-ips", since: 28},
	{name: "http-proxy", since: 23},
	{name: "https-proxy", since: 23},
	{name: "icc"},
	{name: "init"},
	{name: "init-path"},
	{name: "insecure-registry", key: "insecure-registries"},
	{name: "ip"},
	{name: "ip-forward"},
	{name: "ip-forward-no-drop", since: 28},
	{name: "ip-masq"},
	{name: "ip6tables"},
	{name: "iptables"},
	{name: "ipv6"},
	{name: "label", key: "labels"},
	{name: "live-restore"},
	{name: "log-driver"},
	{name: "log-format", since: 25},
	{name: "log-level"},
	{name: "log-opt", key: "log-opts"},
	{name: "max-concurrent-downloads"},
	{name: "max-concurrent-uploads"},
	{name: "max-download-attempts"},
	{name: "metrics-addr"},
	{name: "mtu"},
	{name: "network-control-plane-mtu"},
	{name: "network-diagnostic-port"},
	{name: "no-new-privileges"},
	{name: "no-proxy", since: 23},
	{name: "node-generic-resource", key: "node-generic-resources"},
	{name: "nri-opts", since: 29},
	{name: "oom-score-adjust", until: 26},
	{name: "pidfile"},
	{name: "raw-logs"},
	{name: "registry-mirror", key: "registry-mirrors"},
	{name: "restart"},
	{name: "rootless"},
	{name: "seccomp-profile"},
	{name: "selinux-enabled"},
	{name: "shutdown-timeout"},
	{name: "storage-driver"},
	{name: "storage-opt", key: "storage-opts"},
	{name: "swarm-default-advertise-addr"},
	{name: "tls"},
	{name: "tlscacert"},
	{name: "tlscert"},
	{name: "tlskey"},
	{name: "tlsverify"},
	{name: "userland-proxy"},
	{name: "userland-proxy-path"},
	{name: "userns-remap"},
	{name: "validate", since: 23},
	{name: "version"},
}
