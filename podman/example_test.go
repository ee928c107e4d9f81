package podman_test

import (
	"fmt"
	"testing/fstest"

	"github.com/mirrorcfg/mirrorcfg/mirror"
	"github.com/mirrorcfg/mirrorcfg/podman"
)

func ExampleParseRegistries() {
	file, err := podman.ParseRegistries("registries.conf", []byte(`# ours
[[registry]]
location = "docker.io"   # the hub

[[registry.mirror]]
location = "mirror.example.com"
`))
	if err != nil {
		panic(err)
	}
	if err := file.InsertMirror("docker.io", 0, podman.Mirror{Location: "near.example.com:5000", Insecure: mirror.On}); err != nil {
		panic(err)
	}
	fmt.Printf("%s", file.Format())
	// Output:
	// # ours
	// [[registry]]
	// location = "docker.io"   # the hub
	//
	// [[registry.mirror]]
	// location = "near.example.com:5000"
	// insecure = true
	//
	// [[registry.mirror]]
	// location = "mirror.example.com"
}

func ExampleMarshalRegistries() {
	text, err := podman.MarshalRegistries(podman.Registries{
		Search: []string{"docker.io"},
		Registries: []podman.Registry{{Prefix: "docker.io", Location: "docker.io", Mirrors: []podman.Mirror{
			{Location: "harbor.corp.example/hub", PullFromMirror: podman.PullDigestOnly},
		}}},
	})
	if err != nil {
		panic(err)
	}
	fmt.Printf("%s", text)
	// Output:
	// unqualified-search-registries = ["docker.io"]
	//
	// [[registry]]
	// prefix = "docker.io"
	// location = "docker.io"
	//
	// [[registry.mirror]]
	// location = "harbor.corp.example/hub"
	// pull-from-mirror = "digest-only"
}

func ExampleEngine_Plan() {
	node := fstest.MapFS{}
	plan, err := podman.Engine{Tool: podman.CRIO, Version: "1.36"}.Plan(node, mirror.Config{Registries: []mirror.Registry{
		{Prefix: "quay.io", Mirrors: []mirror.Endpoint{{URL: "https://mirror.example.com", Repository: "quay"}}},
	}})
	if err != nil {
		panic(err)
	}
	for _, c := range plan.Changes {
		fmt.Printf("%s %s\n%s", c.Kind, c.Path, c.After)
	}
	for _, a := range plan.Actions {
		fmt.Println(a.Command)
	}
	// Output:
	// create /etc/containers/registries.conf
	// [[registry]]
	// prefix = "quay.io"
	// location = "quay.io"
	//
	// [[registry.mirror]]
	// location = "mirror.example.com/quay"
	// [systemctl reload crio]
}

func ExampleEngine_Read() {
	node := fstest.MapFS{"etc/containers/registries.conf": {Data: []byte(`
[[registry]]
location = "docker.io"
[[registry.mirror]]
location = "mirror.example.com"
prefix = "docker.io"
`)}}
	view, err := podman.Engine{Version: "5.4"}.Read(node)
	if err != nil {
		panic(err)
	}
	attempts, err := mirror.Attempts(view, "docker.io/library/alpine:3.20", mirror.OpPull)
	if err != nil {
		panic(err)
	}
	for _, a := range attempts {
		fmt.Println(a.Method, a.URL, a.Source.Line)
	}
	for _, d := range view.Lint().AtLeast(mirror.Warning) {
		fmt.Println(d.Line, d.Code)
	}
	// Output:
	// GET https://mirror.example.com/v2/library/alpine/manifests/3.20 5
	// GET https://registry-1.docker.io/v2/library/alpine/manifests/3.20 3
	// 6 podman/mirror-prefix
}
