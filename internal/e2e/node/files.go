package node

import (
	"errors"
	"os"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/internal/e2e/recorder"
)

// UpstreamAddr is where every name in upstreamNames leads.
const UpstreamAddr = "127.0.0.2"

// upstreamNames are the registries a node can reach beside its mirrors. No other name resolves.
var upstreamNames = []string{
	"registry-1.docker.io", "docker.io", "index.docker.io", "auth.docker.io",
	"quay.io", "ghcr.io", "gcr.io", "registry.k8s.io", "registry.example.com", "reg.example.com", "app.reg.example.com",
}

// MirrorAddr is where every name in mirrorNames leads.
const MirrorAddr = "127.0.0.3"

// mirrorNames are names for mirrors, which engines treat unlike addresses on loopback.
var mirrorNames = []string{"mirror-a.example.com", "mirror-b.example.com", "mirror-c.example.com"}

// Upstream is the endpoint that stands in for docker.io, quay.io and other public registries. It is called
// "upstream", and speaks HTTPS on their usual port.
func Upstream() recorder.Endpoint {
	return recorder.Endpoint{Name: "upstream", Addr: UpstreamAddr + ":443", TLS: true}
}

// prepare writes what the packages' installation scripts and an administrator would have written.
func (n *Node) prepare() error {
	if len(n.Engine.Layers) > 1 { // built from source: the configuration below belongs to another version
		for _, dir := range []string{"/etc/containerd", "/etc/docker"} {
			if err := os.RemoveAll(n.root.Path(dir)); err != nil {
				return err
			}
		}
	}
	var failed []error
	for _, file := range []struct{ name, content string }{
		{"/etc/hosts", "127.0.0.1 localhost\n" + UpstreamAddr + " " + strings.Join(upstreamNames, " ") + "\n" +
			MirrorAddr + " " + strings.Join(mirrorNames, " ") + "\n"},
		{"/etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\n"},
		{"/etc/resolv.conf", "# no name server: names are in /etc/hosts\n"},
		{"/etc/passwd", "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n"},
		{"/etc/group", "root:x:0:\ndocker:x:999:\nnogroup:x:65534:\n"},
		{"/etc/hostname", "node\n"},
		{"/etc/machine-id", "0123456789abcdef0123456789abcdef\n"},
		{"/etc/ssl/certs/ca-certificates.crt", string(n.registries.CA())},
	} {
		failed = append(failed, n.root.WriteFile(file.name, []byte(file.content), 0o644))
	}
	if _, err := os.Lstat(n.root.Path("/var/run")); errors.Is(err, os.ErrNotExist) {
		failed = append(failed, os.Symlink("/run", n.root.Path("/var/run")))
	}
	return errors.Join(failed...)
}
