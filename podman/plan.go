package podman

import (
	"io/fs"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// Plan x.
func (e Engine) Plan(fsys fs.FS, want mirror.Config, opts ...mirror.PlanOption) (mirror.Plan, error) {
	return mirror.Plan{}, nil
}
