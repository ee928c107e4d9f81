package trace

import (
	"bytes"
	"strings"
)

// imageLine reads the messages of containers/image and what is built on it
// (docker/docker_image_src.go, docker/docker_client.go and
// pkg/sysregistriesv2 of go.podman.io/image 5.42.0 and containers/image 5.36.2;
// libimage/pull.go of containers/common; server/image_pull.go of CRI-O), and
// those of containerd's CRI service and dockerd that begin with a capital.
func (c *collector) imageLine(r *record, m []byte) {
	switch m[0] {
	case 'G', 'H':
		if has(m, "GET ht") {
			c.imageRequest(r, "GET", m[4:])
		} else if has(m, "HEAD ht") {
			c.imageRequest(r, "HEAD", m[5:])
		}
	case 'L':
		if s, ok := c.after(r, m, "Loading registries configuration "); ok {
			if path, _, ok := quoted(s); ok {
				c.file(text(path), RegistriesConf)
			}
		} else if s, ok := c.after(r, m, "Looking for TLS certificates and private keys in "); ok {
			c.file(bound(string(s)), CertsDir)
		}
	case 'F':
		if s, ok := c.after(r, m, "Failed to decode keys ["); ok {
			c.undecoded(s)
		} else if has(m, "Found hosts dir ") || has(m, "Found credentials") {
			c.hostsDirFound(r, m)
		}
	case 'A':
		if s, ok := c.after(r, m, "Attempting to pull candidate "); ok {
			image, _ := word(s)
			c.beginImage(r, image)
		} else if s, ok := c.after(r, m, "Accessing "); ok {
			c.accessFailed(s)
		} else if s, ok := c.after(r, m, "Attempting next endpoint for pull after error: "); ok {
			c.dockerNext(s)
		}
	case 'T':
		if s, ok := c.after(r, m, "Trying to access "); ok {
			if ref, _, ok := quoted(s); ok {
				c.accessing(r, ref)
			}
		} else if s, ok := c.after(r, m, "Too many requests to "); ok {
			c.tooMany(s)
		} else if s, ok := c.after(r, m, "Trying to pull "); ok {
			c.dockerTry(r, s)
		}
	case 'P':
		c.pLine(r, m)
	case 'C':
		if s, ok := c.after(r, m, "Content-Type from manifest GET is "); ok {
			contentType, _, _ := quoted(s)
			c.manifestAnswered(contentType)
		}
	case 'B':
		if s, ok := c.after(r, m, "Blob "); ok {
			c.blobMoves(s)
		}
	case 'E':
		if s, ok := c.after(r, m, "Error pulling candidate "); ok {
			if p := c.latest[engineImage]; p != nil {
				_, problem, _ := bytes.Cut(s, []byte(": "))
				c.finishPull(p, Failed, string(problem))
			}
		}
	case 'I':
		if s, ok := c.after(r, m, "IsRunningImageAllowed for image docker:"); ok {
			c.logicalName(s)
		} else if has(m, "Ignoring hosts dir ") {
			c.hostsDirFound(r, m)
		} else if has(m, "Ignoring unknown key in TOML") {
			c.unknownKey(r)
		}
	case 'R':
		c.shortName(r, m)
	case 'D':
		if s, ok := c.after(r, m, "Downloaded "); ok {
			c.dockerDownloaded(r, s)
		}
	case 'W':
		if has(m, "Writing manifest to image destination") {
			c.imageWritten()
		}
	}
}

// pLine reads the messages that begin with P.
func (c *collector) pLine(r *record, m []byte) {
	switch {
	case has(m, "Ping ht"):
		s, _ := c.after(r, m, "Ping ")
		c.pinged(s)
	case has(m, "Pulled candidate "):
		if p := c.latest[engineImage]; p != nil {
			c.finishPull(p, Served, "")
		}
	case has(m, "Pulling image: "):
		s, _ := c.after(r, m, "Pulling image: ")
		image, _ := word(s)
		c.beginImage(r, image)
	case has(m, "Pulled image: "):
		s, _ := c.after(r, m, "Pulled image: ")
		if p := c.imagePullFor(s); p != nil {
			c.finishPull(p, Served, "")
		}
	case has(m, "PullImage "), has(m, "Pulled image "):
		c.criLine(r, m)
	case has(m, "Pulling ref from V2 registry: "):
		s, _ := c.after(r, m, "Pulling ref from V2 registry: ")
		c.dockerServed(s)
	}
}

