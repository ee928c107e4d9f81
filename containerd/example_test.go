package containerd_test

import (
	"fmt"
	"testing/fstest"

	"github.com/mirrorcfg/mirrorcfg/containerd"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

func ExampleParseHosts() {
	f, err := containerd.ParseHosts("/etc/containerd/certs.d/docker.io/hosts.toml", []byte(`# ours
[host."https://a.example"]
  capabilities = ["pull", "resolve"] # no push
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	_ = f.SetServer("https://registry-1.docker.io")
	_ = f.InsertHost(0, containerd.Host{URL: "https://b.example"})
	fmt.Printf("%s", f.Format())
	// Output:
	// server = "https://registry-1.docker.io"
	//
	// [host."https://b.example"]
	//
	// # ours
	// [host."https://a.example"]
	//   capabilities = ["pull", "resolve"] # no push
}

func ExampleMarshalHosts() {
	out, err := containerd.MarshalHosts(containerd.Hosts{Hosts: []containerd.Host{
		{URL: "https://harbor.corp/v2/hub", Settings: containerd.Settings{Capabilities: []string{"pull"}, OverridePath: mirror.On}},
	}})
	fmt.Printf("%s%v\n", out, err)
	// Output:
	// [host."https://harbor.corp/v2/hub"]
	//   capabilities = ["pull"]
	//   override_path = true
	// <nil>
}

func ExampleEngine() {
	node := fstest.MapFS{"etc/containerd/certs.d/docker.io/hosts.toml": {Data: []byte("[host.\"https://a.example\"]\ncapabilities = [\"pull\"]\n")}}
	engine := containerd.Engine{Version: "2.4", Client: containerd.Nerdctl}
	view, err := engine.Read(node)
	if err != nil {
		fmt.Println(err)
		return
	}
	ref, _ := mirror.ParseReference("alpine:3.20")
	e := view.Explain(ref, mirror.OpPull)
	for _, a := range e.Attempts {
		fmt.Println(a.Method, a.URL)
	}
	for _, s := range e.Skipped {
		fmt.Println(s.Host, "is skipped:", s.Why)
	}
	// Output:
	// HEAD https://registry-1.docker.io/v2/library/alpine/manifests/3.20
	// a.example is skipped: its capabilities lack pull or resolve, which a tag needs
}
