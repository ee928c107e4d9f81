package podman

import (
	"fmt"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var ruleVendorLast = rule(mirror.Rule{
	Code: "podman/sorts-before-vendor", Severity: mirror.Warning,
	Summary:     "a setting that a file of the distribution overrides",
	Consequence: "from containers/image 5.40 on drop-ins of /etc and /usr/share are read in the order of their names, after the main file: the later one counts",
	Fix:         "put it into a drop-in whose name sorts after the distribution's, such as 50-….conf after 00-vendor.conf",
	Versions:    "containers/image >= 5.40",
	Evidence:    "go.podman.io/storage 1.65.0 pkg/configfile/parse.go; cockpit-podman#2525",
})

func lintVendorLast(l *linter) {
	vendor := func(f *loadedFile) bool { return f != nil && strings.HasPrefix(f.path, l.paths.Vendor+"/") }
	for _, f := range l.files {
		if f.doc == nil || vendor(f) {
			continue
		}
		d := f.doc.decoded()
		if d.search != nil && vendor(l.searchFrom) {
			l.add(ruleVendorLast, f.doc.position(d.searchAt), "unqualified-search-registries", "the list of "+l.searchFrom.path+" takes its place")
		}
		for i := range d.entries {
			e := &d.entries[i]
			if id, ok := l.byPrefix[e.Key()]; ok && vendor(l.entries[id].file) {
				l.add(ruleVendorLast, f.doc.at(e.place), "registry", fmt.Sprintf("the entry of %q in %s takes its place", e.Key(), l.entries[id].file.path))
			}
		}
	}
}
