package verify

import (
	"context"
	"fmt"
	"path"

	"github.com/mirrorcfg/mirrorcfg/docker"
	"github.com/mirrorcfg/mirrorcfg/mirror/verify/internal/oracle"
	"github.com/mirrorcfg/mirrorcfg/mirror/verify/internal/upstream"
)

// docker asks moby v2.0.0-beta.24, which is Docker Engine 29; 28 reads
// hosts.toml with an older containerd. The image store decides on the pull path;
// with docker.Auto it is the one that a new node gets.
func (p *Parser) docker(ctx context.Context, e docker.Engine) (err error) {
	defaults := docker.LinuxPaths()
	if at := path.Clean("/" + e.Paths.Daemon); at != "/" && at != defaults.Daemon {
		return fmt.Errorf("daemon.json is looked for at its own path only, not at %s", at)
	}
	if at := path.Clean("/" + e.Paths.CertsDir); at != "/" && at != defaults.CertsDir {
		return fmt.Errorf("certs.d is looked for at its own path only, not at %s", at)
	}
	var major int
	if _, err := fmt.Sscanf(e.Name(), "docker@%d", &major); err != nil || major < 29 {
		return fmt.Errorf("no parser for versions before 29")
	}
	p.below = []string{defaults.Daemon, defaults.CertsDir}
	p.ask.Docker = upstream.ContainerdStore
	if e.ImageStore == docker.Graphdriver {
		p.ask.Docker = upstream.GraphDriver
	}
	if e.Builder {
		p.ask.Docker = upstream.ContainerdStore
		p.pullsOnly = true
	}
	// It is a program of its own because the daemon is linked with an older
	// containerd than this one is.
	p.parser, err = oracle.Docker29.Run(ctx)
	return err
}
