package trace_test

import (
	"fmt"
	"os"

	"github.com/mirrorcfg/mirrorcfg/mirror"
	"github.com/mirrorcfg/mirrorcfg/mirror/trace"
)

// The log of podman --log-level debug pull alpine on a Mac whose
// registries.conf has one mirror.
func ExampleRead() {
	log, err := os.Open("testdata/podman-on-mac.log")
	if err != nil {
		panic(err)
	}
	defer log.Close()
	report, err := trace.Read(log)
	if err != nil {
		panic(err)
	}
	fmt.Print(&report.Pulls[0])
	// Output:
	// docker.io/library/alpine:latest: pulled
	//   served by  docker.1ms.run (2 of 2 blobs)
	//   speed      2.0 MiB/s (4.0 MiB in 2 s)
	//   1. mirror    docker.1ms.run: 200
}

// What View.Explain predicts is held against what the log shows.
func ExampleReport_Compare() {
	log, err := os.Open("testdata/nerdctl-docker-io.log")
	if err != nil {
		panic(err)
	}
	defer log.Close()
	report, err := trace.Read(log)
	if err != nil {
		panic(err)
	}
	comparison := report.Compare([]mirror.Attempt{
		{Method: "HEAD", URL: "https://docker.m.daocloud.io/v2/library/ubuntu/manifests/20.04?ns=docker.io", Host: "docker.m.daocloud.io", Mirror: true},
		{Method: "HEAD", URL: "https://hub-mirror.c.163.com/v2/library/ubuntu/manifests/20.04?ns=docker.io", Host: "hub-mirror.c.163.com", Mirror: true},
		{Method: "HEAD", URL: "https://registry-1.docker.io/v2/library/ubuntu/manifests/20.04", Host: "registry-1.docker.io"},
	})
	for _, d := range comparison.Differences {
		fmt.Println(d.Message)
	}
	fmt.Println(comparison.Matched, "as predicted,", comparison.Ahead, "not needed")
	// Output:
	// docker.m.daocloud.io was predicted to be asked and is not in the log
	// 1 as predicted, 1 not needed
}
