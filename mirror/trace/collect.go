package trace

import (
	"strings"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// What a report keeps at most. Together they bound its memory whatever the
// log: a few megabytes for any that an engine writes, and some tens for one
// that is made to be as large as possible.
const (
	keepFirstPulls = 64
	keepLastPulls  = 192
	maxOpenPulls   = 32
	maxEndpoints   = 64
	maxObjects     = 256
	maxRefusals    = 6
	// Over all pulls that are kept.
	maxAllEndpoints = 4096
	maxAllObjects   = 8192
	maxFiles        = 512
	maxKeys         = 64
	maxTotals       = 1024
	maxStatuses     = 32
	maxFetching     = 4096
	maxInterned     = 4096
	maxNames        = 1024
	// fewObjects are searched faster than a map is made. Most images have no
	// more.
	fewObjects = 12
)

const (
	engineImage      = "containers/image"
	engineContainerd = "containerd"
	engineDocker     = "dockerd"
)

// collector turns log lines into a Report.
type collector struct {
	report     Report
	lineNumber int64
	// plain and scratch hold a line without escape sequences and an unescaped
	// value.
	plain, scratch []byte
	// inner is a line that was held by another logger's, while unwrapping.
	inner      []byte
	unwrapping bool

	files  map[string]int
	totals map[string]int

	// open holds the pulls whose end was not seen, oldest first.
	open []*openPull
	// latest is the pull that lines without a name of their own belong to,
	// per engine.
	latest map[string]*openPull
	// interned holds one copy of hosts and reasons, which come again and
	// again.
	interned map[string]string
	// names holds what normalise found: a daemon names an image in several
	// lines of each pull, and pulls the same ones again.
	names map[string]imageName
	// fetching remembers what containerd said about digests before it
	// requested them.
	fetching map[string]fetching
	// ending are objects whose bar showed the end; the next time stamp is
	// theirs.
	ending []ended
	// hostsDir is the directory that containerd loaded last.
	hostsDir string
	// recognised counts the lines that told something.
	recognised int64
	notes      notes
	// endpoints and objects count those of the pulls in the report.
	endpoints, objects int
}

// notes count what findings are made of beyond pulls and files.
type notes struct {
	plainHTTP, skipVerify, httpsFirst noted
}

// noted is a count with its first line and subject.
type noted struct {
	count   int64
	line    int64
	subject string
}

// note counts an observation.
func (c *collector) note(n *noted, subject string) {
	c.recognised++
	if n.count == 0 {
		n.line, n.subject = c.lineNumber, bound(subject)
	}
	n.count++
}

type fetching struct {
	size int64
	kind ObjectKind
}

type ended struct {
	pull  *openPull
	index int
}

// openPull is a pull under way.
type openPull struct {
	Pull
	// registry and repository are those of Image where it could be parsed.
	registry, repository string
	begin                instant
	objects              []objectState
	// byDigest finds an object once there are more than fewObjects.
	byDigest map[string]int
	// current is the index of the endpoint that is being asked, -1 for none.
	current int
	// pending says what the next manifest answer belongs to.
	pendingEndpoint, pendingObject int
	// inFallback: containers/image walks its sources for one blob.
	inFallback bool
	// reported are the engine's own totals.
	reported Transfer
}

// objectState is an object with what is only needed while reading.
type objectState struct {
	Object
	start, end instant
	done       bool
}

func newCollector() *collector {
	return &collector{
		report:   Report{Files: []File{}, Pulls: []Pull{}, Totals: []Total{}, Findings: mirror.Diagnostics{}},
		files:    map[string]int{},
		totals:   map[string]int{},
		latest:   map[string]*openPull{},
		fetching: map[string]fetching{},
		interned: map[string]string{},
		names:    map[string]imageName{},
	}
}

// intern returns the string of b, the same one for the same bytes.
func (c *collector) intern(b []byte) string {
	if s, ok := c.interned[string(b)]; ok {
		return s
	}
	if len(c.interned) == maxInterned {
		clear(c.interned)
	}
	s := string(b)
	c.interned[s] = s
	return s
}

// file records the mention of a file and returns its entry, or nil beyond the
// limit.
func (c *collector) file(path string, kind FileKind) *File {
	c.recognised++
	if i, ok := c.files[path]; ok {
		c.report.Files[i].Count++
		return &c.report.Files[i]
	}
	if len(c.report.Files) == maxFiles {
		c.report.Omitted.Files++
		return nil
	}
	c.files[path] = len(c.report.Files)
	c.report.Files = append(c.report.Files, File{Path: path, Kind: kind, Line: c.lineNumber, Count: 1})
	return &c.report.Files[len(c.report.Files)-1]
}

// start opens a pull.
func (c *collector) start(engine, image string, at instant) *openPull {
	c.recognised++
	if len(c.open) == maxOpenPulls {
		c.close(c.open[0])
	}
	p := &openPull{begin: at, current: -1, pendingEndpoint: -1, pendingObject: -1}
	p.Engine, p.Outcome, p.Line, p.LastLine = engine, Unknown, c.lineNumber, c.lineNumber
	p.Endpoints, p.Blobs = []Endpoint{}, []Object{}
	p.reported = Transfer{Bytes: -1, Seconds: -1}
	if image != "" {
		c.name(p, []byte(image))
	}
	c.open = append(c.open, p)
	c.latest[engine] = p
	return p
}

// name sets the image of a pull and what is derived from it.
func (c *collector) name(p *openPull, image []byte) {
	n := c.normalise(image)
	p.Image, p.registry, p.repository = n.full, n.registry, n.repository
	for i := range p.Endpoints {
		p.Endpoints[i].Mirror = p.isMirror(p.Endpoints[i].Host, p.Endpoints[i].Reference)
	}
}

// imageName is a reference that was completed, and its parts. One that cannot
// be parsed stays as it is and has none.
type imageName struct{ full, registry, repository string }

// normalise completes a reference.
func (c *collector) normalise(image []byte) imageName {
	if n, ok := c.names[string(image)]; ok {
		return n
	}
	key := bound(string(image))
	n := imageName{full: key}
	if ref, err := mirror.ParseReference(key); err == nil {
		n = imageName{ref.String(), ref.Domain, ref.Path}
	}
	if len(c.names) == maxNames {
		clear(c.names)
	}
	c.names[key] = n
	return n
}

// isMirror tells a mirror from the image's own registry.
func (p *openPull) isMirror(host, reference string) bool {
	if p.registry == "" {
		return false
	}
	own := host == p.registry || p.registry == "docker.io" && isDockerHub(host)
	if own && reference != "" && host == p.registry {
		return !strings.HasPrefix(reference, p.registry+"/"+p.repository)
	}
	return !own
}

// isDockerHub knows the hosts that docker.io is reached at.
func isDockerHub(host string) bool {
	return host == "docker.io" || host == "registry-1.docker.io" || host == "index.docker.io"
}

// finishPull ends a pull and closes it.
func (c *collector) finishPull(p *openPull, outcome Outcome, problem string) {
	p.Outcome = outcome
	if problem != "" {
		p.Error = redact(problem)
	}
	p.LastLine = c.lineNumber
	c.close(p)
}

// endpoint returns the index of the endpoint with this host and reference,
// adding it if need be; -1 beyond the limit.
func (c *collector) endpoint(p *openPull, host, reference string) int {
	for i := range p.Endpoints {
		if e := &p.Endpoints[i]; e.Host == host && (e.Reference == reference || reference == "" || e.Reference == "") {
			if e.Reference == "" {
				e.Reference = reference
			}
			return i
		}
	}
	if len(p.Endpoints) == maxEndpoints {
		c.report.Omitted.Endpoints++
		return -1
	}
	p.Endpoints = append(p.Endpoints, Endpoint{
		Host: host, Reference: reference, Mirror: p.isMirror(host, reference),
		Outcome: Unknown, Line: c.lineNumber,
	})
	return len(p.Endpoints) - 1
}

// served notes that an endpoint delivered the manifest.
func (p *openPull) served(i int) {
	if i >= 0 {
		p.Endpoints[i].Outcome = Served
		p.ServedBy = p.Endpoints[i].Host
	}
}

// refused notes that an endpoint did not deliver the manifest.
func (p *openPull) refused(i int, status int, reason string) {
	if i < 0 {
		return
	}
	e := &p.Endpoints[i]
	e.Outcome = Failed
	if reason != "" {
		e.Reason = redact(reason)
	}
	if status > 0 {
		e.Status = status
	} else if e.Status == 0 || e.Inferred {
		e.Status = statusInWords(e.Reason)
		e.Inferred = e.Status > 0
	}
	if p.ServedBy == e.Host {
		p.ServedBy = ""
	}
}

// object returns the index of the object with this digest, adding it if need
// be; -1 beyond the limit.
func (c *collector) object(p *openPull, digest []byte, kind ObjectKind) int {
	if i, ok := p.find(digest); ok {
		o := &p.objects[i]
		if kind != KindBlob && o.Kind == KindBlob {
			o.Kind = kind
		}
		return i
	}
	if len(p.objects) == maxObjects || len(digest) > maxDigest {
		c.report.Omitted.Objects++
		return -1
	}
	o := objectState{start: noInstant, end: noInstant}
	o.Object = Object{Digest: string(digest), Kind: kind, Outcome: Unknown, Bytes: -1, Seconds: -1, Line: c.lineNumber}
	if f, ok := c.fetching[string(digest)]; ok {
		o.Bytes, o.Exact, o.Kind = f.size, f.size >= 0, f.kind
		delete(c.fetching, string(digest))
	}
	p.objects = append(p.objects, o)
	last := len(p.objects) - 1
	switch {
	case p.byDigest != nil:
		p.byDigest[o.Digest] = last
	case last == fewObjects:
		p.byDigest = map[string]int{}
		for i := range p.objects {
			p.byDigest[p.objects[i].Digest] = i
		}
	}
	return last
}

// find returns the index of the object with this digest.
func (p *openPull) find(digest []byte) (int, bool) {
	if p.byDigest != nil {
		i, ok := p.byDigest[string(digest)]
		return i, ok
	}
	for i := range p.objects {
		if p.objects[i].Digest == string(digest) {
			return i, true
		}
	}
	return 0, false
}

// refuse notes that a host did not deliver an object.
func (o *objectState) refuse(host string, status int, reason string) {
	if o.Host == host {
		o.Host = ""
	}
	if n := len(o.Refused); n > 0 && o.Refused[n-1].Host == host {
		if reason != "" {
			o.Refused[n-1].Reason = reason[:min(len(reason), maxRefusal)]
		}
		return
	}
	if len(reason) > maxRefusal {
		reason = reason[:maxRefusal]
	}
	if len(o.Refused) < maxRefusals {
		o.Refused = append(o.Refused, Refusal{Host: host, Status: status, Reason: reason})
	}
}

// settle gives the objects whose end was shown the time stamp of this line.
func (c *collector) settle(r *record) {
	at := r.when()
	for _, e := range c.ending {
		if o := &e.pull.objects[e.index]; o.end < 0 {
			o.end = at
		}
	}
	c.ending = c.ending[:0]
}
