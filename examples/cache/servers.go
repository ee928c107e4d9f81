package main

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync/atomic"

	"github.com/distribution/distribution/v3/configuration"
	"github.com/distribution/distribution/v3/registry/handlers"
	_ "github.com/distribution/distribution/v3/registry/storage/driver/filesystem"
	_ "github.com/distribution/distribution/v3/registry/storage/driver/inmemory"

	"github.com/mirrorcfg/mirrorcfg/docker/distribution"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// server is a registry on loopback.
type server struct {
	host  string
	blobs *atomic.Int64 // requests for blobs so far
	stop  func()
}

// serve answers with a Distribution registry of the configuration.
func serve(config *configuration.Configuration) (s server, err error) {
	// NewApp panics on configurations that it does not like, and a cache panics
	// while its upstream cannot be reached.
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("distribution: %v", p)
		}
	}()
	app := handlers.NewApp(context.Background(), config)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return server{}, err
	}
	blobs := &atomic.Int64{}
	h := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "/blobs/") && r.Method == http.MethodGet {
			blobs.Add(1)
		}
		app.ServeHTTP(w, r)
	})}
	go func() { _ = h.Serve(listener) }()
	return server{host: listener.Addr().String(), blobs: blobs, stop: func() {
		_ = h.Close()
		_ = app.Shutdown()
	}}, nil
}

// startUpstream runs a registry in memory.
func startUpstream() (server, error) {
	config, err := parse([]byte("version: 0.1\nlog: {level: error}\nstorage: {inmemory: {}}\nhttp: {addr: \"127.0.0.1:0\"}\n"))
	if err != nil {
		return server{}, err
	}
	return serve(config)
}

// startCache runs the cache that docker/distribution plans for the registry,
// with its content below dir.
func startCache(upstream, dir string) (server, error) {
	data, err := cacheConfig(upstream, dir, "", nil)
	if err != nil {
		return server{}, err
	}
	config, err := parse(data)
	if err != nil {
		return server{}, err
	}
	return serve(config)
}

// cacheConfig writes config.yml of the cache of one registry on loopback.
func cacheConfig(upstream, dir, version string, redis *distribution.Redis) ([]byte, error) {
	d, err := distribution.NewDeployment(mirror.Config{Registries: []mirror.Registry{{
		Prefix: upstream, Upstream: &mirror.Endpoint{URL: "http://" + upstream},
	}}}, distribution.Options{Version: version, Redis: redis})
	if err != nil {
		return nil, err
	}
	c := d.Caches[0].Config
	c.LogLevel = "error"
	c.Storage.Parameters = []distribution.Entry{{
		Key: "rootdirectory", Value: distribution.Value{Kind: distribution.Scalar, Text: dir, Quoted: true},
	}}
	data, ds, err := c.Encode(version)
	if err == nil {
		err = ds.Err()
	}
	return data, err
}

func parse(data []byte) (*configuration.Configuration, error) {
	return configuration.Parse(bytes.NewReader(data))
}
