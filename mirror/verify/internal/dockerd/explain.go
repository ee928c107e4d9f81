// Package dockerd asks Docker Engine's own packages what a daemon.json and a
// certs.d directory mean.
package dockerd

import (
	"context"
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/containerd/containerd/v2/core/remotes/docker"
	"github.com/distribution/reference"
	"github.com/moby/moby/v2/daemon/pkg/registry"

	"github.com/mirrorcfg/mirrorcfg/mirror/verify/internal/containerd2"
	"github.com/mirrorcfg/mirrorcfg/mirror/verify/internal/hermetic"
	"github.com/mirrorcfg/mirrorcfg/mirror/verify/internal/upstream"
)

const (
	daemonPath = "/etc/docker/daemon.json"
	certsPath  = "/etc/docker/certs.d"
)

// Explain tells the endpoints that dockerd uses for each reference.
func Explain(q upstream.Question) []upstream.Answer {
	tree, err := upstream.Lay(q.Files)
	if err != nil {
		return upstream.Fail(q, err)
	}
	defer func() { _ = tree.Remove() }()

	file, service, logged, err := start(tree, q.Files)
	hosts := containerd2.Remember(func(domain string) ([]docker.RegistryHost, []upstream.Log, error) {
		ctx, logged := containerd2.Logger(context.Background())
		hosts, err := containerd2.Hosts(ctx, tree, []string{certsPath})(domain)
		ignored := containerd2.Ignored(tree, []string{certsPath}, domain, hosts)
		if err == nil && len(file.Mirrors)+len(file.InsecureRegistries) > 0 {
			hosts = merge(service, domain, hosts)
		}
		return hosts, append(*logged, ignored...), err
	})
	asks := q.Asks()
	answers := make([]upstream.Answer, len(asks))
	for i, ask := range asks {
		answer := &answers[i]
		answer.Reference = ask.Reference
		answer.Logged = logged
		if err != nil {
			answer.Err = err.Error()
			continue
		}
		explain(tree, q.Docker, service, hosts, ask.Operation, answer)
	}
	return answers
}

// start does what a daemon does with its file before it serves. The daemon
// does not merely check mirrors and insecure registries: NewService fails.
func start(tree upstream.Tree, files []upstream.File) (file daemonFile, service *registry.Service, logged []upstream.Log, err error) {
	var data []byte
	for _, f := range files {
		if path.Clean("/"+f.Path) == daemonPath {
			data = f.Data
		}
	}
	if file, err = load(data); err != nil {
		return file, nil, nil, err
	}
	leave, err := hermetic.Environment(nil)
	if err != nil {
		return file, nil, nil, err
	}
	defer leave()
	lines, stop := hermetic.CaptureLog(tree)
	defer stop()
	service, err = registry.NewService(file.ServiceOptions)
	return file, service, slices.Clip(*lines), err
}

// ValidateMirror is the daemon's own test of one registry-mirrors entry.
func ValidateMirror(mirror string) (string, error) { return registry.ValidateMirror(mirror) }

func explain(tree upstream.Tree, store upstream.DockerStore, service *registry.Service, hosts containerd2.Lookup, op upstream.Operation, answer *upstream.Answer) {
	defer func() {
		if p := recover(); p != nil {
			answer.Panic = tree.Redact(fmt.Sprint(p))
		}
	}()
	named, err := reference.ParseNormalizedNamed(answer.Reference)
	if err == nil {
		named = reference.TagNameOnly(named)
		if store == upstream.GraphDriver {
			err = graphDriver(tree, service, named, op, answer)
		} else {
			err = containerdStore(tree, hosts, named, op, answer)
		}
	}
	if err != nil {
		answer.Err = tree.Redact(err.Error())
	}
}

