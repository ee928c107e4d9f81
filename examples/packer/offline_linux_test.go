package packer

import (
	"os"
	"os/exec"
	"syscall"
)

// withoutNetwork runs a command where there is no network at all, if this
// process may do so.
func withoutNetwork(cmd *exec.Cmd) {
	if os.Geteuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET}
	}
}
