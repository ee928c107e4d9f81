package containerd

import (
	"net/url"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var (
	ruleNoCandidate = rule(mirror.Rule{Code: "containerd/no-host", Severity: mirror.Error,
		Summary: "no host has the capability that is needed", Consequence: `the request fails with "no resolve hosts" or "no push hosts"`,
		Fix: "give a host the capability, or leave capabilities out", Evidence: "2.4.2 core/remotes/docker/resolver.go Resolve, pusher.go push"})
	ruleContentsAnywhere = rule(mirror.Rule{Code: "containerd/contents-from-all", Severity: mirror.Info,
		Summary: "a host without pull or resolve still serves contents", Consequence: "manifests and layers are fetched by digest from all hosts in order, whatever their capabilities",
		Evidence: "2.4.2 core/remotes/docker/fetcher.go Fetch"})
	ruleEndpointURL = rule(mirror.Rule{Code: "containerd/endpoint-url", Severity: mirror.Error,
		Summary: "an endpoint of the CRI plugin's mirrors that names no host", Consequence: "every pull from the registry fails", Fix: "write scheme://host[:port][/v2/prefix]",
		Evidence: "2.4.2 internal/cri/server/images/image_pull.go registryEndpoints"})
	ruleCtrReadsNothing = rule(mirror.Rule{Code: "containerd/ctr-hosts-dir", Severity: mirror.Info,
		Summary: "ctr without --hosts-dir", Consequence: "ctr reads neither config.toml nor certs.d and asks the registry's own host", Fix: "pass --hosts-dir",
		Evidence: "containerd#6285, containerd#11478"})
)

// notRead says why a tree that is there is not asked.
const notRead = "the tree is not read: config.toml puts no config_path in force for CRI pulls"

// Explain returns the manifest requests of a pull, one for each endpoint. It
// follows 2.4.2 core/remotes/docker/resolver.go Resolve and pusher.go push.
func (v *view) Explain(ref mirror.Reference, op mirror.Operation) mirror.Explanation {
	var e mirror.Explanation
	if v.cri.Broken || len(v.cri.disabled) > 0 {
		e.Reference = ref.String()
		e.Diagnostics = v.criFaults.AtLeast(mirror.Error)
		return e
	}
	hosts, ok := v.hostsFor(ref.Domain, &e)
	if !ok {
		e.Reference = ref.String()
		return e
	}
	v.walk(&e, hosts, ref, op)
	if v.client == Ctr && len(v.trees) == 0 {
		e.Diagnostics = append(e.Diagnostics, ruleCtrReadsNothing.At(mirror.Position{}, "", "ctr has no --hosts-dir, and asks the registry's own host"))
	}
	return e
}

// onlyDefault is the list where nothing is configured.
var onlyDefault = []compiledEndpoint{{Endpoint: Endpoint{Root: true}}}

// hostsFor returns the endpoints for a namespace; the last may be without a
// host. ok is false where the pull fails before any request.
func (v *view) hostsFor(namespace string, e *mirror.Explanation) (hosts []compiledEndpoint, ok bool) {
	if v.mirrors != nil {
		hosts, ok := v.mirrors[namespace]
		if !ok {
			hosts = v.mirrors["*"]
		}
		for i := range hosts {
			if hosts[i].Host == "" {
				e.Diagnostics = append(e.Diagnostics, ruleEndpointURL.At(hosts[i].Source, "", "one of the endpoints is no URL: every pull from "+namespace+" fails"))
				return nil, false
			}
		}
		return v.usable(v.withCRIDefault(hosts, namespace), e)
	}
	d := v.lookup(namespace)
	if d == nil {
		v.skipUnread(namespace, e)
		if v.client == CRI && len(v.trees) == 0 && !v.cri.Transfer {
			// The plugin's own pull takes an empty list of mirrors then.
			return v.usable(v.withCRIDefault(nil, namespace), e)
		}
		return onlyDefault, true
	}
	e.Diagnostics = append(e.Diagnostics, d.told...)
	return d.hosts, !d.fatal
}

// skipUnread lists the hosts of a tree that nothing reads.
func (v *view) skipUnread(namespace string, e *mirror.Explanation) {
	if v.unread == nil || v.client != CRI {
		return
	}
	for _, t := range append([]*certsTree{v.unread}, v.unlooked...) {
		d, ok := t.Lookup(namespace)
		if !ok {
			continue
		}
		for _, h := range t.dirs[d.Name].hosts {
			if h.Key != "" {
				e.Skipped = append(e.Skipped, mirror.Skipped{Host: h.Host, Why: notRead, Source: h.Source})
			}
		}
	}
}

// walk turns endpoints into requests.
func (v *view) walk(e *mirror.Explanation, hosts []compiledEndpoint, ref mirror.Reference, op mirror.Operation) {
	needed := mirror.Pull | mirror.Resolve
	object := ref.Object()
	switch {
	case op == mirror.OpPush:
		needed = mirror.Push
		if ref.Tag != "" {
			object = ref.Tag
		}
	case ref.Digest != "":
		needed = mirror.Pull
	}
	var r requests
	r.begin(&ref, object, hosts)
	e.Reference = r.reference(&ref)
	e.Attempts = make([]mirror.Attempt, 0, len(hosts))
	left, pushed := false, false
	for i := range hosts {
		h := &hosts[i]
		if h.Root && h.Host == "" {
			def := compileEndpoint(h.withDefaultHost(ref.Domain, v.version), v.version)
			h = &def
		}
		why := h.why
		switch {
		case why != "":
			// A push does not go on to the next host.
			pushed = pushed || h.Capabilities.Has(mirror.Push)
		case !h.Capabilities.Has(needed):
			why = lacks(needed, op)
			left = left || op != mirror.OpPush
		case op == mirror.OpPush && pushed:
			why = "a push goes to the first host with the capability push, and to no other"
		}
		if why != "" {
			e.Skipped = append(e.Skipped, mirror.Skipped{Host: h.Host, Why: why, Source: h.Source})
			continue
		}
		pushed = true
		proxied := h.sendsNamespace(ref.Domain)
		e.Attempts = append(e.Attempts, mirror.Attempt{Method: "HEAD", Host: h.Host, Mirror: proxied, TLS: h.tls, Source: h.Source,
			URL: r.url(h.base, proxied && (op != mirror.OpPush || pushNamespace.Has(v.version)))})
	}
	switch {
	case len(e.Attempts) == 0:
		e.Diagnostics = append(e.Diagnostics, ruleNoCandidate.At(mirror.Position{}, "", "no host is left: "+lacks(needed, op)))
	case left:
		e.Diagnostics = append(e.Diagnostics, ruleContentsAnywhere.At(mirror.Position{}, "", "hosts that are skipped here still serve manifests and layers by digest"))
	}
}

// requests writes the URLs of one explanation into one piece of memory.
type requests struct {
	text         strings.Builder
	path, object string
	query        string
}

func (r *requests) begin(ref *mirror.Reference, object string, hosts []compiledEndpoint) {
	r.path, r.object, r.query = ref.Path, object, url.QueryEscape(ref.Domain)
	size := len(ref.Path) + len(ref.Tag) + len(ref.Digest) + len(ref.Domain) + len("/:@")
	size += len(hosts) * (len(r.path) + len(object) + len(r.query) + len("//manifests/?ns="))
	for i := range hosts {
		size += len(hosts[i].base)
	}
	r.text.Grow(size + len("https://registry-1.docker.io/v2") + len(ref.Domain))
}

// reference appends what ref.String returns.
func (r *requests) reference(ref *mirror.Reference) string {
	start := r.text.Len()
	r.text.WriteString(ref.Domain)
	r.text.WriteByte('/')
	r.text.WriteString(ref.Path)
	if ref.Tag != "" {
		r.text.WriteByte(':')
		r.text.WriteString(ref.Tag)
	}
	if ref.Digest != "" {
		r.text.WriteByte('@')
		r.text.WriteString(ref.Digest)
	}
	return r.text.String()[start:]
}

// url appends one URL, and returns the part of the text that is the URL.
func (r *requests) url(base string, withNamespace bool) string {
	start := r.text.Len()
	r.text.WriteString(base)
	r.text.WriteByte('/')
	r.text.WriteString(r.path)
	r.text.WriteString("/manifests/")
	r.text.WriteString(r.object)
	if withNamespace {
		r.text.WriteString("?ns=")
		r.text.WriteString(r.query)
	}
	return r.text.String()[start:]
}

func lacks(needed mirror.Capabilities, op mirror.Operation) string {
	switch {
	case op == mirror.OpPush:
		return "its capabilities lack push"
	case needed.Has(mirror.Resolve):
		return "its capabilities lack pull or resolve, which a tag needs"
	default:
		return "its capabilities lack pull"
	}
}

// compileMirrors prepares the endpoint lists of the CRI plugin (2.4.2
// internal/cri/server/images/image_pull.go registryEndpoints, registryHosts).
func (v *view) compileMirrors() {
	if len(v.cri.Mirrors) == 0 {
		return
	}
	v.mirrors = make(map[string][]compiledEndpoint, len(v.cri.Mirrors))
	for _, m := range v.cri.Mirrors {
		list := make([]compiledEndpoint, 0, len(m.Endpoints))
		for _, e := range m.Endpoints {
			list = append(list, compileEndpoint(v.criEndpoint(e), v.version))
		}
		v.mirrors[m.Namespace] = list
	}
}

func (v *view) criEndpoint(e criEndpoint) Endpoint {
	out := Endpoint{Key: e.URL, Source: e.Pos, Capabilities: mirror.Pull | mirror.Resolve}
	if referrersCapability.Has(v.version) {
		out.Capabilities |= mirror.Referrers
	}
	text := e.URL
	if !strings.Contains(text, "://") {
		scheme := "https://"
		if isLocalhost(authority(text)) {
			scheme = "http://"
		}
		text = scheme + text
	}
	u, err := url.Parse(text)
	if err != nil {
		return out
	}
	out.Scheme, out.Host, out.Path = u.Scheme, u.Host, u.Path
	if out.Path == "" {
		out.Path = "/v2"
	}
	v.applyCRITLS(&out)
	return out
}

// applyCRITLS adds configs.tls, which containerd 1 takes for https endpoints
// (1.7.35 pkg/cri/server/image_pull.go registryHosts).
func (v *view) applyCRITLS(e *Endpoint) {
	if t := v.cri.tlsOf(e.Host, v.version); t != nil && e.Scheme == "https" {
		t.apply(&e.Settings)
	}
}

// withCRIDefault appends the default host, unless the list names the
// namespace itself.
func (v *view) withCRIDefault(hosts []compiledEndpoint, namespace string) []compiledEndpoint {
	for i := range hosts {
		if hosts[i].Host == namespace {
			return hosts
		}
	}
	e := Endpoint{Root: true, Scheme: "https", Host: namespace, Path: "/v2", Capabilities: mirror.Pull | mirror.Resolve}
	switch {
	case namespace == "docker.io":
		e.Host = "registry-1.docker.io"
	case isLocalhost(namespace):
		e.Scheme = "http"
	}
	v.applyCRITLS(&e)
	return append(hosts[:len(hosts):len(hosts)], compileEndpoint(e, v.version))
}
