// Package tomledit reads and edits TOML files without losing a byte that the
// edit does not mean: comments, blank lines, key order, quoting, indentation
// and line ends stay as they are.
//
// [Parse] gives a [Document]; [Document.Root] and [Document.Lookup] give
// [Node] values, which tell what stands where. Writing fresh TOML needs no
// document: see [AppendKey], [AppendString] and [AppendHeader].
package tomledit
