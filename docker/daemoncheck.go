package docker

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/internal/jsonedit"
	"github.com/mirrorcfg/mirrorcfg/internal/nearest"
	"github.com/mirrorcfg/mirrorcfg/internal/release"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

const loaderSource = "moby/v2 2.0.0-beta.24 daemon/config/config.go getConflictFreeConfiguration"

var (
	ruleComment = rule(mirror.Rule{Code: "docker/json-comment", Severity: mirror.Error,
		Summary: "daemon.json has a comment", Consequence: noStart, Fix: "remove it: daemon.json is JSON without comments", Evidence: loaderSource})
	ruleComma = rule(mirror.Rule{Code: "docker/json-trailing-comma", Severity: mirror.Error,
		Summary: "daemon.json has a comma with no value after it", Consequence: noStart, Fix: "remove the comma", Evidence: loaderSource})
	ruleUTF8 = rule(mirror.Rule{Code: "docker/json-utf8", Severity: mirror.Error,
		Summary: "daemon.json has bytes that are not UTF-8", Consequence: noStart, Fix: "write the file as UTF-8", Versions: ">= 23.0", Evidence: byteOrderMark.Source})
	ruleMark = rule(mirror.Rule{Code: "docker/json-byte-order-mark", Severity: mirror.Error,
		Summary: "daemon.json begins with a byte order mark", Consequence: noStart, Fix: "write the file as UTF-8 without byte order mark", Versions: "< 23.0", Evidence: byteOrderMark.Source})
	ruleNumber = rule(mirror.Rule{Code: "docker/json-number", Severity: mirror.Error,
		Summary: "daemon.json has a number that is too large", Consequence: noStart, Fix: "write a smaller number", Evidence: loaderSource})
	ruleRoot = rule(mirror.Rule{Code: "docker/daemon-not-object", Severity: mirror.Error,
		Summary: "daemon.json is not an object", Consequence: noStart, Fix: "put the keys between { and }", Evidence: loaderSource})
	ruleUnknown = rule(mirror.Rule{Code: "docker/unknown-key", Severity: mirror.Error,
		Summary: "daemon.json has a key that dockerd does not know", Consequence: noStart, Fix: "remove the key", Evidence: "moby/v2 2.0.0-beta.24 daemon/config/config.go findConfigurationConflicts"})
	ruleFlag = rule(mirror.Rule{Code: "docker/flag-name", Severity: mirror.Warning,
		Summary: "a key has the name of a command-line flag", Consequence: "dockerd accepts and ignores it, and dockerd --validate finds nothing wrong", Fix: "write the key that the flag belongs to", Evidence: "moby#21000, moby#36421"})
	ruleNested = rule(mirror.Rule{Code: "docker/nested-key", Severity: mirror.Warning,
		Summary: "a key stands inside another one that it does not belong to", Consequence: "dockerd accepts and ignores it", Fix: "move the key to the root of the file", Evidence: "moby/v2 2.0.0-beta.24 daemon/config/config.go configValuesSet"})
	ruleIgnored = rule(mirror.Rule{Code: "docker/ignored-key", Severity: mirror.Warning,
		Summary: "a key is accepted and has no effect", Consequence: "dockerd ignores it", Fix: "remove the key", Evidence: "moby/v2 2.0.0-beta.24 daemon/config/config.go skipValidateOptions, configValuesSet"})
	ruleCase = rule(mirror.Rule{Code: "docker/key-case", Severity: mirror.Warning,
		Summary: "a key is not in lower case", Consequence: "dockerd takes it for the key in lower case only because its value is an object", Fix: "write the key in lower case", Evidence: "encoding/json matches names without regard to case; configValuesSet looks only inside objects"})
	ruleDuplicate = rule(mirror.Rule{Code: "docker/duplicate-key", Severity: mirror.Warning,
		Summary: "a key is there more than once", Consequence: "only the last one counts", Fix: "remove this one", Evidence: "encoding/json"})
	ruleGateways = rule(mirror.Rule{Code: "docker/host-gateway-twice", Severity: mirror.Error,
		Summary: "both host-gateway-ip and host-gateway-ips are set", Consequence: noStart, Fix: "remove host-gateway-ip", Versions: hostGatewayIPs.Versions(), Evidence: hostGatewayIPs.Source})
)

