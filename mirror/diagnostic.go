package mirror

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Severity ranks a diagnostic.
type Severity uint8

const (
	// Info is worth knowing and needs no change.
	Info Severity = iota
	// Warning works, but not as its author is likely to think.
	Warning
	// Error does not work, or loses security.
	Error
)

// String returns "info", "warning" or "error".
func (s Severity) String() string {
	switch s {
	case Info:
		return "info"
	case Warning:
		return "warning"
	case Error:
		return "error"
	default:
		return fmt.Sprintf("Severity(%d)", uint8(s))
	}
}

// MarshalText makes JSON show the name.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads a name that MarshalText wrote.
func (s *Severity) UnmarshalText(text []byte) error {
	for _, known := range []Severity{Info, Warning, Error} {
		if known.String() == string(text) {
			*s = known
			return nil
		}
	}
	return fmt.Errorf("unknown severity %q: known are info, warning, error", text)
}

// Diagnostic is one thing worth saying about a configuration: a fault in the
// input, a loss in translation, or a finding of the linter.
type Diagnostic struct {
	Severity Severity `json:"severity"`
	// Code is stable and documented in CODES.md, such as
	// "containerd/config-path-multi-root".
	Code string `json:"code"`
	// File is a slash path, rooted at the node's / where it is a node's file.
	File string `json:"file"`
	// Line and Column count from 1; 0 means that there is none. Columns count
	// bytes.
	Line   int `json:"line"`
	Column int `json:"column"`
	// Field is a path into the document or the Config, such as
	// "registries[2].mirrors[0].url".
	Field string `json:"field"`
	// Message says what happens.
	Message string `json:"message"`
	// Fix says what to write instead.
	Fix string `json:"fix"`
	// Versions names the engine versions that it holds for; empty is all.
	Versions string `json:"versions,omitempty"`
	// Edits mend the fault mechanically, where that is possible.
	Edits []Edit `json:"edits,omitempty"`
}

// Edit replaces the bytes [Start, End) of a file. An insertion has Start ==
// End.
type Edit struct {
	File  string `json:"file"`
	Start int    `json:"start"`
	End   int    `json:"end"`
	Text  string `json:"text"`
}

// Error formats the diagnostic as file:line:column: severity: message (fix)
// [code].
func (d Diagnostic) Error() string {
	var b strings.Builder
	if d.File != "" {
		b.WriteString(d.File)
		if d.Line > 0 {
			b.WriteByte(':')
			b.WriteString(strconv.Itoa(d.Line))
			if d.Column > 0 {
				b.WriteByte(':')
				b.WriteString(strconv.Itoa(d.Column))
			}
		}
		b.WriteString(": ")
	}
	b.WriteString(d.Severity.String())
	b.WriteString(": ")
	if d.Field != "" {
		b.WriteString(d.Field)
		b.WriteString(": ")
	}
	b.WriteString(d.Message)
	if d.Fix != "" {
		b.WriteString("; ")
		b.WriteString(d.Fix)
	}
	b.WriteString(" [")
	b.WriteString(d.Code)
	b.WriteByte(']')
	return b.String()
}

// Diagnostics is a list of findings.
type Diagnostics []Diagnostic

// Err joins the diagnostics of severity Error into one error, or returns nil
// when there are none. Each can be had back with errors.As on a Diagnostic.
func (ds Diagnostics) Err() error {
	var errs []error
	for _, d := range ds {
		if d.Severity == Error {
			errs = append(errs, d)
		}
	}
	return errors.Join(errs...)
}

// Max returns the highest severity, and false when there are no diagnostics.
func (ds Diagnostics) Max() (Severity, bool) {
	var highest Severity
	for _, d := range ds {
		highest = max(highest, d.Severity)
	}
	return highest, len(ds) > 0
}

// AtLeast returns the diagnostics of at least the severity.
func (ds Diagnostics) AtLeast(s Severity) Diagnostics {
	var out Diagnostics
	for _, d := range ds {
		if d.Severity >= s {
			out = append(out, d)
		}
	}
	return out
}

// WithCode returns the diagnostics that have the code.
func (ds Diagnostics) WithCode(code string) Diagnostics {
	var out Diagnostics
	for _, d := range ds {
		if d.Code == code {
			out = append(out, d)
		}
	}
	return out
}

// Sort orders by file, line, column, code and field, so that output is the
// same every time.
func (ds Diagnostics) Sort() {
	slices.SortStableFunc(ds, func(a, b Diagnostic) int {
		if c := strings.Compare(a.File, b.File); c != 0 {
			return c
		}
		if c := a.Line - b.Line; c != 0 {
			return c
		}
		if c := a.Column - b.Column; c != 0 {
			return c
		}
		if c := strings.Compare(a.Code, b.Code); c != 0 {
			return c
		}
		return strings.Compare(a.Field, b.Field)
	})
}
