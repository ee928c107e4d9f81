package containerd

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/internal/tomledit"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var _ = lintFile(mirror.Rule{Code: "containerd/path-after-v2", Severity: mirror.Error,
	Summary: "a URL with a path behind /v2 and no override_path", Consequence: "containerd appends another /v2, and requests go to /v2/…/v2/…",
	Fix: "set override_path = true, or leave /v2 out of the URL", Evidence: "containerd#5518, containerd#6634, goharbor#18530; " + hostsSource + "parseHostConfig"}, checkPathAfterV2)

func checkPathAfterV2(l *fileLint) {
	for i := range l.endpoints {
		e := &l.endpoints[i]
		if e.Settings.OverridePath != mirror.On && strings.HasSuffix(e.Path, "/v2") && strings.Contains(strings.TrimSuffix(e.Path, "/v2"), "/v2/") {
			d := l.at(e, fmt.Sprintf("requests go to %s/…: the path goes on behind /v2, and override_path is not set", e.Path))
			if !e.Root {
				l.insertBelow(d, e, "override_path = true")
			}
		}
	}
}

// insertBelow adds the edit that puts a line below a host's header.
func (l *fileLint) insertBelow(d *mirror.Diagnostic, e *Endpoint, line string) {
	h := l.byKey[e.Key]
	if h == nil || h.node.Origin() != tomledit.Header || h.nodes["override_path"].IsValid() {
		return
	}
	end := h.node.Span().End
	if i := bytes.IndexByte(l.file.doc.Bytes()[end:], '\n'); i >= 0 {
		end += i + 1
		d.Edits = []mirror.Edit{{File: l.file.name, Start: end, End: end, Text: "  " + line + "\n"}}
	}
}
