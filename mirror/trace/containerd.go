package trace

import (
	"bytes"
	"strings"
)

// containerdLine reads the messages of containerd's resolver and fetcher
// (core/remotes/docker/resolver.go and fetcher.go of containerd 2.4.2,
// remotes/docker of 1.7.35), of ctr, nerdctl, and those of dockerd that begin
// in lower case.
func (c *collector) containerdLine(r *record, m []byte) {
	switch m[0] {
	case 'd':
		if has(m, "do request") {
			c.request(r)
		}
	case 'f':
		switch {
		case has(m, "fetch response received"):
			c.response(r)
		case has(m, "fetch failed"):
			c.fetchFailed(r, m)
		case has(m, "fetching ") && r.form == formConsole, string(m) == "fetching":
			f := r.fieldsOf()
			if len(f.image) > 0 {
				c.start(engineContainerd, text(f.image), r.when())
			}
		case has(m, "fetch ") && r.form == formConsole, string(m) == "fetch":
			c.fetch(r)
		case has(m, "failed to decode "):
			c.hostsFileRefused(r, m)
		}
	case 'r':
		if has(m, "resolving ") && r.form == formConsole || string(m) == "resolving" {
			c.resolving(r)
		} else if has(m, "resolved ") && r.form == formConsole || string(m) == "resolved" {
			c.resolved(r)
		}
	case 't':
		if has(m, "trying next host") {
			c.nextHost(r, m)
		}
	case 'l':
		if has(m, "loading host directory") {
			f := r.fieldsOf()
			if len(f.dir) > 0 {
				c.hostsDir = text(f.dir)
				c.file(c.hostsDir, HostsDir)
			}
		}
	case 'h':
		if has(m, "host will try HTTPS first") {
			f := r.fieldsOf()
			c.note(&c.notes.httpsFirst, text(f.host))
		} else if s, ok := c.after(r, m, "hostDir: "); ok {
			c.file(bound(string(s)), CertsDir)
		}
	case 's':
		if s, ok := c.after(r, m, "skipping verifying HTTPS certs for "); ok {
			subject, _, _ := quoted(s)
			c.note(&c.notes.skipVerify, string(subject))
		} else if s, ok := c.after(r, m, "server "); ok && bytes.Contains(s, []byte("does not seem to support HTTPS")) {
			subject, _, _ := quoted(s)
			c.note(&c.notes.plainHTTP, string(subject))
		}
	case 'p':
		if s, ok := c.after(r, m, "pulling blob "); ok {
			c.dockerBlob(r, s)
		}
	case 'i':
		if has(m, "image pulled") {
			c.dockerPulled(r)
		} else if has(m, "initializing source ") {
			s, _ := c.after(r, m, "")
			c.toolFailed(s)
		}
	}
}

// place parses a URL field.
func (c *collector) place(raw []byte) (location, bool) { return parseLocation(c.unescape(raw)) }

// pullAt finds the open pull that a request belongs to: by the registry in
// ?ns= or else the host, and by the repository, which a mirror may have put a
// prefix before. It opens one where the log begins in the middle.
func (c *collector) pullAt(r *record, l location) *openPull {
	registry := string(l.namespace)
	if registry == "" {
		registry = string(l.host)
	}
	if isDockerHub(registry) {
		registry = "docker.io"
	}
	repository := string(l.repository)
	match := func(p *openPull) bool {
		return p.Engine == engineContainerd && p.registry == registry &&
			(p.repository == repository || isBelow(repository, p.repository))
	}
	if p := c.latest[engineContainerd]; p != nil && match(p) {
		return p
	}
	for i := len(c.open) - 1; i >= 0; i-- {
		if match(c.open[i]) {
			return c.open[i]
		}
	}
	image := registry + "/" + repository
	if object := string(l.object); l.kind == manifestRequest && strings.Contains(object, ":") {
		image += "@" + object
	} else if l.kind == manifestRequest {
		image += ":" + object
	}
	// The URL has the parts already, a reference need not be parsed.
	p := c.start(engineContainerd, "", r.when())
	p.Image, p.registry, p.repository = bound(image), registry, repository
	return p
}