// beginImage opens a pull of containers/image unless the one that is open has
// this name and nothing was asked yet: several messages announce one pull.
func (c *collector) beginImage(r *record, image []byte) {
	if p := c.latest[engineImage]; p != nil && len(p.Endpoints) == 0 {
		if c.normalise(image).full == p.Image {
			return
		}
	}
	c.start(engineImage, string(image), r.when())
}

// imagePull returns the pull that a line without a name belongs to, opening
// one for logs that begin in the middle and for skopeo and buildah, which
// announce none.
func (c *collector) imagePull(r *record) *openPull {
	if p := c.latest[engineImage]; p != nil {
		if p.Outcome == Unknown {
			return p
		}
		c.close(p) // written by skopeo or buildah; this is the next image
	}
	return c.start(engineImage, "", r.when())
}

// imagePullFor finds the open pull of a reference as written; the mirrors'
// names end like the image's own.
func (c *collector) imagePullFor(ref []byte) *openPull {
	latest := c.latest[engineImage]
	if len(c.open) < 2 {
		return latest
	}
	last := lastComponent(string(ref))
	if latest != nil && lastComponent(latest.Image) == last {
		return latest
	}
	for i := len(c.open) - 1; i >= 0; i-- {
		if p := c.open[i]; p.Engine == engineImage && lastComponent(p.Image) == last {
			return p
		}
	}
	return latest
}

// lastComponent returns the last path component without tag and digest.
func lastComponent(ref string) string {
	ref = ref[strings.LastIndexByte(ref, '/')+1:]
	if i := strings.IndexAny(ref, ":@"); i >= 0 {
		ref = ref[:i]
	}
	return ref
}

// accessing: a source is tried. The reference is the image's name there.
func (c *collector) accessing(r *record, ref []byte) {
	p := c.imagePullFor(ref)
	if p != nil && p.otherImage(ref) {
		c.close(p)
		p = nil
	}
	if p == nil || p.Outcome != Unknown {
		p = c.imagePull(r)
	}
	c.latest[engineImage] = p
	p.LastLine = c.lineNumber
	if p.inFallback {
		return
	}
	host := ref
	if i := bytes.IndexByte(ref, '/'); i >= 0 {
		host = ref[:i]
	}
	// At level info CRI-O names the sources and not their failures: going on
	// to the next one is the failure.
	if i := p.current; i >= 0 && p.Endpoints[i].Outcome == Unknown && p.Endpoints[i].Reference != string(ref) && p.ServedBy == "" {
		p.refused(i, 0, "")
	}
	p.current = c.endpoint(p, c.intern(host), bound(string(ref)))
	if i := p.current; i >= 0 {
		// CRI-O opens the image twice: the second round decides again.
		if p.Endpoints[i].Outcome == Failed {
			p.Endpoints[i].Outcome = Unknown
		}
		p.Endpoints[i].Tries++
	}
}

// otherImage tells for a pull that nothing named whether a reference belongs
// to the next one.
func (p *openPull) otherImage(ref []byte) bool {
	if p.Image != "" || p.inFallback || len(p.Endpoints) == 0 {
		return false
	}
	for i := range p.Endpoints {
		if p.Endpoints[i].Reference == string(ref) {
			return false
		}
	}
	return p.ServedBy != "" || lastComponent(p.Endpoints[0].Reference) != lastComponent(string(ref))
}

// accessFailed reads `"reference" failed: error`.
func (c *collector) accessFailed(s []byte) {
	ref, rest, ok := quoted(s)
	if !ok || !has(rest, " failed: ") {
		return
	}
	p := c.imagePullFor(ref)
	if p == nil || p.inFallback {
		return
	}
	for i := range p.Endpoints {
		if p.Endpoints[i].Reference == string(ref) {
			p.refused(i, 0, string(rest[len(" failed: "):]))
			p.current = -1
			p.pendingEndpoint, p.pendingObject = -1, -1
			return
		}
	}
}

// imageRequest reads the URL of `GET url`.
func (c *collector) imageRequest(r *record, method string, raw []byte) {
	if r.form != formConsole {
		raw = c.unescape(raw)
	}
	raw, _ = word(raw)
	l, ok := parseLocation(raw)
	if !ok || l.kind == otherRequest {
		return
	}
	p := c.imagePull(r)
	p.LastLine = c.lineNumber
	i := p.current
	if i < 0 || p.Endpoints[i].Host != string(l.host) {
		if p.inFallback || l.kind == blobRequest {
			i = -1
		} else {
			i = c.endpoint(p, c.intern(l.host), "")
			p.current = i
		}
	}
	switch l.kind {
	case pingRequest:
		if i >= 0 && p.Endpoints[i].URL == "" {
			p.Endpoints[i].Method, p.Endpoints[i].URL = method, l.String()
		}
	case manifestRequest:
		c.imageManifest(p, i, method, l)
	case blobRequest:
		if o := c.object(p, l.object, KindBlob); o >= 0 {
			o := &p.objects[o]
			if host := c.intern(l.host); o.Host != host {
				if o.Host != "" {
					o.refuse(o.Host, 0, "")
				}
				o.Host, o.start = host, r.when()
			}
		}
	}
}

