package docker_test

import (
	"fmt"
	"testing/fstest"

	"github.com/mirrorcfg/mirrorcfg/docker"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

func node(daemonJSON string) fstest.MapFS {
	return fstest.MapFS{"etc/docker/daemon.json": {Data: []byte(daemonJSON)}}
}

func ExampleEngine_Plan() {
	want := mirror.Config{Registries: []mirror.Registry{
		{Prefix: "docker.io", Mirrors: []mirror.Endpoint{{URL: "https://docker.m.daocloud.io"}}},
		{Prefix: "quay.io", Mirrors: []mirror.Endpoint{{URL: "https://quay.m.daocloud.io", Capabilities: mirror.Pull}}},
	}}
	plan, err := docker.Engine{Version: "29"}.Plan(node(`{"debug": true}`), want)
	if err != nil {
		fmt.Println(err)
	}
	for _, c := range plan.Changes {
		fmt.Printf("%s %s\n%s\n", c.Kind, c.Path, c.After)
	}
	fmt.Println(plan.Actions[0].Command)
	// Output:
	// create /etc/docker/certs.d/quay.io/hosts.toml
	// [host."https://quay.m.daocloud.io"]
	//   capabilities = ["pull"]
	//
	// update /etc/docker/daemon.json
	// {"debug": true, "registry-mirrors": ["https://docker.m.daocloud.io"]}
	// [systemctl reload docker]
}

func ExampleEngine_Read() {
	view, err := docker.Engine{Version: "28.5", ImageStore: docker.Graphdriver}.Read(node(`{"registry-mirrors": ["https://m.example/hub"]}`))
	if err != nil {
		fmt.Println(err)
	}
	attempts, err := mirror.Attempts(view, "alpine:3.20", mirror.OpPull)
	if err != nil {
		fmt.Println(err)
	}
	for _, a := range attempts {
		fmt.Println(a.Method, a.URL)
	}
	// Output:
	// HEAD https://m.example/hub/v2/library/alpine/manifests/3.20
	// HEAD https://registry-1.docker.io/v2/library/alpine/manifests/3.20
}

func ExampleEngine_Migrate() {
	plan, err := docker.Engine{Version: "29"}.Migrate(node(`{"registry-mirrors": ["http://127.0.0.1:5000"]}`))
	if err != nil {
		fmt.Println(err)
	}
	for _, c := range plan.Changes {
		fmt.Printf("%s\n%s\n", c.Path, c.After)
	}
	// Output:
	// /etc/docker/certs.d/docker.io/hosts.toml
	// [host."http://127.0.0.1:5000"]
	//   capabilities = ["pull", "resolve"]
	//
	// /etc/docker/daemon.json
	// {"registry-mirrors": []}
}

func ExampleEngine_Check() {
	fmt.Println(docker.Engine{Version: "latest"}.Check())
	fmt.Println(docker.Engine{Version: "28.5.2"}.Check())
	// Output:
	// error: version: version "latest": write major.minor or major.minor.patch; write major.minor or major.minor.patch, such as 28.5 [docker/bad-version]
	// <nil>
}

func ExampleParseImageStore() {
	store, err := docker.ParseImageStore("containerd")
	fmt.Println(store, err)
	_, err = docker.ParseImageStore("overlay2")
	fmt.Println(err)
	// Output:
	// containerd <nil>
	// unknown image store "overlay2": known are auto, containerd, graphdriver
}

func ExampleRootlessPaths() {
	e := docker.Engine{Version: "29", Paths: docker.RootlessPaths("/home/ann", "")}
	plan, err := e.Plan(fstest.MapFS{}, mirror.Config{Registries: []mirror.Registry{{Prefix: "docker.io", Mirrors: []mirror.Endpoint{{URL: "https://m.example"}}}}})
	if err != nil {
		fmt.Println(err)
	}
	fmt.Println(plan.Changes[0].Path, plan.Actions[0].Command)
	// Output:
	// /home/ann/.config/docker/daemon.json [systemctl --user reload docker]
}

func ExampleValidateMirror() {
	_, ds := docker.ValidateMirror("28.5", "m.example:5000")
	fmt.Println(ds[0].Message)
	fmt.Println(ds[0].Fix)
	// Output:
	// dockerd does not start: the mirror "m.example:5000" has no scheme
	// write "https://m.example:5000"
}

func ExampleValidateInsecureRegistry() {
	r, _ := docker.ValidateInsecureRegistry("10.1.2.3/8")
	fmt.Println(r.Network)
	_, ds := docker.ValidateInsecureRegistry("*.example")
	fmt.Println(ds.Err() != nil)
	// Output:
	// 10.0.0.0/8
	// true
}

func ExampleUnmarshalDaemon() {
	d, err := docker.UnmarshalDaemon([]byte(`{"registry-mirrors": ["https://m.example"], "debug": true}`))
	fmt.Println(d.Mirrors, err)
	// Output:
	// [https://m.example] <nil>
}

func ExampleMarshalDaemon() {
	fmt.Printf("%s", docker.MarshalDaemon(docker.Daemon{Mirrors: []string{"https://m.example"}}))
	// Output:
	// {
	//   "registry-mirrors": [
	//     "https://m.example"
	//   ]
	// }
}
