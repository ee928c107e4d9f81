package sandbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// program is what enter runs, handed over in an environment variable.
type program struct {
	Root        string
	Arguments   []string
	Environment []string
}

const programVariable = "MIRRORCFG_E2E_PROGRAM"

// searchPath is the PATH of programs in a root.
const searchPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// Command prepares a program of the root, to be run in it with this machine's loopback-only network. The
// environment is empty but for PATH, HOME and what is given as NAME=value.
func (r *Root) Command(ctx context.Context, environment []string, arguments ...string) (*exec.Cmd, error) {
	standard := []string{"PATH=" + searchPath, "HOME=/root", "LANG=C.UTF-8"}
	encoded, err := json.Marshal(program{
		Root: r.dir, Arguments: arguments, Environment: append(standard, environment...),
	})
	if err != nil {
		return nil, err
	}
	command := exec.CommandContext(ctx, "/proc/self/exe")
	command.Args = arguments
	command.Env = []string{stageVariable + "=" + stageEnter, programVariable + "=" + string(encoded)}
	command.Dir = "/"
	command.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS, Setpgid: true}
	return command, nil
}

// enter turns this process into the program. It returns only when that failed.
func enter() error {
	var p program
	if err := json.Unmarshal([]byte(os.Getenv(programVariable)), &p); err != nil {
		return fmt.Errorf("%s: %w", programVariable, err)
	}
	if len(p.Arguments) == 0 {
		return errors.New("no program")
	}
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("private mounts: %w", err)
	}
	if err := unix.Chdir(p.Root); err != nil {
		return fmt.Errorf("chdir %s: %w", p.Root, err)
	}
	// The old root is stacked on the new one's own mount point (pivot_root(2), "pivot_root(".", ".")").
	if err := unix.PivotRoot(".", "."); err != nil {
		return fmt.Errorf("pivot_root %s: %w", p.Root, err)
	}
	if err := unix.Unmount(".", unix.MNT_DETACH); err != nil {
		return fmt.Errorf("detach the old root: %w", err)
	}
	if err := unix.Chdir("/"); err != nil {
		return fmt.Errorf("chdir /: %w", err)
	}
	path, err := lookPath(p.Arguments[0])
	if err != nil {
		return err
	}
	return fmt.Errorf("%s: %w", path, syscall.Exec(path, p.Arguments, p.Environment))
}

func lookPath(name string) (string, error) {
	if strings.Contains(name, "/") {
		return name, nil
	}
	for _, dir := range filepath.SplitList(searchPath) {
		path := filepath.Join(dir, name)
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0 {
			return path, nil
		}
	}
	return "", fmt.Errorf("%s: not in %s", name, searchPath)
}
