package main

import (
	"fmt"
	"net/url"
	"path"

	"github.com/distribution/reference"

	"github.com/mirrorcfg/mirrorcfg/mirror/verify/internal/upstream"
)

const (
	daemonPath = "/etc/docker/daemon.json"
	certsPath  = "/etc/docker/certs.d"
)

// explainAll tells the endpoints that dockerd uses for each reference.
func explainAll(q upstream.Question) []upstream.Answer {
	tree, err := upstream.Lay(q.Files)
	if err != nil {
		return upstream.Fail(q, err)
	}
	defer func() { _ = tree.Remove() }()
	d, err := start(tree)
	if err != nil {
		answers := upstream.Fail(q, err)
		for i := range answers {
			answers[i].Err, answers[i].Logged = tree.Redact(answers[i].Err), d.logged
		}
		return answers
	}
	leave, err := enterCertsDir(tree)
	if err != nil {
		return upstream.Fail(q, err)
	}
	defer leave()
	hosts := d.hosts()
	asks := q.Asks()
	answers := make([]upstream.Answer, len(asks))
	for i, ask := range asks {
		answers[i].Reference = ask.Reference
		answers[i].Logged = d.logged
		d.explain(q.Docker, hosts, ask.Operation, &answers[i])
	}
	return answers
}

// hostsWalk makes the requests of the containerd image store and of BuildKit.
type hostsWalk func(named reference.Named, op upstream.Operation) ([]upstream.Endpoint, []upstream.Request, []upstream.Log, error)

func (d *daemon) explain(store upstream.DockerStore, hosts hostsWalk, op upstream.Operation, answer *upstream.Answer) {
	defer func() {
		if p := recover(); p != nil {
			answer.Panic = d.tree.Redact(fmt.Sprint(p))
		}
	}()
	named, err := reference.ParseNormalizedNamed(answer.Reference)
	if err == nil {
		named = reference.TagNameOnly(named)
		if store == upstream.GraphDriver {
			err = d.graphDriver(named, op, answer)
		} else {
			var logged []upstream.Log
			answer.Endpoints, answer.Requests, logged, err = hosts(named, op)
			for _, l := range logged {
				answer.Logged = append(answer.Logged[:len(answer.Logged):len(answer.Logged)], upstream.Log{Level: l.Level, Message: d.tree.Redact(l.Message)})
			}
		}
	}
	if err != nil {
		answer.Err = d.tree.Redact(err.Error())
	}
}

// graphDriver is the pull path of the older image stores: distribution/pull.go
// (from 29 on daemon/internal/distribution/pull.go) walks
// LookupPullEndpoints; the URL of an endpoint goes before /v2. The http twin
// of an insecure registry is asked only where nobody speaks https
// (confirmedTLSRegistries), so that the two are one endpoint with a fallback.
func (d *daemon) graphDriver(named reference.Named, op upstream.Operation, answer *upstream.Answer) error {
	lookup := d.service.LookupPullEndpoints
	if op == upstream.Push {
		lookup = d.service.LookupPushEndpoints
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
// (distribution/pull_v2.go, pullTag; push_v2.go, pushTag).
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
