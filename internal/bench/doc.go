// Package bench does the same work with this library and with other tools that
// write registry configuration, in one process and one run, and compares the
// processor time. It is a module of its own, so that nobody who imports the
// library inherits the other tools.
//
//	GOWORK=off go run ./cmd/sidebyside          prints the table
//	GOWORK=off go run ./cmd/sidebyside -update  and writes it to README.md
//
// The module is not part of go.work: the other tools' dependencies would decide
// with which versions everything else is tested.
//
// Times differ between machines, and on a busy one between minutes; ratios of
// work that was measured in turns do not differ much. The test therefore fails
// on ratios only. A time is judged beside a yardstick, such as hujson.Parse of
// the same bytes, by which a slow machine can be told from slow code.
package bench
