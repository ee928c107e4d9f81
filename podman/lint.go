package podman

import "github.com/mirrorcfg/mirrorcfg/mirror"

// Lint returns everything that is wrong.
func (v *view) Lint() mirror.Diagnostics { return v.Diagnostics() }
