package trace

import "bytes"

// dispatch sends a line to the reader of its message. Nearly all lines of a
// log are of no interest, so this is written to drop them soon: one look at
// the first byte, then one comparison per message that begins so.
func (c *collector) dispatch(line []byte) {
	r := parseRecord(line)
	if r.form == formPlain {
		c.plainLine(line)
		return
	}
	if len(c.ending) > 0 {
		c.settle(&r)
	}
	m := r.message
	if len(m) < 5 {
		return
	}
	switch m[0] {
	case 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'L', 'P', 'R', 'T', 'W':
		c.imageLine(&r, m)
	case 'a', 'd', 'f', 'h', 'i', 'l', 'p', 'r', 's', 't':
		c.containerdLine(&r, m)
	case '(':
		if s, ok := c.after(&r, m, ""); ok && has(s, "(Mirrors also failed: ") {
			c.toolFailed(s)
		}
	}
}

// has reports whether s begins with prefix.
func has(s []byte, prefix string) bool {
	return len(s) >= len(prefix) && string(s[:len(prefix)]) == prefix
}

// after returns what follows prefix, unescaped where the form escapes, and
// whether s begins with it. The result is valid until the next call.
func (c *collector) after(r *record, s []byte, prefix string) ([]byte, bool) {
	if !has(s, prefix) {
		return nil, false
	}
	s = s[len(prefix):]
	if r.form == formConsole {
		return bytes.TrimRight(s, " "), true
	}
	return c.unescape(s), true
}

// unescape undoes escapes into the scratch buffer where there are any.
func (c *collector) unescape(s []byte) []byte {
	if bytes.IndexByte(s, '\\') < 0 {
		return s
	}
	c.scratch = appendUnescaped(c.scratch[:0], s)
	return c.scratch
}

// quoted cuts a %q value off the front: "docker.io/x" rest.
func quoted(s []byte) (value, rest []byte, ok bool) {
	if len(s) < 2 || s[0] != '"' {
		return nil, nil, false
	}
	value, rest = cutQuoted(s)
	return value, rest, len(value) > 0
}

// word cuts up to the next blank.
func word(s []byte) (value, rest []byte) {
	if i := bytes.IndexByte(s, ' '); i >= 0 {
		return s[:i], s[i+1:]
	}
	return s, nil
}
