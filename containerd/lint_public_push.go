package containerd

import (
	"fmt"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var _ = lintFile(mirror.Rule{Code: "containerd/push-to-mirror", Severity: mirror.Warning,
	Summary: "push granted to a public mirror", Consequence: "pushes for the registry go to the mirror, which refuses them or keeps them, and to no other host", Fix: `remove "push"`,
	Evidence: "2.4.2 core/remotes/docker/pusher.go push: the first host that may, without fallback"}, checkPublicPush)

func checkPublicPush(l *fileLint) {
	for i := range l.hosts() {
		e := &l.endpoints[i]
		if len(e.Settings.Capabilities) == 0 || !e.Capabilities.Has(mirror.Push) || !isPublicHost(e.Host) || !e.sendsNamespace(l.namespace) {
			continue
		}
		d := l.atKey(e, "capabilities", fmt.Sprintf("pushes to %s go to %s and nowhere else", ownHost(l.namespace), e.Host))
		var rest []string
		for _, word := range e.Settings.Capabilities {
			if !strings.EqualFold(word, "push") {
				rest = append(rest, word)
			}
		}
		if len(rest) > 0 {
			l.replaceValue(d, l.nodeOf(e, "capabilities"), string(appendStrings(nil, rest)))
		}
	}
}
