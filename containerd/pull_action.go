package containerd

import "github.com/mirrorcfg/mirrorcfg/mirror"

// PullAction is the command that pulls an image in the way the engine's files
// are meant for, so that its log shows who was asked. ctr reads no config and
// must be told the tree; crictl has no option for mirrors and asks the CRI
// plugin.
func (e Engine) PullAction(reference string) mirror.Action {
	paths := e.Paths.withDefaults()
	switch e.Client {
	case Ctr:
		dir := paths.CertsDir
		if len(paths.HostsDirs) > 0 {
			dir = paths.HostsDirs[0]
		}
		return mirror.Action{Command: []string{"ctr", "--debug", "images", "pull", "--hosts-dir", dir, fullName(reference)},
			Reason: "ctr reads neither config.toml nor a default tree"}
	case Nerdctl:
		command := []string{"nerdctl", "--debug"}
		if len(paths.HostsDirs) > 0 {
			command = append(command, "--hosts-dir", paths.HostsDirs[0])
		}
		return mirror.Action{Command: append(command, "pull", reference), Reason: "nerdctl looks into its own hosts_dir"}
	default:
		return mirror.Action{Command: []string{"crictl", "pull", reference}, Reason: "crictl pulls through the CRI plugin, as the kubelet does; containerd's log has the requests"}
	}
}

// fullName is a reference with its registry and tag, without which ctr
// refuses it.
func fullName(reference string) string {
	ref, err := mirror.ParseReference(reference)
	if err != nil {
		return reference
	}
	return ref.String()
}
