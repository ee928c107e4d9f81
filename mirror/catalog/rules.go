package catalog

import (
	"github.com/mirrorcfg/mirrorcfg/internal/rulebook"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// book holds the rules below.
var book rulebook.Book

// Rules returns the codes of all diagnostics about catalogs and allow lists.
func Rules() []mirror.Rule { return book.Rules() }

var (
	ruleSyntax = book.Declare(mirror.Rule{
		Code: "catalog/syntax", Severity: mirror.Error,
		Summary: "The catalog is not TOML.", Consequence: "It is refused.",
	})
	ruleUnknownKey = book.Declare(mirror.Rule{
		Code: "catalog/unknown-key", Severity: mirror.Error,
		Summary: "The catalog has a key that catalogs do not have.", Consequence: "It is refused, since a mistyped key would go unnoticed.",
	})
	ruleWrongType = book.Declare(mirror.Rule{
		Code: "catalog/wrong-type", Severity: mirror.Error,
		Summary: "A value has the wrong type.", Consequence: "The catalog is refused.",
	})
	ruleMissing = book.Declare(mirror.Rule{
		Code: "catalog/missing-key", Severity: mirror.Error,
		Summary: "A key that every entry has is missing.", Consequence: "The catalog is refused.",
	})
	ruleInvalid = book.Declare(mirror.Rule{
		Code: "catalog/invalid-value", Severity: mirror.Error,
		Summary: "A value is none of those that the key can have.", Consequence: "The catalog is refused.",
	})
	ruleTwice = book.Declare(mirror.Rule{
		Code: "catalog/duplicate", Severity: mirror.Error,
		Summary: "A name or key stands there twice.", Consequence: "The catalog is refused.", Fix: "keep one of them",
	})
	ruleAllowPattern = book.Declare(mirror.Rule{
		Code: "catalog/allow-pattern", Severity: mirror.Warning,
		Summary: "A line of an allow list can match no image.", Consequence: "It is left out.",
		Fix: "write registry/repository, or registry/path/* or registry/path/**",
	})
)
