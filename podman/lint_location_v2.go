package podman

import (
	"fmt"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/internal/tomledit"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var ruleLocationV2 = rule(mirror.Rule{
	Code: "podman/location-v2", Severity: mirror.Warning,
	Summary:     "/v2 in a location, as URLs for containerd have it",
	Consequence: "the engine adds /v2 itself and asks for /v2/v2/…",
	Fix:         "leave /v2 out of the location",
	Evidence:    "run against 5.36.2 and 5.42.0",
})

func lintLocationV2(l *linter, f *RegistriesFile) {
	f.mirrors(func(_ *entry, m *Mirror, at tomledit.Node) {
		host, path, _ := strings.Cut(trimSlash(m.Location), "/")
		if path != "v2" && !strings.HasPrefix(path, "v2/") {
			return
		}
		n := at.ChildFold("location")
		d := l.add(ruleLocationV2, f.valuePosition(n), "registry.mirror.location", fmt.Sprintf("requests go to https://%s/v2/%s/…", host, path))
		d.Edits = f.replaceString(n, trimSlash(host+"/"+strings.TrimPrefix(strings.TrimPrefix(path, "v2"), "/")))
	})
}
