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
	answers := make([]upstream.Answer, len(q.References))
	for i, ref := range q.References {
		answers[i] = explain(tree, q, ref)
	}
	return answers
}

func explain(tree upstream.Tree, q upstream.Question, ref string) (answer upstream.Answer) {
	answer.Reference = ref
	ctx, logged := containerd1.Logger(context.Background())
	defer func() {
		if p := recover(); p != nil {
			answer.Panic = tree.Redact(fmt.Sprint(p))
		}
		for _, l := range *logged {
			answer.Logged = append(answer.Logged, upstream.Log{Level: l.Level, Message: tree.Redact(l.Message)})
		}
	}()
	named, err := reference.ParseDockerRef(ref)
	if err == nil {
		err = pull(ctx, tree, named, q.Operation, &answer)
	}
	if err != nil {
		answer.Err = tree.Redact(err.Error())
	}
	return answer
}

func pull(ctx context.Context, tree upstream.Tree, named reference.Named, op upstream.Operation, answer *upstream.Answer) error {
	cri, err := load(ctx, tree)
	if err != nil {
		return err
	}
	answer.CRI = summary(cri)
	var hosts []docker.RegistryHost
	if roots := filepath.SplitList(cri.Registry.ConfigPath); len(roots) > 0 {
		hosts, err = containerd1.Hosts(ctx, tree, roots)(reference.Domain(named))
	} else {
		hosts, err = mirrorHosts(cri.Registry, tree, reference.Domain(named))
	}
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
