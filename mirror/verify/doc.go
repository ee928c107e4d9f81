// Package verify asks the parsers that container engines themselves use what
// a node's files mean, and holds this project's answers against theirs.
//
// It is a module of its own, so that nothing of it reaches a program that
// merely writes files. A golden-file test of such a program calls Check:
//
//	verify.Check(t, plan.Files(), containerd.Engine{Version: "2.4"})
//
// Parsers that cannot be linked into one program are built and run by the go
// tool the first time they are wanted, which takes up to a minute each; its
// cache makes later runs quick. See the README for what is real in each
// answer and what had to be said again.
package verify
