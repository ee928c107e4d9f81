package podman

import (
	"strings"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var (
	ruleHiddenFile = rule(mirror.Rule{
		Code: "podman/hidden-by-user-file", Severity: mirror.Warning,
		Summary:     "a file of the system beside a user's main file",
		Consequence: "before containers/image 5.40 a user's registries.conf hides /etc/containers/registries.conf and all its drop-ins; from 5.40 on the drop-ins count",
		Fix:         "move the user's settings into ~/.config/containers/registries.conf.d/, or repeat what the system's file says",
		Versions:    "containers/image < 5.40",
		Evidence:    "containers/image 5.36.2 system_registries_v2.go newConfigWrapperWithHomeDir",
	})
	ruleXDG = rule(mirror.Rule{
		Code: "podman/xdg-unread", Severity: mirror.Warning,
		Summary:     "a registries.conf below XDG_CONFIG_HOME",
		Consequence: "containers/image before 5.40 looks into ~/.config alone and does not read it",
		Fix:         "put it into ~/.config/containers",
		Versions:    "containers/image < 5.40",
		Evidence:    "containers/image 5.36.2 system_registries_v2.go userRegistriesFile",
	})
	ruleSymlinkedDir = rule(mirror.Rule{
		Code: "podman/symlinked-dir", Severity: mirror.Warning,
		Summary:     "a drop-in directory that is a symbolic link",
		Consequence: "containers/image before 5.40 does not follow it: no drop-in is read",
		Fix:         "make it a directory, with links to the files in it",
		Versions:    "containers/image < 5.40",
		Evidence:    "containers/image 5.36.2 system_registries_v2.go dropInConfigs (filepath.WalkDir)",
	})
	ruleSuffix = rule(mirror.Rule{
		Code: "podman/drop-in-suffix", Severity: mirror.Warning,
		Summary:     "a file in a drop-in directory whose name does not end in .conf",
		Consequence: "it is not read",
		Fix:         "rename it so that it ends in .conf",
		Evidence:    "containers/image 5.36.2 dropInConfigs; go.podman.io/storage 1.65.0 pkg/configfile readDropInsFromPaths",
	})
	ruleMasked = rule(mirror.Rule{
		Code: "podman/masked-drop-in", Severity: mirror.Info,
		Summary:     "a drop-in with the name of one in a directory of higher priority",
		Consequence: "it is not read: a name counts once",
		Fix:         "rename one of them if both shall count",
		Versions:    "containers/image >= 5.40",
		Evidence:    "go.podman.io/storage 1.65.0 pkg/configfile/parse.go readDropInsFromPaths",
	})
)

// lintPlacement reports files that lie where they look as if they were read.
func lintPlacement(l *linter) {
	for _, p := range l.lookup.passed {
		pos := mirror.Position{File: p.path, Line: 1, Column: 1}
		switch p.reason {
		case behindUserMain:
			l.add(ruleHiddenFile, pos, "", "it is not read, since "+p.by+" exists")
		case xdgUnread:
			l.add(ruleXDG, pos, "", "this version does not look here")
		case symlinkedDir:
			pos.Line, pos.Column = 0, 0
			l.add(ruleSymlinkedDir, pos, "", "this version does not follow the link: nothing in it is read")
		case wrongSuffix:
			if !isBackup(p.path) {
				l.add(ruleSuffix, pos, "", "it is not read")
			}
		case maskedByName:
			l.add(ruleMasked, pos, "", "it is not read, since "+p.by+" has the same name")
		}
	}
}

// isBackup reports names that are meant not to be read.
func isBackup(p string) bool {
	for _, suffix := range []string{"~", ".bak", ".orig", ".disabled", ".rpmsave", ".rpmnew", ".dpkg-dist", ".dpkg-old", ".dpkg-new", ".swp", ".off"} {
		if strings.HasSuffix(p, suffix) {
			return true
		}
	}
	return false
}
