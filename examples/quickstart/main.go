// Quickstart sets two mirrors for Docker Hub on a containerd node and shows
// who will be asked for an image.
package main

import (
	"fmt"
	"log"
	"os"

	"github.com/mirrorcfg/mirrorcfg/containerd"
	"github.com/mirrorcfg/mirrorcfg/mirror"
	"github.com/mirrorcfg/mirrorcfg/mirror/fileset"
)

func main() {
	root, err := os.MkdirTemp("", "node") // "/" on a real node
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(root)

	want := mirror.Config{Registries: []mirror.Registry{{
		Prefix: "docker.io",
		Mirrors: []mirror.Endpoint{
			{URL: "https://docker.m.daocloud.io", Capabilities: mirror.Pull | mirror.Resolve},
			{URL: "https://harbor.corp.example", Repository: "hub", Capabilities: mirror.Pull},
		},
	}}}
	engine := containerd.Engine{Version: "2.4"}

	plan, err := engine.Plan(os.DirFS(root), want) // nothing is touched
	if err != nil {
		log.Fatal(err)
	}
	fmt.Print(fileset.Diff(plan))
	if _, err := fileset.Apply(root, plan); err != nil { // all of it or nothing
		log.Fatal(err)
	}
	view, err := engine.Read(os.DirFS(root))
	if err != nil {
		log.Fatal(err)
	}
	attempts, err := mirror.Attempts(view, "alpine:3.20", mirror.OpPull)
	if err != nil {
		log.Fatal(err)
	}
	for _, a := range attempts {
		fmt.Println(a.Method, a.URL, a.Source.File, a.Source.Line)
	}
}
