package podman

import (
	"fmt"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var (
	ruleBlobFallback = rule(mirror.Rule{
		Code: "podman/no-blob-fallback", Severity: mirror.Info,
		Summary:     "mirrors with a version that decides by the manifest alone",
		Consequence: "a mirror that has the manifest and not the layers fails the pull: the next source is not asked. A 429 costs several waits first",
		Fix:         "use containers/image 5.39.3, 5.41.1 or later, or put the mirror that is complete first",
		Versions:    "containers/image < 5.39.3, 5.40.0, 5.41.0",
		Evidence:    "container-libs#845; podman#20374, containers/image#2038",
	})
	ruleSkopeoReads = rule(mirror.Rule{
		Code: "podman/skopeo-reads-mirrors", Severity: mirror.Info,
		Summary:     "mirrors in the files that Skopeo reads",
		Consequence: "copy, sync and inspect read from the mirrors too: a job that fills a mirror reads from the mirror itself",
		Fix:         "run such jobs with --registries-conf of their own, or CONTAINERS_REGISTRIES_CONF=/dev/null",
		Evidence:    "skopeo#2002",
	})
	ruleCRIOReload = rule(mirror.Rule{
		Code: "podman/crio-reload", Severity: mirror.Info,
		Summary:     "CRI-O and a changed registries.conf",
		Consequence: "the main file is read at start and on SIGHUP alone; auto_reload_registries watches the drop-in directory only",
		Fix:         "systemctl reload crio after a change, or keep mirrors in drop-ins with auto_reload_registries = true",
		Evidence:    "CRI-O 1.36 server/server.go, pkg/config/reload.go; cri-o#7748",
	})
)

// firstMirror is where the first mirror of the node stands.
func (l *linter) firstMirror() (mirror.Position, *effective) {
	for i := range l.entries {
		if e := &l.entries[i]; len(e.Mirrors) > 0 {
			return e.file.doc.keyPosition(e.mirrors[0].node, "location"), e
		}
	}
	return mirror.Position{}, nil
}

func lintBlobFallback(l *linter) {
	if pos, e := l.firstMirror(); e != nil && !l.resolved.has(blobFallback) {
		l.add(ruleBlobFallback, pos, "registry.mirror", fmt.Sprintf("with containers/image %s the source that serves the manifest must serve the layers", l.resolved.library))
	}
}

func lintSkopeoReads(l *linter) {
	if pos, e := l.firstMirror(); e != nil && l.tool == Skopeo {
		l.add(ruleSkopeoReads, pos, "registry.mirror", fmt.Sprintf("images of %q are read from its mirrors, also by jobs that fill them", e.key))
	}
}

func lintCRIOReload(l *linter) {
	if l.tool != CRIO {
		return
	}
	for _, f := range l.files {
		if !f.dropIn && f.doc != nil && len(f.doc.decoded().entries) > 0 {
			l.add(ruleCRIOReload, f.doc.at(f.doc.decoded().entries[0].place), "registry", "a change here counts after a SIGHUP alone")
			return
		}
	}
}
