package e2e_test

import (
	"fmt"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/internal/e2e/engines"
	"github.com/mirrorcfg/mirrorcfg/internal/e2e/node"
	"github.com/mirrorcfg/mirrorcfg/internal/e2e/recorder"
	"github.com/mirrorcfg/mirrorcfg/internal/e2e/sandbox"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

func TestFailingMirrors(t *testing.T) {
	node.Each(t, func(t *testing.T, engine engines.Engine) {
		s := newSubject(t, engine, nil)
		runScenarios(t, s, remark(engine), failingMirrors(engine))
	})
}

// remark is the row of the matrix in which an engine's own choice of store is counted.
func remark(engine engines.Engine) string {
	switch {
	case engine.Kind == engines.Containerd:
		return "CRI"
	case engine.Kind == engines.Dockerd && atLeast("29")(engine):
		return containerdStore
	case engine.Kind == engines.Dockerd:
		return graphdriver
	}
	return ""
}

// resolves says whether containerd's resolver pulls: in containerd, and in dockerd from 29 on.
func resolves(engine engines.Engine) bool { return containerdFetches(engine) }

// graphdriverStore is dockerd's own way of pulling.
func graphdriverStore(engine engines.Engine) bool {
	return engine.Kind == engines.Dockerd && !resolves(engine)
}

func podmanFamily(engine engines.Engine) bool {
	return engine.Kind != engines.Dockerd && engine.Kind != engines.Containerd
}

func firstLine(lines []string) []string  { return lines[:1] }
func otherLines(lines []string) []string { return lines[1:] }

// failingMirrors have a mirror that fails before one that serves: the second is asked, and then the upstream.
func failingMirrors(engine engines.Engine) []scenario {
	var scenarios []scenario
	for _, mode := range []recorder.Mode{recorder.NotFound, recorder.Unauthorized, recorder.Token, recorder.TokenLoop, recorder.Forbidden,
		recorder.ServerError, recorder.TooManyRequests, recorder.HTML, recorder.Drop, recorder.Redirect, recorder.HeadNotAllowed, recorder.NoDigestHeader, recorder.WrongDigest} {
		c := scenario{name: "first mirror answers " + string(mode), want: config(registry("docker.io", "http://"+failing[mode], "http://"+plainA)),
			pulls: asks(failing[mode], plainA, hub), serving: 1}
		switch mode {
		case recorder.Token, recorder.HeadNotAllowed, recorder.NoDigestHeader:
			c.serving = 0
		case recorder.Redirect:
			c.serving, c.aside = 0, []string{plainC}
		case recorder.WrongDigest:
			c.unserved = true // see TestWrongDigest
		case recorder.TooManyRequests:
			if podmanFamily(engine) { // waits as it is told, five times; once will do for what all share
				if engine.Kind != engines.Skopeo {
					continue
				}
				c.tagAlone, c.unserved = true, true
			}
		case recorder.HTML:
			c.unserved = !graphdriverStore(engine)
			c.facts = []fact{{
				holds:    func(e engines.Engine) bool { return !graphdriverStore(e) },
				why:      "a web page with status 200 is taken for the manifest; the pull fails on it and asks nobody else",
				log:      "text/html",
				recorded: firstLine,
			}}
		case recorder.Unauthorized:
			c.facts = []fact{{
				holds:    graphdriverStore,
				why:      "a mirror that wants credentials for the version check is passed over before any manifest is asked for",
				log:      "Attempting next endpoint for pull after error",
				recorded: otherLines,
			}}
		case recorder.Drop:
			c.facts = []fact{
				{holds: graphdriverStore, why: "the version check fails, and no manifest is asked for", log: "Attempting next endpoint for pull after error", recorded: otherLines},
				{holds: podmanFamily, why: "the version check fails, and no manifest is asked for", log: "ing container registry " + failing[mode], recorded: otherLines},
			}
		}
		scenarios = append(scenarios, c)
	}
	if c, can := wrongCredentials(engine); can {
		scenarios = append(scenarios, c)
	}
	return append(scenarios, scenario{
		name: "two mirrors fail", want: config(registry("docker.io", "http://"+failing[recorder.NotFound], "http://"+failing[recorder.ServerError], "http://"+plainA)),
		pulls: asks(failing[recorder.NotFound], failing[recorder.ServerError], plainA, hub), serving: 2,
	}, scenario{
		name: "all mirrors fail", want: config(registry("docker.io", "http://"+failing[recorder.ServerError], "http://"+failing[recorder.Forbidden])),
		pulls: asks(failing[recorder.ServerError], failing[recorder.Forbidden], hub), serving: 2,
	})
}

// wrongCredentials has a mirror that does not take what it is shown. dockerd has no credentials for mirrors.
func wrongCredentials(engine engines.Engine) (scenario, bool) {
	refuses := failing[recorder.Unauthorized]
	e := mirror.Endpoint{URL: "http://" + refuses}
	c := scenario{name: "wrong credentials", pulls: asks(refuses, plainA, hub), serving: 1,
		check: func(t *testing.T, requests recorder.Requests) {
			var shown []string
			for _, r := range requests.At(string(recorder.Unauthorized)) {
				shown = append(shown, r.Authorization)
			}
			assert.Contains(t, shown, "Basic")
		}}
	switch {
	case engine.Kind == engines.Containerd:
		e.Headers = []mirror.Header{{Name: "Authorization", Values: []mirror.Secret{mirror.NewSecret("Basic dXNlcjpwYXNz")}}}
	case podmanFamily(engine):
		c.files = files{"/root/.config/containers/auth.json": `{"auths": {"` + refuses + `": {"auth": "dXNlcjpwYXNz"}}}`}
	default:
		return c, false
	}
	c.want = dockerIO(e, mirror.Endpoint{URL: "http://" + plainA})
	return c, true
}

// TestWrongDigest pulls by digest from a mirror that sends other bytes. No engine takes them. Those with
// containerd's resolver and the Podman family give up; dockerd's graphdriver store asks the next.
func TestWrongDigest(t *testing.T) {
	node.Each(t, func(t *testing.T, engine engines.Engine) {
		s := newSubject(t, engine, nil)
		s.apply(t, config(registry("docker.io", "http://"+failing[recorder.WrongDigest], "http://"+plainA)))
		digest := s.registries.Image().Digest(recorder.TagSingle)
		predicted := predictedLines(s.explain(t, alpine+"@"+digest).Attempts)
		require.Len(t, predicted, 3)
		pulled := s.Pull(alpine + "@" + digest)
		recorded := recordedLines(pulled.Requests, digest)
		if graphdriverStore(engine) {
			assert.NoError(t, pulled.Err)
			assert.Equal(t, predicted[:2], recorded)
			return
		}
		assert.Error(t, pulled.Err)
		assert.Empty(t, pulled.Requests.At("plain A"), "%s", pulled.Requests)
		assert.Equal(t, predicted[0][strings.Index(predicted[0], " "):], recorded[0][strings.Index(recorded[0], " "):])
	})
}

// TestMirrorThatHangs has a mirror that takes requests and answers none. Only dockerd's graphdriver store has
// a limit for that: 15 seconds for the version check. The others wait for as long as the client does.
func TestMirrorThatHangs(t *testing.T) {
	node.Each(t, func(t *testing.T, engine engines.Engine) {
		if newest(t, engine.Kind).Version != engine.Version || engine.Kind == engines.Podman || engine.Kind == engines.Buildah {
			t.Skip("the newest of each way to pull will do")
		}
		bases := map[string]files{"": nil}
		if engine.Kind == engines.Dockerd {
			bases = stores(engine)
		}
		for store, base := range bases {
			t.Run(store, func(t *testing.T) { pullFromMirrorThatHangs(t, engine, store, base) })
		}
	}, engines.Containerd, engines.Dockerd, engines.Skopeo)
}

func pullFromMirrorThatHangs(t *testing.T, engine engines.Engine, store string, base files) {
	s := newSubject(t, engine, base)
	s.apply(t, config(registry("docker.io", "http://"+failing[recorder.Hang], "http://"+plainA)))
	require.NoError(t, s.Start())
	predicted := predictedLines(s.explain(t, alpine+":"+noTag).Attempts)
	require.Equal(t, asks(failing[recorder.Hang], plainA, hub)[0].tag, hostsOf(predicted))
	s.Timeout = 3 * time.Second
	if store == graphdriver {
		s.Timeout = 30 * time.Second
	}
	pulled := s.Pull(alpine + ":" + noTag)
	require.Error(t, pulled.Err)
	if store == graphdriver {
		assert.Equal(t, predicted[1:], recordedLines(pulled.Requests, noTag))
		// net/http names its client's timeout or the deadline, whichever it sees first.
		assert.Regexp(t, `Attempting next endpoint for pull after error: Get .*(Client\.Timeout|context deadline) exceeded`, s.Log())
		return
	}
	assert.Len(t, hostsOfAll(pulled.Requests), 1, "%s", pulled.Requests)
	if engine.Kind != engines.Skopeo { // which hangs in its version check
		assert.Equal(t, predicted[:1], recordedLines(pulled.Requests, noTag))
	}
}

func hostsOfAll(requests recorder.Requests) map[string]bool {
	hosts := map[string]bool{}
	for _, r := range requests {
		hosts[r.Host] = true
	}
	return hosts
}

// TestDialTimeout has a mirror whose address takes no connection and refuses none.
func TestDialTimeout(t *testing.T) {
	node.Each(t, func(t *testing.T, engine engines.Engine) {
		if !atLeast("2.0.7")(engine) {
			t.Skip("has no dial_timeout")
		}
		silent := silentAddress(t)
		timeout := time.Second
		s := newSubject(t, engine, nil)
		s.apply(t, dockerIO(mirror.Endpoint{URL: "http://" + silent, DialTimeout: &timeout}, mirror.Endpoint{URL: "http://" + plainA}))
		require.NoError(t, s.Start())
		predicted := predictedLines(s.explain(t, alpine+":"+noTag).Attempts)
		require.Equal(t, asks(silent, plainA, hub)[0].tag, hostsOf(predicted))
		began := time.Now()
		pulled := s.Pull(alpine + ":" + noTag)
		taken := time.Since(began)
		require.Error(t, pulled.Err)
		assert.Equal(t, predicted[1:], recordedLines(pulled.Requests, noTag))
		assert.Contains(t, pulled.Output, "dial tcp "+silent+": i/o timeout")
		assert.GreaterOrEqual(t, taken, timeout)
		assert.Less(t, taken, 10*timeout, "the default is 30 seconds")
	}, engines.Containerd)
}

// silentAddress is where connecting neither succeeds nor fails: a socket whose queue is full.
func silentAddress(t *testing.T) string {
	t.Helper()
	sandbox.RequireEngines(t)
	socket, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	require.NoError(t, err)
	t.Cleanup(func() { _ = syscall.Close(socket) })
	require.NoError(t, syscall.Bind(socket, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}))
	require.NoError(t, syscall.Listen(socket, 0))
	name, err := syscall.Getsockname(socket)
	require.NoError(t, err)
	address := fmt.Sprintf("127.0.0.1:%d", name.(*syscall.SockaddrInet4).Port)
	for range 64 {
		connection, err := net.DialTimeout("tcp", address, 100*time.Millisecond)
		if err != nil {
			return address
		}
		t.Cleanup(func() { _ = connection.Close() })
	}
	t.Fatal("the queue does not fill")
	return ""
}

// TestErrorOfTheMirror: a mirror that is broken does not keep the upstream from being asked. But where the upstream
// has no image, the error is the mirror's and not the upstream's.
func TestErrorOfTheMirror(t *testing.T) {
	node.Each(t, func(t *testing.T, engine engines.Engine) {
		s := newSubject(t, engine, nil)
		s.apply(t, config(registry("docker.io", "http://"+failing[recorder.NotFound], "http://"+failing[recorder.ServerError])))
		pulled := s.Pull(alpine + ":" + noTag)
		require.Error(t, pulled.Err)
		assert.Equal(t, thenHub(failing[recorder.NotFound], failing[recorder.ServerError]), hostsOf(recordedLines(pulled.Requests, noTag)))
		assert.Contains(t, pulled.Output, "trying next host")
		assert.ErrorContains(t, pulled.Err, "500 Internal Server Error")
		assert.ErrorContains(t, pulled.Err, failing[recorder.ServerError])
	}, engines.Containerd)
}
