package tomledit

import (
	"bytes"
	"math"
	"strconv"
)

// AsString is the decoded text of a string.
func (n Node) AsString() (string, bool) {
	if n.Kind() != String {
		return "", false
	}
	r := n.raw()
	if r.text != 0 {
		return string(n.snap.decoded[r.text-1]), true
	}
	return string(unquote(n.snap.src[r.start:r.end])), true
}

// AsBool is the value of a boolean.
func (n Node) AsBool() (value, ok bool) {
	if n.Kind() != Bool {
		return false, false
	}
	return n.snap.src[n.raw().start] == 't', true
}

// AsInt is the value of an integer.
func (n Node) AsInt() (int64, bool) {
	if n.Kind() != Integer {
		return 0, false
	}
	r := n.raw()
	v, err := parseInt(n.snap.src[r.start:r.end])
	return v, err == nil
}

// AsFloat is the value of a float; an integer is none.
func (n Node) AsFloat() (float64, bool) {
	if n.Kind() != Float {
		return 0, false
	}
	r := n.raw()
	v, err := parseFloat(n.snap.src[r.start:r.end])
	return v, err == nil
}

// AsStrings are the texts of an array that holds nothing but strings. The
// result of an empty array is not nil.
func (n Node) AsStrings() ([]string, bool) {
	if n.Kind() != Array {
		return nil, false
	}
	list := make([]string, 0, n.Len())
	for c := n.First(); c.IsValid(); c = c.Next() {
		s, ok := c.AsString()
		if !ok {
			return nil, false
		}
		list = append(list, s)
	}
	return list, true
}

func parseInt(raw []byte) (int64, error) {
	if len(raw) < 19 && raw[0] != '0' && raw[0] != '+' && bytes.IndexByte(raw, '_') < 0 {
		return strconv.ParseInt(string(raw), 10, 64)
	}
	digits, base := string(bytes.ReplaceAll(raw, []byte{'_'}, nil)), 10
	if len(digits) > 2 && digits[0] == '0' {
		switch digits[1] {
		case 'x':
			base = 16
		case 'o':
			base = 8
		case 'b':
			base = 2
		}
		if base != 10 {
			digits = digits[2:]
		}
	}
	return strconv.ParseInt(digits, base, 64)
}

func parseFloat(raw []byte) (float64, error) {
	switch string(bytes.TrimLeft(raw, "+-")) {
	case "nan":
		return math.NaN(), nil
	case "inf":
		if raw[0] == '-' {
			return math.Inf(-1), nil
		}
		return math.Inf(1), nil
	}
	return strconv.ParseFloat(string(bytes.ReplaceAll(raw, []byte{'_'}, nil)), 64)
}
