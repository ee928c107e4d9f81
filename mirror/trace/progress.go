package trace

import "bytes"

var (
	copyingBlob   = []byte("Copying blob ")
	copyingConfig = []byte("Copying config ")
	elapsedMark   = []byte("elapsed:")
)

// plainLine reads what is no log line: the bars of podman, skopeo, nerdctl and
// ctr, and what docker pull prints.
func (c *collector) plainLine(line []byte) {
	line = bytes.TrimLeft(line, " \t")
	if len(line) < 8 {
		return
	}
	switch line[0] {
	case 'C':
		if rest, ok := bytes.CutPrefix(line, copyingBlob); ok {
			c.bar(rest, KindLayer)
		} else if rest, ok := bytes.CutPrefix(line, copyingConfig); ok {
			c.bar(rest, KindConfig)
		} else {
			return
		}
		// A log line printed without waiting for the bar's end of line.
		if i := bytes.Index(line, debugMark); i > 0 {
			c.dispatch(line[i:])
		} else if i := bytes.Index(line, infoMark); i > 0 {
			c.dispatch(line[i:])
		}
	case 'e', 'P':
		if i := bytes.Index(line, elapsedMark); i >= 0 {
			c.elapsed(line[i+len(elapsedMark):])
		}
	case 'l', 'm', 'i', 'c':
		c.containerdBar(line)
	case 'T':
		if rest, ok := bytes.CutPrefix(line, []byte("Trying to pull ")); ok && bytes.HasSuffix(rest, []byte("...")) {
			c.beginImage(&record{}, rest[:len(rest)-3])
		}
	case 'W':
		if has(line, "Writing manifest to image destination") {
			c.imageWritten()
		}
	case 'E':
		if rest, ok := bytes.CutPrefix(line, []byte("Error: ")); ok {
			c.toolFailed(rest)
		}
	case 'S':
		if has(line, "Status: Downloaded newer image for ") || has(line, "Status: Image is up to date for ") {
			if p := c.latest[engineDocker]; p != nil {
				c.finishPull(p, Served, "")
			}
		}
	case 'd':
		if has(line, "done: ") {
			if p := c.latest[engineContainerd]; p != nil {
				c.finishPull(p, Served, "")
			}
		}
	}
}

// bar reads a bar of containers/image: `f6b4fb944634 [--] 0.0b / 4.0MiB | …`,
// `f6b4fb944634 done`, `f6b4fb944634 skipped: already exists`. It shows the
// first twelve digits of the digest, older versions the whole.
func (c *collector) bar(s []byte, kind ObjectKind) {
	p := c.latest[engineImage]
	if p == nil {
		return
	}
	short, rest := word(s)
	short = bytes.TrimPrefix(short, []byte("sha256:"))
	i := p.shortDigest(short)
	if i < 0 {
		return
	}
	o := &p.objects[i]
	o.Kind = kind
	rest = bytes.TrimLeft(rest, " ")
	if has(rest, "done") {
		if !o.done {
			o.done, o.Outcome = true, Served
			c.ending = append(c.ending, ended{pull: p, index: i})
		}
		if i := bytes.LastIndexByte(rest, '|'); i < 0 || len(bytes.TrimSpace(rest[i:])) < 3 {
			return
		}
	}
	if slash := bytes.Index(rest, []byte(" / ")); slash >= 0 && !o.Exact {
		if size, _ := parseSize(rest[slash+3:]); size > 0 {
			o.Bytes = size
		}
	}
}

// shortDigest finds an object by the beginning of its hex digest, -1 if there
// is none.
func (p *openPull) shortDigest(short []byte) int {
	if len(short) < 7 {
		return -1
	}
	for i := range p.objects {
		d := p.objects[i].Digest
		if at := len("sha256:"); len(d) >= at+len(short) && d[at:at+len(short)] == string(short) {
			return i
		}
	}
	return -1
}

// containerdBar reads `layer-sha256:…: done |++++|` of nerdctl and ctr.
func (c *collector) containerdBar(line []byte) {
	dash := bytes.IndexByte(line[:min(len(line), 12)], '-')
	p := c.latest[engineContainerd]
	if p == nil || dash < 0 || !has(line[dash+1:], "sha256:") {
		return
	}
	digest, rest := word(line[dash+1:])
	i, ok := p.find(bytes.TrimSuffix(digest, []byte(":")))
	if !ok {
		kind := KindBlob
		switch string(line[:dash]) {
		case "layer":
			kind = KindLayer
		case "config":
			kind = KindConfig
		case "manifest", "index":
			kind = KindManifest
		default:
			return
		}
		if i = c.object(p, bytes.TrimSuffix(digest, []byte(":")), kind); i < 0 {
			return
		}
	}
	o := &p.objects[i]
	rest = bytes.TrimLeft(rest, " ")
	p.LastLine = c.lineNumber
	if (has(rest, "done") || has(rest, "exists") || has(rest, "complete")) && !o.done {
		o.done = true
		c.ending = append(c.ending, ended{pull: p, index: i})
	}
}

// elapsed reads ` 5.5 s   total:  27.0 M (4.9 MiB/s)`, which nerdctl and ctr
// redraw until the end.
func (c *collector) elapsed(s []byte) {
	p := c.latest[engineContainerd]
	i := bytes.Index(s, []byte("total:"))
	if p == nil || i < 0 || p.Outcome != Unknown {
		return
	}
	took := seconds(s[:i])
	size, _ := parseSize(s[i+len("total:"):])
	if took > 0 && size > 0 {
		p.reported = Transfer{Bytes: size, Seconds: took}
		p.LastLine = c.lineNumber
	}
}

// toolFailed reads the last words of podman, buildah and skopeo.
func (c *collector) toolFailed(s []byte) {
	p := c.latest[engineImage]
	if p == nil {
		return
	}
	if p.Image == "" {
		if _, after, ok := bytes.Cut(s, []byte("initializing source docker://")); ok {
			if name, _, ok := bytes.Cut(after, []byte(": ")); ok {
				c.name(p, name)
			}
		}
	}
	for _, mark := range []string{"initializing source", "unable to copy from source", "reading manifest", "Mirrors also failed"} {
		if bytes.Contains(s, []byte(mark)) {
			c.finishPull(p, Failed, string(s))
			return
		}
	}
}
