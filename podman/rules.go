package podman

import (
	"github.com/mirrorcfg/mirrorcfg/internal/rulebook"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var book rulebook.Book

// rule declares a diagnostic code. Each is declared once, beside the code
// that finds it.
func rule(r mirror.Rule) mirror.Rule { return book.Declare(r) }

// Rules returns every code that this package reports, ordered by code. Losses
// of a plan are among mirror.LossRules.
func Rules() []mirror.Rule { return book.Rules() }
