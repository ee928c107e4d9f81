package distribution

import (
	"encoding/json"
	"strings"
)

// appendYAML writes a value as block YAML: two blanks a level, keys in order,
// LF, quotes where a reader could take a string for something else.
func appendYAML(out []byte, v Value, indent int) []byte {
	pad := strings.Repeat("  ", indent)
	switch v.Kind {
	case Mapping:
		for _, e := range v.Entries {
			out = append(append(out, pad...), scalar(Value{Kind: Scalar, Text: e.Key})...)
			out = append(out, ':')
			out = appendBelow(out, e.Value, indent+1)
		}
	case List:
		for _, item := range v.Items {
			out = append(append(out, pad...), '-')
			if item.Kind != Mapping || len(item.Entries) == 0 {
				out = appendBelow(out, item, indent+1)
				continue
			}
			start := len(out)
			out = appendYAML(out, item, indent+1)
			// The first key stands on the dash's line: "-" and one blank take the
			// place of its indentation.
			out = append(out[:start], append([]byte{' '}, out[start+2*(indent+1):]...)...)
		}
	default:
		out = append(append(append(out, pad...), scalar(v)...), '\n')
	}
	return out
}

// appendBelow writes a value after "key:" or "-".
func appendBelow(out []byte, v Value, indent int) []byte {
	switch {
	case v.Kind == Null:
		return append(out, '\n')
	case v.Kind == Mapping && len(v.Entries) == 0:
		return append(out, " {}\n"...)
	case v.Kind == List && len(v.Items) == 0:
		return append(out, " []\n"...)
	case v.Kind == List && allScalars(v.Items):
		parts := make([]string, len(v.Items))
		for i, item := range v.Items {
			parts[i] = scalar(item)
		}
		return append(out, " ["+strings.Join(parts, ", ")+"]\n"...)
	case v.Kind == Scalar:
		return append(append(append(out, ' '), scalar(v)...), '\n')
	}
	return appendYAML(append(out, '\n'), v, indent)
}

func allScalars(items []Value) bool {
	for _, item := range items {
		if item.Kind != Scalar {
			return false
		}
	}
	return true
}

// scalar writes a scalar plain where every reader takes it for the same.
func scalar(v Value) string {
	if v.Kind != Scalar {
		return "null"
	}
	if !v.Quoted && isPlain(v.Text) {
		return v.Text
	}
	// A JSON string is a double-quoted YAML scalar.
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(v.Text) // strings always encode
	return strings.ReplaceAll(strings.TrimSuffix(b.String(), "\n"), "\x7f", `\x7f`)
}

func isPlain(s string) bool {
	if s == "" || s == "~" || strings.EqualFold(s, "null") || s[0] == '-' || strings.HasSuffix(s, ":") {
		return false
	}
	for i := 0; i < len(s); i++ {
		c := s[i]
		alnum := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		if !alnum && strings.IndexByte("-._/+=~", c) < 0 && (c != ':' || i+1 < len(s) && s[i+1] == ' ') && (c != '@' || i == 0) {
			return false
		}
	}
	return true
}
