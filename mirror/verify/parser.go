package verify

import (
	"context"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/containerd"
	"github.com/mirrorcfg/mirrorcfg/docker"
	"github.com/mirrorcfg/mirrorcfg/mirror"
	"github.com/mirrorcfg/mirrorcfg/mirror/verify/internal/containerd1"
	"github.com/mirrorcfg/mirrorcfg/mirror/verify/internal/containerd2"
	"github.com/mirrorcfg/mirrorcfg/mirror/verify/internal/oracle"
	"github.com/mirrorcfg/mirrorcfg/mirror/verify/internal/podmanio5"
	"github.com/mirrorcfg/mirrorcfg/mirror/verify/internal/upstream"
	"github.com/mirrorcfg/mirrorcfg/podman"
)

// Parser is upstream's parser for one engine at one version. It is safe for
// concurrent use.
type Parser struct {
	engine mirror.Engine
	parser upstream.Parser
	// ask is the question that the engine's settings make, without files.
	ask upstream.Question
	// below are the node's directories and files that the engine may read.
	below []string
	// given turns what a user wrote into what the tool hands on.
	given func(string) string
	// pullsOnly is set where the engine never pushes.
	pullsOnly bool
}

// For finds the parser of an engine of this project: containerd.Engine,
// docker.Engine or podman.Engine. It may have to build it, see the package's
// documentation. An engine, or a version, that no parser is pinned for is an
// error.
func For(ctx context.Context, engine mirror.Engine) (*Parser, error) {
	p := &Parser{engine: engine, given: func(ref string) string { return ref }}
	var err error
	switch e := engine.(type) {
	case containerd.Engine:
		err = p.containerd(ctx, e)
	case podman.Engine:
		err = p.podman(ctx, e)
	case docker.Engine:
		err = p.docker(ctx, e)
	default:
		err = fmt.Errorf("no parser for %T", engine)
	}
	if err != nil {
		return nil, fmt.Errorf("verify %s: %w", engine.Name(), err)
	}
	return p, nil
}

// Close ends the parsers that run as programs of their own. It is for the end
// of a test run; they end with this process in any case.
func Close() error { return oracle.Close() }

// minor is "2.4" for containerd@2.4.2.
func minor(name string) string {
	_, version, _ := strings.Cut(name, "@")
	parts := strings.SplitN(version, ".", 3)
	return strings.Join(parts[:min(len(parts), 2)], ".")
}

func (p *Parser) containerd(ctx context.Context, e containerd.Engine) (err error) {
	version := minor(e.Name())
	p.below = []string{"/etc/containerd", "/etc/docker/certs.d"}
	if e.Paths.Config != "" && e.Paths.Config != "/etc/containerd/config.toml" {
		return fmt.Errorf("config.toml is looked for at its own path only, not at %s", e.Paths.Config)
	}
	if e.Platform != containerd.Unix {
		return fmt.Errorf("directories are those of %v, where this program runs is not", e.Platform)
	}
	if e.Client == containerd.CRI {
		program, ok := oracle.CRI(version)
		if !ok {
			return fmt.Errorf("no parser for version %s", version)
		}
		p.pullsOnly = true
		p.parser, err = program.Run(ctx)
		return err
	}
	p.ask.Roots = hostsDirs(e, version)
	p.below = append(p.below, p.ask.Roots...)
	p.parser, err = hostsParser(ctx, version)
	return err
}

// hostsDirs are the directories that a client of containerd looks into.
func hostsDirs(e containerd.Engine, version string) []string {
	dirs := e.Paths.HostsDirs
	switch {
	case e.Client == containerd.Nerdctl && len(dirs) == 0:
		dirs = []string{"/etc/containerd/certs.d", "/etc/docker/certs.d"}
		fallthrough
	case e.Client == containerd.Nerdctl:
		if strings.HasPrefix(version, "1.") {
			return dirs
		}
	}
	return dirs[:min(len(dirs), 1)]
}

func hostsParser(ctx context.Context, version string) (upstream.Parser, error) {
	switch version {
	case "1.6":
		return oracle.Containerd16.Run(ctx)
	case "1.7":
		return upstream.ParserFunc(containerd1.Explain), nil
	case "2.0":
		return oracle.Containerd20.Run(ctx)
	case "2.1":
		return oracle.Containerd21.Run(ctx)
	case "2.2":
		return oracle.Containerd22.Run(ctx)
	case "2.3":
		return oracle.Containerd23.Run(ctx)
	case "2.4":
		return upstream.ParserFunc(containerd2.Explain), nil
	}
	return nil, fmt.Errorf("no parser for version %s", version)
}

