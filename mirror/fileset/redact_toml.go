package fileset

import (
	"strconv"
	"strings"
)

// toml passes a whole document.
func (r *redactor) toml() {
	table := false // whether the current table is secret
	for r.more() {
		r.skip(" \t\r\n\xef\xbb\xbf")
		switch r.peek() {
		case 0:
			if r.more() {
				r.at++
			}
		case '#':
			r.comment(table)
		case '[':
			r.skip("[")
			_, table = r.tomlKey("]\n")
			r.until("\n#")
		default:
			start := r.at
			_, secret := r.tomlKey("=\n")
			if r.peek() != '=' {
				r.until("\n")
				r.hideInText(start, table)
				continue
			}
			r.at++
			r.tomlValue(0, table || secret)
			r.tomlRest(table || secret)
		}
	}
}

// tomlRest passes what follows a value: a comment, or text that is a fault.
func (r *redactor) tomlRest(secret bool) {
	r.skip(" \t\r")
	start := r.at
	if r.until("\n"); r.at > start {
		r.hideInText(start, secret)
	}
}

// tomlKey passes a dotted key up to one of the bytes in end, and reports
// whether one of its parts is secret.
func (r *redactor) tomlKey(end string) (parts []string, secret bool) {
	part := strings.Builder{}
	flush := func() {
		if part.Len() > 0 {
			parts = append(parts, part.String())
			secret = secret || isSecret(part.String())
			part.Reset()
		}
	}
	for r.more() && strings.IndexByte(end, r.peek()) < 0 {
		switch c := r.peek(); c {
		case '"':
			part.WriteString(unescapeKey(r.quoted(false)))
		case '\'':
			part.WriteString(r.quoted(false))
		case '.':
			flush()
			r.at++
		case ' ', '\t', '\r':
			r.at++
		default:
			part.WriteByte(c)
			r.at++
		}
	}
	flush()
	return parts, secret
}

// unescapeKey undoes escapes, so that no way of writing a key hides it.
func unescapeKey(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	if plain, err := strconv.Unquote(`"` + s + `"`); err == nil {
		return plain
	}
	return s
}

// tomlValue passes one value and hides it when secret.
func (r *redactor) tomlValue(depth int, secret bool) {
	r.skip(" \t")
	start := r.at
	switch {
	case depth > maxDepth:
		r.at = len(r.in)
		r.hide(start, mask)
	case r.has(`"""`), r.has(`'''`):
		r.tomlBlock()
		if secret {
			r.hide(start, `"`+mask+`"`)
		}
	case r.peek() == '"', r.peek() == '\'':
		r.quoted(false)
		if secret {
			r.hide(start, `"`+mask+`"`)
		}
	case r.peek() == '[':
		r.at++
		r.tomlSeries(']', secret, func() { r.tomlValue(depth+1, secret) })
	case r.peek() == '{':
		r.at++
		r.tomlSeries('}', secret, func() {
			_, inner := r.tomlKey("=,}\n")
			if r.peek() == '=' {
				r.at++
				r.tomlValue(depth+1, secret || inner)
			}
		})
	default:
		r.until(",]}#\n \t\r")
		if secret && r.at > start {
			r.hide(start, `"`+mask+`"`)
		}
	}
}

// tomlSeries passes the elements of an array or an inline table.
func (r *redactor) tomlSeries(end byte, secret bool, element func()) {
	for r.more() {
		r.skip(" \t\r\n,")
		switch r.peek() {
		case end:
			r.at++
			return
		case '#':
			r.comment(secret)
		default:
			at := r.at
			if element(); r.at == at {
				r.at = min(r.at+1, len(r.in))
			}
		}
	}
}

// tomlBlock passes a string of several lines.
func (r *redactor) tomlBlock() {
	quote := string(r.in[r.at : r.at+3])
	for r.at += 3; r.more(); r.at++ {
		if r.in[r.at] == '\\' && quote[0] == '"' {
			r.at = min(r.at+1, len(r.in)-1)
			continue
		}
		if r.has(quote) {
			r.at += 3
			for r.more() && r.in[r.at] == quote[0] { // up to two quotes may stand before the closing ones
				r.at++
			}
			return
		}
	}
}
