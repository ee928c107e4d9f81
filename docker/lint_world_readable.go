package docker

import (
	"fmt"
	"net/url"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var _ = lint(mirror.Rule{Code: "docker/world-readable-secret", Severity: mirror.Warning,
	Summary: "a daemon.json with a proxy's password that everybody on the node can read", Consequence: "every user of the node has the password",
	Fix: "chmod 600", Evidence: "moby/v2 2.0.0-beta.24 daemon/config/config.go Proxies"}, checkWorldReadable)

func checkWorldReadable(l *linter) {
	if l.mode&0o044 == 0 {
		return
	}
	m, ok := l.file.member("proxies")
	if !ok {
		return
	}
	proxies, ok := m.Value.Object()
	if !ok {
		return
	}
	for p := range proxies.Members() {
		text, _ := p.Value.Text()
		u, err := url.Parse(text)
		if err != nil || u.User == nil {
			continue
		}
		if _, has := u.User.Password(); has {
			l.at(l.file.at(p.Value), "proxies."+p.Name, fmt.Sprintf("the file holds a password and has mode %04o", l.mode))
		}
	}
}
