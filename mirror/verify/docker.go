package verify

import (
	"context"
	"fmt"
	"path"
	"strconv"

	"github.com/mirrorcfg/mirrorcfg/docker"
	"github.com/mirrorcfg/mirrorcfg/mirror/verify/internal/oracle"
	"github.com/mirrorcfg/mirrorcfg/mirror/verify/internal/upstream"
)

// docker asks the packages of the newest release of the same major version
// that is known: 20.10.27, 23.0.15, 24.0.9 or 24.0.7, 25.0.6, 26.1.5, 27.5.1,
// 28.5.2, and moby v2.0.0-beta.24 for 29. The image store decides on the pull
// path; with docker.Auto it is the one that a new node gets.
func (p *Parser) docker(ctx context.Context, e docker.Engine) (err error) {
	defaults := docker.LinuxPaths()
	if at := path.Clean("/" + e.Paths.Daemon); at != "/" && at != defaults.Daemon {
		return fmt.Errorf("daemon.json is looked for at its own path only, not at %s", at)
	}
	if at := path.Clean("/" + e.Paths.CertsDir); at != "/" && at != defaults.CertsDir {
		return fmt.Errorf("certs.d is looked for at its own path only, not at %s", at)
	}
	program, major, err := dockerProgram(e.Name())
	if err != nil {
		return err
	}
	p.below = []string{defaults.Daemon, defaults.CertsDir}
	p.ask.Docker = upstream.ContainerdStore
	if e.ImageStore == docker.Graphdriver || e.ImageStore == docker.Auto && major < 29 {
		p.ask.Docker = upstream.GraphDriver
	}
	if e.Builder {
		p.ask.Docker = upstream.ContainerdStore
		p.pullsOnly = true
	}
	if p.ask.Docker == upstream.ContainerdStore && major < 24 && !e.Builder {
		return fmt.Errorf("version %d has no containerd image store", major)
	}
	p.parser, err = program.Run(ctx)
	return err
}

// dockerProgram finds the program for a name such as docker@24.0. A version
// without patch is the newest with that minor.
func dockerProgram(name string) (program oracle.Program, major int, err error) {
	var minor, patch int
	n, _ := fmt.Sscanf(name, "docker@%d.%d.%d", &major, &minor, &patch)
	version := strconv.Itoa(min(major, 29))
	if n == 3 && major == 24 && patch < 8 {
		version = "24.0.7"
	}
	program, ok := oracle.Docker(version)
	if !ok || major == 20 && n > 1 && minor < 10 {
		return program, major, fmt.Errorf("no parser for %s", name)
	}
	return program, major, nil
}
