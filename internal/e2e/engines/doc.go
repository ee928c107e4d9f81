// Package engines obtains real container engines and keeps them in a cache directory.
//
// Nothing is installed on the machine and nothing is started. Debian's packages are downloaded by apt with
// a state of its own (signatures are checked as usual) and unpacked into a directory; upstream releases are
// built from the Go module proxy. Each part of the cache, a Component, is installed once: a stamp file names
// what it was made from.
package engines
