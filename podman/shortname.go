package podman

import (
	"strings"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var (
	ruleShortName = rule(mirror.Rule{
		Code: "podman/short-name", Severity: mirror.Error,
		Summary:     "a short name that leads nowhere",
		Consequence: "the pull fails before any registry is asked",
		Fix:         "write the registry before the name, an alias, or unqualified-search-registries",
		Evidence:    "containers/image 5.36.2 pkg/shortnames/shortnames.go Resolve",
	})
	ruleShortNamePrompt = rule(mirror.Rule{
		Code: "podman/short-name-prompt", Severity: mirror.Info,
		Summary:     "a short name with more than one search registry",
		Consequence: "on a terminal the user is asked for one of them; without one all are tried in order",
		Fix:         "write the registry before the name, or an alias",
		Evidence:    "containers/image 5.36.2 pkg/shortnames/shortnames.go Resolve",
	})
)

// explainShort resolves a name without a registry: an alias decides alone;
// otherwise each search registry is tried in order. No terminal is assumed,
// on which permissive and enforcing modes would ask.
func (v *view) explainShort(ref mirror.Reference, op mirror.Operation) mirror.Explanation {
	out := mirror.Explanation{Reference: ref.String()}
	n := v.node
	if len(n.aliasFault) > 0 {
		out.Diagnostics = n.aliasFault
		return out
	}
	short, suffix := shortParts(ref)
	var candidates []string
	if a, ok := n.aliases[short]; ok && a.value != "" {
		candidates = []string{a.value + suffix}
	} else {
		for _, registry := range n.search {
			candidates = append(candidates, trimSlash(registry)+"/"+short+suffix)
		}
		switch {
		case len(candidates) == 0:
			out.Diagnostics = mirror.Diagnostics{ruleShortName.At(mirror.Position{}, "unqualified-search-registries",
				"short-name \""+short+"\" did not resolve to an alias and no unqualified-search registries are defined")}
			return out
		case len(candidates) > 1 && v.mode == "enforcing":
			out.Diagnostics = mirror.Diagnostics{ruleShortName.At(n.modePosition(), "short-name-mode",
				"short-name resolution enforced but cannot prompt without a TTY")}
			return out
		case len(candidates) > 1 && v.mode == "permissive" && v.engine.Tool != CRIO:
			out.Diagnostics = append(out.Diagnostics, ruleShortNamePrompt.At(mirror.Position{}, "short-name-mode",
				"on a terminal the user is asked to choose one of "+strings.Join(candidates, ", ")))
		}
	}
	for _, c := range candidates {
		full, err := mirror.ParseReference(c)
		if err != nil {
			out.Attempts, out.Skipped = nil, nil
			out.Diagnostics = mirror.Diagnostics{ruleShortName.At(mirror.Position{}, "unqualified-search-registries", err.Error())}
			return out
		}
		if full.Digest != "" {
			full.Tag = ""
		}
		var one mirror.Explanation
		if op == mirror.OpPush {
			one = v.explainPush(full)
		} else {
			one = v.explainPull(full)
		}
		out.Reference = one.Reference
		out.Attempts = append(out.Attempts, one.Attempts...)
		out.Skipped = append(out.Skipped, one.Skipped...)
		out.Diagnostics = append(out.Diagnostics, one.Diagnostics...)
	}
	if len(candidates) > 1 {
		out.Reference = ref.String()
	}
	if len(out.Attempts) > 0 {
		// A candidate that fails makes room for the next.
		for i := range out.Diagnostics {
			out.Diagnostics[i].Severity = min(out.Diagnostics[i].Severity, mirror.Warning)
		}
	}
	return out
}

// shortParts returns the name as the user wrote it, without tag and digest,
// and these apart.
func shortParts(ref mirror.Reference) (short, suffix string) {
	short, _, _ = strings.Cut(ref.Original, "@")
	if i := strings.LastIndexByte(short, ':'); i > strings.LastIndexByte(short, '/') {
		short = short[:i]
	}
	if short == "" {
		short = strings.TrimPrefix(ref.Path, "library/")
	}
	if ref.Digest != "" {
		return short, "@" + ref.Digest
	}
	return short, ":" + ref.Tag
}

func (n *node) modePosition() mirror.Position {
	if n.modeFrom == nil {
		return mirror.Position{}
	}
	return n.modeFrom.doc.position(n.modeFrom.doc.decoded().modeAt)
}
