// Package containerd reads, writes and explains the registry configuration of
// containerd: hosts.toml files, the certs.d trees that hold them, and the
// registry settings of config.toml, as each version from 1.6 on understands
// them.
//
// [Hosts] is the value of one hosts.toml and [HostsFile] the file itself,
// which can be edited without losing a byte that the edit does not mean.
// [Tree] is a certs.d directory. [Engine] maps all of it to and from the
// model of package mirror.
package containerd
