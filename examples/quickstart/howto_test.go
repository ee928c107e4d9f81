package main

import (
	"fmt"
	"testing/fstest"

	"github.com/mirrorcfg/mirrorcfg/containerd"
	"github.com/mirrorcfg/mirrorcfg/mirror"
	"github.com/mirrorcfg/mirrorcfg/podman"
)

var hub = mirror.Config{Registries: []mirror.Registry{{
	Prefix:  "docker.io",
	Mirrors: []mirror.Endpoint{{URL: "https://docker.m.daocloud.io", Capabilities: mirror.Pull | mirror.Resolve}},
}}}

// A Podman machine on macOS reads its own files; the commands put the host's
// file there, and keep working when the host's file changes.
func Example_podmanMachine() {
	machine := podman.Machine{Version: "5.8", Host: podman.MacOS, Home: "/Users/me"}
	actions, err := machine.Link("/Users/me/.config/containers/registries.conf", "50-mirrors.conf")
	if err != nil {
		panic(err)
	}
	for _, a := range actions {
		fmt.Println(a.Command)
	}
	// Output:
	// [podman machine ssh podman-machine-default sudo mkdir -p /etc/containers/registries.conf.d]
	// [podman machine ssh podman-machine-default sudo ln -snf /Users/me/.config/containers/registries.conf /etc/containers/registries.conf.d/50-mirrors.conf]
}

// Podman without root reads its user's files.
func Example_rootlessPodman() {
	engine := podman.Engine{Version: "6.0", Paths: podman.RootlessPaths("/home/me", 1000)}
	plan, err := engine.Plan(fstest.MapFS{}, hub)
	if err != nil {
		panic(err)
	}
	for _, c := range plan.Changes {
		fmt.Printf("%s %s\n%s", c.Kind, c.Path, c.After)
	}
	// Output:
	// create /home/me/.config/containers/registries.conf.d/50-mirrorcfg.conf
	// [[registry]]
	// prefix = "docker.io"
	// location = "docker.io"
	//
	// [[registry.mirror]]
	// location = "docker.m.daocloud.io"
}

// A containerd that another program brings has its files elsewhere.
func Example_embeddedContainerd() {
	engine := containerd.Engine{Version: "2.4", Paths: containerd.Paths{
		Config:   "/var/lib/appliance/containerd/config.toml",
		CertsDir: "/var/lib/appliance/containerd/certs.d",
	}}
	plan, err := engine.Plan(fstest.MapFS{}, hub)
	if err != nil {
		panic(err)
	}
	for _, c := range plan.Changes {
		fmt.Printf("%s %s\n%s\n", c.Kind, c.Path, c.After)
	}
	// Output:
	// create /var/lib/appliance/containerd/certs.d/docker.io/hosts.toml
	// [host."https://docker.m.daocloud.io"]
	//   capabilities = ["pull", "resolve"]
	//
	// create /var/lib/appliance/containerd/config.toml
	// version = 3
	//
	// [plugins."io.containerd.cri.v1.images".registry]
	// config_path = "/var/lib/appliance/containerd/certs.d"
}
