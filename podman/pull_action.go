package podman

import "github.com/mirrorcfg/mirrorcfg/mirror"

// PullAction is the command that pulls or reads an image with a log that
// shows which endpoint was asked ("Trying to access"). Skopeo reads the
// manifest alone, without the tags, which are never asked of a mirror.
func (e Engine) PullAction(reference string) mirror.Action {
	switch e.Tool {
	case CRIO:
		return mirror.Action{Command: []string{"crictl", "pull", reference}, Reason: "CRI-O logs each endpoint it tries, at level info"}
	case Buildah:
		return mirror.Action{Command: []string{"buildah", "--log-level", "debug", "pull", reference}, Reason: "the debug log names each endpoint that is tried"}
	case Skopeo:
		return mirror.Action{Command: []string{"skopeo", "--debug", "inspect", "--no-tags", "docker://" + reference}, Reason: "the debug log names each endpoint that is tried"}
	default:
		return mirror.Action{Command: []string{"podman", "--log-level", "debug", "pull", reference}, Reason: "the debug log names each endpoint that is tried"}
	}
}
