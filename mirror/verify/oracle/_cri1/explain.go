package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/containerd/containerd/pkg/cri/config"
	"github.com/containerd/containerd/plugin"
	"github.com/containerd/containerd/remotes/docker"
	server "github.com/containerd/containerd/services/server/config"
	"github.com/distribution/reference"

	"github.com/mirrorcfg/mirrorcfg/mirror/verify/internal/containerd1"
	"github.com/mirrorcfg/mirrorcfg/mirror/verify/internal/upstream"
)

// configPath is containerd's own file.
const configPath = "/etc/containerd/config.toml"

// explainAll tells what kubelet's pulls of each reference ask.
func explainAll(q upstream.Question) []upstream.Answer {
	tree, err := upstream.Lay(q.Files)
	if err != nil {
		return upstream.Fail(q, err)
	}
	defer func() { _ = tree.Remove() }()
	// containerd loads its file once, when it starts.
	cri, logged, err := start(tree)
	hosts := containerd1.Remember(func(domain string) ([]docker.RegistryHost, []upstream.Log, error) {
		ctx, logged := containerd1.Logger(context.Background())
		if roots := filepath.SplitList(cri.Registry.ConfigPath); len(roots) > 0 {
			hosts, err := containerd1.Hosts(ctx, tree, roots)(domain)
			return hosts, append(*logged, containerd1.Ignored(tree, roots, domain, hosts)...), err
		}
		hosts, err := mirrorHosts(cri.Registry, tree, domain)
		return hosts, *logged, err
	})
	asks := q.Asks()
	answers := make([]upstream.Answer, len(asks))
	for i, ask := range asks {
		answers[i].Reference = ask.Reference
		answers[i].Logged = redacted(tree, logged)
		if err != nil {
			answers[i].Err = tree.Redact(err.Error())
			continue
		}
		answers[i].CRI = summary(cri)
		explain(tree, hosts, ask, &answers[i])
	}
	return answers
}

// start loads the configuration.
func start(tree upstream.Tree) (cri *config.PluginConfig, logged []upstream.Log, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	ctx, lines := containerd1.Logger(context.Background())
	cri, err = load(ctx, tree)
	return cri, *lines, err
}

func redacted(tree upstream.Tree, lines []upstream.Log) []upstream.Log {
	var out []upstream.Log
	for _, l := range lines {
		out = append(out, upstream.Log{Level: l.Level, Message: tree.Redact(l.Message)})
	}
	return out
}

func explain(tree upstream.Tree, lookup containerd1.Lookup, ask upstream.Ask, answer *upstream.Answer) {
	defer func() {
		if p := recover(); p != nil {
			answer.Panic = tree.Redact(fmt.Sprint(p))
		}
	}()
	named, err := reference.ParseDockerRef(ask.Reference)
	if err == nil {
		err = pull(tree, lookup, named, ask.Operation, answer)
	}
	if err != nil {
		answer.Err = tree.Redact(err.Error())
	}
}

func pull(tree upstream.Tree, lookup containerd1.Lookup, named reference.Named, op upstream.Operation, answer *upstream.Answer) error {
	hosts, logged, err := lookup(reference.Domain(named))
	answer.Logged = append(answer.Logged, redacted(tree, logged)...)
	if err != nil {
		return err
	}
	answer.Endpoints, answer.Requests, err = containerd1.Walk(named, op, hosts)
	return err
}

// load reads config.toml as containerd does when it starts; its default
// configuration has version 1 (cmd/containerd/command/config.go). The
// plugin's own validation follows.
func load(ctx context.Context, tree upstream.Tree) (*config.PluginConfig, error) {
	c := &server.Config{Version: 1}
	path := tree.Path(configPath)
	if _, err := os.Stat(path); err == nil || !errors.Is(err, fs.ErrNotExist) {
		if err := server.LoadConfig(path, c); err != nil {
			return nil, err
		}
	}
	defaults := config.DefaultConfig()
	decoded, err := c.Decode(&plugin.Registration{Type: plugin.GRPCPlugin, ID: "cri", Config: &defaults})
	if err != nil {
		return nil, err
	}
	cri, ok := decoded.(*config.PluginConfig)
	if !ok {
		return nil, fmt.Errorf("the plugin's configuration is a %T", decoded)
	}
	if err := validate(ctx, cri); err != nil {
		return nil, fmt.Errorf("invalid plugin config: %w", err)
	}
	return cri, nil
}

func summary(c *config.PluginConfig) *upstream.CRI {
	out := &upstream.CRI{ConfigPath: c.Registry.ConfigPath}
	for namespace, mirror := range c.Registry.Mirrors {
		if out.Mirrors == nil {
			out.Mirrors = map[string][]string{}
		}
		out.Mirrors[namespace] = slices.Clone(mirror.Endpoints)
	}
	return out
}
