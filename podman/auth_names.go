package podman

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// authNames are the names in the auths of an auth.json, and none where
// encoding/json would refuse the file. It is read by hand because
// encoding/json would bring half a megabyte to each program for this alone.
func authNames(data []byte) []string {
	r := jsonReader{src: string(data)}
	var names []string
	if r.blank() != '{' {
		return nil
	}
	r.object(1, func(key string) {
		switch {
		case !strings.EqualFold(key, "auths"):
			r.value(2)
		case r.blank() == '{':
			r.object(2, func(name string) {
				if c := r.blank(); c != '{' && c != 'n' {
					r.bad = true
				}
				names = append(names, name)
				r.value(3)
			})
		default:
			names = nil
			r.bad = r.blank() != 'n'
			r.value(2)
		}
	})
	if r.blank(); r.bad || r.pos < len(r.src) {
		return nil
	}
	return names
}

// jsonReader goes over a JSON text (RFC 8259). Once it is bad nothing more is
// read.
type jsonReader struct {
	src string
	pos int
	bad bool
}

// maxJSONDepth is how deep encoding/json goes.
const maxJSONDepth = 10000

// blank skips white space and returns what comes next, 0 at the end.
func (r *jsonReader) blank() byte {
	for !r.bad && r.pos < len(r.src) {
		switch c := r.src[r.pos]; c {
		case ' ', '\t', '\r', '\n':
			r.pos++
		default:
			return c
		}
	}
	return 0
}

// take goes over one character, which must be next.
func (r *jsonReader) take(c byte) {
	if r.blank() != c {
		r.bad = true
		return
	}
	r.pos++
}

// list reads items with commas between up to an end.
func (r *jsonReader) list(end byte, depth int, item func()) {
	r.bad = r.bad || depth > maxJSONDepth
	r.pos++
	for first := true; !r.bad && (!first || r.blank() != end); first = false {
		item()
		if r.blank() == end {
			break
		}
		r.take(',')
	}
	r.take(end)
}

// object reads one that begins here; member reads the value of a key.
func (r *jsonReader) object(depth int, member func(key string)) {
	r.list('}', depth, func() {
		if r.blank() != '"' {
			r.bad = true
			return
		}
		key := r.text()
		r.take(':')
		member(key)
	})
}

// value goes over a value of any kind.
func (r *jsonReader) value(depth int) {
	switch c := r.blank(); {
	case r.bad:
	case c == '{':
		r.object(depth, func(string) { r.value(depth + 1) })
	case c == '[':
		r.list(']', depth, func() { r.value(depth + 1) })
	case c == '"':
		r.text()
	case c == '-' || c >= '0' && c <= '9':
		r.number()
	default:
		for _, word := range []string{"true", "false", "null"} {
			if strings.HasPrefix(r.src[r.pos:], word) {
				r.pos += len(word)
				return
			}
		}
		r.bad = true
	}
}

func (r *jsonReader) number() {
	if r.src[r.pos] == '-' {
		r.pos++
	}
	zero := strings.HasPrefix(r.src[r.pos:], "0")
	if n := r.digits(); zero && n > 1 {
		r.bad = true
	}
	if strings.HasPrefix(r.src[r.pos:], ".") {
		r.pos++
		r.digits()
	}
	if rest := r.src[r.pos:]; rest != "" && (rest[0] == 'e' || rest[0] == 'E') {
		r.pos++
		if rest = rest[1:]; rest != "" && (rest[0] == '+' || rest[0] == '-') {
			r.pos++
		}
		r.digits()
	}
}

// digits goes over one or more of them.
func (r *jsonReader) digits() int {
	start := r.pos
	for r.pos < len(r.src) && r.src[r.pos] >= '0' && r.src[r.pos] <= '9' {
		r.pos++
	}
	r.bad = r.bad || r.pos == start
	return r.pos - start
}

// text reads a string that begins here.
func (r *jsonReader) text() string {
	var b strings.Builder
	for r.pos++; r.pos < len(r.src); {
		switch c := r.src[r.pos]; {
		case c == '"':
			r.pos++
			return b.String()
		case c < ' ':
			r.bad = true
			return ""
		case c == '\\':
			b.WriteRune(r.escape())
			if r.bad {
				return ""
			}
		default:
			char, size := utf8.DecodeRuneInString(r.src[r.pos:])
			b.WriteRune(char)
			r.pos += size
		}
	}
	r.bad = true
	return ""
}

// escape reads what begins with a backslash. Half a surrogate pair is U+FFFD.
func (r *jsonReader) escape() rune {
	rest := r.src[r.pos+1:]
	if rest == "" {
		r.bad = true
		return 0
	}
	r.pos += 2
	if rest[0] != 'u' {
		i := strings.IndexByte(`"\/bfnrt`, rest[0])
		if i < 0 {
			r.bad = true
			return 0
		}
		return rune("\"\\/\b\f\n\r\t"[i])
	}
	r.pos += 4
	first := hexUnit(rest[1:])
	if first < 0 {
		r.bad = true
		return 0
	}
	if utf16.IsSurrogate(first) {
		second := rune(-1)
		if next := rest[5:]; strings.HasPrefix(next, `\u`) {
			second = hexUnit(next[2:])
		}
		pair := utf16.DecodeRune(first, second)
		if pair != utf8.RuneError {
			r.pos += 6
		}
		return pair
	}
	return first
}

// hexUnit is the value of four hexadecimal digits, or -1.
func hexUnit(s string) rune {
	if len(s) < 4 {
		return -1
	}
	v, err := strconv.ParseUint(s[:4], 16, 16)
	if err != nil {
		return -1
	}
	return rune(v)
}
