package containerd

import (
	"net/netip"
	"path"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/internal/release"
	"github.com/mirrorcfg/mirrorcfg/internal/tomledit"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// fileLint is a hosts.toml that a version reads, as a rule sees it.
type fileLint struct {
	*reading
	dir       *compiledDir
	namespace string
	rule      mirror.Rule
	found     *mirror.Diagnostics
}

// treeLint is a whole certs.d, as a rule sees it.
type treeLint struct {
	*certsTree
	version release.Version
	rule    mirror.Rule
	found   *mirror.Diagnostics
}

type fileRule struct {
	rule  mirror.Rule
	check func(*fileLint)
}

type treeRule struct {
	rule  mirror.Rule
	check func(*treeLint)
}

var (
	fileRules []fileRule
	treeRules []treeRule
)

// lintFile declares a rule over one hosts.toml.
//
//go:noinline
func lintFile(r mirror.Rule, check func(*fileLint)) mirror.Rule {
	fileRules = append(fileRules, fileRule{r, check})
	return rule(r)
}

// lintTree declares a rule over a whole tree.
//
//go:noinline
func lintTree(r mirror.Rule, check func(*treeLint)) mirror.Rule {
	treeRules = append(treeRules, treeRule{r, check})
	return rule(r)
}

// Lint returns everything that is wrong or silently useless in the trees, the
// diagnostics of reading included.
func (v *view) Lint() mirror.Diagnostics {
	out := v.Diagnostics()
	for _, t := range v.allTrees() {
		lintOneTree(t, v.version, &out)
	}
	hideUserinfo(out)
	if v.unread != nil && v.client == CRI {
		out = append(out, v.cri.lintUnreadTree(v.unreadTrees(), v.version)...)
	}
	out = append(out, v.lintUnlooked()...)
	out.Sort()
	return out
}

func lintOneTree(t *certsTree, v release.Version, out *mirror.Diagnostics) {
	for _, d := range t.Directories {
		c := t.dirs[d.Name]
		if c.reading == nil || c.reading.refused {
			continue
		}
		for _, r := range fileRules {
			r.check(&fileLint{reading: c.reading, dir: c, namespace: d.Namespace(), rule: r.rule, found: out})
		}
	}
	for _, r := range treeRules {
		r.check(&treeLint{certsTree: t, version: v, rule: r.rule, found: out})
	}
}

// hosts are the endpoints without the root entry.
func (l *fileLint) hosts() []Endpoint { return l.endpoints[:len(l.endpoints)-1] }

// upstream is the root entry.
func (l *fileLint) upstream() *Endpoint { return &l.endpoints[len(l.endpoints)-1] }

// at reports a finding at an endpoint.
func (l *fileLint) at(e *Endpoint, message string) *mirror.Diagnostic {
	field := "server"
	if !e.Root {
		field = l.hostField(e)
	}
	return l.report(e.Source, field, message)
}

// atKey reports a finding at a key of an endpoint.
func (l *fileLint) atKey(e *Endpoint, key, message string) *mirror.Diagnostic {
	field := key
	if !e.Root {
		field = l.hostField(e) + "." + key
	}
	return l.report(l.settingAt(e, key), field, message)
}

func (l *fileLint) hostField(e *Endpoint) string {
	return string(tomledit.AppendKey([]byte("host."), e.Key))
}

func (l *fileLint) report(pos mirror.Position, field, message string) *mirror.Diagnostic {
	*l.found = append(*l.found, l.rule.At(pos, field, message))
	return &(*l.found)[len(*l.found)-1]
}

// at reports a finding at a directory.
func (l *treeLint) at(d *Directory, message string) *mirror.Diagnostic {
	*l.found = append(*l.found, l.rule.At(mirror.Position{File: d.Path}, "", message))
	return &(*l.found)[len(*l.found)-1]
}

func (l *treeLint) defaultDir() (*Directory, bool) {
	if !defaultDirectory.Has(l.version) {
		return nil, false
	}
	d, ok := l.byName[defaultName]
	return d, ok
}

// replaceValue adds the edit that puts text in place of a key's value.
func (l *fileLint) replaceValue(d *mirror.Diagnostic, n tomledit.Node, text string) {
	if span := n.ValueSpan(); span.Len() > 0 {
		d.Edits = []mirror.Edit{{File: l.file.name, Start: span.Start, End: span.End, Text: text}}
	}
}

// sameAs reports whether two endpoints are asked with the same requests.
func (e *Endpoint) sameAs(o *Endpoint) bool {
	return e.Scheme == o.Scheme && e.Host == o.Host && path.Join("/", e.Path) == path.Join("/", o.Path)
}

// isPublicHost reports whether host[:port] is on the open internet, as far as
// its name tells.
func isPublicHost(host string) bool {
	if isLocalhost(host) {
		return false
	}
	if port := portOf(host); port != "" {
		host = strings.TrimSuffix(host, ":"+port)
	}
	if a, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		return a.IsGlobalUnicast() && !a.IsPrivate()
	}
	i := strings.LastIndexByte(host, '.')
	if i < 0 {
		return false
	}
	switch host[i+1:] {
	case "local", "internal", "corp", "lan", "home", "intranet", "private", "svc", "test", "localdomain", "arpa":
		return false
	}
	return true
}
