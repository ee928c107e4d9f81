package podman

import (
	"fmt"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var ruleBareHost = rule(mirror.Rule{
	Code: "podman/bare-host", Severity: mirror.Warning,
	Summary:     "a mirror whose host is a single label without a port",
	Consequence: "such a location makes every pull under the prefix fail, so the mirror is left out",
	Fix:         "write the host's full name, or its port",
	Evidence:    sysregistries + "rewriteReference",
})

// translation turns the model into entries and collects what is lost.
type translation struct {
	target resolved
	losses mirror.Diagnostics
	places []place
}

func (t *translation) lose(rule mirror.Rule, field, detail string) {
	t.losses = append(t.losses, mirror.Lost(rule, t.target.tool.title(), field, detail))
}

// registry turns one registry of the model into an entry; ok is false where
// it is left out.
func (t *translation) registry(r *mirror.Registry, field string) (Registry, bool) {
	p, err := mirror.ParsePrefix(r.Prefix)
	mirrorOnly := r.Fallback == mirror.Off || r.Blocked
	switch {
	case err != nil:
		return Registry{}, false
	case p.Kind == mirror.PrefixAny:
		t.lose(mirror.LossAnyRegistry, field+".prefix", "")
		if mirrorOnly {
			t.lose(mirror.LossBlocked, field, "registries that are not named are asked directly")
		}
		return Registry{}, false
	case strings.HasPrefix(p.Host, "["):
		// Nothing is let through by leaving out what must not be pulled.
		t.lose(mirror.LossIPv6, field+".prefix", "no image can be named by an address in brackets, and none be pulled from there")
		return Registry{}, false
	case p.Kind == mirror.PrefixWildcard && !t.target.hasAll(wildcardPrefix):
		t.lose(mirror.LossPrefixWildcard, field+".prefix", "wildcards came with containers/image 5.12")
		if mirrorOnly {
			t.lose(mirror.LossBlocked, field, "")
		}
		return Registry{}, false
	}
	out := Registry{Prefix: r.Prefix, Location: r.Prefix}
	if p.Kind == mirror.PrefixWildcard {
		out.Location = ""
	}
	var fields []string // of the mirrors that are not left out
	for i := range r.Mirrors {
		at := fmt.Sprintf("%s.mirrors[%d]", field, i)
		if m, ok := t.mirror(p, &r.Mirrors[i], at); ok {
			out.Mirrors, fields = append(out.Mirrors, m), append(fields, at)
		}
	}
	t.oldDigestOnly(&out, field, fields)
	t.leaveOutRepeated(&out, fields)
	if p.Kind == mirror.PrefixWildcard && len(out.Mirrors) > 0 {
		t.losses = append(t.losses, ruleWildcardMirror.At(mirror.Position{}, field+".mirrors", oneImage(r.Prefix, out.Mirrors[0].Location)))
	}
	if mirrorOnly {
		// blocked is looked up by the rewritten name, so that it stops the
		// registry itself and lets mirrors elsewhere through.
		out.Blocked = mirror.On
	} else if r.Upstream != nil {
		t.upstream(p, &out, r.Upstream, field+".upstream")
	}
	return out, true
}

// search leaves out what no image can be named by. Nil stays nil.
func (t *translation) search(want []string) []string {
	if want == nil {
		return nil
	}
	out := make([]string, 0, len(want))
	for i, host := range want {
		if strings.HasPrefix(host, "[") {
			t.lose(mirror.LossIPv6, fmt.Sprintf("search[%d]", i), "no image can be named by an address in brackets")
			continue
		}
		out = append(out, host)
	}
	return out
}

// oldDigestOnly says digest-only for the whole registry where mirrors cannot
// say it.
func (t *translation) oldDigestOnly(out *Registry, field string, mirrors []string) {
	if t.target.hasAll(pullFromMirror) {
		return
	}
	digests := 0
	for i := range out.Mirrors {
		switch out.Mirrors[i].PullFromMirror {
		case PullDigestOnly:
			digests++
		case PullTagOnly:
			t.lose(mirror.LossTagOnly, mirrors[i]+".capabilities", "")
		}
		out.Mirrors[i].PullFromMirror = ""
	}
	switch {
	case digests > 0 && digests == len(out.Mirrors):
		out.MirrorByDigestOnly = mirror.On
	case digests > 0:
		t.lose(mirror.LossDigestOnly, field+".mirrors", "containers/image before 5.21 can limit all mirrors of a registry or none")
	}
}

// leaveOutRepeated takes away the mirrors that the file would say twice:
// endpoints may differ in what it has no place for, such as the scheme.
func (t *translation) leaveOutRepeated(out *Registry, fields []string) {
	kept := 0
	for i := range out.Mirrors {
		m := out.Mirrors[i]
		if out.repeats(&m, kept) {
			t.losses = append(t.losses, ruleDuplicateMirror.At(mirror.Position{}, fields[i]+".url",
				fmt.Sprintf("%q is a mirror of %q already; it is left out", m.Location, out.Prefix)))
			continue
		}
		out.Mirrors[kept] = m
		kept++
	}
	out.Mirrors = out.Mirrors[:kept]
}

func (t *translation) mirror(p mirror.Prefix, e *mirror.Endpoint, field string) (Mirror, bool) {
	if c := e.Capabilities; c.IsSet() && c&(mirror.Pull|mirror.Resolve) == 0 {
		t.lose(mirror.LossCapabilities, field+".capabilities", "a mirror that may neither pull nor resolve is never asked and is left out")
		return Mirror{}, false
	}
	location, ok := t.location(p, e, field)
	if !ok {
		return Mirror{}, false
	}
	m := Mirror{Location: location, Insecure: t.insecure(e, field), NamespaceProxy: t.namespace(e, field)}
	switch c := e.Capabilities; {
	case !c.IsSet():
	case !c.Has(mirror.Resolve):
		m.PullFromMirror = PullDigestOnly
	case !c.Has(mirror.Pull):
		m.PullFromMirror = PullTagOnly
	}
	if e.Capabilities.Has(mirror.Push) {
		t.lose(mirror.LossPush, field+".capabilities", "")
	}
	if e.Capabilities.Has(mirror.Referrers) {
		t.lose(mirror.LossReferrers, field+".capabilities", "")
	}
	return m, true
}

// location is the text that replaces the prefix. What a prefix has after its
// host is not repeated by the engine, so that it is written again.
func (t *translation) location(p mirror.Prefix, e *mirror.Endpoint, field string) (string, bool) {
	u, err := mirror.ParseEndpointURL(e.URL)
	if err != nil {
		return "", false
	}
	host := u.Host
	if host == "registry-1.docker.io" && u.Scheme == "https" {
		host = "docker.io"
	}
	switch {
	case u.BasePath != "":
		t.lose(mirror.LossBasePath, field+".url", u.BasePath)
		return "", false
	case host[0] == '[':
		t.lose(mirror.LossIPv6, field+".url", host)
		return "", false
	case !namesRegistry(host) || !isDomain(host):
		t.losses = append(t.losses, ruleBareHost.At(mirror.Position{}, field+".url",
			fmt.Sprintf("%q as a location makes every pull under the prefix fail; the mirror is left out", host)))
		return "", false
	}
	for _, part := range []string{e.Repository, p.Path} {
		if part != "" {
			host += "/" + part
		}
	}
	t.refinements(e, field, u.Host)
	t.places = append(t.places, place{field + ".url", host})
	return host, true
}

// refinements reports what an endpoint asks for that the file cannot hold.
func (t *translation) refinements(e *mirror.Endpoint, field, host string) {
	dir := "/etc/containers/certs.d/" + host + "/"
	if len(e.TLS.CA) > 0 {
		t.lose(mirror.LossCA, field+".tls.ca", "put them as *.crt into "+dir)
	}
	if len(e.TLS.Client) > 0 {
		t.lose(mirror.LossClientCert, field+".tls.client", "put them as *.cert and *.key into "+dir)
	}
	if len(e.Headers) > 0 {
		t.lose(mirror.LossHeader, field+".header", "")
	}
	if e.DialTimeout != nil {
		t.lose(mirror.LossDialTimeout, field+".dial_timeout", "")
	}
}

// insecure is the one switch for unverified TLS and for plain http.
func (t *translation) insecure(e *mirror.Endpoint, field string) mirror.Toggle {
	u, _ := mirror.ParseEndpointURL(e.URL)
	switch {
	case u.Scheme == "http":
		t.lose(mirror.LossScheme, field+".url", "insecure = true")
		return mirror.On
	case e.TLS.SkipVerify == mirror.On:
		t.lose(mirror.LossPlainFallback, field+".tls.skip_verify", "")
	}
	return e.TLS.SkipVerify
}

func (t *translation) namespace(e *mirror.Endpoint, field string) string {
	if e.Namespace != "" && !t.target.hasAll(namespaceProxy) {
		t.lose(mirror.LossNamespace, field+".namespace", "namespace-proxy came with containers/image 5.41")
		return ""
	}
	return e.Namespace
}

func (t *translation) upstream(p mirror.Prefix, out *Registry, e *mirror.Endpoint, field string) {
	if p.Kind == mirror.PrefixWildcard {
		t.lose(mirror.LossUpstream, field, "a location beside a wildcard would take the place of every sub-domain")
		return
	}
	location, ok := t.location(p, e, field)
	if !ok {
		t.lose(mirror.LossUpstream, field, e.URL)
		return
	}
	switch c := e.Capabilities; {
	case !c.IsSet():
	case c&(mirror.Pull|mirror.Resolve) == 0:
		t.lose(mirror.LossCapabilities, field+".capabilities", "the upstream is asked for tags and digests")
	case !c.Has(mirror.Resolve):
		t.lose(mirror.LossDigestOnly, field+".capabilities", "the upstream is asked for tags too")
	case !c.Has(mirror.Pull):
		t.lose(mirror.LossTagOnly, field+".capabilities", "the upstream is asked for digests too")
	}
	out.Location = location
	out.Insecure = t.insecure(e, field)
	out.NamespaceProxy = t.namespace(e, field)
}
