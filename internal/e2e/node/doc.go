// Package node is a machine with one container engine on it: a root file system to put configuration into,
// the engine running in it, and the requests which a pull made.
//
//	image, _ := recorder.NewImage("scenario")
//	registries, _ := recorder.Start(image, recorder.Endpoint{Name: "mirror", Addr: "127.0.0.1:5101"}, node.Upstream())
//	n := node.New(t, engine, registries)
//	n.Write("/etc/docker/daemon.json", `{"registry-mirrors": ["http://127.0.0.1:5101"]}`) // or write below n.Dir()
//	pull := n.Pull("docker.io/library/alpine:latest")
//	pull.Requests.Attempts("latest").Lines() // HEAD http://127.0.0.1:5101/v2/library/alpine/manifests/latest 200
//
// The packages' own configuration files are in place, as on a freshly installed machine.
package node
