package podman

import "fmt"

// ParseTool returns the tool of a name: podman, cri-o, buildah or skopeo.
func ParseTool(name string) (Tool, error) {
	for _, t := range []Tool{Podman, CRIO, Buildah, Skopeo} {
		if t.String() == name {
			return t, nil
		}
	}
	return 0, fmt.Errorf("unknown tool %q: known are podman, cri-o, buildah, skopeo", name)
}
