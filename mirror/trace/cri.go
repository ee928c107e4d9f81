package trace

import (
	"bytes"
	"time"
)

// criLine reads what the CRI service says about a pull from begin to end
// (internal/cri/instrument/instrumented_service.go and
// internal/cri/server/images/image_pull.go of containerd 2.4.2).
func (c *collector) criLine(r *record, m []byte) {
	if s, ok := c.after(r, m, "Pulled image "); ok {
		c.criPulled(s)
		return
	}
	s, _ := c.after(r, m, "PullImage ")
	if rest, found := bytes.CutPrefix(s, []byte("using normalized image ref: ")); found {
		image, _, ok := quoted(rest)
		if p := c.latest[engineContainerd]; ok && p != nil && len(p.Endpoints) == 0 {
			c.name(p, image)
		}
		return
	}
	image, rest, ok := quoted(s)
	if !ok {
		return
	}
	rest = bytes.TrimLeft(rest, " ")
	switch {
	case has(rest, "returns image reference"):
		if p := c.named(image); p != nil {
			c.finishPull(p, Served, "")
		}
	case has(rest, "failed"):
		f := r.fieldsOf()
		if p := c.named(image); p != nil {
			c.finishPull(p, Failed, text(f.err))
		}
	case len(rest) == 0:
		c.start(engineContainerd, string(image), r.when())
	}
}

// criPulled reads `"image" with image id …, size "3623844" in 1.23s`. The size
// is that of the compressed image.
func (c *collector) criPulled(s []byte) {
	image, _, ok := quoted(s)
	if !ok {
		return
	}
	p := c.named(image)
	if p == nil {
		return
	}
	if i := bytes.LastIndex(s, []byte(`, size "`)); i >= 0 {
		size, rest, _ := quoted(s[i+len(`, size `):])
		took, err := time.ParseDuration(string(bytes.TrimPrefix(rest, []byte(" in "))))
		if n := number(size); n >= 0 && err == nil && took > 0 {
			p.reported = Transfer{Bytes: n, Exact: true, Seconds: took.Seconds()}
		}
	}
	p.Outcome = Served // "returns image reference" follows
	p.LastLine = c.lineNumber
}

// named finds the open pull of an image as the CRI service writes it.
func (c *collector) named(image []byte) *openPull {
	full := c.normalise(image).full
	for i := len(c.open) - 1; i >= 0; i-- {
		if p := c.open[i]; p.Engine == engineContainerd && p.Image == full {
			return p
		}
	}
	return nil
}
