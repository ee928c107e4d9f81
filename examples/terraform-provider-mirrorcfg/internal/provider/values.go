package provider

import (
	"fmt"
	"time"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// capabilities reads a list of names; an empty list is the set that is
// written and empty.
func capabilities(names []string, field string) (mirror.Capabilities, mirror.Diagnostics) {
	set := mirror.Capabilities(0)
	var faults mirror.Diagnostics
	for i, name := range names {
		c, err := mirror.ParseCapability(name)
		if err != nil {
			faults = append(faults, fault("mirror/capabilities", fieldIndex(field, i), err.Error()))
		}
		set |= c
	}
	if set == 0 {
		set = mirror.NoCapabilities
	}
	return set, faults
}

func duration(text, field string) (*time.Duration, mirror.Diagnostics) {
	d, err := time.ParseDuration(text)
	if err != nil {
		return nil, mirror.Diagnostics{fault("mirror/dial-timeout", field, fmt.Sprintf("%q is no duration", text))}
	}
	return &d, nil
}

// fault starts a diagnostic of one of the model's own rules.
func fault(code, field, message string) mirror.Diagnostic {
	for _, r := range mirror.Rules() {
		if r.Code == code {
			return r.At(mirror.Position{}, field, message)
		}
	}
	return mirror.Diagnostic{Severity: mirror.Error, Code: code, Field: field, Message: message}
}

func fieldIndex(field string, i int) string { return fmt.Sprintf("%s[%d]", field, i) }
