package trace

import (
	"bytes"
	"strconv"
	"unicode/utf8"
)

// fields are the values of a record that matter here, still escaped.
type fields struct {
	host, url, method      []byte
	digest, mediaType      []byte
	accept                 []byte
	size, status           []byte
	contentLength          []byte
	contentType            []byte
	dir, err, image        []byte
	resolvedDigest, remote []byte
	file, plugin, key      []byte
}

// pick stores a value if its key is one of those that matter.
func (f *fields) pick(key, value []byte) {
	switch string(key) { // no allocation: the compiler compares in place
	case "host":
		f.host = value
	case "url":
		f.url = value
	case "method", "request.method":
		f.method = value
	case "digest":
		f.digest = value
	case "mediatype":
		f.mediaType = value
	case "request.header.accept":
		f.accept = value
	case "size":
		f.size = value
	case "response.status":
		f.status = value
	case "response.header.content-length":
		f.contentLength = value
	case "response.header.content-type":
		f.contentType = value
	case "dir":
		f.dir = value
	case "error":
		f.err = value
	case "image":
		f.image = value
	case "desc.digest":
		f.resolvedDigest = value
	case "remote":
		f.remote = value
	case "file":
		f.file = value
	case "plugin":
		f.plugin = value
	case "key":
		f.key = value
	}
}

// fieldsOf reads the fields of a record. Values are consumed whole, so that a
// header sent by a server cannot pass for a field.
func (r *record) fieldsOf() (f fields) {
	switch r.form {
	case formText:
		f.readPairs(r.fields)
	case formConsole:
		f.readPairs(r.message)
	case formJSON:
		f.readJSON(r.fields)
	}
	return f
}

// readPairs reads key=value pairs between blanks.
func (f *fields) readPairs(s []byte) {
	for len(s) > 0 {
		eq := bytes.IndexByte(s, '=')
		if eq < 0 {
			return
		}
		key := s[:eq]
		if i := bytes.LastIndexByte(key, ' '); i >= 0 {
			key = key[i+1:]
		}
		var value []byte
		value, s = cutValue(s[eq+1:])
		f.pick(key, value)
	}
}

// readJSON reads the pairs of a flat object. Nested values are stepped over
// by their quotes; logrus writes none.
func (f *fields) readJSON(s []byte) {
	for {
		i := bytes.IndexByte(s, '"')
		if i < 0 {
			return
		}
		var key, value []byte
		key, s = cutQuoted(s[i:])
		if len(s) < 2 || s[0] != ':' {
			continue
		}
		s = s[1:]
		if s[0] == '"' {
			value, s = cutQuoted(s)
		} else if end := bytes.IndexAny(s, ",}"); end >= 0 {
			value, s = s[:end], s[end:]
		} else {
			return
		}
		f.pick(key, value)
	}
}

// text returns an escaped value as a string of bounded length.
func text(raw []byte) string {
	if len(raw) > maxText {
		raw = raw[:maxText]
	}
	if bytes.IndexByte(raw, '\\') >= 0 {
		return string(appendUnescaped(nil, raw))
	}
	return string(raw)
}

// maxText bounds each string that a report keeps; digests and the reasons for
// single objects, of which there are many, are bounded more tightly.
const (
	maxText    = 512
	maxDigest  = 160 // sha512: and 128 digits, with some room
	maxRefusal = 256
)

// appendUnescaped undoes the escapes of Go and of JSON strings, which agree
// wherever both exist. What is no escape stays as it is.
func appendUnescaped(dst, s []byte) []byte {
	for {
		i := bytes.IndexByte(s, '\\')
		if i < 0 || i+1 == len(s) {
			return append(dst, s...)
		}
		dst = append(dst, s[:i]...)
		code := s[i+1]
		s = s[i+2:]
		switch code {
		case 'n':
			dst = append(dst, '\n')
		case 't':
			dst = append(dst, '\t')
		case 'r':
			dst = append(dst, '\r')
		case '"', '\\', '/', '\'':
			dst = append(dst, code)
		case 'x', 'u', 'U':
			width := map[byte]int{'x': 2, 'u': 4, 'U': 8}[code]
			if len(s) < width {
				return append(append(dst, '\\', code), s...)
			}
			n, err := strconv.ParseUint(string(s[:width]), 16, 32)
			if err != nil {
				dst = append(dst, '\\', code)
				continue
			}
			s = s[width:]
			if code == 'x' {
				dst = append(dst, byte(n))
			} else {
				dst = utf8.AppendRune(dst, rune(n))
			}
		default:
			dst = append(dst, '\\', code)
		}
	}
}

// number returns a decimal value, or -1.
func number(raw []byte) int64 {
	n, err := strconv.ParseInt(string(raw), 10, 64)
	if err != nil || n < 0 {
		return -1
	}
	return n
}