// imageManifest: the first manifest request goes to an endpoint; those by
// digest after it was served fetch the parts of an index.
func (c *collector) imageManifest(p *openPull, i int, method string, l location) {
	p.pendingEndpoint, p.pendingObject = -1, -1
	byDigest := bytes.IndexByte(l.object, ':') > 0
	if p.ServedBy != "" && byDigest && (i < 0 || p.Endpoints[i].URL != l.String()) {
		if o := c.object(p, l.object, KindManifest); o >= 0 {
			p.objects[o].Host = c.intern(l.host)
			p.pendingObject = o
		}
		return
	}
	if i < 0 || p.ServedBy != "" && p.Endpoints[i].URL != l.String() {
		return // signatures and other attachments
	}
	e := &p.Endpoints[i]
	e.Method, e.URL = method, l.String()
	if e.Reference == "" {
		e.Tries++
	}
	p.pendingEndpoint = i
}

// manifestAnswered: the body's type is logged whatever the status, so this
// holds until the source is said to have failed.
func (c *collector) manifestAnswered(contentType []byte) {
	p := c.latest[engineImage]
	if p == nil {
		return
	}
	if i := p.pendingEndpoint; i >= 0 {
		p.Endpoints[i].ContentType = text(contentType)
		p.Endpoints[i].Status, p.Endpoints[i].Inferred = 200, true
		p.served(i)
	}
	if i := p.pendingObject; i >= 0 {
		p.objects[i].Outcome, p.objects[i].done = Served, true
	}
	p.pendingEndpoint, p.pendingObject = -1, -1
}

// pinged reads `url status 401` and `url err text (…)`.
func (c *collector) pinged(s []byte) {
	p := c.latest[engineImage]
	raw, rest := word(s)
	l, ok := parseLocation(raw)
	if p == nil || !ok || p.current < 0 || p.Endpoints[p.current].Host != string(l.host) {
		return
	}
	if problem, found := bytes.CutPrefix(rest, []byte("err ")); found {
		if i := bytes.Index(problem, []byte(" (&")); i >= 0 {
			problem = problem[:i]
		}
		p.Endpoints[p.current].Reason = redact(string(problem))
	}
}

// tooMany reads `url: sleeping for 2.0 seconds before next attempt`.
func (c *collector) tooMany(s []byte) {
	p := c.latest[engineImage]
	raw, _ := word(s)
	l, ok := parseLocation(bytes.TrimSuffix(raw, []byte(":")))
	if p == nil || !ok {
		return
	}
	for i := range p.Endpoints {
		if p.Endpoints[i].Host == string(l.host) {
			p.Endpoints[i].Waits++
		}
	}
}

// blobMoves reads how a blob falls back to other sources
// (docker_image_src.go since 5.39.3 and 5.41.1).
func (c *collector) blobMoves(s []byte) {
	p := c.latest[engineImage]
	if p == nil {
		return
	}
	if has(s, "fetch succeeded from fallback source ") {
		p.inFallback = false
		return
	}
	digest, rest := word(s)
	rest, ok := bytes.CutPrefix(rest, []byte("fetch from "))
	if !ok || !bytes.HasSuffix(rest, []byte("trying fallback sources")) {
		return
	}
	ref, rest, ok := quoted(rest)
	if !ok {
		return
	}
	p.inFallback = true
	if i := c.object(p, digest, KindBlob); i >= 0 {
		host, _, _ := strings.Cut(text(ref), "/")
		reason := redact(strings.TrimSuffix(strings.TrimPrefix(text(rest), " failed ("), "), trying fallback sources"))
		p.objects[i].refuse(host, statusInWords(reason), reason)
	}
}

// imageWritten: the last thing skopeo and buildah say of a pull. Podman goes
// on to say which candidate it was.
func (c *collector) imageWritten() {
	if p := c.latest[engineImage]; p != nil && p.ServedBy != "" && p.Outcome == Unknown {
		p.Outcome = Served
		p.LastLine = c.lineNumber
	}
}
