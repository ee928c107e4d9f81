package podman

import (
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/internal/nodefs"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var ruleCredentials = rule(mirror.Rule{
	Code: "podman/mirror-credentials", Severity: mirror.Info,
	Summary:     "a login for the registry and none for its mirror",
	Consequence: "credentials are looked up by the mirror's own host: it is asked without any; --creds and pull secrets are not sent to it either",
	Fix:         "log in to the mirror's host if it needs it",
	Evidence:    "containers/image 5.36.2 docker/docker_image_src.go newImageSourceAttempt; cri-o#4941, container-libs#333, containers/image#625",
})

// authFiles are where logins are kept (containers-auth.json(5)).
func (p Paths) authFiles() []string {
	files := []string{path.Join("/run/containers", strconv.Itoa(max(p.UID, 0)), "auth.json")}
	if p.UID > 0 {
		files = []string{path.Join("/run/user", strconv.Itoa(p.UID), "containers/auth.json")}
	}
	if p.ConfigHome != "" {
		files = append(files, path.Join(p.ConfigHome, "containers/auth.json"))
	}
	if p.Home != "" {
		files = append(files, path.Join(p.Home, ".docker/config.json"))
	}
	return files
}

// readLogins collects the names that there are logins for. The logins
// themselves are not kept.
func readLogins(fsys fs.FS, p Paths, names func([]byte) []string) map[string]bool {
	logins := map[string]bool{}
	for _, file := range p.authFiles() {
		data, found, err := nodefs.ReadFile(fsys, file)
		if err != nil || !found {
			continue
		}
		for _, name := range names(data) {
			name = strings.TrimPrefix(strings.TrimPrefix(name, "https://"), "http://")
			if hostOf(name) == "index.docker.io" {
				name = "docker.io"
			}
			logins[trimSlash(name)] = true
		}
	}
	return logins
}

func lintCredentials(l *linter) {
	if len(l.logins) == 0 {
		return
	}
	has := func(location string) bool {
		for name := trimSlash(location); ; {
			if l.logins[name] {
				return true
			}
			i := strings.LastIndexByte(name, '/')
			if i < 0 {
				return false
			}
			name = name[:i]
		}
	}
	for i := range l.entries {
		e := &l.entries[i]
		if !has(e.key) {
			continue
		}
		for j := range e.Mirrors {
			if location := e.Mirrors[j].Location; !has(location) {
				l.add(ruleCredentials, e.file.doc.keyPosition(e.mirrors[j].node, "location"), "registry.mirror.location",
					fmt.Sprintf("there is a login for %q and none for %q", e.key, hostOf(location)))
			}
		}
	}
}
