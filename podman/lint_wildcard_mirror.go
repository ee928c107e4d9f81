package podman

import (
	"fmt"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var ruleWildcardMirror = rule(mirror.Rule{
	Code: "podman/wildcard-mirror", Severity: mirror.Warning,
	Summary:     "mirrors below a wildcard prefix",
	Consequence: "the host that matched is dropped from the name: a.domain/app and b.domain/app are one image at the mirror",
	Fix:         "write an entry for each host, with a path of its own at the mirror",
	Evidence:    sysregistries + "rewriteReference; run against 5.36.2 and 5.42.0",
})

func lintWildcardMirror(l *linter, f *RegistriesFile) {
	d := f.decoded()
	for i := range d.entries {
		e := &d.entries[i]
		if strings.HasPrefix(e.Key(), "*.") && len(e.Mirrors) > 0 {
			l.add(ruleWildcardMirror, f.keyPosition(e.mirrors[0].node, "location"), "registry.mirror.location",
				oneImage(e.Key(), trimSlash(e.Mirrors[0].Location)))
		}
	}
}

func oneImage(wildcard, location string) string {
	return fmt.Sprintf("a%[1]s/app and b%[1]s/app are both asked for as %[2]s/app", wildcard[1:], location)
}
