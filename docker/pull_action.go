package docker

import "github.com/mirrorcfg/mirrorcfg/mirror"

// PullAction is the command that pulls an image through dockerd. The client
// shows the last endpoint's error alone; which endpoints were asked stands in
// dockerd's log, with debug on.
func (e Engine) PullAction(reference string) mirror.Action {
	return mirror.Action{Command: []string{"docker", "pull", reference},
		Reason: "dockerd's log names the endpoints that were tried where daemon.json has \"debug\": true"}
}
