// Package docker reads, edits and checks the registry configuration of Docker Engine: daemon.json as dockerd of each
// version from 20.10 on understands it.
//
// [DaemonFile] is the file itself, which can be edited without losing a byte that the edit does not mean. [Daemon] is
// the part of it that concerns registries, as a plain value.
package docker
