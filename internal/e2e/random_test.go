package e2e_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/internal/e2e/engines"
	"github.com/mirrorcfg/mirrorcfg/internal/e2e/matrix"
	"github.com/mirrorcfg/mirrorcfg/internal/e2e/node"
	"github.com/mirrorcfg/mirrorcfg/internal/e2e/sandbox"
	"github.com/mirrorcfg/mirrorcfg/mirror"
	"github.com/mirrorcfg/mirrorcfg/mirror/fileset"
)

var (
	randomSeed  = flag.Uint64("seed", 1, "first number of the random configurations")
	randomCount = flag.Int("configs", 200, "how many random configurations each engine gets")
)

// TestRandomConfigs gives the newest containerd and skopeo configurations that nobody thought of. Each has a
// number: -run 'TestRandomConfigs/.*/17$' repeats one, -seed 1000 makes others.
func TestRandomConfigs(t *testing.T) {
	for _, kind := range []engines.Kind{engines.Skopeo, engines.Containerd} {
		engine := newest(t, kind)
		if engine.Version == "" {
			node.Each(t, nil, kind) // says what is not installed
			continue
		}
		t.Run(engine.String(), func(t *testing.T) {
			sandbox.RequireEngines(t)
			s := newSubject(t, engine, nil)
			empty := 0
			for i := range uint64(*randomCount) {
				number := *randomSeed + i
				outcome, pulls := matrix.Wrong, 0
				if t.Run(fmt.Sprint(number), func(t *testing.T) {
					var changed bool
					pulls, changed = s.playRandom(t, number)
					if !changed {
						empty++
					}
				}) {
					outcome = matrix.Equal
				}
				if pulls > 0 {
					results.Add(row(engine, "random configurations"), outcome, pulls)
				}
			}
			assert.Less(t, empty, *randomCount/10+1, "configurations of which the engine can say nothing")
		})
	}
}

// newest is the newest engine of a kind in the cache. It has no version where there is none.
func newest(t *testing.T, kind engines.Kind) (found engines.Engine) {
	t.Helper()
	cache, err := engines.DefaultCache()
	require.NoError(t, err)
	for _, component := range engines.Catalog() {
		if !slices.Contains(component.Kinds, kind) {
			continue
		}
		engine, err := cache.Find(component, kind)
		if err == nil && (found.Version == "" || atLeast(found.Version)(engine)) {
			found = engine
		}
	}
	return found
}

// playRandom makes one configuration, and pulls two references which it is about, and one that it may not be.
func (s *subject) playRandom(t *testing.T, number uint64) (pulls int, changed bool) {
	random := rand.New(rand.NewPCG(number, 0))
	want := randomConfig(random)
	s.reset(t)
	t.Cleanup(func() {
		if t.Failed() {
			text, err := mirror.Encoder{}.TOML(want)
			t.Logf("mirrors.toml (%v):\n%s\nconfiguration:\n%s", err, text, s.written(t))
		}
	})
	plan, err := s.library.Plan(os.DirFS(s.Dir()), want, mirror.Accept(lossCodes()...))
	require.NoError(t, err, "%v", plan.Diagnostics)
	_, err = fileset.Apply(s.Dir(), plan)
	require.NoError(t, err)
	s.settle(t)
	names := []string{referenceUnder(random, want.Registries[0].Prefix), referenceUnder(random, want.Registries[len(want.Registries)-1].Prefix),
		pick(random, "docker.io/library/alpine", "quay.io/team/app", "ghcr.io/a/b/c")}
	for i, name := range names {
		object := noTag
		reference := name + ":" + object
		if (uint64(i)+number)%2 == 0 {
			object = noDigest
			reference = name + "@" + object
		}
		explanation := s.explain(t, reference)
		predicted := predictedLines(explanation.Attempts)
		pulled := s.Pull(reference)
		require.Error(t, pulled.Err)
		if len(predicted) == 0 {
			assert.Error(t, explanation.Diagnostics.Err(), "%s: no attempts, and nobody says why", reference)
		}
		assert.Equal(t, without(predicted, nothing), recordedLines(pulled.Requests, object), "%s; all requests:\n%s\noutput:\n%s", reference, pulled.Requests, lastOf(pulled))
		pulls++
	}
	return pulls, !plan.Empty()
}

