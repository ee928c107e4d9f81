package trace

import "bytes"

// The messages of dockerd's own puller are those of distribution/pull.go and
// distribution/pull_v2.go of docker/docker 28.5.2. They name no pull, so each
// belongs to the latest one.

// dockerTry reads `alpine from https://mirror/`; older daemons add " v2".
func (c *collector) dockerTry(r *record, s []byte) {
	i := bytes.Index(s, []byte(" from http"))
	if i < 0 {
		return
	}
	image := s[:i]
	raw, _ := word(s[i+len(" from "):])
	l, ok := parseLocation(raw)
	if !ok {
		return
	}
	full := c.normalise(image).full
	p := c.latest[engineDocker]
	if p == nil || p.ServedBy != "" || p.Image != full {
		if p != nil && p.ServedBy != "" {
			p.Outcome = Served
			c.close(p)
		}
		p = c.start(engineDocker, string(image), r.when())
	}
	p.LastLine = c.lineNumber
	p.current = c.endpoint(p, c.intern(l.host), "")
	if p.current >= 0 {
		e := &p.Endpoints[p.current]
		e.URL = l.String()
		e.Tries++
	}
}

// dockerNext reads the error after which dockerd goes on to the next endpoint.
func (c *collector) dockerNext(s []byte) {
	p := c.latest[engineDocker]
	if p == nil {
		// At level info dockerd does not say which endpoint it was.
		return
	}
	p.LastLine = c.lineNumber
	p.refused(p.current, 0, string(s))
	p.current = -1
}

// dockerServed reads the reference whose manifest arrived.
func (c *collector) dockerServed(image []byte) {
	p := c.latest[engineDocker]
	if p == nil {
		return
	}
	p.LastLine = c.lineNumber
	c.name(p, image)
	p.served(p.current)
}

// dockerBlob reads the digest of a blob whose download begins.
func (c *collector) dockerBlob(r *record, s []byte) {
	p := c.latest[engineDocker]
	digest, _, ok := quoted(s)
	if p == nil || !ok {
		return
	}
	if i := c.object(p, digest, KindBlob); i >= 0 {
		o := &p.objects[i]
		o.Host = p.ServedBy
		if o.start < 0 {
			o.start = r.when()
		}
	}
}

// dockerDownloaded reads `v2:sha256:… to tempfile …`.
func (c *collector) dockerDownloaded(r *record, s []byte) {
	p := c.latest[engineDocker]
	id, rest := word(s)
	if p == nil || !has(rest, "to tempfile") {
		return
	}
	id = bytes.TrimPrefix(id, []byte("v2:"))
	if i, ok := p.find(id); ok {
		o := &p.objects[i]
		o.end, o.done, o.Outcome = r.when(), true, Served
	}
}

// dockerPulled reads "image pulled" of the containerd image store
// (daemon/containerd/image_pull.go).
func (c *collector) dockerPulled(r *record) {
	f := r.fieldsOf()
	if p := c.named(f.remote); p != nil {
		c.finishPull(p, Served, "")
	}
}