// isBelow reports whether a repository is another one behind a prefix.
func isBelow(repository, other string) bool {
	prefix, ok := strings.CutSuffix(repository, other)
	return ok && strings.HasSuffix(prefix, "/")
}

// request reads "do request". Requests of the resolver name no digest, those
// of the fetcher do.
func (c *collector) request(r *record) {
	f := r.fieldsOf()
	l, ok := c.place(f.url)
	if !ok || l.kind != manifestRequest && l.kind != blobRequest {
		return
	}
	p := c.pullAt(r, l)
	p.LastLine = c.lineNumber
	c.latest[engineContainerd] = p
	if len(f.digest) > 0 && string(f.method) != "HEAD" {
		c.objectRequest(r, p, f, l)
		return
	}
	i := c.endpoint(p, c.intern(l.host), "")
	if i < 0 {
		return
	}
	e := &p.Endpoints[i]
	e.Method, e.URL = text(f.method), l.String()
	e.Tries++
	p.current = i
}

func (c *collector) objectRequest(r *record, p *openPull, f fields, l location) {
	mediaType := f.mediaType
	if len(mediaType) == 0 {
		mediaType = f.accept // the fetcher accepts the object's own type first
	}
	i := c.object(p, l.object, kindOf(mediaType, l.kind))
	if i < 0 {
		return
	}
	o := &p.objects[i]
	if o.start < 0 {
		o.start = r.when()
	}
	if o.Bytes < 0 && len(f.size) > 0 {
		o.Bytes = number(f.size)
		o.Exact = o.Bytes >= 0
	}
	if host := c.intern(l.host); o.Host != host {
		if o.Host != "" && o.Outcome != Served {
			o.refuse(o.Host, o.Status, "")
		}
		o.Host, o.Status, o.Outcome = host, 0, Unknown
	}
}

// kindOf tells manifests, configs and layers by media type.
func kindOf(mediaType []byte, kind requestKind) ObjectKind {
	switch {
	case kind == manifestRequest, bytes.Contains(mediaType, []byte("manifest")), bytes.Contains(mediaType, []byte("index")):
		return KindManifest
	case bytes.Contains(mediaType, []byte("config")), bytes.Contains(mediaType, []byte("container.image")):
		return KindConfig
	case bytes.Contains(mediaType, []byte("layer")), bytes.Contains(mediaType, []byte("rootfs")):
		return KindLayer
	default:
		return KindBlob
	}
}

// response reads "fetch response received".
func (c *collector) response(r *record) {
	f := r.fieldsOf()
	status := 0
	if len(f.status) >= 3 {
		status = int(max(number(f.status[:3]), 0))
	}
	l, ok := c.place(f.url)
	if !ok || l.kind != manifestRequest && l.kind != blobRequest {
		c.responseWithoutURL(f, status)
		return
	}
	p := c.pullAt(r, l)
	p.LastLine = c.lineNumber
	if len(f.digest) == 0 {
		i := c.endpoint(p, c.intern(l.host), "")
		if i < 0 {
			return
		}
		e := &p.Endpoints[i]
		if e.URL == "" {
			e.URL = l.String()
		}
		e.Status, e.ContentType = status, text(f.contentType)
		return
	}
	i := c.object(p, l.object, kindOf(f.mediaType, l.kind))
	if i < 0 {
		return
	}
	o := &p.objects[i]
	o.Status = status
	host := c.intern(l.host)
	if status >= 200 && status < 300 {
		o.Host, o.Outcome = host, Served
		if o.Bytes < 0 {
			if size := number(f.contentLength); size >= 0 {
				o.Bytes, o.Exact = size, true
			}
		}
	} else if status >= 400 && status != 401 {
		o.Outcome = Failed
		o.refuse(host, status, "")
	}
}

// responseWithoutURL keeps what a line that a progress bar cut off still
// tells.
func (c *collector) responseWithoutURL(f fields, status int) {
	p := c.latest[engineContainerd]
	if p == nil || len(f.digest) == 0 || status < 200 || status > 299 {
		return
	}
	if i, ok := p.find(f.digest); ok {
		p.objects[i].Status, p.objects[i].Outcome = status, Served
	}
}

