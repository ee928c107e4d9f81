package verify

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// allLosses accepts every loss, so that plans are made whatever is lost.
func allLosses() mirror.PlanOption {
	var codes []string
	for _, r := range mirror.LossRules() {
		codes = append(codes, r.Code)
	}
	return mirror.Accept(codes...)
}

// TestWrite: what the engine writes for a random Config, upstream's parser
// reads as the engine says it does, complains about nothing in it, and makes
// the requests that the model means, unless the plan said what is lost.
func TestWrite(t *testing.T) {
	conform(t, "write", func(t *rapid.T, p *Parser, _ target) (counts, error) {
		config := drawConfig(t)
		if config.Validate().Err() != nil {
			t.Skip("not a valid configuration")
		}
		return writeCase(p, config)
	})
}

// writeCase puts one Config through an engine and upstream's parser.
func writeCase(p *Parser, config mirror.Config) (c counts, err error) {
	plan, err := p.engine.Plan(certificates().FS(), config, allLosses())
	if err != nil {
		return c, fmt.Errorf("%w\nconfig:\n%s", err, describe(config))
	}
	files := append(plan.Files(), certificates()...)
	problems, c, err := p.hold(config, plan, files)
	if err != nil {
		return c, err
	}
	if len(problems) > 0 {
		return c, fmt.Errorf("%s\n\nfiles:\n%s\nconfig:\n%s\ndiagnostics: %v",
			list(problems), showFiles(files), describe(config), plan.Diagnostics)
	}
	return c, nil
}

// hold compares upstream's answers about files with the engine's and with the
// model's.
func (p *Parser) hold(config mirror.Config, plan mirror.Plan, files mirror.Files) (problems []string, c counts, err error) {
	fsys := files.FS()
	view, err := p.engine.Read(fsys)
	if err != nil {
		return nil, c, err
	}
	refs := References(config)
	ops := p.operations()
	answers, err := p.explain(fsys, ops, refs)
	if err != nil {
		return nil, c, err
	}
	results := answers[0] // of pulls
	problems = append(problems, complaints(results)...)
	for i, op := range ops {
		for _, d := range compare(view, op, answers[i]) {
			problems = append(problems, d.String())
		}
	}
	for _, r := range results {
		c.references++
		ref, err := mirror.ParseReference(r.Reference)
		if err != nil {
			return nil, c, err
		}
		want, registry := expected(config, ref)
		if p.lossy(plan.Diagnostics, registry) || p.lossyRelative(config, plan.Diagnostics, ref) {
			c.lossy++
			continue
		}
		var got []string
		for _, a := range r.Attempts {
			got = append(got, plain(a))
		}
		if w, g := strings.Join(want, "\n    "), strings.Join(got, "\n    "); w != g {
			problems = append(problems, fmt.Sprintf("%s: the model means\n    %s\nupstream does\n    %s", r.Reference, w, g))
		}
	}
	return problems, c, nil
}

// complaints are faults that upstream finds in what was written. That a pull
// has no source left is the Config's own doing.
func complaints(results []Result) []string {
	var out []string
	for _, fault := range faults(results) {
		if !strings.Contains(fault, "no resolve hosts") {
			out = append(out, fault)
		}
	}
	return out
}

// unseen are losses that change no request and no check of a certificate, so
// that the model's answer holds in spite of them.
var unseen = []string{
	mirror.LossHeader.Code, mirror.LossCA.Code, mirror.LossClientCert.Code, mirror.LossNamespace.Code, mirror.LossSearch.Code,
}

// sees reports whether a loss shows in what is compared. Podman's own switch
// for plain http adds no request of its own to the one over https.
func (p *Parser) sees(code string) bool {
	if code == mirror.LossPlainFallback.Code {
		return !strings.HasPrefix(p.engine.Name(), "podman@")
	}
	return !slices.Contains(unseen, code)
}

// lossy reports whether the plan said that something about a registry is
// lost.
func (p *Parser) lossy(ds mirror.Diagnostics, registry int) bool {
	field := fmt.Sprintf("registries[%d]", registry)
	for _, d := range ds {
		if (strings.HasPrefix(d.Code, "loss/") || d.Code == "podman/mirror-blocked") && d.Severity > mirror.Info && strings.HasPrefix(d.Field, field) && p.sees(d.Code) {
			return true
		}
	}
	return false
}

// lossyRelative: a registry that was left out is served by the next best
// prefix. The model's answer is then about another Config.
func (p *Parser) lossyRelative(config mirror.Config, ds mirror.Diagnostics, ref mirror.Reference) bool {
	for i, r := range config.Registries {
		prefix, err := mirror.ParsePrefix(r.Prefix)
		if err != nil || !p.lossy(ds, i) {
			continue
		}
		if prefix.Host == ref.Domain || strings.HasSuffix(ref.Domain, "."+prefix.Host) && prefix.Kind == mirror.PrefixWildcard {
			return true
		}
	}
	return false
}
