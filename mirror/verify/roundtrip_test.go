package verify

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/mirrorcfg/mirrorcfg/mirror"
	"github.com/mirrorcfg/mirrorcfg/podman"
)

// TestRoundTrip: files that are read into the model and written anew make
// upstream do what it did before, unless something on the way said that it
// would not.
func TestRoundTrip(t *testing.T) {
	conform(t, "round trip", func(t *rapid.T, p *Parser, target target) (counts, error) {
		return roundTripCase(p, drawFiles(t, target))
	})
}

func roundTripCase(p *Parser, files mirror.Files) (c counts, err error) {
	before, err := p.Explain(files.FS(), mirror.OpPull, readReferences...)
	if err != nil {
		return c, err
	}
	view, err := p.engine.Read(files.FS())
	if err != nil {
		return c, err
	}
	config := view.Config()
	invalid := config.Validate().Err()
	if _, ok := p.engine.(podman.Engine); ok && view.Diagnostics().Err() == nil && invalid != nil {
		return c, invalid
	}
	if view.Diagnostics().Err() != nil || invalid != nil {
		c.refused = 1
		return c, nil
	}
	var keys mirror.Files // what both nodes have
	for _, f := range files {
		if strings.HasSuffix(f.Path, ".pem") || strings.HasSuffix(f.Path, ".key") {
			keys = append(keys, f)
		}
	}
	plan, err := p.engine.Plan(keys.FS(), config, allLosses())
	if err != nil {
		c.refused = 1
		return c, nil
	}
	written := append(plan.Files(), keys...)
	after, err := p.Explain(written.FS(), mirror.OpPull, readReferences...)
	if err != nil {
		return c, err
	}
	said := len(view.Diagnostics().WithCode("containerd/not-in-model"))+len(view.Diagnostics().WithCode("podman/not-in-model"))+len(view.Diagnostics().WithCode("podman/upstream-not-in-model")) > 0 || len(plan.Diagnostics.AtLeast(mirror.Warning)) > 0 || len(view.Lint().AtLeast(mirror.Warning)) > 0
	var problems []string
	for i := range before {
		if before[i].Err != nil {
			continue
		}
		c.references++
		if b, a := show(before[i].Attempts), show(after[i].Attempts); b != a || after[i].Err != nil {
			if said {
				c.lossy++
				continue
			}
			problems = append(problems, fmt.Sprintf("%s\n  before: %s\n  after:  %s (%v)", before[i].Reference, b, a, after[i].Err))
		}
	}
	if len(problems) > 0 {
		return c, fmt.Errorf("%s\n\nbefore:\n%s\nafter:\n%s\nmodel:\n%s", list(problems), showFiles(files), showFiles(written), strings.TrimSpace(describe(config)))
	}
	return c, nil
}
