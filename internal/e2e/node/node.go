package node

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/mirrorcfg/mirrorcfg/internal/e2e/engines"
	"github.com/mirrorcfg/mirrorcfg/internal/e2e/recorder"
	"github.com/mirrorcfg/mirrorcfg/internal/e2e/sandbox"
)

// Node is a machine with one engine. It exists until the test ends.
type Node struct {
	Engine  engines.Engine
	Flags   []string      // given to the engine beside those it needs here; to be set before it starts
	Timeout time.Duration // of one pull, and of starting; one minute unless set

	t          testing.TB
	root       *sandbox.Root
	registries *recorder.Recorder
	driver     driver
}

// driver is what differs between engines.
type driver interface {
	start(ctx context.Context) error // also of an engine that runs: then it does nothing
	stop() error
	reload(ctx context.Context) error
	pull(ctx context.Context, reference string) (output string, err error)
	forget(ctx context.Context, reference string) error
	log() string
}

// Pull is what a pull did.
type Pull struct {
	Requests recorder.Requests // those that arrived while it ran, in order
	Output   string            // of the client, or what the daemon wrote to its log meanwhile
	Err      error             // why the image did not arrive, nil when it did
}

// ErrNoReload says that an engine reads its configuration at each pull or only when it starts.
var ErrNoReload = errors.New("this engine does not reload its configuration")

// New makes a node whose name resolution leads to the recording registries and which trusts their authority.
// Nothing runs yet. The test is skipped where there is no sandbox.
func New(t testing.TB, engine engines.Engine, registries *recorder.Recorder) *Node {
	t.Helper()
	n := &Node{Engine: engine, Timeout: time.Minute, t: t, registries: registries}
	n.root = sandbox.NewRoot(t, engine.Layers...)
	if err := n.prepare(); err != nil {
		t.Fatalf("%s: %v", engine, err)
	}
	switch engine.Kind {
	case engines.Containerd:
		n.driver = &containerd{node: n}
	case engines.Dockerd:
		n.driver = newDockerd(n)
	case engines.Skopeo, engines.Podman, engines.Buildah:
		n.driver = &command{node: n}
	default:
		t.Fatalf("%s: no driver", engine)
	}
	t.Cleanup(func() {
		if err := n.driver.stop(); err != nil {
			t.Errorf("%s: %v", engine, err)
		}
		if t.Failed() {
			t.Logf("requests of %s:\n%s\nend of its log:\n%s", engine, registries.Requests(), lastLines(n.Log(), 60))
		}
	})
	return n
}

// Dir is the node's root directory as this process sees it: for os.DirFS and for writing files.
func (n *Node) Dir() string { return n.root.Dir() }

// Write writes a file of the node, such as /etc/docker/daemon.json, and makes the directories above it.
func (n *Node) Write(name, content string) {
	n.t.Helper()
	if err := n.root.WriteFile(name, []byte(content), 0o644); err != nil {
		n.t.Fatalf("%s: %v", n.Engine, err)
	}
}

// Remove deletes a file or directory of the node.
func (n *Node) Remove(name string) {
	n.t.Helper()
	if err := os.RemoveAll(n.root.Path(name)); err != nil {
		n.t.Fatalf("%s: %v", n.Engine, err)
	}
}

// Start starts the daemon, if the engine has one, and waits until it answers. The error holds the end of its
// log when it does not.
func (n *Node) Start() error {
	ctx, cancel := n.context()
	defer cancel()
	return n.driver.start(ctx)
}

// Stop ends the daemon. What it stored stays.
func (n *Node) Stop() error { return n.driver.stop() }

// Reload makes a running daemon read its configuration again and waits until it has. Engines without that
// return ErrNoReload.
func (n *Node) Reload() error {
	ctx, cancel := n.context()
	defer cancel()
	return n.driver.reload(ctx)
}

// Pull pulls an image, after starting the daemon if it does not run.
func (n *Node) Pull(reference string) Pull {
	return n.record(func(ctx context.Context) (string, error) {
		if err := n.driver.start(ctx); err != nil {
			return "", err
		}
		return n.driver.pull(ctx, reference)
	})
}

// Forget removes a pulled image with the engine's own means. dockerd keeps manifests by digest all the same:
// see Wipe.
func (n *Node) Forget(reference string) error {
	ctx, cancel := n.context()
	defer cancel()
	return n.driver.forget(ctx, reference)
}

// Wipe ends the daemon and empties every store, so that the next pull starts it afresh and asks for everything.
func (n *Node) Wipe() error {
	if err := n.Stop(); err != nil {
		return err
	}
	for _, dir := range []string{"/var/lib", "/run", "/tmp"} {
		entries, err := os.ReadDir(n.root.Path(dir))
		if err != nil {
			return err
		}
		for _, entry := range entries {
			if err := os.RemoveAll(filepath.Join(n.root.Path(dir), entry.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

// Run runs a program of the node, such as `ctr`, and records what it and the daemon requested.
func (n *Node) Run(arguments ...string) Pull {
	return n.record(func(ctx context.Context) (string, error) { return n.run(ctx, arguments...) })
}

// Log is everything the engine has written so far.
func (n *Node) Log() string { return n.driver.log() }

func (n *Node) record(pull func(context.Context) (string, error)) Pull {
	ctx, cancel := n.context()
	defer cancel()
	before := len(n.registries.Requests())
	logged := len(n.Log())
	output, err := pull(ctx)
	if output == "" {
		output = n.Log()[logged:]
	}
	return Pull{Requests: n.registries.Requests()[before:], Output: output, Err: err}
}

func (n *Node) run(ctx context.Context, arguments ...string) (string, error) {
	process, err := n.root.Command(ctx, []string{"BUILDAH_ISOLATION=chroot"}, arguments...)
	if err != nil {
		return "", err
	}
	output, err := process.CombinedOutput()
	if err != nil {
		return string(output), fmt.Errorf("%s: %w\n%s", strings.Join(arguments, " "), err, lastLines(string(output), 20))
	}
	return string(output), nil
}

func (n *Node) context() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(n.t.Context()), n.Timeout)
}

// logFile is where the engine's output goes: beside the root, not in it.
func (n *Node) logFile() string { return filepath.Join(filepath.Dir(n.Dir()), "log") }

func lastLines(text string, count int) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	return strings.Join(lines[max(0, len(lines)-count):], "\n")
}
