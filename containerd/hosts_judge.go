package containerd

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"github.com/mirrorcfg/mirrorcfg/internal/nearest"
	"github.com/mirrorcfg/mirrorcfg/internal/tomledit"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// finish checks the settings of a host that is used and resolves its URL.
func (r *reading) finish(e *Endpoint, node tomledit.Node, s *decodedSettings) {
	for _, fl := range s.bad {
		if fl.node.Kind() == tomledit.Table && fl.node.Len() == 0 && skippedUnchecked.Has(r.version) {
			continue
		}
		r.refuse(ruleWrongType, r.file.at(fl.node), fl.field, fl.message).Fix = fl.fix
	}
	if err := e.resolveURL(e.Settings.OverridePath == mirror.On); err != nil {
		r.refuse(ruleBadURL, e.Source, fieldOf(node), fmt.Sprintf("%q is no URL", e.Key))
	} else {
		r.judgeURL(e, node)
	}
	e.Capabilities = r.capabilities(s)
	r.paths(s)
	r.timeout(e, s)
}

func fieldOf(n tomledit.Node) string {
	if !n.IsValid() {
		return "server"
	}
	return n.Name()
}

func (r *reading) judgeURL(e *Endpoint, node tomledit.Node) {
	if e.Key == "" {
		if !e.Root {
			r.report(ruleNoHost, node, "the host has no name, and every request to it fails")
		}
		return
	}
	lower := strings.ToLower(e.Key)
	// Templates are pasted with what stands for the address left in.
	placeholder := strings.ContainsAny(e.Host, "$<>()")
	usable := e.Host != "" && (e.Scheme == "http" || e.Scheme == "https") && !strings.HasSuffix(e.Host, ":") && !placeholder
	if !usable {
		what := "every request to it fails"
		if e.Root && e.Host == "" {
			what = "containerd asks the registry's default instead"
		}
		d := r.report(ruleNoHost, node, fmt.Sprintf("%q names no http or https host as containerd reads it: %s", e.Key, what))
		if placeholder {
			d.Fix = "write the host itself"
		} else if i := strings.Index(lower, "://"); i > 0 && (lower[:i] == "http" || lower[:i] == "https") {
			d.Fix = fmt.Sprintf("write %q", lower[:i]+e.Key[i:])
		} else if i < 0 {
			d.Fix = fmt.Sprintf("write %q", "https://"+e.Key)
		}
	}
	if rest := e.Key[strings.Index(e.Key, "://")+1:]; strings.ContainsAny(rest, "?#") || strings.Contains(authority(e.Key), "@") {
		r.report(ruleURLParts, node, "containerd drops credentials, query and fragment of a URL")
	}
}

// authority is the part of a URL between the scheme and the path.
func authority(u string) string {
	if i := strings.Index(u, "://"); i >= 0 {
		u = u[i+3:]
	}
	if i := strings.IndexAny(u, "/?#"); i >= 0 {
		u = u[:i]
	}
	return u
}

// capabilities turns the written words into a set.
func (r *reading) capabilities(s *decodedSettings) mirror.Capabilities {
	all := mirror.AllCapabilities
	if !referrersCapability.Has(r.version) {
		all &^= mirror.Referrers
	}
	if len(s.Capabilities) == 0 {
		return all
	}
	set := mirror.NoCapabilities
	for i, word := range s.Capabilities {
		c, err := mirror.ParseCapability(word)
		if err == nil && all.Has(c) {
			set |= c
			continue
		}
		n := s.nodes["capabilities"]
		item := n.At(i)
		if err == nil {
			r.refuse(ruleReferrersTooEarly, r.file.at(item), n.Name(), fmt.Sprintf("containerd %s knows no capability %q", r.version, word))
			continue
		}
		d := r.refuse(ruleUnknownCapability, r.file.at(item), n.Name(), fmt.Sprintf("%q is no capability", word))
		if near, ok := nearest.Word(word, []string{"pull", "resolve", "push", "referrers"}); ok && (near != "referrers" || all.Has(mirror.Referrers)) {
			span := item.ValueSpan()
			d.Fix = fmt.Sprintf("write %q", near)
			d.Edits = []mirror.Edit{{File: r.file.name, Start: span.Start, End: span.End, Text: `"` + near + `"`}}
		}
	}
	return set &^ mirror.NoCapabilities
}

// paths reports empty certificate paths, which stand for the directory.
func (r *reading) paths(s *decodedSettings) {
	for _, p := range s.CA {
		if p == "" {
			r.report(ruleFileIsDirectory, s.nodes["ca"], "an empty path stands for the directory of hosts.toml: containerd cannot read it, and pulls fail")
			break
		}
	}
	for _, c := range s.Client {
		if c.Cert == "" || c.Key != nil && *c.Key == "" {
			r.report(ruleFileIsDirectory, s.nodes["client"], "an empty path stands for the directory of hosts.toml: containerd cannot read it, and pulls fail")
			break
		}
	}
}

func (r *reading) timeout(e *Endpoint, s *decodedSettings) {
	n := s.nodes["dial_timeout"]
	if !n.IsValid() {
		return
	}
	if !dialTimeoutKey.Has(r.version) {
		e.Settings.DialTimeout = ""
		r.report(ruleTimeoutIgnored, n, fmt.Sprintf("containerd %s does not know dial_timeout and ignores it", r.version))
		return
	}
	if s.DialTimeout == "" {
		return
	}
	if _, err := time.ParseDuration(s.DialTimeout); err != nil {
		d := r.refuse(ruleBadTimeout, r.file.at(n), n.Name(), fmt.Sprintf("%q is no duration", s.DialTimeout))
		if b := []byte(s.DialTimeout); len(bytes.Trim(b, "0123456789")) == 0 {
			span := n.ValueSpan()
			d.Fix = fmt.Sprintf("write %q", s.DialTimeout+"s")
			d.Edits = []mirror.Edit{{File: r.file.name, Start: span.Start, End: span.End, Text: `"` + s.DialTimeout + `s"`}}
		}
	}
}
