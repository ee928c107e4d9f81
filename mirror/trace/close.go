package trace

import "slices"

// close moves a pull from the open ones to the report.
func (c *collector) close(p *openPull) {
	i := slices.Index(c.open, p)
	if i < 0 {
		return
	}
	c.open = slices.Delete(c.open, i, i+1)
	for engine, latest := range c.latest {
		if latest == p {
			delete(c.latest, engine)
		}
	}
	c.ending = slices.DeleteFunc(c.ending, func(e ended) bool { return e.pull == p })
	p.complete()
	c.count(&p.Pull)
	c.keep(p.Pull)
}

// keep puts a pull into the report, in place of an older one where the report
// is full.
func (c *collector) keep(p Pull) {
	at := len(c.report.Pulls)
	if at < keepFirstPulls+keepLastPulls {
		c.report.Pulls = append(c.report.Pulls, Pull{})
	} else {
		// The part for the latest is a ring; finish sorts it.
		at = keepFirstPulls + int(c.report.Omitted.Pulls%keepLastPulls)
		old := &c.report.Pulls[at]
		c.endpoints -= len(old.Endpoints)
		c.objects -= len(old.Manifests) + len(old.Blobs)
		c.report.Omitted.Pulls++
	}
	if n := len(p.Manifests) + len(p.Blobs); c.objects+n > maxAllObjects {
		c.report.Omitted.Objects += int64(n)
		p.Manifests, p.Blobs = nil, []Object{}
	}
	if n := len(p.Endpoints); c.endpoints+n > maxAllEndpoints {
		c.report.Omitted.Endpoints += int64(n)
		p.Endpoints = []Endpoint{}
	}
	c.endpoints += len(p.Endpoints)
	c.objects += len(p.Manifests) + len(p.Blobs)
	c.report.Pulls[at] = p
}

// complete derives what only the whole pull tells.
func (p *openPull) complete() {
	if p.Outcome == Unknown && p.ServedBy != "" && len(p.objects) > 0 {
		all := true
		for i := range p.objects {
			all = all && p.objects[i].done
		}
		if all {
			p.Outcome = Served
		}
	}
	if p.Outcome == Served && p.ServedBy == "" && p.current >= 0 && p.Endpoints[p.current].Outcome == Unknown {
		p.served(p.current)
	}
	for i := range p.Endpoints {
		if e := &p.Endpoints[i]; e.Outcome == Served && e.Status == 0 {
			e.Status, e.Inferred = 200, true
		}
	}
	manifests := 0
	for i := range p.objects {
		if p.objects[i].Kind == KindManifest {
			manifests++
		}
	}
	if manifests > 0 {
		p.Manifests = make([]Object, 0, manifests)
	}
	p.Blobs = make([]Object, 0, len(p.objects)-manifests)
	for i := range p.objects {
		o := &p.objects[i]
		if o.Outcome == Unknown && (o.done || p.Outcome == Served) {
			o.Outcome = Served
		}
		o.Seconds = o.end.since(o.start)
		if o.Kind == KindManifest {
			p.Manifests = append(p.Manifests, o.Object)
		} else {
			p.Blobs = append(p.Blobs, o.Object)
		}
	}
	p.Transfer = p.transfer()
}

// count adds a pull to the totals.
func (c *collector) count(p *Pull) {
	for i := range p.Endpoints {
		e := &p.Endpoints[i]
		t := c.total(e.Host)
		if t == nil {
			continue
		}
		t.Asked++
		switch e.Outcome {
		case Served:
			t.Served++
		case Failed:
			t.Failed++
		}
		at, found := slices.BinarySearchFunc(t.Statuses, e.Status, func(s StatusCount, status int) int { return s.Status - status })
		if found {
			t.Statuses[at].Count++
		} else if len(t.Statuses) < maxStatuses {
			t.Statuses = slices.Insert(t.Statuses, at, StatusCount{Status: e.Status, Count: 1})
		}
	}
	for i := range p.Blobs {
		o := &p.Blobs[i]
		if o.Host == "" || o.Outcome != Served {
			continue
		}
		if t := c.total(o.Host); t != nil {
			t.Blobs++
			t.Bytes += max(o.Bytes, 0)
		}
	}
}

func (c *collector) total(host string) *Total {
	i, ok := c.totals[host]
	if !ok {
		if len(c.report.Totals) == maxTotals {
			c.report.Omitted.Totals++
			return nil
		}
		i = len(c.report.Totals)
		c.totals[host] = i
		c.report.Totals = append(c.report.Totals, Total{Host: host, Statuses: []StatusCount{}})
	}
	return &c.report.Totals[i]
}

// finish closes what is open and draws the conclusions.
func (c *collector) finish() *Report {
	for len(c.open) > 0 {
		c.close(c.open[0])
	}
	slices.SortStableFunc(c.report.Pulls, func(a, b Pull) int { return int(a.Line - b.Line) })
	c.report.Lines = c.lineNumber
	c.findings()
	return &c.report
}
