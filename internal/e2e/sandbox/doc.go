// Package sandbox runs a test binary in namespaces of its own, and programs in root file systems of theirs.
//
// Main starts the test binary a second time in new network, mount, process and IPC namespaces. The network
// has a loopback device and nothing else, so that a pull which succeeds was served on loopback. The second
// run is process 1 of its process namespace and dies with the first: when it ends, however it ends, the
// kernel kills every process that was started in it and drops every mount. Nothing can be left behind.
//
// A Root is a directory that looks like a node's `/`: layers of unpacked packages below, a writable layer in
// memory on top. Programs are run in it after pivot_root; a plain chroot is not enough for engines, which
// remount and pivot again to unpack layers.
package sandbox
