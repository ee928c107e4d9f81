package jsonedit

import (
	"bytes"
	"encoding/binary"
	"unicode/utf16"
	"unicode/utf8"
)

// Encoding is how the bytes of a document stand for its text.
type Encoding int

// The encodings that a byte order mark can announce.
const (
	UTF8 Encoding = iota
	UTF8BOM
	UTF16LE
	UTF16BE
)

// String returns the encoding's usual name.
func (e Encoding) String() string {
	return [...]string{"UTF-8", "UTF-8 with byte order mark", "UTF-16LE", "UTF-16BE"}[e]
}

var marks = [...][]byte{UTF8: nil, UTF8BOM: {0xef, 0xbb, 0xbf}, UTF16LE: {0xff, 0xfe}, UTF16BE: {0xfe, 0xff}}

func (e Encoding) order() interface {
	binary.ByteOrder
	binary.AppendByteOrder
} {
	if e == UTF16LE {
		return binary.LittleEndian
	}
	return binary.BigEndian
}

// decode returns src as UTF-8 without byte order mark. A UTF-16 half without its other half becomes U+FFFD, as does
// an odd last byte.
func decode(src []byte) (text []byte, e Encoding) {
	for e = UTF16BE; e > UTF8 && !bytes.HasPrefix(src, marks[e]); {
		e--
	}
	body := src[len(marks[e]):]
	if e < UTF16LE {
		return body, e
	}
	order := e.order()
	text = make([]byte, 0, len(body))
	for len(body) >= 2 {
		r := rune(order.Uint16(body))
		body = body[2:]
		if utf16.IsSurrogate(r) {
			pair := rune(utf8.RuneError)
			if len(body) >= 2 {
				pair = utf16.DecodeRune(r, rune(order.Uint16(body)))
			}
			if r = pair; r != utf8.RuneError {
				body = body[2:]
			}
		}
		text = utf8.AppendRune(text, r)
	}
	if len(body) > 0 {
		text = utf8.AppendRune(text, utf8.RuneError)
	}
	return text, e
}

// encode is the inverse of decode for a text edited from before, whose bytes were original. The bytes of the common
// start and end are taken from original, since a lone UTF-16 half outside the edit must survive.
func encode(text, before, original []byte, e Encoding) []byte {
	mark := marks[e]
	if e < UTF16LE {
		if len(mark) == 0 {
			return text
		}
		return append(bytes.Clone(mark), text...)
	}
	start := commonPrefix(text, before)
	end := commonSuffix(text[start:], before[start:])
	order := e.order()
	from := len(mark) + utf16Length(before[:start])
	to := from + utf16Length(before[start:len(before)-end])
	out := append(make([]byte, 0, 2*len(text)+2), original[:from]...)
	for _, r := range string(text[start : len(text)-end]) {
		if hi, lo := utf16.EncodeRune(r); hi != utf8.RuneError {
			out = order.AppendUint16(order.AppendUint16(out, uint16(hi)), uint16(lo))
		} else {
			out = order.AppendUint16(out, uint16(r))
		}
	}
	return append(out, original[to:]...)
}

func utf16Length(text []byte) (n int) {
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		text = text[size:]
		n += 2 * utf16.RuneLen(r)
	}
	return n
}

// commonPrefix returns the length of the longest common prefix that ends between runes.
func commonPrefix(a, b []byte) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	for n > 0 && (n < len(a) && !utf8.RuneStart(a[n]) || n < len(b) && !utf8.RuneStart(b[n])) {
		n--
	}
	return n
}

// commonSuffix returns the length of the longest common suffix that starts at a rune.
func commonSuffix(a, b []byte) int {
	n := 0
	for n < len(a) && n < len(b) && a[len(a)-1-n] == b[len(b)-1-n] {
		n++
	}
	for n > 0 && !utf8.RuneStart(a[len(a)-n]) {
		n--
	}
	return n
}
