package docker

import (
	"fmt"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var _ = lint(mirror.Rule{Code: "docker/flag-and-file", Severity: mirror.Error,
	Summary:     "a key of daemon.json that is a flag on dockerd's command line too",
	Consequence: noStart + ", even where both say the same",
	Fix:         "keep one of the two", Evidence: "for-linux#165, for-linux#327, moby#22339; moby/v2 2.0.0-beta.24 daemon/config/config.go findConfigurationConflicts"}, checkFlagAndFile)

func checkFlagAndFile(l *linter) {
	flagOf := map[string]string{}
	for _, f := range flagNames {
		if f.key != "" && f.key != "runtimes" && f.key != "proxies" { // these two may be given in both places
			flagOf[f.key] = f.name
		}
	}
	for _, key := range l.file.Keys() {
		flag, ok := flagOf[key.Name]
		if !ok {
			flag = key.Name
		}
		at, given := l.unit.by[flag]
		if _, known := lookupKey(l.version, key.Name); !given || !known {
			continue
		}
		l.at(key.Position, key.Name, fmt.Sprintf("dockerd does not start: %s:%d gives --%s as well", at.File, at.Line, flag))
	}
}
