// Package docker reads, edits and checks the registry configuration of Docker Engine: daemon.json and certs.d, as
// dockerd of each version from 20.10 on understands them.
//
// [Engine] answers for a whole node: whom dockerd asks for an image, what is wrong in its files, and what has to change
// so that they say what is wanted. dockerd has two ways to pull, and they read different files: a graph driver's pulls
// take registry-mirrors of daemon.json alone, while the containerd image store, and docker build with either store, read
// certs.d/<registry>/hosts.toml from 28.0 on and registry-mirrors only where that leaves one host.
//
// [DaemonFile] is daemon.json itself, which can be edited without losing a byte that the edit does not mean. [Daemon] is
// the part of it that concerns registries, as a plain value.
package docker