func lossCodes() (codes []string) {
	for _, rule := range mirror.LossRules() {
		codes = append(codes, rule.Code)
	}
	return codes
}

func pick[T any](random *rand.Rand, choices ...T) T { return choices[random.IntN(len(choices))] }

func randomConfig(random *rand.Rand) mirror.Config {
	prefixes := []string{"docker.io", "docker.io", "quay.io", "ghcr.io", onPort, secureA, "*", "*.reg.example.com", "quay.io/team", "docker.io/library"}
	random.Shuffle(len(prefixes), func(i, j int) { prefixes[i], prefixes[j] = prefixes[j], prefixes[i] })
	var c mirror.Config
	for _, prefix := range prefixes[:1+random.IntN(4)] {
		if _, twice := c.Find(prefix); twice {
			continue
		}
		r := mirror.Registry{Prefix: prefix, Fallback: pick(random, mirror.Unset, mirror.Unset, mirror.Unset, mirror.On, mirror.Off), Blocked: random.IntN(15) == 0}
		for range random.IntN(4) {
			e := randomEndpoint(random)
			if !slices.ContainsFunc(r.Mirrors, func(other mirror.Endpoint) bool { return other.URL == e.URL && other.Repository == e.Repository }) {
				r.Mirrors = append(r.Mirrors, e)
			}
		}
		if len(r.Mirrors) == 0 && !r.Blocked {
			r.Fallback = mirror.Unset
			up := randomEndpoint(random)
			r.Upstream = &up
		} else if random.IntN(6) == 0 && r.Fallback != mirror.Off && !r.Blocked {
			up := randomEndpoint(random)
			r.Upstream = &up
		}
		if up := r.Upstream; up != nil && (prefix == "*" || strings.HasPrefix(prefix, "*.")) {
			r.Upstream = nil
			if len(r.Mirrors) == 0 {
				r.Mirrors = append(r.Mirrors, *up)
			}
		}
		c.Registries = append(c.Registries, r)
	}
	return c
}

func randomEndpoint(random *rand.Rand) mirror.Endpoint {
	e := mirror.Endpoint{
		URL: pick(random, "http://"+plainA, "http://"+plainB, "http://"+plainC, "https://"+secureA, "https://"+secureB, "https://"+privateA,
			"https://"+namedA, "https://"+namedB+":443", "http://"+namedB+":80", "http://"+nothing),
		Capabilities: pick(random, 0, 0, 0, 0, mirror.Pull|mirror.Resolve, mirror.Pull|mirror.Resolve|mirror.Push, mirror.AllCapabilities, mirror.Pull, mirror.Resolve, mirror.Push),
	}
	if strings.HasSuffix(e.URL, privateA) {
		e.TLS.SkipVerify = mirror.On
	} else if strings.HasPrefix(e.URL, "https://") && random.IntN(5) == 0 {
		e.TLS.SkipVerify = pick(random, mirror.On, mirror.Off)
	}
	if random.IntN(6) == 0 {
		e.URL += pick(random, "/proxy", "/a/b", "/v2/x")
	}
	if random.IntN(4) == 0 {
		e.Repository = pick(random, "hub", "proxies/docker.io", "x_y/z-0")
	}
	if random.IntN(8) == 0 {
		e.Headers = []mirror.Header{{Name: "X-Team", Values: []mirror.Secret{mirror.NewSecret("blue")}}}
	}
	if random.IntN(8) == 0 {
		timeout := time.Duration(1+random.IntN(20)) * time.Second
		e.DialTimeout = &timeout
	}
	return e
}

// referenceUnder is a repository that a prefix covers.
func referenceUnder(random *rand.Rand, prefix string) string {
	switch prefix {
	case "*":
		return pick(random, "quay.io/team/app", "registry.k8s.io/pause")
	case "*.reg.example.com":
		return "app.reg.example.com/team/app"
	case "docker.io", "docker.io/library":
		return alpine
	}
	return prefix + "/app"
}
