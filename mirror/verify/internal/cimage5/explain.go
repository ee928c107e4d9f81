// Package cimage5 asks containers/image, the library of Podman 5, what
// the registries.conf files of a node mean.
package cimage5

import (
	"errors"
	"fmt"
	"net/url"
	"path"

	"github.com/containers/image/v5/docker/reference"
	"github.com/containers/image/v5/pkg/shortnames"
	"github.com/containers/image/v5/pkg/sysregistriesv2"
	"github.com/containers/image/v5/types"

	"github.com/mirrorcfg/mirrorcfg/mirror/verify/internal/hermetic"
	"github.com/mirrorcfg/mirrorcfg/mirror/verify/internal/upstream"
)

// Explain tells which sources the library tries for each reference.
func Explain(q upstream.Question) []upstream.Answer {
	tree, err := upstream.Lay(q.Files)
	if err != nil {
		return upstream.Fail(q, err)
	}
	defer func() { _ = tree.Remove() }()

	user := hermetic.User{Home: q.Home, UID: q.UID, Env: q.Env, Main: q.Main}
	restore, err := user.Enter(tree)
	if err != nil {
		return upstream.Fail(q, err)
	}
	defer func() { restore(); forgetHome() }()
	forgetHome()
	logged, stop := hermetic.CaptureLog(tree)
	defer stop()

	sys := systemContext(tree, user)
	sysregistriesv2.InvalidateCache()
	defer sysregistriesv2.InvalidateCache()
	config, loadErr := sysregistriesv2.TryUpdatingCache(sys)
	ignored := hermetic.IgnoredKeys(*logged)

	asks := q.Asks()
	answers := make([]upstream.Answer, len(asks))
	for i, ask := range asks {
		*logged = nil
		answer := &answers[i]
		answer.Reference = ask.Reference
		answer.IgnoredKeys = ignored
		if loadErr != nil {
			answer.Err = tree.Redact(loadErr.Error())
			continue
		}
		answer.Search = config.UnqualifiedSearchRegistries
		if mode, err := sysregistriesv2.GetShortNameMode(sys); err == nil {
			answer.ShortNameMode = modeName(mode)
		}
		explain(tree, sys, ask.Operation, answer)
		answer.Logged = append(answer.Logged, *logged...)
	}
	return answers
}

func systemContext(tree upstream.Tree, user hermetic.User) *types.SystemContext {
	return &types.SystemContext{
		RootForImplicitAbsolutePaths: tree.Dir(),
		SystemRegistriesConfPath:     user.RegistriesConf(tree, readsEnvironment),
		UserShortNameAliasConfPath:   user.AliasCache(tree),
		AuthFilePath:                 tree.Path("/run/no-auth.json"),
	}
}

func explain(tree upstream.Tree, sys *types.SystemContext, op upstream.Operation, answer *upstream.Answer) {
	defer func() {
		if p := recover(); p != nil {
			answer.Panic = tree.Redact(fmt.Sprint(p))
		}
	}()
	named, err := candidates(sys, answer.Reference)
	for _, n := range named {
		err = errors.Join(err, sources(sys, op, reference.TagNameOnly(n), answer))
	}
	if err != nil {
		answer.Err = tree.Redact(err.Error())
	}
}

// candidates are the full references that a user's input stands for.
func candidates(sys *types.SystemContext, input string) ([]reference.Named, error) {
	if !shortnames.IsShortName(input) {
		named, err := reference.ParseNormalizedNamed(input)
		if err != nil {
			return nil, err
		}
		return []reference.Named{named}, nil
	}
	resolved, err := shortnames.Resolve(sys, input)
	if err != nil {
		return nil, err
	}
	named := make([]reference.Named, len(resolved.PullCandidates))
	for i, c := range resolved.PullCandidates {
		named[i] = c.Value
	}
	return named, nil
}

// sources appends the endpoints for one full reference. What the docker
// transport adds to the library's answer is said again here: the blocked test
// is made on the rewritten name, a push knows no mirrors
// (go.podman.io/image/v5 5.42.0 docker/docker_client.go, newDockerClient;
// docker/docker_image_src.go, newImageSource).
func sources(sys *types.SystemContext, op upstream.Operation, named reference.Named, answer *upstream.Answer) error {
	registry, err := sysregistriesv2.FindRegistry(sys, named.Name())
	if err != nil {
		return err
	}
	pull := []sysregistriesv2.PullSource{{Reference: named}}
	if registry != nil && op != upstream.Push {
		if pull, err = registry.PullSourcesFromReference(named); err != nil {
			return err
		}
	} else if registry != nil {
		pull[0].Endpoint = registry.Endpoint
	}
	for i, source := range pull {
		physical, err := sysregistriesv2.FindRegistry(sys, source.Reference.Name())
		if err != nil {
			return err
		}
		endpoint := upstream.Endpoint{
			Scheme:       "https",
			Host:         reference.Domain(source.Reference),
			Path:         path.Join("/v2", reference.Path(source.Reference)),
			Reference:    source.Reference.String(),
			Mirror:       i < len(pull)-1,
			TLS:          upstream.TLS{SkipVerify: source.Endpoint.Insecure},
			HTTPFallback: source.Endpoint.Insecure,
			Namespace:    hermetic.Field(source.Endpoint, "NamespaceProxy"),
			Blocked:      physical != nil && physical.Blocked,
		}
		if op == upstream.Push {
			insecure := physical != nil && physical.Insecure
			endpoint.TLS.SkipVerify, endpoint.HTTPFallback, endpoint.Namespace = insecure, insecure, ""
		}
		if endpoint.Host == "docker.io" {
			endpoint.Host = "registry-1.docker.io"
		}
		answer.Endpoints = append(answer.Endpoints, endpoint)
		if endpoint.Blocked {
			answer.Blocked = true
			continue
		}
		method := "GET"
		if op == upstream.Push {
			method = "PUT"
		}
		answer.Requests = append(answer.Requests, upstream.Request{
			Method:   method,
			URL:      endpoint.Scheme + "://" + endpoint.Host + endpoint.Path + "/manifests/" + identifier(source.Reference) + query(endpoint.Namespace),
			Endpoint: len(answer.Endpoints) - 1,
		})
	}
	return nil
}

func identifier(named reference.Named) string {
	if digested, ok := named.(reference.Canonical); ok {
		return digested.Digest().String()
	}
	if tagged, ok := named.(reference.Tagged); ok {
		return tagged.Tag()
	}
	return ""
}

func query(namespace string) string {
	if namespace == "" {
		return ""
	}
	return "?ns=" + url.QueryEscape(namespace)
}

func modeName(mode types.ShortNameMode) string {
	switch mode {
	case types.ShortNameModeDisabled:
		return "disabled"
	case types.ShortNameModeEnforcing:
		return "enforcing"
	case types.ShortNameModePermissive:
		return "permissive"
	default:
		return "invalid"
	}
}
