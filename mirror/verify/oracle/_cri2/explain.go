package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"

	"github.com/containerd/containerd/v2/cmd/containerd/server/config"
	"github.com/containerd/containerd/v2/core/remotes/docker"
	"github.com/containerd/containerd/v2/version"
	"github.com/containerd/plugin"
	"github.com/containerd/plugin/registry"
	"github.com/distribution/reference"

	_ "github.com/containerd/containerd/v2/plugins/cri/images" // the plugin that is configured

	"github.com/mirrorcfg/mirrorcfg/mirror/verify/internal/containerd2"
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
	hosts := containerd2.Remember(func(domain string) ([]docker.RegistryHost, []upstream.Log, error) {
		ctx, logged := containerd2.Logger(context.Background())
		hosts, err := cri.hosts(ctx, tree, domain)
		return hosts, append(*logged, containerd2.Ignored(tree, cri.roots(), domain, hosts)...), err
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
		answers[i].CRI = cri.summary()
		explain(tree, hosts, ask, &answers[i])
	}
	return answers
}

// start loads the configuration.
func start(tree upstream.Tree) (cri imageConfig, logged []upstream.Log, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	ctx, lines := containerd2.Logger(context.Background())
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

func explain(tree upstream.Tree, lookup containerd2.Lookup, ask upstream.Ask, answer *upstream.Answer) {
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

func pull(tree upstream.Tree, lookup containerd2.Lookup, named reference.Named, op upstream.Operation, answer *upstream.Answer) error {
	hosts, logged, err := lookup(reference.Domain(named))
	answer.Logged = append(answer.Logged, redacted(tree, logged)...)
	if err != nil {
		return err
	}
	answer.Endpoints, answer.Requests, err = containerd2.Walk(named, op, hosts)
	return err
}

// imageConfig is what is needed of the plugin's configuration, whose type is
// internal to containerd.
type imageConfig struct {
	Registry struct {
		ConfigPath string `json:"configPath"`
		Mirrors    map[string]struct {
			Endpoints []string `json:"endpoint"`
		} `json:"mirrors"`
	} `json:"registry"`
	UseLocalImagePull bool `json:"useLocalImagePull"`
}

// load reads config.toml as containerd does when it starts. Without the file
// containerd starts with its defaults.
func load(ctx context.Context, tree upstream.Tree) (imageConfig, error) {
	server := &config.Config{Version: version.ConfigVersion}
	plugins := registry.Graph(func(*plugin.Registration) bool { return false })
	at := slices.IndexFunc(plugins, func(r plugin.Registration) bool { return r.URI() == "io.containerd.cri.v1.images" })
	if at < 0 {
		return imageConfig{}, errors.New("the CRI images plugin is not linked in")
	}
	path := tree.Path(configPath)
	if _, err := os.Stat(path); err == nil || !errors.Is(err, fs.ErrNotExist) {
		if err := loadServer(ctx, path, plugins, server); err != nil {
			return imageConfig{}, err
		}
	}
	// Each question starts from the plugin's defaults.
	fresh, err := cloneConfig(plugins[at].Config)
	if err != nil {
		return imageConfig{}, err
	}
	decoded, err := server.Decode(ctx, plugins[at].URI(), fresh)
	if err != nil {
		return imageConfig{}, fmt.Errorf("invalid plugin config: %w", err)
	}
	if err := initialise(ctx, decoded); err != nil {
		return imageConfig{}, fmt.Errorf("invalid cri image config: %w", err)
	}
	var images imageConfig
	data, err := json.Marshal(decoded)
	if err == nil {
		err = json.Unmarshal(data, &images)
	}
	return images, err
}

func cloneConfig(defaults any) (any, error) {
	data, err := json.Marshal(defaults)
	if err != nil {
		return nil, err
	}
	fresh := reflect.New(reflect.TypeOf(defaults).Elem()).Interface()
	return fresh, json.Unmarshal(data, fresh)
}

func (c imageConfig) summary() *upstream.CRI {
	out := &upstream.CRI{ConfigPath: c.Registry.ConfigPath, Transfer: c.transfers()}
	for namespace, mirror := range c.Registry.Mirrors {
		if out.Mirrors == nil {
			out.Mirrors = map[string][]string{}
		}
		out.Mirrors[namespace] = slices.Clone(mirror.Endpoints)
	}
	return out
}

// hosts is where the plugin goes for a registry. The transfer service gets
// config_path as one directory name (core/transfer/registry/registry.go,
// NewOCIRegistry); the plugin itself splits it
// (internal/cri/server/images/image_pull.go, registryHosts).
func (c imageConfig) hosts(ctx context.Context, tree upstream.Tree, host string) ([]docker.RegistryHost, error) {
	if roots := c.roots(); len(roots) > 0 || c.transfers() {
		return containerd2.Hosts(ctx, tree, roots)(host)
	}
	return c.mirrorHosts(host)
}

func (c imageConfig) transfers() bool { return hasTransfer && !c.UseLocalImagePull }

func (c imageConfig) roots() []string {
	switch {
	case c.Registry.ConfigPath == "":
		return nil
	case c.transfers():
		return []string{c.Registry.ConfigPath}
	default:
		return filepath.SplitList(c.Registry.ConfigPath)
	}
}
