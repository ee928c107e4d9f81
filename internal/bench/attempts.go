package bench

import (
	_ "crypto/sha256" // without it containers/image 5.36.2 refuses digests
	"fmt"
	"os"
	"path/filepath"
	"testing/fstest"
	"time"

	"github.com/containers/image/v5/pkg/sysregistriesv2"
	"github.com/distribution/reference"

	"github.com/mirrorcfg/mirrorcfg/containerd"
	"github.com/mirrorcfg/mirrorcfg/docker"
	"github.com/mirrorcfg/mirrorcfg/mirror"
	"github.com/mirrorcfg/mirrorcfg/podman"
)

// AttemptsPodman asks for the requests of one reference among n registries.
func AttemptsPodman(n int) Work {
	return Work{
		Name:  fmt.Sprintf("attempts-podman-%d", n),
		Title: fmt.Sprintf("attempts for one reference among %s registries, Podman", count(n)),
		Note:  "Attempts: loaded once; the reference is parsed before, on both sides.",
		Setup: func(dir string) ([]Entry, error) {
			_, sys, err := registriesNode(dir, n)
			if err != nil {
				return nil, err
			}
			view, err := podman.Engine{}.Read(os.DirFS(dir))
			if err != nil {
				return nil, err
			}
			// Digest: all three mirrors and the registry are asked.
			image := registryName(n/2) + "/team/app@sha256:" + fmt.Sprintf("%064d", 7)
			ours, err := attempts("podman", view, image, 4)
			if err != nil {
				return nil, err
			}
			named, err := reference.ParseNormalizedNamed(image)
			if err != nil {
				return nil, err
			}
			var sources []sysregistriesv2.PullSource
			peer := Entry{Name: "containers/image 5.36.2 FindRegistry, PullSourcesFromReference", Role: Peer, AtLeast: 30,
				Op: func() error {
					r, err := sysregistriesv2.FindRegistry(sys, image)
					if err != nil || r == nil {
						return fmt.Errorf("no registry: %w", err)
					}
					sources, err = r.PullSourcesFromReference(named)
					return err
				},
				Check: func() error {
					if len(sources) != 4 {
						return fmt.Errorf("%d sources", len(sources))
					}
					return nil
				}}
			return []Entry{ours, peer}, nil
		},
	}
}

// AttemptsContainerd is the same over a certs.d tree. containerd itself reads
// the tree anew for each pull, so that there is no peer.
func AttemptsContainerd(n int) Work {
	return Work{
		Name:  fmt.Sprintf("attempts-containerd-%d", n),
		Title: fmt.Sprintf("attempts for one reference among %s registries, containerd", count(n)),
		Setup: func(string) ([]Entry, error) {
			node := certsNode("etc/containerd/certs.d", n)
			node["etc/containerd/config.toml"] = &fstest.MapFile{Data: []byte(
				"version = 3\n[plugins.'io.containerd.cri.v1.images'.registry]\nconfig_path = '/etc/containerd/certs.d'\n")}
			view, err := containerd.Engine{Version: "2.4"}.Read(node)
			if err != nil {
				return nil, err
			}
			ours, err := attempts("containerd", view, registryName(n/2)+"/team/app:1.2.3", 4)
			return []Entry{ours}, err
		},
	}
}

// AttemptsDocker is the same for dockerd, with hosts.toml files.
func AttemptsDocker(n int) Work {
	return Work{
		Name:  fmt.Sprintf("attempts-docker-%d", n),
		Title: fmt.Sprintf("attempts for one reference among %s registries, Docker", count(n)),
		Setup: func(string) ([]Entry, error) {
			view, err := docker.Engine{Version: "29.0"}.Read(certsNode("etc/docker/certs.d", n))
			if err != nil {
				return nil, err
			}
			ours, err := attempts("docker", view, registryName(n/2)+"/team/app:1.2.3", 4)
			return []Entry{ours}, err
		},
	}
}

func certsNode(certs string, n int) fstest.MapFS {
	node := fstest.MapFS{}
	data := []byte("server = \"https://up.example\"\n[host.\"https://a.example\"]\n[host.\"https://b.example\"]\n[host.\"https://c.example\"]\n")
	for i := range n {
		node[filepath.ToSlash(filepath.Join(certs, registryName(i), "hosts.toml"))] = &fstest.MapFile{Data: data}
	}
	return node
}

func attempts(engine string, view mirror.View, image string, want int) (Entry, error) {
	ref, err := mirror.ParseReference(image)
	if err != nil {
		return Entry{}, err
	}
	var e mirror.Explanation
	return Entry{Name: engine + " View.Explain", Limit: time.Microsecond,
		Op: func() error { e = view.Explain(ref, mirror.OpPull); return nil },
		Check: func() error {
			if len(e.Attempts) != want {
				return fmt.Errorf("%s: %d attempts, not %d: %v", image, len(e.Attempts), want, e)
			}
			return nil
		}}, nil
}
