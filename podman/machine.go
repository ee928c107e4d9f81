package podman

import (
	"fmt"
	"path"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/internal/release"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// HostOS is the system that a Podman machine runs on.
type HostOS uint8

const (
	MacOS HostOS = iota
	Windows
	LinuxHost
)

// Machine is a Podman machine: the virtual machine in which Podman runs on
// macOS and Windows. registries.conf is read inside of it.
type Machine struct {
	// Version of Podman on the host; empty is the newest known.
	Version string
	Host    HostOS
	// Home is the user's home on the host, such as "/Users/me" or
	// `C:\Users\me`.
	Home string
	// AppData is %APPDATA% on Windows; empty is Home\AppData\Roaming.
	AppData string
	// Name of the machine; empty is podman-machine-default.
	Name string
}

var (
	// machineMount: the host's directory is mounted over the machine's
	// /etc/containers.
	machineMount = release.Feature{Name: "the host's configuration directory is the machine's /etc/containers", In: []release.Span{release.From("6.0")},
		Source: "go.podman.io/common 0.68.0 pkg/config/default.go; Podman 6.0.0 pkg/machine/wsl/declares.go"}
	machinePlaybook = release.Feature{Name: "podman machine init --playbook", In: []release.Span{release.From("5.4")},
		Source: "Podman 5.4.0 podman-machine-init.1"}

	ruleMachineUnread = rule(mirror.Rule{
		Code: "podman/machine-unread", Severity: mirror.Warning,
		Summary:     "a registries.conf on a macOS or Windows host",
		Consequence: "Podman before 6.0 names it in the debug log and does not use it: the machine reads its own /etc/containers",
		Fix:         "put the file into the machine: Machine.Copy, Machine.Link or Machine.Playbook",
		Versions:    "Podman < 6.0",
		Evidence:    "podman#12369, #13039, #18586, podman-desktop#9439, #10550",
	})
	ruleMachineMount = rule(mirror.Rule{
		Code: "podman/machine-overmount", Severity: mirror.Warning,
		Summary:     "a host directory mounted over the machine's /etc/containers",
		Consequence: "it hides what the machine's image has there, and holds only for machines made with 6.0.1 or later; volumes of one's own replace the mount",
		Fix:         "make the machine anew, with registries.conf, policy.json and short names in the host's directory",
		Versions:    "Podman >= 6.0",
		Evidence:    "podman-desktop#17148, podman#29239",
	})
)

func (m Machine) version() (release.Version, error) {
	if m.Version == "" {
		return release.Parse(newestVersion(Podman))
	}
	return release.Parse(m.Version)
}

func (m Machine) name() string {
	if m.Name == "" {
		return "podman-machine-default"
	}
	return m.Name
}

// HostDir is the host's directory for container configuration, as the host
// writes paths.
func (m Machine) HostDir() string {
	if m.Host != Windows {
		return path.Join(m.Home, ".config/containers")
	}
	if m.AppData != "" {
		return m.AppData + `\containers`
	}
	return m.Home + `\AppData\Roaming\containers`
}

// Inside is where the machine sees a path of the host: under its own name on
// macOS, where the home is mounted, and below /mnt/c on Windows.
func (m Machine) Inside(hostPath string) string {
	if m.Host != Windows {
		return hostPath
	}
	drive, rest, found := strings.Cut(hostPath, ":")
	if !found || len(drive) != 1 {
		return strings.ReplaceAll(hostPath, `\`, "/")
	}
	return "/mnt/" + strings.ToLower(drive) + strings.ReplaceAll(rest, `\`, "/")
}

// Engine is the engine inside the machine. Its files are those of the
// machine; from 6.0 on its /etc/containers is the host's HostDir.
func (m Machine) Engine() Engine { return Engine{Version: m.Version} }

// MountsHostDir reports whether the host's directory is the machine's
// /etc/containers, for machines that were made with this version.
func (m Machine) MountsHostDir() (bool, error) {
	v, err := m.version()
	return err == nil && machineMount.Has(v), err
}

// Check says what to know about where the host's files count.
func (m Machine) Check() (mirror.Diagnostics, error) {
	mounts, err := m.MountsHostDir()
	if err != nil {
		return nil, err
	}
	pos := mirror.Position{File: m.HostDir()}
	if mounts {
		return mirror.Diagnostics{ruleMachineMount.At(pos, "", "the machine's /etc/containers is this directory, and nothing else is there")}, nil
	}
	return mirror.Diagnostics{ruleMachineUnread.At(pos, "", "the machine does not read this directory")}, nil
}

// machineDropIn is the drop-in directory inside the machine.
const machineDropIn = "/etc/containers/registries.conf.d"

// Copy puts a file of the host into the machine as a drop-in. It works with
// every version that mounts nothing over /etc/containers, and needs no
// restart.
func (m Machine) Copy(hostFile, dropIn string) ([]mirror.Action, error) {
	if err := checkDropInName(dropIn); err != nil {
		return nil, err
	}
	staged := "/tmp/" + dropIn
	return []mirror.Action{
		{Command: []string{"podman", "machine", "cp", hostFile, m.name() + ":" + staged}, Reason: "bring the file into the machine"},
		m.ssh("put it where Podman reads it", "sudo", "install", "-D", "-m", "0644", staged, machineDropIn+"/"+dropIn),
	}, nil
}

// Link makes a drop-in in the machine that leads to a file of the host, by
// the mount of the home. The file can then be edited on the host.
func (m Machine) Link(hostFile, dropIn string) ([]mirror.Action, error) {
	if err := checkDropInName(dropIn); err != nil {
		return nil, err
	}
	target := machineDropIn + "/" + dropIn
	return []mirror.Action{
		m.ssh("make the directory", "sudo", "mkdir", "-p", machineDropIn),
		m.ssh("link to the host's file through the mount of the home", "sudo", "ln", "-snf", m.Inside(hostFile), target),
	}, nil
}

// LinkUser makes the main file of the machine's user a link to a file of the
// host. Before Podman 6.0 such a file hides all of /etc/containers from
// rootless Podman; Link does not.
func (m Machine) LinkUser(hostFile string) []mirror.Action {
	script := `mkdir -p ~/.config/containers && ln -snf ` + shellQuote(m.Inside(hostFile)) + ` ~/.config/containers/registries.conf`
	return []mirror.Action{{
		Command: []string{"podman", "machine", "ssh", m.name(), script},
		Reason:  "link the machine user's registries.conf to the host's file",
	}}
}

// Playbook is a file for podman machine init --playbook (5.4 and later) that
// makes the link when a machine is made, and the command that uses it.
func (m Machine) Playbook(hostFile, dropIn, playbookPath string) (mirror.File, mirror.Action, error) {
	v, err := m.version()
	if err != nil {
		return mirror.File{}, mirror.Action{}, err
	}
	if !machinePlaybook.HasAll(v) {
		return mirror.File{}, mirror.Action{}, fmt.Errorf("podman %s: --playbook came with 5.4", v)
	}
	if err := checkDropInName(dropIn); err != nil {
		return mirror.File{}, mirror.Action{}, err
	}
	text := "- name: Link registries.conf to the host\n  hosts: localhost\n  become: true\n  tasks:\n" +
		"    - name: Directory for drop-ins\n      ansible.builtin.file:\n        path: " + yamlQuote(machineDropIn) + "\n        state: directory\n        mode: \"0755\"\n" +
		"    - name: Link\n      ansible.builtin.file:\n        src: " + yamlQuote(m.Inside(hostFile)) + "\n        dest: " + yamlQuote(machineDropIn+"/"+dropIn) +
		"\n        state: link\n        force: true\n"
	return mirror.File{Path: playbookPath, Mode: 0o644, Data: []byte(text)},
		mirror.Action{Command: []string{"podman", "machine", "init", "--playbook", playbookPath, m.name()}, Reason: "make the machine with the link"}, nil
}

// ssh is a command inside the machine. podman machine ssh joins its
// arguments with blanks for a shell there, so that each is quoted.
func (m Machine) ssh(reason string, args ...string) mirror.Action {
	quoted := make([]string, len(args))
	for i, a := range args {
		quoted[i] = shellQuote(a)
	}
	return mirror.Action{Command: []string{"podman", "machine", "ssh", m.name(), strings.Join(quoted, " ")}, Reason: reason}
}

func checkDropInName(name string) error {
	if name == "" || strings.ContainsAny(name, "/\\:\x00\n") || !strings.HasSuffix(name, ".conf") {
		return fmt.Errorf("podman: %q is no name of a drop-in; write one such as 50-mirrors.conf", name)
	}
	return nil
}

// shellQuote quotes a word for a POSIX shell.
func shellQuote(s string) string {
	if s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-+=:,%") == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// yamlQuote quotes a text as a YAML single-quoted scalar on one line.
func yamlQuote(s string) string {
	return "'" + strings.NewReplacer("'", "''", "\n", " ").Replace(s) + "'"
}
