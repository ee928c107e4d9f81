package engines

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// goBuild builds commands of one module from the module proxy.
type goBuild struct {
	Kind     Kind
	Module   string
	Version  string   // of the module
	Release  string   // of the program, where it is numbered apart from its module
	Packages []string // the commands
	Variable string   // the string variable that holds the program's version
	Wrapped  bool     // build as a dependency: `go install` refuses modules with exclude directives
}

func (g goBuild) origin() string { return "built from " + g.Module + "@" + g.Version }

func (g goBuild) install(ctx context.Context, in *Installer, dir string) (map[Kind]string, error) {
	bin := filepath.Join(dir, rootName, "usr/local/bin")
	if err := os.MkdirAll(bin, 0o755); err != nil {
		return nil, err
	}
	flags := []string{"-trimpath", "-ldflags", "-s -w -X " + g.Variable + "=" + g.Version}
	environment := []string{"GOWORK=off", "GOFLAGS=-mod=mod", "GOBIN=" + bin}
	build := g.installed
	if g.Wrapped {
		build = g.wrapped
	}
	if err := build(ctx, in, dir, environment, flags); err != nil {
		return nil, err
	}
	for _, command := range g.Packages {
		if _, err := os.Stat(filepath.Join(bin, path.Base(command))); err != nil {
			return nil, err
		}
	}
	if g.Release != "" {
		return map[Kind]string{g.Kind: g.Release}, nil
	}
	return map[Kind]string{g.Kind: strings.TrimPrefix(g.Version, "v")}, nil
}

func (g goBuild) installed(ctx context.Context, in *Installer, dir string, environment, flags []string) error {
	arguments := append([]string{"install"}, flags...)
	for _, command := range g.Packages {
		arguments = append(arguments, command+"@"+g.Version)
	}
	_, err := in.run(ctx, dir, environment, "go", arguments...)
	return err
}

func (g goBuild) wrapped(ctx context.Context, in *Installer, dir string, environment, flags []string) error {
	wrapper := filepath.Join(dir, "wrapper")
	if err := errors.Join(
		os.Mkdir(wrapper, 0o755),
		os.WriteFile(filepath.Join(wrapper, "go.mod"), fmt.Appendf(nil, "module wrapper\n\ngo 1.25.0\n\nrequire %s %s\n", g.Module, g.Version), 0o644),
	); err != nil {
		return err
	}
	if _, err := in.run(ctx, wrapper, environment, "go", append(append([]string{"install"}, flags...), g.Packages...)...); err != nil {
		return err
	}
	return os.RemoveAll(wrapper)
}
