package verify

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// TestContainerdConfigTypes puts values of every type into keys of config.toml:
// where containerd does not start, no pull is answered, and Lint says so. Left
// out are [[list]], of which containerd 2.0 to 2.3 makes empty strings, and
// numbers beyond 64 bits and dates, which its decoders take in many ways.
func TestContainerdConfigTypes(t *testing.T) {
	keys := []string{"version", "root", "plugin_dir", "oom_score", "imports", "disabled_plugins", "grpc", "plugins", "timeouts", "proxy_plugins", "stream_processors",
		"cgroup.path", "grpc.address", "grpc.uid", "grpc.tcp_tls_common_name", "debug.level", "debug.log_trace_id", "metrics.grpc_histogram", "timeouts.x",
		"proxy_plugins.x", "proxy_plugins.x.type", "proxy_plugins.x.platform", "proxy_plugins.x.exports", "proxy_plugins.x.exports.y", "proxy_plugins.x.capabilities",
		"stream_processors.x", "stream_processors.x.accepts", "stream_processors.x.path", "stream_processors.x.env", "plugins.\"io.containerd.x.v1.y\"", "unknown", "grpc.unknown"}
	lists := []string{"proxy_plugins.x.capabilities", "stream_processors.x.accepts", "stream_processors.x.env"}
	values := []string{`"x"`, `""`, "1", "2", "1.5", "2.0", "true", "[]", `["a.b.c.d"]`, "[1]", "{}", "{ y = 1 }", `{ y = "x" }`, "1979-05-27T07:32:00Z", "inf", "[[]]", "[{}]", "header", "array", "0xff"}
	for _, target := range targets() {
		if target.family != "containerd" || !strings.HasSuffix(target.version, "cri") {
			continue
		}
		t.Run(target.version, func(t *testing.T) {
			p := parserFor(t, target)
			for _, key := range keys {
				for _, value := range values {
					if value == "array" && slices.Contains(lists, key) {
						continue
					}
					text := fmt.Sprintf("%s = %s\n", key, value)
					switch value {
					case "header":
						text = fmt.Sprintf("[%s]\n", key)
					case "array":
						text = fmt.Sprintf("[[%s]]\n", key)
					}
					if key != "version" {
						text = "version = 2\n" + text
					}
					files := mirror.Files{{Path: "/etc/containerd/config.toml", Mode: 0o644, Data: []byte(text)}}
					differences, err := p.compare(files.FS(), []mirror.Operation{mirror.OpPull}, []string{"reg.example/app:1"})
					require.NoError(t, err, text)
					// Of keys that the daemon's own tables do not have its log tells, and Lint does not.
					differences = slices.DeleteFunc(differences, func(d Difference) bool { return strings.Contains(d.Theirs, "unknown key") })
					assert.Empty(t, differences, text)
				}
			}
		})
	}
}
