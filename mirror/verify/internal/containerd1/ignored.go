package containerd1

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/containerd/containerd/errdefs"
	"github.com/containerd/containerd/remotes/docker"
	"github.com/containerd/containerd/remotes/docker/config"
	"github.com/pelletier/go-toml"

	"github.com/mirrorcfg/mirrorcfg/mirror/verify/internal/upstream"
)

// rootKeys are the fields of hosts.go's hostFileConfig, behind the two of the
// root.
var rootKeys = []string{"server", "host", "capabilities", "ca", "client", "skip_verify", "header", "override_path"}

// known: go-toml v1 takes a name in capitals too, where the other is not
// there.
func known(key string, keys []string, table map[string]any) bool {
	for _, k := range keys {
		if key == k {
			return true
		}
		if _, both := table[k]; key == strings.ToUpper(k) && !both {
			return true
		}
	}
	return false
}

// Ignored tells what of the hosts.toml for a domain the decoder passes over
// without a word: keys that have no field in its structures (containerd 1.7.35 remotes/docker/config/hosts.go), and
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
	tree1, err := toml.LoadBytes(data)
	if err != nil {
		return nil
	}
	file := tree1.ToMap()
	var out []upstream.Log
	add := func(key string) { out = append(out, upstream.Log{Level: upstream.Ignored, Message: key}) }
	listed := 0
	for key, value := range file {
		if !known(key, rootKeys, file) {
			add(key)
		}
		table, ok := value.(map[string]any)
		if !ok || key != "host" {
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