// Check tells everything that dockerd of a version refuses, or accepts and silently ignores, in the file as it is now,
// with its line. An empty version is the newest known. What depends on the command line is not looked at, nor the
// values of keys that have nothing to do with registries beyond their type.
func (f *DaemonFile) Check(version string) mirror.Diagnostics {
	v, ds := parseVersion(version)
	// Edits leave values without a place in the text, so the text is read again.
	now, err := ParseDaemonFile(f.name, f.Format())
	if err != nil {
		return append(ds, ruleSyntax.At(mirror.Position{File: f.name}, "", err.Error()))
	}
	c := daemonCheck{DaemonFile: now, version: v, ds: ds}
	c.text()
	if root, ok := now.doc.Root(); ok {
		c.numbers(root)
	} else if !emptyFile.Has(v) {
		c.ds = append(c.ds, ruleRoot.At(mirror.Position{File: f.name, Line: 1, Column: 1}, "", fmt.Sprintf("dockerd %s does not start: the file is empty", v)))
	}
	if object, ok := now.doc.Object(); ok {
		c.keys(object)
		c.lists()
	} else if root, ok := now.doc.Root(); ok && root.Kind() != jsonedit.NullKind {
		c.report(ruleRoot, root, "", "dockerd does not start: the file is of type %s, not an object", root.Kind())
	}
	c.ds.Sort()
	return c.ds
}

type daemonCheck struct {
	*DaemonFile
	version release.Version
	ds      mirror.Diagnostics
}

func (c *daemonCheck) report(r mirror.Rule, v jsonedit.Value, field, format string, args ...any) *mirror.Diagnostic {
	c.ds = append(c.ds, r.At(c.at(v), field, fmt.Sprintf(format, args...)))
	return &c.ds[len(c.ds)-1]
}

// text checks what makes the file something else than JSON.
func (c *daemonCheck) text() {
	start := mirror.Position{File: c.name, Line: 1, Column: 1}
	if c.doc.Encoding() != jsonedit.UTF8 && !byteOrderMark.Has(c.version) {
		c.ds = append(c.ds, ruleMark.At(start, "", fmt.Sprintf("dockerd %s does not start: the file is %s", c.version, c.doc.Encoding())))
	}
	deviation, ok := c.doc.FirstDeviation()
	if !ok {
		return
	}
	r := ruleUTF8
	switch {
	case deviation.Kind == jsonedit.Comment:
		r = ruleComment
	case deviation.Kind == jsonedit.TrailingComma:
		r = ruleComma
	case !byteOrderMark.Has(c.version):
		return // older versions put U+FFFD in the place of such a byte
	}
	c.ds = append(c.ds, r.At(c.position(deviation.Position), "", fmt.Sprintf("dockerd does not start: here is a %s, which JSON does not have", deviation.Kind)))
}

// numbers checks that every number fits a float64, which is what dockerd first reads all of them as.
func (c *daemonCheck) numbers(v jsonedit.Value) {
	if object, ok := v.Object(); ok {
		for m := range object.Members() {
			c.numbers(m.Value)
		}
	} else if array, ok := v.Array(); ok {
		for _, e := range array.Elements() {
			c.numbers(e)
		}
	} else if v.Kind() == jsonedit.NumberKind {
		if _, err := strconv.ParseFloat(string(v.Raw()), 64); err != nil {
			c.report(ruleNumber, v, "", "dockerd does not start: the number is too large")
		}
	}
}

// keys checks the names and types of the root's members as dockerd does: the members of an object stand for themselves,
// unless the key is one that holds an object.
func (c *daemonCheck) keys(root *jsonedit.Object) {
	shadowed := map[int]bool{}
	for _, m := range root.Duplicates() {
		shadowed[m.Index] = true
		if m.Value.Kind() == jsonedit.ObjectKind {
			c.report(ruleDuplicate, m.Key, m.Name, "%s is there again further down: dockerd joins the objects, and the later values win", m.Name).Fix = "put the members into one object"
		} else {
			c.report(ruleDuplicate, m.Key, m.Name, "%s is there again further down, and only the last one counts", m.Name)
		}
	}
	var gatewayIP, gatewayIPs bool
	for m := range root.Members() {
		gatewayIP = gatewayIP || m.Name == "host-gateway-ip"
		gatewayIPs = gatewayIPs || m.Name == "host-gateway-ips"
		key, known := lookupKey(c.version, m.Name)
		inner, isObject := m.Value.Object()
		switch {
		case known:
			if isObject && !key.flat && !shadowed[m.Index] {
				c.flattened(m, key, inner)
			}
			c.value(key, m.Value, m.Name)
			c.repeated(m.Value, m.Name, key.levels)
		case isObject && shadowed[m.Index]: // dockerd looks for unknown keys in the last one
		case isObject && !slices.Contains(ignoredKeys, m.Name):
			c.parent(m, inner)
		default:
			c.unknown(m.Key, m.Name, m.Name)
		}
	}
	if gatewayIP && gatewayIPs && hostGatewayIPs.Has(c.version) {
		m, _ := root.Find("host-gateway-ip")
		c.report(ruleGateways, m.Key, m.Name, "dockerd does not start: host-gateway-ips is set as well")
	}
}

