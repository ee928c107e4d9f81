package recorder_test

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/internal/e2e/recorder"
)

func start(t *testing.T, endpoints ...recorder.Endpoint) *recorder.Recorder {
	t.Helper()
	image, err := recorder.NewImage("test")
	require.NoError(t, err)
	r, err := recorder.Start(image, endpoints...)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, r.Close()) })
	return r
}

func do(t *testing.T, client *http.Client, method, url string, headers ...string) (*http.Response, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	require.NoError(t, err)
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := client.Do(request)
	require.NoError(t, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return response, string(body)
}

func digest(body string) string {
	sum := sha256.Sum256([]byte(body))
	return "sha256:" + hex.EncodeToString(sum[:])
}

func TestModes(t *testing.T) {
	const manifest = "/v2/library/alpine/manifests/latest"
	tests := []struct {
		mode           recorder.Mode
		ping, manifest int
	}{
		{recorder.OK, 200, 200},
		{recorder.NotFound, 200, 404},
		{recorder.Unauthorized, 401, 401},
		{recorder.Token, 401, 401},
		{recorder.TokenLoop, 401, 401},
		{recorder.Forbidden, 200, 403},
		{recorder.ServerError, 200, 500},
		{recorder.TooManyRequests, 200, 429},
		{recorder.WrongDigest, 200, 200},
		{recorder.HTML, 200, 200},
		{recorder.HeadNotAllowed, 200, 200},
		{recorder.NoDigestHeader, 200, 200},
	}
	for _, test := range tests {
		t.Run("mode "+string(test.mode), func(t *testing.T) {
			r := start(t, recorder.Endpoint{Name: "m", Mode: test.mode})
			ping, _ := do(t, http.DefaultClient, "GET", r.URL("m")+"/v2/")
			got, _ := do(t, http.DefaultClient, "GET", r.URL("m")+manifest+"?ns=docker.io", "User-Agent", "test/1")
			assert.Equal(t, test.ping, ping.StatusCode)
			assert.Equal(t, test.manifest, got.StatusCode)
			requests := r.Requests()
			require.Len(t, requests, 2)
			assert.Equal(t, recorder.KindPing, requests[0].Kind())
			last := requests[1]
			assert.WithinDuration(t, time.Now(), last.Time, time.Minute)
			last.Time = time.Time{}
			assert.Equal(t, recorder.Request{
				Endpoint: "m", Method: "GET", Scheme: "http", Host: r.Addr("m"), Path: manifest, Query: "ns=docker.io",
				UserAgent: "test/1", Status: test.manifest,
			}, last)
			r.Reset()
			assert.Empty(t, r.Requests())
		})
	}
}

func TestPingOverride(t *testing.T) {
	broken, forbidden := recorder.ServerError, recorder.Forbidden
	r := start(t,
		recorder.Endpoint{Name: "broken", Mode: recorder.OK, Ping: &broken},
		recorder.Endpoint{Name: "forbidden", Mode: recorder.ServerError, Ping: &forbidden})
	response, _ := do(t, http.DefaultClient, "GET", r.URL("broken")+"/v2/")
	assert.Equal(t, 500, response.StatusCode)
	response, _ = do(t, http.DefaultClient, "GET", r.URL("forbidden")+"/v2/")
	assert.Equal(t, 403, response.StatusCode)
}

func TestWholeImageCanBePulled(t *testing.T) {
	r := start(t, recorder.Endpoint{Name: "m", BasePath: "/proxy", Repository: "hub"})
	repository := r.URL("m") + "/v2/hub/library/alpine"
	_, index := do(t, http.DefaultClient, "GET", repository+"/manifests/"+recorder.TagIndex)
	require.Equal(t, r.Image().Digest(recorder.TagIndex), digest(index))
	type descriptor struct {
		Digest   string
		Size     int
		Platform *struct{ OS, Architecture string }
	}
	var list struct{ Manifests []descriptor }
	require.NoError(t, json.Unmarshal([]byte(index), &list))
	require.Len(t, list.Manifests, 2)
	assert.Equal(t, r.Image().Digest(recorder.TagSingle), list.Manifests[0].Digest)
	assert.NotEqual(t, list.Manifests[0].Platform, list.Manifests[1].Platform)
	for _, platform := range list.Manifests {
		_, body := do(t, http.DefaultClient, "GET", repository+"/manifests/"+platform.Digest)
		require.Equal(t, platform.Digest, digest(body))
		var manifest struct {
			Config descriptor
			Layers []descriptor
		}
		require.NoError(t, json.Unmarshal([]byte(body), &manifest))
		require.Len(t, manifest.Layers, 1)
		for _, blob := range append(manifest.Layers, manifest.Config) {
			_, data := do(t, http.DefaultClient, "GET", repository+"/blobs/"+blob.Digest)
			assert.Equal(t, blob.Digest, digest(data))
			assert.Len(t, data, blob.Size)
		}
	}
	for _, outside := range []string{"/v2/hub/x/manifests/latest", "/proxy/v2/other/x/manifests/latest", "/proxy/v2/hub/x/manifests/none", "/proxy/x"} {
		response, _ := do(t, http.DefaultClient, "GET", "http://"+r.Addr("m")+outside)
		assert.Equal(t, 404, response.StatusCode, outside)
	}
}

func TestTokenDance(t *testing.T) {
	for mode, status := range map[recorder.Mode]int{recorder.Token: 200, recorder.TokenLoop: 401} {
		r := start(t, recorder.Endpoint{Name: "m", Mode: mode, BasePath: "/b"})
		url := r.URL("m") + "/v2/x/manifests/latest"
		response, _ := do(t, http.DefaultClient, "GET", url)
		assert.Equal(t, `Bearer realm="`+r.URL("m")+`/token",service="recorder"`, response.Header.Get("WWW-Authenticate"))
		_, body := do(t, http.DefaultClient, "GET", r.URL("m")+"/token?service=recorder")
		var token struct{ Token string }
		require.NoError(t, json.Unmarshal([]byte(body), &token))
		response, _ = do(t, http.DefaultClient, "GET", url, "Authorization", "Bearer "+token.Token)
		assert.Equal(t, status, response.StatusCode, mode)
		requests := r.Requests()
		assert.Len(t, requests.Of(recorder.KindToken), 1)
		assert.Equal(t, []string{"", "Bearer"}, []string{requests[0].Authorization, requests[2].Authorization})
	}
}

func TestWrongDigest(t *testing.T) {
	r := start(t, recorder.Endpoint{Name: "m", Mode: recorder.WrongDigest})
	want := r.Image().Digest(recorder.TagSingle)
	head, _ := do(t, http.DefaultClient, "HEAD", r.URL("m")+"/v2/x/manifests/latest")
	assert.Equal(t, want, head.Header.Get("Docker-Content-Digest"))
	get, body := do(t, http.DefaultClient, "GET", r.URL("m")+"/v2/x/manifests/"+want)
	assert.Equal(t, want, get.Header.Get("Docker-Content-Digest"))
	assert.NotEqual(t, want, digest(body))
}

func TestConnectionsThatEndBadly(t *testing.T) {
	r := start(t, recorder.Endpoint{Name: "drop", Mode: recorder.Drop}, recorder.Endpoint{Name: "hang", Mode: recorder.Hang})
	client := &http.Client{Timeout: 200 * time.Millisecond}
	for _, name := range []string{"drop", "hang"} {
		_, err := client.Head(r.URL(name) + "/v2/x/manifests/latest")
		assert.Error(t, err)
	}
	requests := r.Requests().Attempts("latest")
	require.Len(t, requests, 2)
	assert.Equal(t, []string{"drop", "hang"}, []string{requests[0].Endpoint, requests[1].Endpoint})
	assert.Zero(t, requests[0].Status+requests[1].Status)
}

func TestRedirectKeepsPathAndQuery(t *testing.T) {
	r := start(t, recorder.Endpoint{Name: "to", Addr: "127.0.0.1:0"})
	from := start(t, recorder.Endpoint{Name: "from", Mode: recorder.Redirect, Target: r.URL("to")})
	response, _ := do(t, http.DefaultClient, "HEAD", from.URL("from")+"/v2/x/manifests/latest?ns=a")
	assert.Equal(t, 200, response.StatusCode)
	assert.Equal(t, []string{"HEAD " + r.URL("to") + "/v2/x/manifests/latest?ns=a 200"}, r.Requests().Lines())
	assert.Equal(t, 307, from.Requests()[0].Status)
}

func TestTLSServesEveryNameWithItsOwnAuthority(t *testing.T) {
	r := start(t, recorder.Endpoint{Name: "up", TLS: true})
	pool := x509.NewCertPool()
	require.True(t, pool.AppendCertsFromPEM(r.CA()))
	for _, name := range []string{"", "registry-1.docker.io", "quay.io"} {
		client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, ServerName: name}}}
		response, _ := do(t, client, "GET", r.URL("up")+"/v2/")
		assert.Equal(t, 200, response.StatusCode, name)
		client.CloseIdleConnections()
	}
	_, err := http.Get(r.URL("up") + "/v2/") // trusts the system only
	require.Error(t, err)
	assert.Eventually(t, func() bool { return len(r.Errors()) > 0 }, 5*time.Second, 10*time.Millisecond)
}

