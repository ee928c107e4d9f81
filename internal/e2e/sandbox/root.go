package sandbox

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"golang.org/x/sys/unix"
)

// Root is a directory that programs run in as their `/`.
type Root struct {
	base    string // holds the writable parts and the mount point
	dir     string
	mounted []string
}

var roots atomic.Int64

// inMemory are directories that hold no layers but a file system in memory of their own: engines keep
// overlay mounts and sockets there, and an overlay cannot lie on an overlay.
var inMemory = []string{"run", "tmp", "var/lib", "var/tmp", "var/log", "root"}

// fromMachine are mounts which the root shares with the sandbox.
var fromMachine = []string{"proc", "sys", "dev"}

// NewRoot mounts the layers, the first one on top, and a writable layer above them. It lasts until the test
// ends. The test is skipped where there is no sandbox.
func NewRoot(t testing.TB, layers ...string) *Root {
	t.Helper()
	Require(t)
	r := &Root{base: fmt.Sprintf("%s/%d", stateDir, roots.Add(1))}
	r.dir = filepath.Join(r.base, "r")
	t.Cleanup(func() {
		if err := r.close(); err != nil {
			t.Errorf("root: %v", err)
		}
	})
	if err := r.mount(layers); err != nil {
		t.Fatalf("root: %v", err)
	}
	return r
}

// Dir is where the root is mounted. Files can be read and written below it while programs run.
func (r *Root) Dir() string { return r.dir }

// Path is the place of a file of the root, named as programs in the root name it.
func (r *Root) Path(name string) string { return filepath.Join(r.dir, name) }

// WriteFile writes a file of the root and makes the directories above it.
func (r *Root) WriteFile(name string, data []byte, mode os.FileMode) error {
	if err := os.MkdirAll(filepath.Dir(r.Path(name)), 0o755); err != nil {
		return err
	}
	return os.WriteFile(r.Path(name), data, mode)
}

func (r *Root) mount(layers []string) error {
	upper, work := filepath.Join(r.base, "upper"), filepath.Join(r.base, "work")
	for _, dir := range []string{upper, work, r.dir} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
	}
	escaped := make([]string, len(layers))
	for i, layer := range layers {
		escaped[i] = strings.NewReplacer(`\`, `\\`, ":", `\:`, ",", `\,`).Replace(layer)
	}
	options := fmt.Sprintf("lowerdir=%s,upperdir=%s,workdir=%s", strings.Join(escaped, ":"), upper, work)
	if err := r.mountOn("overlay", "", "overlay", 0, options); err != nil {
		return err
	}
	for _, dir := range inMemory {
		if err := r.mountOn("tmpfs", dir, "tmpfs", 0, "mode=755"); err != nil {
			return err
		}
	}
	for _, dir := range []string{"tmp", "var/tmp"} {
		if err := os.Chmod(r.Path(dir), 0o1777); err != nil {
			return err
		}
	}
	for _, dir := range fromMachine {
		if err := r.mountOn("/"+dir, dir, "", unix.MS_BIND|unix.MS_REC, ""); err != nil {
			return err
		}
	}
	return nil
}

func (r *Root) mountOn(source, dir, fileSystem string, flags uintptr, options string) error {
	target := r.Path(dir)
	if err := os.MkdirAll(target, 0o755); err != nil {
		return err
	}
	if err := unix.Mount(source, target, fileSystem, flags, options); err != nil {
		return fmt.Errorf("mount %s: %w", target, err)
	}
	r.mounted = append(r.mounted, target)
	return nil
}

// close unmounts in reverse order. Programs of the root have copies of the mounts, which go when they end.
func (r *Root) close() error {
	var failed []error
	for i := len(r.mounted) - 1; i >= 0; i-- {
		if err := unix.Unmount(r.mounted[i], unix.MNT_DETACH); err != nil {
			failed = append(failed, fmt.Errorf("unmount %s: %w", r.mounted[i], err))
		}
	}
	if len(failed) > 0 {
		return errors.Join(failed...) // deleting below a mount that is still there would delete what it shows
	}
	return os.RemoveAll(r.base)
}