// repeated finds names that are in one object of a value twice. levels is the rest of daemonKey's.
func (c *daemonCheck) repeated(v jsonedit.Value, field, levels string) {
	if array, ok := v.Array(); ok {
		for i, e := range array.Elements() {
			c.repeated(e, fmt.Sprintf("%s[%d]", field, i), levels)
		}
		return
	}
	object, ok := v.Object()
	if !ok {
		return
	}
	last := map[string]int{}
	name := func(m jsonedit.Member) string {
		if strings.HasPrefix(levels, "s") {
			return strings.ToLower(m.Name)
		}
		return m.Name
	}
	for m := range object.Members() {
		last[name(m)] = m.Index
	}
	for m := range object.Members() {
		at := field + "." + m.Name
		if i := last[name(m)]; i > m.Index {
			c.report(ruleDuplicate, m.Key, at, "%s is there again further down, as %q, and only the last one counts", at, object.Member(i).Name)
		}
		c.repeated(m.Value, at, levels[min(1, len(levels)):])
	}
}

// parent checks an object under a key that dockerd does not know: only its members are looked at.
func (c *daemonCheck) parent(m jsonedit.Member, inner *jsonedit.Object) {
	if key, ok := lookupKey(c.version, strings.ToLower(m.Name)); ok {
		c.report(ruleCase, m.Key, m.Name, "dockerd reads %s as %s", m.Name, key.name).Fix = fmt.Sprintf("write %q", key.name)
		c.flattened(m, key, inner)
		c.value(key, m.Value, m.Name)
		c.repeated(m.Value, m.Name, key.levels)
		return
	}
	if inner.Len() == 0 {
		c.report(ruleIgnored, m.Key, m.Name, "dockerd does not know %s and ignores it, because its value is an empty object", m.Name)
		return
	}
	c.flattened(m, daemonKey{}, inner)
}

// flattened checks the members of an object that dockerd takes for members of the root.
func (c *daemonCheck) flattened(m jsonedit.Member, key daemonKey, inner *jsonedit.Object) {
	for member := range inner.Members() {
		field := m.Name + "." + member.Name
		if key.name == "proxies" && slices.Contains(proxyKeys, member.Name) {
			continue
		}
		// proxies is a key only as an object at the root: no flag has its name.
		if inner, known := lookupKey(c.version, member.Name); known && inner.kind != membersKind || slices.Contains(ignoredKeys, member.Name) {
			c.report(ruleNested, member.Key, field, "dockerd ignores %s inside %s", member.Name, m.Name)
			continue
		}
		c.unknown(member.Key, member.Name, field)
	}
}

// unknown reports a name that is no key.
func (c *daemonCheck) unknown(at jsonedit.Value, name, field string) {
	if slices.Contains(ignoredKeys, name) {
		c.report(ruleIgnored, at, field, "dockerd accepts %s and ignores it: the feature is gone", name)
		return
	}
	if flag, ok := lookupFlag(c.version, name); ok {
		d := c.report(ruleFlag, at, field, "%s is a command-line flag, not a key: dockerd accepts and ignores it", name)
		switch {
		case flag.key == "proxies":
			d.Fix = fmt.Sprintf("put %q inside %q", name, flag.key)
		case flag.key != "":
			d.Fix = fmt.Sprintf("write %q", flag.key)
		default:
			d.Fix = "remove it, or set the flag on dockerd's command line"
		}
		return
	}
	d := c.report(ruleUnknown, at, field, "dockerd does not start: it does not know %q", name)
	for _, other := range otherNames {
		if other.name == name {
			d.Fix = fmt.Sprintf("write %q", other.key)
			return
		}
	}
	if key, ok := nearest.Word(name, append(keyNames(c.version), proxyKeys...)); ok {
		d.Fix = fmt.Sprintf("write %q", key)
	} else if key, ok := lookupKey(release.MustParse(newestKnown), name); ok && key.in != nil {
		d.Versions = "not " + key.in.Versions()
		d.Fix = "remove the key, or use a version that has it: " + key.in.Versions()
	}
}

// lists checks the entries of registry-mirrors and insecure-registries.
func (c *daemonCheck) lists() {
	seen := map[string]bool{}
	for i, item := range c.Mirrors().Items {
		field := fmt.Sprintf("%s[%d]", mirrorsKey, i)
		found := checkMirror(c.version, item.Position, field, item.Value)
		c.ds = append(c.ds, found...)
		if key := normal(mirrorsKey, item.Value); found.Err() == nil {
			if seen[key] {
				c.ds = append(c.ds, ruleMirrorDuplicate.At(item.Position, field, fmt.Sprintf("%q is further up already", item.Value)))
			}
			seen[key] = true
		}
	}
	clear(seen)
	for i, item := range c.InsecureRegistries().Items {
		field := fmt.Sprintf("%s[%d]", insecureKey, i)
		_, found := checkInsecure(item.Position, field, item.Value)
		c.ds = append(c.ds, found...)
		if found.Err() == nil && seen[item.Value] {
			c.ds = append(c.ds, ruleInsecureDuplicate.At(item.Position, field, fmt.Sprintf("%q is further up already", item.Value)))
		}
		seen[item.Value] = true
	}
}
