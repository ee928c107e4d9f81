package docker

import (
	"fmt"
	"slices"

	"github.com/mirrorcfg/mirrorcfg/internal/jsonedit"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var _ = lint(mirror.Rule{Code: "docker/flag-and-file", Severity: mirror.Error,
	Summary:     "a key of daemon.json that is a flag on dockerd's command line too",
	Consequence: noStart + ", even where both say the same",
	Fix:         "keep one of the two", Evidence: "for-linux#165, for-linux#327, moby#22339; moby/v2 2.0.0-beta.24 daemon/config/config.go findConfigurationConflicts"}, checkFlagAndFile)

func checkFlagAndFile(l *linter) {
	flagOf := map[string]string{}
	for _, f := range flagNames {
		if f.key != "" && f.key != "proxies" { // whose members have the names of their flags
			flagOf[f.key] = f.name
		}
	}
	root, ok := l.file.doc.Object()
	if !ok {
		return
	}
	compare := func(m jsonedit.Member, field string) {
		flag, ok := flagOf[m.Name]
		if !ok {
			flag = m.Name
		}
		at, given := l.unit.by[flag]
		if _, known := lookupKey(l.version, m.Name); !given || m.Name == "runtimes" || !known && !slices.Contains(proxyKeys, m.Name) {
			return // of runtimes both count
		}
		l.at(l.file.at(m.Key), field, fmt.Sprintf("dockerd does not start: %s:%d gives --%s as well", at.File, at.Line, flag))
	}
	for m := range root.Members() {
		key, _ := lookupKey(l.version, m.Name)
		inner, isObject := m.Value.Object()
		if !isObject || key.flat {
			compare(m, m.Name)
			continue
		}
		for member := range inner.Members() { // dockerd takes them for members of the root
			compare(member, m.Name+"."+member.Name)
		}
	}
}
