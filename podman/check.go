package podman

import (
	"fmt"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/internal/release"
	"github.com/mirrorcfg/mirrorcfg/internal/tomledit"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// Check reports by what an engine would refuse the file, with the engine's
// own verdict, and the keys that it would pass over. A file whose directory
// ends in .d is taken for a drop-in. The error is for a version that cannot
// be read.
func (f *RegistriesFile) Check(e Engine) (mirror.Diagnostics, error) {
	r, err := e.resolve()
	if err != nil {
		return nil, err
	}
	ds := f.refusals(r.library, isDropIn(f.name))
	lintUnknownKeys(f, &ds)
	ds.Sort()
	return ds, nil
}

func isDropIn(name string) bool {
	i := strings.LastIndexByte(name, '/')
	if i < 0 {
		return false
	}
	dir := name[:i]
	return strings.HasSuffix(dir, ".d") || strings.Contains(dir, "registries.rootless.conf.d")
}

// refusals is everything by which the file does not load, in the order of
// the library's own checks. The library stops at the first.
func (f *RegistriesFile) refusals(library release.Version, dropIn bool) mirror.Diagnostics {
	var ds mirror.Diagnostics
	f.checkTOML(&ds, library)
	f.checkTypes(&ds, library)
	if f.checkV1(&ds, library, dropIn) {
		return ds
	}
	d := f.decoded()
	for i := range d.entries {
		f.checkEntry(&ds, &d.entries[i])
	}
	f.checkConflicts(&ds, d.entries)
	f.checkSearchList(&ds, d.search, d.searchAt, "unqualified-search-registries")
	f.checkRest(&ds, d)
	return ds
}

// refuse adds a fault with the library's verdict.
func refuse(ds *mirror.Diagnostics, rule mirror.Rule, pos mirror.Position, field, format string, args ...any) {
	*ds = append(*ds, rule.At(pos, field, "the file does not load: "+fmt.Sprintf(format, args...)))
}

// checkTOML reports what the decoder's parser refuses although the bytes can
// be read.
func (f *RegistriesFile) checkTOML(ds *mirror.Diagnostics, library release.Version) {
	for _, fault := range f.doc.Faults() {
		pos := f.at(fault.Offset)
		switch {
		case fault.Kind.IsNewerSyntax():
			d := ruleNewerTOML.At(pos, fault.Node.Name(), fault.Kind.String())
			if !toml11.Has(library) {
				d.Severity = mirror.Error
				d.Message = "the file does not load: " + d.Message
			}
			*ds = append(*ds, d)
		case fault.Kind == tomledit.DuplicateKey && arrayReplaces.Has(library) && f.decoded().replacement.later[fault.Node]:
			d := ruleStructure.At(pos, fault.Node.Name(), fmt.Sprintf("%s: this value replaces the one before, and from containers/image 5.40 on the file does not load", fault.Kind))
			d.Severity = mirror.Warning
			*ds = append(*ds, d)
		case !toleratedFault(fault):
			refuse(ds, ruleStructure, pos, fault.Node.Name(), "Key '%s' has already been defined (%s)", fault.Node.Name(), fault.Kind)
		}
	}
}

// toleratedFault reports the defects of structure that BurntSushi/toml 1.5.0
// and 1.6.0 do not mind: tables that are extended rather than repeated.
func toleratedFault(fault tomledit.Fault) bool {
	switch fault.Kind {
	case tomledit.ExtendsDotted, tomledit.ExtendsHeader:
		return true
	case tomledit.ExtendsInline:
		return fault.Node.Origin() != tomledit.Header
	default:
		return false
	}
}

func (f *RegistriesFile) checkTypes(ds *mirror.Diagnostics, library release.Version) {
	for _, w := range f.decoded().wrong {
		if w.namespaceProxy && !namespaceProxy.Has(library) {
			continue
		}
		refuse(ds, ruleType, f.valuePosition(w.node), w.node.Name(),
			"incompatible types: %s is %s, wanted is %s", w.node.Name(), w.node.Kind(), w.want)
	}
}

// checkV1 reports whether the V1 form ends the check.
func (f *RegistriesFile) checkV1(ds *mirror.Diagnostics, library release.Version, dropIn bool) bool {
	d := f.decoded()
	if d.v1 == nil {
		return false
	}
	pos := f.position(d.v1At)
	switch {
	case !v1Accepted.Has(library):
		refuse(ds, ruleV1, pos, "registries", "registries.conf must be in v2 format but is in v1")
	case dropIn:
		refuse(ds, ruleV1, pos, "registries", "registry must be in v2 format but is in v1")
	case d.v2Keys:
		refuse(ds, ruleV1, pos, "registries", "mixing sysregistry v1/v2 is not supported")
	default:
		warn := ruleV1.At(pos, "registries", "the V1 form is read by this version and refused from Podman 6.0 (containers/image 5.40) on")
		warn.Severity = mirror.Warning
		*ds = append(*ds, warn)
		f.checkV1Lists(ds, d.v1)
	}
	return true
}

func (f *RegistriesFile) checkV1Lists(ds *mirror.Diagnostics, v1 *V1) {
	for _, l := range []struct {
		name string
		list []string
	}{{"block", v1.Block}, {"insecure", v1.Insecure}} {
		item := f.v1List(l.name).First()
		for _, s := range l.list {
			if hasScheme(s) {
				refuse(ds, ruleScheme, f.position(item), "registries."+l.name, "invalid location '%s': URI schemes are not supported", s)
			} else if trimSlash(s) == "" {
				refuse(ds, ruleEmptyRegistry, f.position(item), "registries."+l.name, "invalid condition: both location and prefix are unset")
			}
			item = item.Next()
		}
	}
	f.checkSearchList(ds, v1.Search, f.v1List("search"), "registries.search")
}

func (f *RegistriesFile) checkEntry(ds *mirror.Diagnostics, e *entry) {
	key := e.Key()
	f.checkScheme(ds, e.node, "location", e.Location)
	f.checkScheme(ds, e.node, "prefix", e.Prefix)
	location, prefix := trimSlash(e.Location), trimSlash(e.Prefix)
	switch {
	case e.Prefix == "" && location == "":
		refuse(ds, ruleEmptyRegistry, f.position(e.node), "registry", "invalid condition: both location and prefix are unset")
	case e.Prefix != "" && location == "" && !strings.HasPrefix(prefix, "*."):
		d := ruleNoLocation.At(f.keyPosition(e.node, "prefix"), "registry.location",
			"the file does not load: invalid condition: location is unset and prefix is not in the format: *.example.com")
		d.Edits = f.insertLocation(e)
		*ds = append(*ds, d)
	case strings.HasPrefix(key, "*.") && strings.ContainsAny(key, "/@:"):
		at := "prefix"
		if e.Prefix == "" {
			at = "location"
		}
		refuse(ds, ruleWildcard, f.keyPosition(e.node, at), "registry."+at,
			"Wildcarded prefix should be in the format: *.example.com. Current prefix %q is incorrectly formatted", key)
	}
	if e.PullFromMirror != "" {
		refuse(ds, rulePullFromRegistry, f.keyPosition(e.node, "pull-from-mirror"), "registry.pull-from-mirror",
			"pull-from-mirror must not be set for a non-mirror registry %q", key)
	}
	for i := range e.Mirrors {
		f.checkMirror(ds, e, i)
	}
}

func (f *RegistriesFile) checkMirror(ds *mirror.Diagnostics, e *entry, i int) {
	m, node := &e.Mirrors[i], e.mirrors[i].node
	f.checkScheme(ds, node, "location", m.Location)
	location := trimSlash(m.Location)
	if location == "" {
		refuse(ds, ruleMirrorEmpty, f.position(node), "registry.mirror.location", "invalid condition: mirror location is unset")
	}
	switch {
	case m.PullFromMirror == "":
	case e.MirrorByDigestOnly == mirror.On:
		refuse(ds, rulePullConflict, f.keyPosition(node, "pull-from-mirror"), "registry.mirror.pull-from-mirror",
			"cannot set mirror usage mirror-by-digest-only for the registry (%q) and pull-from-mirror for per-mirror (%q) at the same time", e.Key(), location)
	case m.PullFromMirror != PullAll && m.PullFromMirror != PullDigestOnly && m.PullFromMirror != PullTagOnly:
		refuse(ds, rulePullValue, f.keyPosition(node, "pull-from-mirror"), "registry.mirror.pull-from-mirror",
			"unsupported pull-from-mirror value %q for mirror %q", m.PullFromMirror, location)
	}
}

func hasScheme(s string) bool {
	s = trimSlash(s)
	return strings.HasPrefix(s, "http://") || strings.HasPrefix(s, "https://")
}

func (f *RegistriesFile) checkScheme(ds *mirror.Diagnostics, table tomledit.Node, key, value string) {
	if !hasScheme(value) {
		return
	}
	n := table.ChildFold(key)
	d := ruleScheme.At(f.valuePosition(n), n.Name(), fmt.Sprintf("the file does not load: invalid location '%s': URI schemes are not supported", value))
	d.Edits = f.stripScheme(table, n, value)
	*ds = append(*ds, d)
}

// checkConflicts finds locations that differ in insecure or blocked within
// the file.
func (f *RegistriesFile) checkConflicts(ds *mirror.Diagnostics, entries []entry) {
	first := make(map[string]int, len(entries))
	for i := range entries {
		e := &entries[i]
		location := trimSlash(e.Location)
		key := location
		if key == "" {
			key = e.Key()
		}
		at, seen := first[key]
		if !seen {
			first[key] = i
			continue
		}
		other := &entries[at]
		if (e.Insecure == mirror.On) != (other.Insecure == mirror.On) {
			refuse(ds, ruleInsecureConflict, f.position(e.node), "registry.insecure",
				"registry '%s' is defined multiple times with conflicting 'insecure' setting", location)
		}
		if (e.Blocked == mirror.On) != (other.Blocked == mirror.On) {
			refuse(ds, ruleBlockedConflict, f.position(e.node), "registry.blocked",
				"registry '%s' is defined multiple times with conflicting 'blocked' setting", location)
		}
	}
}

func (f *RegistriesFile) checkSearchList(ds *mirror.Diagnostics, list []string, array tomledit.Node, field string) {
	item := array.First()
	for _, s := range list {
		switch {
		case hasScheme(s):
			refuse(ds, ruleScheme, f.position(item), field, "invalid location '%s': URI schemes are not supported", s)
		case !isDomain(trimSlash(s)):
			refuse(ds, ruleSearch, f.position(item), field, "Invalid unqualified-search-registries entry %#v", trimSlash(s))
		}
		item = item.Next()
	}
}

func (f *RegistriesFile) checkRest(ds *mirror.Diagnostics, d *decoded) {
	switch d.mode {
	case "", "disabled", "enforcing", "permissive":
	default:
		refuse(ds, ruleShortNameMode, f.valuePosition(d.modeAt), "short-name-mode", "invalid short-name mode: %q", d.mode)
	}
	for _, a := range d.aliases {
		if verdict := checkAliasName(a.Name); verdict != "" {
			refuse(ds, ruleAlias, f.position(a.node), "aliases", "validating short-name aliases: %s", verdict)
		}
		if a.Value == "" {
			continue
		}
		if verdict := checkAliasValue(a.Value); verdict != "" {
			refuse(ds, ruleAlias, f.valuePosition(a.node), "aliases", "validating short-name aliases: %s", verdict)
		}
	}
}

// keyPosition is where a key of a table stands.
func (f *RegistriesFile) keyPosition(table tomledit.Node, key string) mirror.Position {
	if n := table.ChildFold(key); n.IsValid() {
		return f.position(n)
	}
	return f.position(table)
}