// fetch reads "fetch", which gives an object's size before it is requested,
// without saying for which image.
func (c *collector) fetch(r *record) {
	f := r.fieldsOf()
	if len(f.digest) == 0 || len(f.mediaType) == 0 {
		return
	}
	c.recognised++
	kind, size := kindOf(f.mediaType, otherRequest), number(f.size)
	if p := c.latest[engineContainerd]; p != nil && len(c.open) == 1 {
		if i := c.object(p, f.digest, kind); i >= 0 && p.objects[i].Bytes < 0 && size >= 0 {
			p.objects[i].Bytes, p.objects[i].Exact = size, true
		}
		return
	}
	if len(c.fetching) == maxFetching {
		clear(c.fetching)
	}
	c.fetching[text(f.digest)] = fetching{size: size, kind: kind}
}

// resolving reads "resolving host=…"; since 2.0 it has the URL too.
func (c *collector) resolving(r *record) {
	f := r.fieldsOf()
	var p *openPull
	if l, ok := c.place(f.url); ok {
		p = c.pullAt(r, l)
		c.latest[engineContainerd] = p
	} else if p = c.latest[engineContainerd]; p == nil {
		return
	}
	if len(f.host) > 0 && len(f.host) < 262 {
		p.current = c.endpoint(p, c.intern(f.host), "")
	}
}

// resolved reads "resolved host=…": this host served the manifest.
func (c *collector) resolved(r *record) {
	f := r.fieldsOf()
	c.recognised++
	if i, p := c.asked(f); p != nil {
		p.LastLine = c.lineNumber
		p.served(i)
		return
	}
}

// nextHost reads "trying next host" and "fetch failed", with an error or
// "after status: 404 Not Found".
func (c *collector) nextHost(r *record, m []byte) {
	f := r.fieldsOf()
	i, p := c.asked(f)
	if p == nil {
		return
	}
	c.recognised++
	p.LastLine = c.lineNumber
	status := p.Endpoints[i].Status
	if at := bytes.Index(m, []byte("after status: ")); at >= 0 {
		if s := m[at+len("after status: "):]; len(s) >= 3 {
			status = int(max(number(s[:3]), 0))
		}
	} else if bytes.Contains(m, []byte("StatusNotFound")) {
		status = 404
	}
	reason := ""
	if len(f.err) > 0 {
		reason = text(f.err)
		status = 0
	}
	p.refused(i, status, reason)
	if has(m, "fetch failed") && p.ServedBy == "" {
		p.Error = "no endpoint served " + p.Image
	}
}

// fetchFailed reads "fetch failed": of the last host where it resolves, of one
// host of several where it names a digest (since 2.1).
func (c *collector) fetchFailed(r *record, m []byte) {
	f := r.fieldsOf()
	if len(f.digest) == 0 {
		c.nextHost(r, m)
		return
	}
	for k := len(c.open) - 1; k >= 0; k-- {
		p := c.open[k]
		if i, ok := p.find(f.digest); ok && p.Engine == engineContainerd {
			o := &p.objects[i]
			host := o.Host
			if n := len(o.Refused); host == "" && n > 0 {
				host = o.Refused[n-1].Host
			}
			if host != "" && o.Outcome != Served {
				reason := redact(text(f.err))
				status := statusInWords(reason)
				o.refuse(host, status, c.intern([]byte(reason[:min(len(reason), maxRefusal)])))
				o.Outcome = Failed
			}
			return
		}
	}
}

// asked finds the endpoint that a line of the resolver is about, by its URL or
// else by its host among the pulls that are open.
func (c *collector) asked(f fields) (int, *openPull) {
	host := string(f.host)
	if l, ok := c.place(f.url); ok {
		if host == "" {
			host = string(l.host)
		}
		url := l.String()
		for k := len(c.open) - 1; k >= 0; k-- {
			p := c.open[k]
			for i := range p.Endpoints {
				if p.Engine == engineContainerd && p.Endpoints[i].URL == url {
					return i, p
				}
			}
		}
	}
	for k := len(c.open) - 1; k >= 0; k-- {
		p := c.open[k]
		if p.Engine != engineContainerd {
			continue
		}
		for i := range p.Endpoints {
			if p.Endpoints[i].Host == host && p.Endpoints[i].Outcome == Unknown {
				return i, p
			}
		}
	}
	return -1, nil
}
