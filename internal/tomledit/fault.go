package tomledit

// FaultKind is a way in which a document that parses is still not TOML 1.0.
type FaultKind uint8

const (
	// DuplicateKey: a key = value line repeats a key of the same table.
	DuplicateKey FaultKind = iota + 1
	// DuplicateTable: a [header] repeats an earlier one.
	DuplicateTable
	// ExtendsInline: a header or a dotted key adds to an inline table.
	ExtendsInline
	// ExtendsDotted: a [header] names a table that dotted keys have defined.
	ExtendsDotted
	// ExtendsHeader: a dotted key adds to a table that a header has defined.
	ExtendsHeader
	// ArrayClash: a [[header]] names something that is no array of tables, or
	// a [header] or dotted key names an array of tables.
	ArrayClash
	// ValueClash: a header or a dotted key treats a plain value as a table.
	ValueClash
	// BadValue: an integer out of 64 bits, or a date or time that does not exist.
	BadValue
	// InlineNewline: a line break in an inline table (TOML 1.1).
	InlineNewline
	// InlineTrailingComma: a comma behind an inline table's last key (TOML 1.1).
	InlineTrailingComma
	// EscapeE: the escape \e in a string or key (TOML 1.1).
	EscapeE
	// EscapeX: the escape \xHH in a string or key (TOML 1.1).
	EscapeX
	// TimeWithoutSeconds: a time such as 07:32 (TOML 1.1).
	TimeWithoutSeconds
)

var faultText = [...]string{
	DuplicateKey:        "key is defined twice",
	DuplicateTable:      "table is defined twice",
	ExtendsInline:       "inline table is extended outside its braces",
	ExtendsDotted:       "table is already defined by dotted keys",
	ExtendsHeader:       "dotted key extends a table that a header defines",
	ArrayClash:          "table and array of tables have the same name",
	ValueClash:          "plain value is used as a table",
	BadValue:            "value is out of range",
	InlineNewline:       "line break in an inline table needs TOML 1.1",
	InlineTrailingComma: "trailing comma in an inline table needs TOML 1.1",
	EscapeE:             `escape \e needs TOML 1.1`,
	EscapeX:             `escape \x needs TOML 1.1`,
	TimeWithoutSeconds:  "time without seconds needs TOML 1.1",
}

// String describes the fault in a few words.
func (k FaultKind) String() string {
	if int(k) < len(faultText) {
		return faultText[k]
	}
	return "unknown fault"
}

// IsNewerSyntax reports whether the fault is only that TOML 1.0 does not have
// the syntax yet, while TOML 1.1 allows it.
func (k FaultKind) IsNewerSyntax() bool { return k >= InlineNewline }

// Fault is one defect of structure.
type Fault struct {
	Kind   FaultKind
	Offset int  // where it is seen
	Node   Node // the node that is at fault
	First  Node // the earlier definition, where there is one
}
