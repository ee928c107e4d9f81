package main

import (
	"errors"
	"os"
	"slices"

	"github.com/mirrorcfg/mirrorcfg/mirror/verify/internal/hermetic"
	"github.com/mirrorcfg/mirrorcfg/mirror/verify/internal/upstream"
)

// service is what the daemon asks about registries.
type service interface {
	LookupPullEndpoints(hostname string) ([]endpoint, error)
	LookupPushEndpoints(hostname string) ([]endpoint, error)
	ServiceConfig() *serviceConfig
}

// daemon is one that has read its files.
type daemon struct {
	tree    upstream.Tree
	options serviceOptions
	service service
	logged  []upstream.Log
}

// isInsecure is what the daemon asks from 24.0 on.
func (d *daemon) isInsecure(host string) bool {
	return d.service.(interface{ IsInsecureRegistry(string) bool }).IsInsecureRegistry(host)
}

// start does what a daemon does with its file before it serves: it loads and
// validates it, and makes a registry service of it, which does not merely
// check mirrors and insecure registries but fails.
func start(tree upstream.Tree) (*daemon, error) {
	d := &daemon{tree: tree}
	leave, err := hermetic.Environment(nil)
	if err != nil {
		return d, err
	}
	defer leave()
	lines, stop := hermetic.CaptureLog(tree)
	defer stop()
	defer func() { d.logged = slices.Clip(*lines) }()
	if d.options, err = load(tree.Path(daemonPath)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return d, err
	}
	d.service, err = newService(d.options)
	return d, err
}
