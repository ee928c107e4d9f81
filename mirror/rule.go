package mirror

// Rule declares one diagnostic code: what CODES.md says of it and what a
// Diagnostic of it starts from. Each rule is declared once, beside the code
// that finds it.
type Rule struct {
	// Code is the stable name, "engine/short-name".
	Code string
	// Severity it is reported with unless the finding itself is graver.
	Severity Severity
	// Summary says in one sentence what is wrong.
	Summary string
	// Consequence says what the engine does.
	Consequence string
	// Fix says what to write instead.
	Fix string
	// Versions names the engine versions concerned; empty is all.
	Versions string
	// Evidence names upstream's source or an issue.
	Evidence string
}

// At starts a diagnostic of the rule at a place in a file.
func (r Rule) At(pos Position, field, message string) Diagnostic {
	return Diagnostic{
		Severity: r.Severity, Code: r.Code, File: pos.File, Line: pos.Line, Column: pos.Column,
		Field: field, Message: message, Fix: r.Fix, Versions: r.Versions,
	}
}

// Position is a place in a file. Line and Column count from 1, in bytes; zero
// means unknown.
type Position struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
}
