package mirror

import "fmt"

// Toggle is a setting that can be absent. Engines treat an absent
// skip_verify or insecure differently from a false one, so absence survives a
// round trip. The zero value is Unset.
type Toggle uint8

const (
	Unset Toggle = iota // not written; the engine's default holds
	Off                 // written as false
	On                  // written as true
)

// ToggleOf turns a bool that was written into On or Off.
func ToggleOf(b bool) Toggle {
	if b {
		return On
	}
	return Off
}

// Or returns the value, or def where t is Unset.
func (t Toggle) Or(def bool) bool {
	switch t {
	case On:
		return true
	case Off:
		return false
	default:
		return def
	}
}

// IsSet reports whether the setting was written at all.
func (t Toggle) IsSet() bool { return t != Unset }

// String returns "unset", "false" or "true".
func (t Toggle) String() string {
	switch t {
	case On:
		return "true"
	case Off:
		return "false"
	case Unset:
		return "unset"
	default:
		return fmt.Sprintf("Toggle(%d)", uint8(t))
	}
}
