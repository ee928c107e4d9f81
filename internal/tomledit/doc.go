// Package tomledit reads and edits TOML files without losing a byte that the
// edit does not mean: comments, blank lines, key order, quoting, indentation
// and line ends stay as they are.
//
// # Tour
//
// [Parse] gives a [Document]. [Document.Root] and [Document.Lookup] give
// [Node] values: small handles that tell what stands where, how it is
// defined, and what it means.
//
//	doc, err := tomledit.Parse(data)             // *SyntaxError has line and column
//	for reg := range doc.Lookup("registry").Children() {
//		prefix, ok := reg.Child("prefix").AsString()
//		…
//		reg.Child("prefix").Position()           // 12:3
//	}
//	for table := range doc.Headers() { … }       // [header] lines as they stand in the file
//
// An [Edit] collects changes that refer to the document as it is, and makes
// them all in one pass over the bytes.
//
//	e := doc.Edit()
//	e.Set(reg, "blocked", tomledit.BoolValue(true))
//	e.AppendTable(reg, tomledit.Section{Key: "mirror", Array: true, Fields: …})
//	e.Delete(reg.Child("mirror").At(0))
//	e.Move(a, tomledit.Before(b))
//	err = e.Apply()                              // doc.Bytes() is the new file
//
// After Apply, nodes have to be looked up again: the old ones keep showing the
// old state, and an edit refuses them with [ErrStale].
//
// Writing fresh TOML needs no document: see [AppendKey], [AppendString],
// [AppendStringArray] and [AppendHeader].
//
// # Rules of the edits
//
// The comment block directly above a key, header or array element belongs to
// it, and so does a comment behind it on the line. New text takes the style of
// its neighbours, or else of the file. Undoing an edit by the opposite one
// gives the bytes that were there before: set and set back, insert and delete,
// move and move back. Comment lines that end a table, directly below its last
// key, go where the table goes; if a move puts them directly above another
// header, they belong to that one from then on, and moving back leaves them.
//
// # The seam to go-toml
//
// Only tree.go and values.go know go-toml's parser (its package unstable).
// They turn its expressions into the flat tree that all other files work on.
// Once go-toml has a released editing package, it can take the place of
// [Edit] behind the same methods, or of the tree behind [Node].
package tomledit
