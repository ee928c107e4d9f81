// Package goldenfiles is a provisioning function as a consumer of mirrorcfg
// writes one, with the test that pins what it gives.
package goldenfiles

import (
	"io/fs"

	"github.com/mirrorcfg/mirrorcfg/containerd"
	"github.com/mirrorcfg/mirrorcfg/mirror"
	"github.com/mirrorcfg/mirrorcfg/podman"
)

// Site is what this company's machines differ in.
type Site struct {
	// Harbor is the host of the site's own mirror.
	Harbor string
	// Token lets a machine read from it; empty where none is needed.
	Token mirror.Secret
	// Offline sites pull from the mirror and from nowhere else.
	Offline bool
}

// Provision returns what a machine of the site needs, given the files that it
// has: every image comes through Harbor, which has one project for each
// registry.
func Provision(node fs.FS, site Site) (mirror.Plan, error) {
	want := mirror.Config{}
	for _, registry := range []struct{ prefix, project string }{
		{"docker.io", "hub"}, {"quay.io", "quay"}, {"registry.k8s.io", "k8s"},
	} {
		m := mirror.Endpoint{URL: "https://" + site.Harbor, Repository: registry.project, Capabilities: mirror.Pull | mirror.Resolve}
		if site.Token.Reveal() != "" {
			m.Headers = []mirror.Header{{Name: "Authorization", Values: []mirror.Secret{site.Token}}}
		}
		r := mirror.Registry{Prefix: registry.prefix, Mirrors: []mirror.Endpoint{m}}
		if site.Offline {
			r.Fallback = mirror.Off
		}
		want.Registries = append(want.Registries, r)
	}
	return containerd.Engine{Version: "2.4"}.Plan(node, want)
}

// Workstation returns what a developer's machine with Podman gets: the public
// mirrors first, and the registries themselves when those fail.
func Workstation(node fs.FS) (mirror.Plan, error) {
	return podman.Engine{Version: "5.4"}.Plan(node, mirror.Config{
		Search: []string{"docker.io"},
		Registries: []mirror.Registry{
			{Prefix: "docker.io", Mirrors: []mirror.Endpoint{{URL: "https://docker.m.daocloud.io"}}},
			{Prefix: "internal.example", Blocked: true},
		},
	})
}
