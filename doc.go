// Package mirrorcfg is the root of a library that configures container-image
// registry mirrors for containerd, Docker, Podman and CRI-O.
//
// One typed description of registries and mirrors (package mirror) is turned
// into each engine's own files, and read back from them, by the adapters
// containerd, docker and podman. What a target cannot say is reported, never
// dropped. Package mirror/fileset shows, applies and undoes the changes;
// module mirror/verify asks the engines' own parsers whether they agree.
//
// The root package holds no code: import the packages below it.
package mirrorcfg