// newLibrary is the version from which on a tool is built with a
// containers/image of 5.40 or later, which is read by the newest; before it
// stands 5.36.
var newLibrary = map[podman.Tool][2]int{
	podman.Podman: {6, 0}, podman.Buildah: {1, 44}, podman.CRIO: {1, 37}, podman.Skopeo: {1, 23},
}

func (p *Parser) podman(ctx context.Context, e podman.Engine) (err error) {
	paths := e.Paths
	home := paths.Home
	if home == "" && paths.UID == 0 {
		home = "/root"
	}
	p.ask = upstream.Question{Home: home, UID: paths.UID, Main: paths.Main, Env: map[string]string{}}
	for name, value := range map[string]string{
		"XDG_CONFIG_HOME": paths.ConfigHome, "XDG_CACHE_HOME": paths.CacheHome,
		"CONTAINERS_REGISTRIES_CONF": paths.Env, "CONTAINERS_REGISTRIES_CONF_OVERRIDE": paths.Override,
	} {
		if value != "" {
			p.ask.Env[name] = value
			p.below = append(p.below, value)
		}
	}
	p.below = append(p.below, "/etc/containers", "/usr/share/containers", "/var/cache/containers",
		path.Join(home, ".config/containers"), path.Join(home, ".cache/containers"))
	if paths.Main != "" {
		p.below = append(p.below, paths.Main)
	}
	if paths.System != "" || paths.Vendor != "" || paths.DropInDir != "" {
		return fmt.Errorf("directories other than Linux' own are not supported")
	}
	if e.Tool == podman.Skopeo {
		// Skopeo takes a short name for one of Docker Hub.
		p.given = func(ref string) string {
			if parsed, err := mirror.ParseReference(ref); err == nil {
				return parsed.Name() + strings.TrimPrefix(parsed.String(), parsed.Name())
			}
			return ref
		}
	}
	isNew, err := usesNewLibrary(e)
	if err != nil {
		return err
	}
	if isNew {
		p.parser = upstream.ParserFunc(podmanio5.Explain)
		return nil
	}
	p.parser, err = oracle.CImage536.Run(ctx)
	return err
}

func usesNewLibrary(e podman.Engine) (bool, error) {
	var major, minor int
	if e.Library != "" {
		_, err := fmt.Sscanf(e.Library, "%d.%d", &major, &minor)
		return major > 5 || major == 5 && minor >= 40, err
	}
	_, version, _ := strings.Cut(e.Name(), "@")
	if n, err := fmt.Sscanf(version, "%d.%d", &major, &minor); n == 0 {
		return false, fmt.Errorf("version %q: %w", version, err)
	} else if n == 1 {
		minor = 1 << 20 // the newest of this major version
	}
	since, ok := newLibrary[e.Tool]
	if !ok {
		return false, fmt.Errorf("no parser for %s", e.Tool)
	}
	return major > since[0] || major == since[0] && minor >= since[1], nil
}

// Explain asks what the files below fsys, which is rooted at the node's /,
// make of references. The results are in the order of the references. An
// error means that the question could not be put; what the engine would
// complain about is in the results.
func (p *Parser) Explain(fsys fs.FS, op mirror.Operation, references ...string) ([]Result, error) {
	results, err := p.explain(fsys, []mirror.Operation{op}, references)
	if err != nil {
		return nil, err
	}
	return results[0], nil
}

// operations are those that the engine makes.
func (p *Parser) operations() []mirror.Operation {
	if p.pullsOnly {
		return []mirror.Operation{mirror.OpPull}
	}
	return []mirror.Operation{mirror.OpPull, mirror.OpPush}
}

// explain answers for several operations at once, with results for each.
func (p *Parser) explain(fsys fs.FS, ops []mirror.Operation, references []string) ([][]Result, error) {
	files, err := collect(fsys, p.below)
	if err != nil {
		return nil, err
	}
	q := p.ask
	q.Files, q.Operation = files, upstream.Operation(ops[0].String())
	for _, op := range ops[1:] {
		q.Also = append(q.Also, upstream.Operation(op.String()))
	}
	for _, ref := range references {
		q.References = append(q.References, p.given(ref))
	}
	answers := p.parser.Explain(q)
	if len(answers) != len(ops)*len(references) {
		return nil, fmt.Errorf("verify %s: %d answers for %d references", p.engine.Name(), len(answers), len(references))
	}
	results := make([][]Result, len(ops))
	for i, a := range answers {
		r := result(a)
		r.Reference = references[i%len(references)]
		at := i / len(references)
		results[at] = append(results[at], r)
	}
	return results, nil
}
