// Package corpus holds configuration files in the shape of real ones, and
// tests that put every edit, plan and lint rule of the engines to them. Its
// tests take the files that installed engines bring as well, where there are
// any.
//
// A file's folder says what it is, and a hosts.toml's name which registry it
// is for. See sample_test.go.
package corpus
