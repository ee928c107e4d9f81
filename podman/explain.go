package podman

import (
	"strings"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

const manifests = "/manifests/"

// Explain returns the manifest requests for a reference. Pull and resolve
// ask the mirrors and then the location; a push goes to the reference as it
// stands (docker_image_src.go newImageSource; docker_image_dest.go).
func (v *view) Explain(ref mirror.Reference, op mirror.Operation) mirror.Explanation {
	if len(v.node.faults) > 0 {
		return mirror.Explanation{Reference: ref.String(), Diagnostics: v.node.faults}
	}
	if v.engine.Tool == Skopeo && ref.Tag != "" && ref.Digest != "" && hasTag(ref.Original) {
		return mirror.Explanation{Reference: ref.String(), Diagnostics: mirror.Diagnostics{ruleTagAndDigest.At(mirror.Position{}, "reference",
			"Docker references with both a tag and digest are currently not supported")}}
	}
	if strings.HasPrefix(ref.Domain, "[") {
		return mirror.Explanation{Reference: ref.String(), Diagnostics: mirror.Diagnostics{ruleIPv6.At(mirror.Position{}, "reference", verdictFormat+": "+ref.Domain)}}
	}
	if ref.Digest != "" {
		// A tag beside a digest is dropped (libimage normalize.go).
		ref.Tag = ""
	}
	// Skopeo takes a short name for one of Docker Hub.
	if ref.Short && v.engine.Tool != Skopeo {
		return v.explainShort(ref, op)
	}
	if op == mirror.OpPush {
		return v.explainPush(ref)
	}
	out := v.explainPull(ref)
	if v.engine.Tool == CRIO && strings.HasPrefix(ref.Domain, "127.") && crioLoopback.Has(v.node.resolved.version) {
		for i := range out.Attempts {
			out.Attempts[i].TLS = mirror.TLSSkipVerifyThenPlain
		}
	}
	return out
}

// hasTag reports whether a reference with a digest was written with a tag
// too.
func hasTag(original string) bool {
	head, _, _ := strings.Cut(original, "@")
	return strings.IndexByte(head[strings.LastIndexByte(head, '/')+1:], ':') >= 0
}

func tlsMode(insecure bool) mirror.TLSMode {
	if insecure {
		return mirror.TLSSkipVerifyThenPlain
	}
	return mirror.TLSVerified
}

// explainPull builds the URLs in one piece of memory, so that a reference
// among ten thousand registries is answered in two or three allocations.
func (v *view) explainPull(ref mirror.Reference) mirror.Explanation {
	whole := normalised(&ref)
	// The name stands at the beginning of the normalised reference.
	named := whole[:len(ref.Domain)+1+len(ref.Path)]
	id, match := v.index.find(named)
	if id < 0 {
		return v.explainDirect(whole, ref)
	}
	r, digest := &v.regs[id], ref.Digest != ""
	rest, object := named[match:], ref.Object()
	size, used := 0, 0
	plain := !v.blocks && strings.HasPrefix(rest, "/")
	for i := 0; plain && i <= len(r.mirrors); i++ {
		ep := r.endpoint(i)
		if i < len(r.mirrors) && !r.uses(ep, digest) {
			continue
		}
		plain = ep.fits(rest)
		size += len("https:///v2") + len(ep.host) + len(ep.path) + len(rest) + len(manifests) + len(object) + len(ep.query)
		used++
	}
	if !plain {
		return v.explainRewritten(whole, named, r, ref)
	}
	out := mirror.Explanation{Reference: whole, Attempts: make([]mirror.Attempt, used)}
	if unused := len(r.mirrors) + 1 - used; unused > 0 {
		out.Skipped = make([]mirror.Skipped, 0, unused)
	}
	var texts strings.Builder
	texts.Grow(size)
	used = 0
	for i := 0; i <= len(r.mirrors); i++ {
		ep := r.endpoint(i)
		if i < len(r.mirrors) && !r.uses(ep, digest) {
			out.Skipped = append(out.Skipped, mirror.Skipped{Host: ep.host, Why: r.whyUnused(ep), Source: ep.source})
			continue
		}
		start := texts.Len()
		texts.WriteString("https://")
		texts.WriteString(ep.host)
		texts.WriteString("/v2")
		texts.WriteString(ep.path)
		texts.WriteString(rest)
		texts.WriteString(manifests)
		texts.WriteString(object)
		texts.WriteString(ep.query)
		a := &out.Attempts[used]
		a.URL = texts.String()[start:]
		a.Method, a.Host, a.TLS, a.Source = "GET", ep.host, tlsMode(ep.insecure), ep.source
		a.Mirror = !ep.isOwn(named, rest)
		used++
	}
	return out
}

// normalised is Reference.String in one allocation, or in none where the
// reference was written in full.
func normalised(ref *mirror.Reference) string {
	switch {
	case isNormalised(ref):
		return ref.Original
	case ref.Digest == "" && ref.Tag != "":
		return ref.Domain + "/" + ref.Path + ":" + ref.Tag
	case ref.Digest != "" && ref.Tag == "":
		return ref.Domain + "/" + ref.Path + "@" + ref.Digest
	default:
		return ref.String()
	}
}

// isNormalised reports whether a reference was written as domain/path with
// either tag or digest.
func isNormalised(ref *mirror.Reference) bool {
	sep, object := byte(':'), ref.Tag
	if ref.Digest != "" {
		sep, object = '@', ref.Digest
	}
	s, d, p := ref.Original, len(ref.Domain), len(ref.Path)
	return len(s) == d+1+p+1+len(object) && (ref.Digest == "" || ref.Tag == "") &&
		s[:d] == ref.Domain && s[d] == '/' && s[d+1:d+1+p] == ref.Path && s[d+1+p] == sep && s[d+p+2:] == object
}

func (r *registry) endpoint(i int) *endpoint {
	if i < len(r.mirrors) {
		return &r.mirrors[i]
	}
	return &r.primary
}

// uses reports whether a mirror is used for a digest or a tag.
func (r *registry) uses(ep *endpoint, digest bool) bool {
	if r.digestOnly {
		return digest
	}
	return ep.pull == pullAny || ep.pull == pullDigests == digest
}

// fits reports whether location and rest make a canonical name, for sure.
func (ep *endpoint) fits(rest string) bool {
	return ep.simple && len(ep.location)+len(rest) <= 255 && (!ep.hub || strings.IndexByte(rest[1:], '/') > 0)
}

// isOwn reports whether the endpoint is the name itself.
func (ep *endpoint) isOwn(named, rest string) bool {
	return len(ep.location)+len(rest) == len(named) && strings.HasPrefix(named, ep.location)
}

// explainDirect is for a reference that no entry matches.
func (v *view) explainDirect(whole string, ref mirror.Reference) mirror.Explanation {
	host := apiHost(ref.Domain)
	return mirror.Explanation{Reference: whole, Attempts: []mirror.Attempt{{
		Method: "GET", URL: "https://" + host + "/v2/" + ref.Path + manifests + ref.Object(), Host: host,
	}}}
}

// explainRewritten does what explainPull does, for the cases that need each
// rewritten name to be parsed or looked up.
func (v *view) explainRewritten(whole, named string, r *registry, ref mirror.Reference) mirror.Explanation {
	out := mirror.Explanation{Reference: whole}
	type rewritten struct {
		ep *endpoint
		to string
	}
	var sources []rewritten
	for i := 0; i <= len(r.mirrors); i++ {
		ep := r.endpoint(i)
		if i < len(r.mirrors) && !r.uses(ep, ref.Digest != "") {
			out.Skipped = append(out.Skipped, mirror.Skipped{Host: ep.host, Why: r.whyUnused(ep), Source: ep.source})
			continue
		}
		to, verdict := rewrite(whole, r.prefix, ep.location)
		if verdict != "" {
			// One name that cannot be rewritten ends the pull before any
			// source is asked (PullSourcesFromReference).
			return mirror.Explanation{Reference: whole, Diagnostics: mirror.Diagnostics{
				ruleRewrite.At(ep.source, "location", "no source is asked: "+verdict+" ("+r.prefix+" → "+ep.location+")")}}
		}
		sources = append(sources, rewritten{ep, to})
	}
	blockedBy := ""
	for _, s := range sources {
		n, _ := parseCanonical(s.to)
		if n.domain == "" {
			out.Skipped = append(out.Skipped, mirror.Skipped{Host: s.ep.host, Why: "no host has this name: the request has no address", Source: s.ep.source})
			continue
		}
		host := apiHost(n.domain)
		physical := n.domain + "/" + n.path
		if id, _ := v.index.find(physical); v.blocks && id >= 0 && v.regs[id].blocked {
			blockedBy = v.regs[id].prefix
			out.Skipped = append(out.Skipped, mirror.Skipped{Host: host, Why: "registry " + blockedBy + " is blocked", Source: s.ep.source})
			continue
		}
		out.Attempts = append(out.Attempts, mirror.Attempt{
			Method: "GET", URL: "https://" + host + "/v2/" + n.path + manifests + ref.Object() + s.ep.query, Host: host,
			Mirror: physical != named, TLS: tlsMode(s.ep.insecure), Source: s.ep.source,
		})
	}
	if len(out.Attempts) == 0 {
		out.Diagnostics = mirror.Diagnostics{ruleBlocked.At(r.primary.source, "blocked", "no source is asked: registry "+blockedBy+" is blocked")}
	}
	return out
}

func (r *registry) whyUnused(ep *endpoint) string {
	switch {
	case r.digestOnly:
		return "mirror-by-digest-only: the reference has no digest"
	case ep.pull == pullDigests:
		return "pull-from-mirror is digest-only: the reference has no digest"
	default:
		return "pull-from-mirror is tag-only: the reference has a digest"
	}
}

// explainPush: mirrors and rewriting are for pulling alone; blocked and
// insecure hold for the name as it stands.
func (v *view) explainPush(ref mirror.Reference) mirror.Explanation {
	out := mirror.Explanation{Reference: ref.String()}
	host := apiHost(ref.Domain)
	a := mirror.Attempt{Method: "PUT", URL: "https://" + host + "/v2/" + ref.Path + manifests + ref.Object(), Host: host}
	if id, _ := v.index.find(ref.Name()); id >= 0 {
		r := &v.regs[id]
		if r.blocked {
			out.Skipped = []mirror.Skipped{{Host: host, Why: "registry " + r.prefix + " is blocked", Source: r.primary.source}}
			out.Diagnostics = mirror.Diagnostics{ruleBlocked.At(r.primary.source, "blocked", "nothing is pushed: registry "+r.prefix+" is blocked")}
			return out
		}
		a.TLS, a.Source = tlsMode(r.primary.insecure), r.primary.source
	}
	out.Attempts = []mirror.Attempt{a}
	return out
}

var (
	ruleRewrite = rule(mirror.Rule{
		Code: "podman/rewrite", Severity: mirror.Error,
		Summary:     "a location that makes no valid name of the reference",
		Consequence: "the pull fails before any source is asked, the good mirrors included",
		Fix:         "write a host with a dot or port and lower-case path components",
		Evidence:    sysregistries + "rewriteReference",
	})
	ruleBlocked = rule(mirror.Rule{
		Code: "podman/blocked", Severity: mirror.Error,
		Summary:     "a registry that is blocked",
		Consequence: "no request is made",
		Fix:         "remove blocked = true where the registry should be used",
		Evidence:    "containers/image 5.36.2 docker/docker_client.go newDockerClient",
	})
	ruleIPv6 = rule(mirror.Rule{
		Code: "podman/ipv6-reference", Severity: mirror.Error,
		Summary:     "a reference that names an IPv6 address",
		Consequence: "no version parses it",
		Fix:         "give the address a name, in DNS or /etc/hosts",
		Evidence:    "containers/image 5.36.2 docker/reference/regexp.go",
	})
	ruleTagAndDigest = rule(mirror.Rule{
		Code: "podman/tag-and-digest", Severity: mirror.Error,
		Summary:     "a reference with both tag and digest",
		Consequence: "Skopeo refuses it",
		Fix:         "leave the tag out",
		Evidence:    "containers/image 5.36.2 docker/docker_transport.go newReference",
	})
)
