package containerd

import (
	"fmt"

	"github.com/mirrorcfg/mirrorcfg/mirror"
	"github.com/mirrorcfg/mirrorcfg/mirror/catalog"
)

var (
	_ = lintFile(mirror.Rule{Code: "containerd/dead-mirror", Severity: mirror.Warning,
		Summary: "a public mirror that is known to be dead", Consequence: "every object waits for it to fail", Fix: "remove it, or probe it first",
		Evidence: "the catalog of package mirror/catalog, with source and date"}, func(l *fileLint) { checkKnownMirror(l, catalog.KnownDead) })
	_ = lintFile(mirror.Rule{Code: "containerd/other-registry-mirror", Severity: mirror.Warning,
		Summary: "a public mirror of another registry", Consequence: "it answers 404, or with an image of the same name from elsewhere", Fix: "use the provider's mirror of this registry",
		Evidence: "the catalog of package mirror/catalog, with source and date"}, func(l *fileLint) { checkKnownMirror(l, catalog.OtherRegistry) })
)

func checkKnownMirror(l *fileLint, doubt catalog.Doubt) {
	for i := range l.hosts() {
		e := &l.endpoints[i]
		found, entry := catalog.Judge(l.namespace, mirror.Endpoint{URL: "https://" + e.Host})
		switch {
		case found != doubt:
		case doubt == catalog.KnownDead:
			l.at(e, fmt.Sprintf("%s is known to be dead (%s, %s)", e.Host, entry.Provider, entry.AsOf))
		default:
			l.at(e, fmt.Sprintf("%s is %s's mirror of %s, not of %s", e.Host, entry.Provider, entry.Registry, l.namespace))
		}
	}
}
