package catalog

import "github.com/mirrorcfg/mirrorcfg/mirror"

// Rules are the codes of all diagnostics about catalogs and allow lists.
func Rules() []mirror.Rule {
	return []mirror.Rule{ruleSyntax, ruleUnknownKey, ruleWrongType, ruleMissing, ruleInvalid, ruleTwice, ruleAllowPattern}
}

var (
	ruleSyntax = mirror.Rule{
		Code: "catalog/syntax", Severity: mirror.Error,
		Summary: "The catalog is not TOML.", Consequence: "It is refused.",
	}
	ruleUnknownKey = mirror.Rule{
		Code: "catalog/unknown-key", Severity: mirror.Error,
		Summary: "The catalog has a key that catalogs do not have.", Consequence: "It is refused, since a mistyped key would go unnoticed.",
	}
	ruleWrongType = mirror.Rule{
		Code: "catalog/wrong-type", Severity: mirror.Error,
		Summary: "A value has the wrong type.", Consequence: "The catalog is refused.",
	}
	ruleMissing = mirror.Rule{
		Code: "catalog/missing-key", Severity: mirror.Error,
		Summary: "A key that every entry has is missing.", Consequence: "The catalog is refused.",
	}
	ruleInvalid = mirror.Rule{
		Code: "catalog/invalid-value", Severity: mirror.Error,
		Summary: "A value is none of those that the key can have.", Consequence: "The catalog is refused.",
	}
	ruleTwice = mirror.Rule{
		Code: "catalog/duplicate", Severity: mirror.Error,
		Summary: "A name or key stands there twice.", Consequence: "The catalog is refused.", Fix: "keep one of them",
	}
	ruleAllowPattern = mirror.Rule{
		Code: "catalog/allow-pattern", Severity: mirror.Warning,
		Summary: "A line of an allow list can match no image.", Consequence: "It is left out.",
		Fix: "write registry/repository, or registry/path/* or registry/path/**",
	}
)
