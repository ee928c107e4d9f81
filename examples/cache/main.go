// Cache runs a registry and a pull-through cache of it in one process, on
// loopback, and pulls an image through the cache three times: cold, warm, and
// with the registry stopped.
//
//	go run .
//
// The cache is configured by what docker/distribution writes for a
// mirror.Config.
package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/sirupsen/logrus"
)

func main() {
	logrus.SetOutput(io.Discard) // Distribution logs each request
	if err := run(os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "cache:", err)
		os.Exit(1)
	}
}

// run tells the story of three pulls.
func run(out io.Writer) error {
	dir, err := os.MkdirTemp("", "registry-cache-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()

	upstream, err := startUpstream()
	if err != nil {
		return err
	}
	defer upstream.stop()
	cache, err := startCache(upstream.host, dir)
	if err != nil {
		return err
	}
	defer cache.stop()

	digest, err := push(upstream.host)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "registry %s has team/app:1, %s\n", upstream.host, digest)
	for _, step := range []struct {
		name string
		stop bool
	}{{"cold", false}, {"warm", false}, {"registry stopped", true}} {
		if step.stop {
			upstream.stop()
		}
		before, began := upstream.blobs.Load(), time.Now()
		got, err := pull(cache.host)
		if err != nil {
			return fmt.Errorf("%s: %w", step.name, err)
		}
		fmt.Fprintf(out, "%-17s %s in %s, %d blob requests to the registry\n",
			step.name, got, time.Since(began).Round(time.Millisecond), upstream.blobs.Load()-before)
	}
	return nil
}
