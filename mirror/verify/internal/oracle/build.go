// Package oracle builds and runs the parsers that cannot be linked into this
// program, because it is linked with another version of the same library.
// Each is the same source, built with a go.mod of its own: see oracle/*.mod
// at the root of this module.
package oracle

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"

	"github.com/mirrorcfg/mirrorcfg/mirror/verify/internal/upstream"
)

const module = "github.com/mirrorcfg/mirrorcfg/mirror/verify"

// Program is a parser that runs as a program of its own.
type Program struct {
	// Mod is the name of its go.mod, Package the directory of its main
	// package, both in oracle/. Tags are Go build tags.
	Mod, Package, Tags string
}

// Name identifies the program among all.
func (p Program) Name() string { return p.Mod + "-" + strings.TrimPrefix(p.Package, "_") }

// The programs about registries.conf and containerd's host directories.
var (
	CImage536    = Program{Mod: "cimage-5.36", Package: "cimage5"}
	Containerd16 = Program{Mod: "containerd-1.6", Package: "containerd1"}
	Containerd20 = Program{Mod: "containerd-2.0", Package: "containerd2"}
	Containerd21 = Program{Mod: "containerd-2.1", Package: "containerd2"}
	Containerd22 = Program{Mod: "containerd-2.2", Package: "containerd2"}
	Containerd23 = Program{Mod: "containerd-2.3", Package: "containerd2"}
)

// CRI is the program about containerd's config.toml, for a version such as
// "2.4".
func CRI(version string) (Program, bool) {
	mods := map[string]string{
		"1.6": "_cri1", "1.7": "_cri1",
		"2.0": "_cri2", "2.1": "_cri2", "2.2": "_cri2", "2.3": "_cri2", "2.4": "_cri2",
	}
	pkg, ok := mods[version]
	return Program{Mod: "containerd-" + version, Package: pkg, Tags: "containerd" + strings.ReplaceAll(version, ".", "")}, ok
}

// Docker is the program about daemon.json and certs.d, for a major version such
// as "28", or "24.0.7", after which mirrors may have a path.
func Docker(version string) (Program, bool) {
	tags, ok := map[string]string{
		"20": "docker20", "23": "", "24.0.7": "", "24": "", "25": "", "26": "", "27": "",
		"28": "hostsfile", "29": "hostsfile,moby",
	}[version]
	return Program{Mod: "dockerd-" + version, Package: "_dockerd", Tags: tags}, ok
}

// environ is the environment as it was at the start: parsers that are linked
// in change it while they are asked.
var environ = os.Environ()

// Build compiles the program into dir. Where it is there already, the go tool
// sees that it is up to date. It needs the go tool, and the modules on disk
// or a proxy.
func (p Program) Build(ctx context.Context, dir string) (string, error) {
	source, err := moduleDir(ctx)
	if err != nil {
		return "", err
	}
	binary := filepath.Join(dir, p.Name())
	cmd := exec.CommandContext(ctx, "go", "build", "-modfile=oracle/"+p.Mod+".mod", "-tags="+p.Tags, "-o", binary, "./oracle/"+p.Package)
	cmd.Dir = source
	// What is linked next to its place is moved there in one step, so that
	// another process never runs half a program.
	cmd.Env = append(environ[:len(environ):len(environ)], "GOWORK=off", "GOFLAGS=-mod=readonly", "GOTMPDIR="+dir)
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build %s: %w: %s", p.Name(), err, bytes.TrimSpace(out))
	}
	return binary, nil
}

// moduleDir is where this module's source is: below the working directory's
// module if that is this one or depends on it, or else where this program was
// compiled from.
var moduleDir = func(ctx context.Context) (string, error) {
	cmd := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}", module)
	cmd.Env = environ
	out, err := cmd.Output()
	if dir := strings.TrimSpace(string(out)); err == nil && dir != "" {
		return dir, nil
	}
	_, file, _, _ := runtime.Caller(0)
	dir := filepath.Join(filepath.Dir(file), "..", "..")
	if _, statErr := os.Stat(filepath.Join(dir, "oracle")); statErr == nil {
		return dir, nil
	}
	return "", fmt.Errorf("the parsers of older versions are built from the source of %s, which is not here: run this in a checkout, or in a module that requires it (%w)", module, err)
}

// directory is where programs are built: one for each source, in the user's
// cache.
func directory(ctx context.Context) (string, error) {
	source, err := moduleDir(ctx)
	if err != nil {
		return "", err
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = os.TempDir()
	}
	sum := sha256.Sum256([]byte(source))
	dir := filepath.Join(cache, "mirrorverify", hex.EncodeToString(sum[:8]))
	return dir, os.MkdirAll(dir, 0o755)
}

var running struct {
	sync.Mutex
	dir       string
	processes map[Program]*upstream.Process
}

// Run gives the program's parser, built and started at the first call. It
// ends with this process.
func (p Program) Run(ctx context.Context) (upstream.Parser, error) {
	running.Lock()
	defer running.Unlock()
	if process := running.processes[p]; process != nil {
		return process, nil
	}
	if running.dir == "" {
		dir, err := directory(ctx)
		if err != nil {
			return nil, err
		}
		running.dir = dir
		running.processes = map[Program]*upstream.Process{}
	}
	binary, err := p.Build(ctx, running.dir)
	if err != nil {
		return nil, err
	}
	process, err := upstream.Start(binary)
	if err != nil {
		return nil, err
	}
	running.processes[p] = process
	return process, nil
}

// Close ends all programs.
func Close() error {
	running.Lock()
	defer running.Unlock()
	var errs []string
	for program, process := range running.processes {
		if err := process.Close(); err != nil {
			errs = append(errs, program.Name()+": "+err.Error())
		}
	}
	running.dir, running.processes = "", nil
	if len(errs) > 0 {
		return errors.New(strings.Join(errs, "; "))
	}
	return nil
}
