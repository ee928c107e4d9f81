package containerd2

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/containerd/containerd/v2/core/remotes/docker"
	"github.com/containerd/containerd/v2/core/remotes/docker/config"
	"github.com/containerd/errdefs"
	"github.com/pelletier/go-toml/v2"

	"github.com/mirrorcfg/mirrorcfg/mirror/verify/internal/upstream"
)

// rootKeys are the fields of hosts.go's hostFileConfig, behind the two of the
// root.
var rootKeys = []string{"server", "host", "capabilities", "ca", "client", "skip_verify", "header", "override_path", "dial_timeout"}

// known: go-toml v2 does not mind case.
func known(key string, keys []string, _ map[string]any) bool {
	for _, k := range keys {
		if strings.EqualFold(k, key) {
			return true
		}
	}
	return false
}

// Ignored tells what of the hosts.toml for a domain the decoder passes over
// without a word: keys that have no field in its structures (containerd 2.4.2 core/remotes/docker/config/hosts.go), and
// hosts that are decoded and have no place among those that are asked.
func Ignored(tree upstream.Tree, roots []string, domain string, hosts []docker.RegistryHost) []upstream.Log {
	var dir string
	for _, root := range roots {
		found, err := config.HostDirFromRoot(tree.Path(root))(domain)
		if err != nil && !errdefs.IsNotFound(err) {
			return nil
		}
		if dir = found; dir != "" {
			break
		}
	}
	data, err := os.ReadFile(filepath.Join(dir, "hosts.toml"))
	if dir == "" || err != nil || len(data) == 0 {
		return nil
	}
	var file map[string]any
	if err := toml.Unmarshal(data, &file); err != nil {
		return nil
	}
	var out []upstream.Log
	add := func(key string) { out = append(out, upstream.Log{Level: upstream.Ignored, Message: key}) }
	listed := 0
	for key, value := range file {
		if !known(key, rootKeys, file) {
			add(key)
		}
		table, ok := value.(map[string]any)
		if !ok || !strings.EqualFold(key, "host") {
			continue
		}
		for _, host := range table {
			settings, ok := host.(map[string]any)
			if !ok {
				continue
			}
			listed++
			for key := range settings {
				if !known(key, rootKeys[2:], settings) {
					add(key)
				}
			}
		}
	}
	if len(hosts) > 0 && listed > len(hosts)-1 {
		add("host")
	}
	return out
}
