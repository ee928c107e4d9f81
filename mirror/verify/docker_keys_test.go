package verify

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/docker"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// daemonKeys are the names that some dockerd takes for a key, or that it
// is tempting to take for one.
const daemonKeys = `add-runtime allow-direct-routing allow-nondistributable-artifacts api-cors-header apparmor-profile
authorization-plugin authorization-plugins bip bip6 bridge bridge-accept-fwmark cdi-spec-dir cdi-spec-dirs cgroup-parent
cluster-advertise cluster-store config-file containerd containerd-namespace containerd-plugin-namespace
containerd-plugins-namespace cpu-rt-period cpu-rt-runtime cri-containerd data-root debug default-address-pool
default-address-pools default-cgroupns-mode default-gateway default-gateway-v6 default-init default-ipc-mode
default-network-opt default-runtime default-shm-size default-stop-timeout default-ulimit deprecated-key-path dns dns-opt
dns-opts dns-search exec-opt exec-opts exec-root experimental extension-dir extension-dirs feature firewall-backend
fixed-cidr fixed-cidr-v6 graph group help host host-gateway-ip host-gateway-ips hosts http-proxy https-proxy icc init
init-path insecure-registries insecure-registry ip ip-forward ip-forward-no-drop ip-masq ip6tables iptables ipv6 label labels
live-restore log-driver log-format log-level log-opt max-concurrent-downloads max-concurrent-uploads
max-download-attempts metrics-addr mirrors mtu network-control-plane-mtu network-diagnostic-port no-new-privileges
no-proxy node-generic-resource node-generic-resources oom-score-adjust pidfile raw-logs registry-mirror registry-mirrors
resolv-conf restart rootless seccomp-profile selinux-enabled shutdown-timeout storage-driver storage-opt storage-opts
swarm-default-advertise-addr swarm-raft-election-tick swarm-raft-heartbeat-tick tls tlscacert tlscert tlskey tlsverify
userland-proxy userland-proxy-path userns-remap validate version`

// TestDockerKeys: each version knows the keys that this project says it does.
// Their values are of no type that any key has, so that what is wrong is
// either the name or the value.
func TestDockerKeys(t *testing.T) {
	const unknown = "don't match any configuration option"
	// Some versions know what is gone well enough to refuse it by name.
	refused := map[string][]string{
		"23.0": {"cluster-advertise", "cluster-store", "graph"},
		"28.5": {"api-cors-header"},
	}
	for _, version := range []string{"20.10", "23.0", "24.0", "25.0", "26.1", "27.5", "28.5", "29"} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			p := parserFor(t, target{engine: docker.Engine{Version: version, ImageStore: docker.Graphdriver}})
			for _, key := range strings.Fields(daemonKeys) {
				files := mirror.Files{{Path: "/etc/docker/daemon.json", Data: fmt.Appendf(nil, `{%q: [[true]]}`, key)}}
				results, err := p.Explain(files.FS(), mirror.OpPull, "alpine:3")
				require.NoError(t, err)
				theirs := results[0].Err != nil && strings.Contains(results[0].Err.Error(), unknown) || slices.Contains(refused[version], key)
				view, err := p.engine.Read(files.FS())
				require.NoError(t, err)
				ours := slices.ContainsFunc(view.Lint(), func(d mirror.Diagnostic) bool { return d.Code == "docker/unknown-key" })
				assert.Equal(t, theirs, ours, "%s is unknown; upstream: %v", key, results[0].Err)
			}
		})
	}
}
