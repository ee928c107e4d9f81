package mirror

import "fmt"

// mask is what every form of printing shows in place of a secret.
const mask = "***"

// Secret is a value that must not reach a log, a diff or an error message by
// accident, such as an Authorization header. It prints, formats and marshals
// as "***"; only Reveal returns the value.
type Secret struct{ value string }

// NewSecret wraps a value.
func NewSecret(value string) Secret { return Secret{value: value} }

// Reveal returns the value itself. Call it only where bytes for the engine's
// own file are made.
func (s Secret) Reveal() string { return s.value }

// String returns "***".
func (s Secret) String() string { return mask }

// Format writes "***" for every verb, so that %q, %#v and %x leak nothing.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(mask)) }

// MarshalText returns "***", which covers JSON and TOML encoders.
func (s Secret) MarshalText() ([]byte, error) { return []byte(mask), nil }

// UnmarshalText stores the text as the secret's value.
func (s *Secret) UnmarshalText(text []byte) error {
	s.value = string(text)
	return nil
}
