// Package containerd1 asks containerd 1.x what host directories mean. The
// same source compiles against both 1.6 and 1.7 minor version.
package containerd1

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/containerd/containerd/errdefs"
	"github.com/containerd/containerd/log"
	"github.com/containerd/containerd/remotes/docker"
	"github.com/containerd/containerd/remotes/docker/config"
	"github.com/distribution/reference"
	"github.com/sirupsen/logrus"

	"github.com/mirrorcfg/mirrorcfg/mirror/verify/internal/upstream"
)

// Explain tells the hosts that containerd uses for each reference when its
// host directories are q.Roots, and the requests that its own resolver makes.
func Explain(q upstream.Question) []upstream.Answer {
	tree, err := upstream.Lay(q.Files)
	if err != nil {
		return upstream.Fail(q, err)
	}
	defer func() { _ = tree.Remove() }()
	hosts := Remember(func(domain string) ([]docker.RegistryHost, []upstream.Log, error) {
		ctx, logged := Logger(context.Background())
		hosts, err := Hosts(ctx, tree, q.Roots)(domain)
		return hosts, append(*logged, Ignored(tree, q.Roots, domain, hosts)...), err
	})
	asks := q.Asks()
	answers := make([]upstream.Answer, len(asks))
	for i, ask := range asks {
		answers[i] = explain(tree, hosts, ask)
	}
	return answers
}

// Lookup finds the hosts of a registry's domain, with what it logs meanwhile.
type Lookup func(domain string) ([]docker.RegistryHost, []upstream.Log, error)

// Remember asks for each domain only once. A lookup that panics does so every
// time.
func Remember(lookup Lookup) Lookup {
	type found struct {
		hosts  []docker.RegistryHost
		logged []upstream.Log
		err    error
	}
	known := map[string]found{}
	return func(domain string) ([]docker.RegistryHost, []upstream.Log, error) {
		f, ok := known[domain]
		if !ok {
			f.hosts, f.logged, f.err = lookup(domain)
			known[domain] = f
		}
		return f.hosts, f.logged, f.err
	}
}

func explain(tree upstream.Tree, lookup Lookup, ask upstream.Ask) (answer upstream.Answer) {
	answer.Reference = ask.Reference
	defer func() {
		if p := recover(); p != nil {
			answer.Panic = tree.Redact(fmt.Sprint(p))
		}
	}()
	named, err := reference.ParseNormalizedNamed(ask.Reference)
	if err != nil {
		answer.Err = err.Error()
		return answer
	}
	named = reference.TagNameOnly(named)
	hosts, logged, err := lookup(reference.Domain(named))
	for _, l := range logged {
		answer.Logged = append(answer.Logged, upstream.Log{Level: l.Level, Message: tree.Redact(l.Message)})
	}
	if err != nil {
		answer.Err = tree.Redact(err.Error())
		return answer
	}
	answer.Endpoints, answer.Requests, err = Walk(named, ask.Operation, hosts)
	if err != nil {
		answer.Err = tree.Redact(err.Error())
	}
	return answer
}

// Hosts is containerd's own host function over roots. Several roots are tried
// in order, the first directory found wins: containerd 2.4.2
// internal/cri/server/images/image_pull.go, hostDirFromRoots.
func Hosts(ctx context.Context, tree upstream.Tree, roots []string) docker.RegistryHosts {
	dirs := make([]func(string) (string, error), len(roots))
	for i, root := range roots {
		dirs[i] = config.HostDirFromRoot(tree.Path(root))
	}
	var options config.HostOptions
	if len(dirs) > 0 {
		options.HostDir = func(host string) (dir string, err error) {
			for _, fn := range dirs {
				if dir, err = fn(host); (err != nil && !errdefs.IsNotFound(err)) || dir != "" {
					break
				}
			}
			return dir, err
		}
	}
	return config.ConfigureHosts(ctx, options)
}

// Walk reads the endpoints off hosts, and lets containerd's resolver make its
// requests for a reference against a transport that answers 404 to each.
func Walk(named reference.Named, op upstream.Operation, hosts []docker.RegistryHost) ([]upstream.Endpoint, []upstream.Request, error) {
	var recorder upstream.Recorder
	if op == upstream.Push {
		recorder.Digest = manifest(named).Digest.String()
	}
	hosts = slices.Clone(hosts)
	endpoints := make([]upstream.Endpoint, len(hosts))
	for i, host := range hosts {
		tls, fallback := upstream.ReadTransport(host.Client)
		endpoints[i] = upstream.Endpoint{
			Scheme: host.Scheme, Host: host.Host, Path: host.Path, Mirror: i < len(hosts)-1,
			Capabilities: capabilities(host.Capabilities), Header: host.Header, TLS: tls, HTTPFallback: fallback,
		}
		hosts[i].Client = recorder.Client(i)
		hosts[i].Authorizer = nil
	}
	//lint:ignore SA1019 containerd 1 has its own logger
	ctx := log.WithLogger(context.Background(), quiet())
	resolver := docker.NewResolver(docker.ResolverOptions{
		Hosts: func(string) ([]docker.RegistryHost, error) { return hosts, nil },
	})
	var err error
	if op == upstream.Push {
		err = push(ctx, resolver, named)
	} else {
		_, _, err = resolver.Resolve(ctx, named.String())
	}
	requests := recorder.Requests()
	if len(requests) > 0 {
		err = nil // every host said 404, or has it: that is how the walk ends
	}
	return endpoints, requests, err
}

// capabilityNames are in the order of containerd's bits. The last came with
// containerd 2.2 and has no name in the versions before.
var capabilityNames = []string{"pull", "resolve", "push", "referrers"}

func capabilities(c docker.HostCapabilities) []string {
	names := []string{}
	for bit, name := range capabilityNames {
		if c.Has(docker.HostCapabilities(1 << bit)) {
			names = append(names, name)
		}
	}
	return names
}

// Logger gives a context whose log goes to the returned lines and nowhere else.
func Logger(ctx context.Context) (context.Context, *[]upstream.Log) {
	lines := &[]upstream.Log{}
	entry := quiet()
	entry.Logger.AddHook(hook{lines})
	//lint:ignore SA1019 containerd 1 has its own logger
	return log.WithLogger(ctx, entry), lines
}

// quiet has logrus' type because containerd before 1.6.30 has no name of its own for it.
func quiet() *logrus.Entry {
	logger := logrus.New()
	logger.SetOutput(io.Discard)
	logger.SetLevel(logrus.InfoLevel)
	return logrus.NewEntry(logger)
}

type hook struct{ lines *[]upstream.Log }

func (hook) Levels() []logrus.Level { return logrus.AllLevels }

func (h hook) Fire(e *logrus.Entry) error {
	message := e.Message
	if err, ok := e.Data[logrus.ErrorKey].(error); ok {
		message += ": " + err.Error()
	}
	*h.lines = append(*h.lines, upstream.Log{Level: e.Level.String(), Message: message})
	return nil
}
