// Package mirror models registries, their mirrors and what an engine does
// with them, without knowing any engine's file format.
//
//   - [Config] describes what is wanted: registries in order, each with its
//     mirrors in the order they are tried.
//   - [Engine] is one container engine at one version. It reads the files of a
//     node into a [View] and plans the changes that make the node say what a
//     Config says. Implementations are containerd.Engine, docker.Engine and
//     podman.Engine.
//   - [View] answers questions about a node: its Config, the exact requests
//     for a reference ([View.Explain]), and what is wrong ([View.Lint]).
//   - [Plan] is a set of file changes as a value. Package mirror/fileset shows
//     it as a diff, applies it and undoes it.
//   - [Diagnostic] is the one type for everything that can be said about a
//     configuration: faults, losses, lint.
//
// Nothing in this package touches a disk, a network, a clock or the
// environment.
package mirror
