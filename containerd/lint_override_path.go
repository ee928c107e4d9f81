package containerd

import (
	"fmt"
	"path"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var _ = lintFile(mirror.Rule{Code: "containerd/override-path-drops-v2", Severity: mirror.Warning,
	Summary: "override_path with a path that has no /v2", Consequence: "requests go out without /v2, which no registry answers",
	Fix: "write the whole path, /v2 included, or remove override_path", Evidence: hostsSource + "parseHostConfig"}, checkOverridePath)

func checkOverridePath(l *fileLint) {
	for i := range l.endpoints {
		e := &l.endpoints[i]
		if e.Settings.OverridePath == mirror.On && e.Host != "" && !strings.Contains(path.Join("/", e.Path)+"/", "/v2/") {
			l.atKey(e, "override_path", fmt.Sprintf("requests go to %s, without /v2", path.Join("/", e.Path, "<repository>")))
		}
	}
}
