package tomledit

// Place says where among its siblings something goes.
type Place struct {
	kind placeKind
	node Node
}

type placeKind uint8

const (
	placeLast placeKind = iota
	placeFirst
	placeBefore
	placeAfter
)

// Last is behind all siblings.
func Last() Place { return Place{} }

// First is before all siblings.
func First() Place { return Place{kind: placeFirst} }

// Before is directly before a sibling.
func Before(n Node) Place { return Place{kind: placeBefore, node: n} }

// After is directly behind a sibling.
func After(n Node) Place { return Place{kind: placeAfter, node: n} }
