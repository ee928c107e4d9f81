package trace

import "bytes"

// dispatch sends a line to the reader of its message. Nearly all lines of a
// log are of no interest, so this is written to drop them soon: one look at
// the first byte, then one comparison per message that begins so.
func (c *collector) dispatch(line []byte) {
	r := parseRecord(line)
	if r.form == formPlain {
		if line[0] == '{' && c.unwrap(line) {
			return
		}
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

// wrappers are the keys under which other loggers keep a line as it was
// written: Docker's json-file driver, and journalctl -o json.
var wrappers = [][]byte{[]byte(`"log":"`), []byte(`"MESSAGE":"`)}

// unwrap reads the line that another logger's JSON object holds.
func (c *collector) unwrap(line []byte) bool {
	if c.unwrapping {
		return false
	}
	for _, key := range wrappers {
		i := bytes.Index(line, key)
		if i < 0 {
			continue
		}
		value, _ := cutQuoted(line[i+len(key)-1:])
		c.inner = appendUnescaped(c.inner[:0], value)
		c.unwrapping = true
		c.segments(bytes.TrimRight(c.inner, "\r\n"))
		c.unwrapping = false
		return true
	}
	return false
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