// graphDriver is the pull path of the older image stores:
// daemon/internal/distribution/pull.go walks LookupPullEndpoints; the URL of
// an endpoint goes before /v2. The http twin of an insecure registry is asked
// only where nobody speaks https (confirmedTLSRegistries), so that the two are
// one endpoint with a fallback.
func graphDriver(tree upstream.Tree, service *registry.Service, named reference.Named, op upstream.Operation, answer *upstream.Answer) error {
	leave, err := certsDirOf(tree)
	if err != nil {
		return err
	}
	defer leave()
	lookup := service.LookupPullEndpoints
	if op == upstream.Push {
		lookup = service.LookupPushEndpoints
	}
	endpoints, err := lookup(reference.Domain(named))
	if err != nil {
		return err
	}
	for _, e := range endpoints {
		if last := len(answer.Endpoints) - 1; last >= 0 && !e.Mirror && e.URL.Scheme == "http" && answer.Endpoints[last].Host == e.URL.Host {
			answer.Endpoints[last].HTTPFallback = true
			continue
		}
		endpoint := upstream.Endpoint{
			Scheme: e.URL.Scheme, Host: e.URL.Host,
			Path:   path.Join("/", e.URL.Path, "v2"),
			Mirror: e.Mirror,
		}
		if e.TLSConfig != nil {
			endpoint.TLS = upstream.TLS{SkipVerify: e.TLSConfig.InsecureSkipVerify, ClientCerts: len(e.TLSConfig.Certificates)}
		}
		answer.Endpoints = append(answer.Endpoints, endpoint)
		u := url.URL{Scheme: e.URL.Scheme, Host: e.URL.Host, Path: path.Join(endpoint.Path, reference.Path(named), "manifests", identifier(named, op))}
		answer.Requests = append(answer.Requests, upstream.Request{Method: method(named, op), URL: u.String(), Endpoint: len(answer.Endpoints) - 1})
	}
	return nil
}

// method: a tag is looked up before its manifest is fetched
// (daemon/internal/distribution/pull_v2.go, pullTag; push_v2.go, pushTag).
func method(named reference.Named, op upstream.Operation) string {
	_, digested := named.(reference.Digested)
	switch {
	case op == upstream.Push:
		return "PUT"
	case digested:
		return "GET"
	default:
		return "HEAD"
	}
}

// containerdStore is the pull path of the containerd image store and of
// BuildKit: containerd's host directories, into which the daemon merges the
// entries of daemon.json.
func containerdStore(tree upstream.Tree, lookup containerd2.Lookup, named reference.Named, op upstream.Operation, answer *upstream.Answer) error {
	hosts, logged, err := lookup(reference.Domain(named))
	for _, l := range logged {
		answer.Logged = append(answer.Logged, upstream.Log{Level: l.Level, Message: tree.Redact(l.Message)})
	}
	if err != nil {
		return err
	}
	answer.Endpoints, answer.Requests, err = containerd2.Walk(named, op, hosts)
	return err
}

// merge says again what moby v2.0.0-beta.24 daemon/hosts.go,
// mergeLegacyConfig does; it is not exported there. Entries of daemon.json
// count only where exactly one host is configured otherwise.
func merge(service *registry.Service, host string, hosts []docker.RegistryHost) []docker.RegistryHost {
	if len(hosts) != 1 {
		return hosts
	}
	if mirrors := service.ServiceConfig().Mirrors; host == "docker.io" && len(mirrors) > 0 {
		upstreamHost := hosts[0]
		hosts = nil
		for _, mirror := range mirrors {
			hosts = append(hosts, mirrorHost(mirror, upstreamHost))
		}
		hosts = append(hosts, upstreamHost)
	}
	for i := range hosts {
		if !service.IsInsecureRegistry(hosts[i].Host) {
			continue
		}
		hosts[i].Client = insecure(hosts[i].Client)
	}
	return hosts
}

// mirrorHost is daemon/hosts.go, mirrorsToRegistryHosts, for one mirror.
func mirrorHost(mirror string, upstreamHost docker.RegistryHost) docker.RegistryHost {
	h := upstreamHost
	h.Capabilities = docker.HostCapabilityPull | docker.HostCapabilityResolve | docker.HostCapabilityReferrers
	u, err := url.Parse(mirror)
	if err != nil || u.Host == "" {
		u, err = url.Parse("dummy://" + mirror)
	}
	if err != nil || u.Host == "" {
		h.Host, h.Path = mirror, "/v2"
		return h
	}
	h.Host = u.Host
	h.Path = strings.TrimSuffix(u.Path, "/")
	if !strings.HasSuffix(h.Path, "/v2") {
		h.Path = path.Join(h.Path, "/v2")
	}
	if u.Scheme != "dummy" {
		h.Scheme = u.Scheme
	}
	return h
}

// identifier: a push is to a tag where there is one, a pull of a digest.
func identifier(named reference.Named, op upstream.Operation) string {
	tagged, hasTag := named.(reference.Tagged)
	digested, hasDigest := named.(reference.Digested)
	switch {
	case hasDigest && (op != upstream.Push || !hasTag):
		return digested.Digest().String()
	case hasTag:
		return tagged.Tag()
	default:
		return ""
	}
}
