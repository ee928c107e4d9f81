package trace

// transfer works out how much was moved and how fast. The engine's own time is
// preferred, since time stamps of a console log count whole seconds only.
func (p *openPull) transfer() Transfer {
	t := p.fromTimestamps()
	own := p.reported
	if own.Seconds > 0 && own.Bytes >= 0 {
		sum, exact := p.sizes()
		// The engine rounds for display; the sizes it logged are exact. Both
		// agree unless the log lost lines.
		if exact && sum > 0 && near(sum, own.Bytes) {
			own.Bytes, own.Exact = sum, true
		}
		own.Source = FromEngine
		t = own
	}
	if t.Bytes >= 0 && t.Seconds > 0 {
		t.BytesPerSecond = float64(t.Bytes) / t.Seconds
	}
	return t
}

// near reports whether a rounded size can stand for an exact one: containerd
// shows one decimal.
func near(exact, shown int64) bool {
	diff := exact - shown
	if diff < 0 {
		diff = -diff
	}
	return diff*18 <= exact || diff < 128
}

// sizes adds up the objects; exact is false where one is missing or rounded.
func (p *openPull) sizes() (sum int64, exact bool) {
	exact = true
	for i := range p.objects {
		o := &p.objects[i]
		if o.Bytes < 0 {
			exact = false
			continue
		}
		sum += o.Bytes
		exact = exact && o.Exact
	}
	return sum, exact
}

// fromTimestamps takes the blobs whose size and both ends are known: their
// bytes, over the time from the first request to the last end.
func (p *openPull) fromTimestamps() Transfer {
	t := Transfer{Bytes: -1, Seconds: -1, Exact: true}
	first, last := noInstant, noInstant
	for i := range p.objects {
		o := &p.objects[i]
		if o.Bytes < 0 || o.Kind == KindManifest || o.start < 0 || o.end < o.start || len(o.Refused) > 0 && o.Host == "" {
			continue
		}
		t.Bytes = max(t.Bytes, 0) + o.Bytes
		t.Exact = t.Exact && o.Exact
		if first < 0 || o.start < first {
			first = o.start
		}
		last = max(last, o.end)
	}
	if t.Bytes < 0 {
		sum, exact := p.sizes()
		if sum > 0 {
			t.Bytes, t.Exact = sum, exact
		}
		t.Exact = t.Bytes >= 0 && t.Exact
		return t
	}
	t.Seconds, t.Source = last.since(first), FromTimestamps
	return t
}
