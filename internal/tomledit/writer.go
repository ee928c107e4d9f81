package tomledit

import (
	"errors"
	"unicode/utf8"
)

// ErrInvalidUTF8 is the error for text that TOML cannot hold.
var ErrInvalidUTF8 = errors.New("tomledit: text is not valid UTF-8")

// AppendKey appends one key part: bare if TOML 1.0 allows it, otherwise as a
// basic string. A key that is not UTF-8 must be refused before; its broken
// bytes are written as U+FFFD.
func AppendKey(dst []byte, key string) []byte {
	if isBareKey(key) {
		return append(dst, key...)
	}
	return appendBasic(dst, key)
}

// AppendKeyPath appends the parts of a dotted key.
func AppendKeyPath(dst []byte, path ...string) []byte {
	for i, key := range path {
		if i > 0 {
			dst = append(dst, '.')
		}
		dst = AppendKey(dst, key)
	}
	return dst
}

// AppendHeader appends a [header] line.
func AppendHeader(dst []byte, path ...string) []byte {
	dst = append(dst, '[')
	dst = AppendKeyPath(dst, path...)
	return append(dst, ']', '\n')
}

// AppendArrayHeader appends a [[header]] line.
func AppendArrayHeader(dst []byte, path ...string) []byte {
	dst = append(dst, '[', '[')
	dst = AppendKeyPath(dst, path...)
	return append(dst, ']', ']', '\n')
}

// AppendString appends a TOML 1.0 basic string. The error is ErrInvalidUTF8,
// with dst as it was.
func AppendString(dst []byte, s string) ([]byte, error) {
	if !utf8.ValidString(s) {
		return dst, ErrInvalidUTF8
	}
	return appendBasic(dst, s), nil
}

// AppendStringArray appends a one-line array of basic strings. The error is
// ErrInvalidUTF8, with dst as it was.
func AppendStringArray(dst []byte, list []string) ([]byte, error) {
	start := len(dst)
	dst = append(dst, '[')
	for i, s := range list {
		if i > 0 {
			dst = append(dst, ',', ' ')
		}
		var err error
		if dst, err = AppendString(dst, s); err != nil {
			return dst[:start], err
		}
	}
	return append(dst, ']'), nil
}

func isBareKey(key string) bool {
	for i := 0; i < len(key); i++ {
		if !isBare(key[i]) {
			return false
		}
	}
	return key != ""
}

func appendBasic(dst []byte, s string) []byte {
	const hex = "0123456789ABCDEF"
	dst = append(dst, '"')
	from := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && size == 1 {
				dst = append(dst, s[from:i]...)
				dst = append(dst, "\uFFFD"...)
				from = i + 1
			}
			i += size
			continue
		}
		if c >= ' ' && c != '"' && c != '\\' && c != 0x7f {
			i++
			continue
		}
		dst = append(dst, s[from:i]...)
		i++
		from = i
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\b':
			dst = append(dst, '\\', 'b')
		case '\t':
			dst = append(dst, '\\', 't')
		case '\n':
			dst = append(dst, '\\', 'n')
		case '\f':
			dst = append(dst, '\\', 'f')
		case '\r':
			dst = append(dst, '\\', 'r')
		default:
			dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
	}
	dst = append(dst, s[from:]...)
	return append(dst, '"')
}
