// Package podman reads, edits and writes registries.conf, the file by which
// Podman, CRI-O, Buildah and Skopeo know registries and mirrors.
//
// All four read it through one library, containers/image, whose version
// decides what a file means: up to 5.39 the old lookup order and the V1 form
// hold, from 5.40 on the new order, and V1 is an error. [Engine] knows which
// version a tool is built with.
//
// [ParseRegistries] gives one file as a document that keeps its bytes;
// [MarshalRegistries] writes a fresh one. [Engine] maps the files of a node
// to and from the model of package mirror, explains the requests of a pull,
// and reports what is wrong or useless in them.
//
// What is said here of behaviour was taken from containers/image 5.36.2
// (pkg/sysregistriesv2/system_registries_v2.go, shortnames.go, and
// docker/docker_client.go) and go.podman.io/image 5.42.0, and compared with
// both libraries at work.
package podman