func TestStartRefuses(t *testing.T) {
	image, err := recorder.NewImage("test")
	require.NoError(t, err)
	_, err = recorder.Start(image, recorder.Endpoint{Name: "out", Addr: "0.0.0.0:0"})
	assert.ErrorContains(t, err, "not on loopback")
	_, err = recorder.Start(image, recorder.Endpoint{Name: "twice"}, recorder.Endpoint{Name: "twice"})
	assert.ErrorContains(t, err, "named twice")
}

func TestAttempts(t *testing.T) {
	r := start(t, recorder.Endpoint{Name: "a", Mode: recorder.NotFound}, recorder.Endpoint{Name: "b"})
	for _, step := range [][2]string{{"GET", "/v2/"}, {"HEAD", "/v2/x/manifests/latest"}, {"GET", "/v2/x/manifests/latest"}, {"GET", "/v2/x/manifests/other"}} {
		do(t, http.DefaultClient, step[0], r.URL("a")+step[1])
		do(t, http.DefaultClient, step[0], r.URL("b")+step[1])
	}
	assert.Equal(t, []string{
		"HEAD " + r.URL("a") + "/v2/x/manifests/latest 404",
		"HEAD " + r.URL("b") + "/v2/x/manifests/latest 200",
	}, r.Requests().Attempts("latest").Lines())
	assert.Len(t, r.Requests().At("a"), 4)
}
