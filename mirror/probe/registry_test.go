package probe_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

const (
	reference = "hub.example/library/app:1"
	path      = "library/app"
	tag       = "1"

	typeIndex    = "application/vnd.oci.image.index.v1+json"
	typeManifest = "application/vnd.oci.image.manifest.v1+json"
)

// image is an index with one platform and one layer.
type image struct {
	layer, config, manifest, index []byte
}

func newImage(seed uint64, layerBytes int) *image {
	layer := make([]byte, layerBytes)
	source := rand.New(rand.NewPCG(seed, 1))
	for i := range layer {
		layer[i] = byte(source.Uint32())
	}
	i := &image{layer: layer, config: fmt.Appendf(nil, `{"architecture":"amd64","os":"linux","seed":%d}`, seed)}
	i.manifest = encode(map[string]any{
		"schemaVersion": 2, "mediaType": typeManifest,
		"config": map[string]any{"digest": digestOf(i.config), "size": len(i.config)},
		"layers": []any{map[string]any{"digest": digestOf(layer), "size": len(layer)}},
	})
	i.index = encode(map[string]any{
		"schemaVersion": 2, "mediaType": typeIndex,
		"manifests": []any{
			map[string]any{"digest": digestOf([]byte("arm")), "size": 3, "platform": map[string]string{"os": "linux", "architecture": "arm64"}},
			map[string]any{"digest": digestOf(i.manifest), "size": len(i.manifest), "platform": map[string]string{"os": "linux", "architecture": "amd64"}},
		},
	})
	return i
}

func encode(v any) []byte {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return data
}

func digestOf(data []byte) string {
	sum := sha256.Sum256(data)
	return "sha256:" + hex.EncodeToString(sum[:])
}

func (i *image) digest() string { return digestOf(i.index) }

// registry serves an image as a registry does. wrap may answer in its place:
// it returns true when it did.
type registry struct {
	image *image
	path  string // repository, library/app unless set
	base  string // before /v2
	wrap  func(w http.ResponseWriter, r *http.Request) bool

	mu       sync.Mutex
	requests []*http.Request
}

func (g *registry) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	g.requests = append(g.requests, r)
	g.mu.Unlock()
	if g.wrap != nil && g.wrap(w, r) {
		return
	}
	repository := g.path
	if repository == "" {
		repository = path
	}
	rest, ok := strings.CutPrefix(r.URL.Path, g.base+"/v2/")
	switch {
	case !ok:
		http.NotFound(w, r)
	case rest == "":
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, "{}")
	case strings.HasPrefix(rest, repository+"/manifests/"):
		g.image.serveManifest(w, r, strings.TrimPrefix(rest, repository+"/manifests/"))
	case rest == repository+"/blobs/"+digestOf(g.image.layer):
		http.ServeContent(w, r, "", noTime, bytes.NewReader(g.image.layer))
	default:
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, `{"errors":[{"code":"NAME_UNKNOWN"}]}`)
	}
}

func (i *image) serveManifest(w http.ResponseWriter, r *http.Request, object string) {
	for _, m := range []struct {
		data []byte
		kind string
		tag  string
	}{{i.index, typeIndex, tag}, {i.manifest, typeManifest, ""}} {
		if object == digestOf(m.data) || object == m.tag {
			w.Header().Set("Content-Type", m.kind)
			w.Header().Set("Docker-Content-Digest", digestOf(m.data))
			w.Header().Set("Content-Length", fmt.Sprint(len(m.data)))
			if r.Method != http.MethodHead {
				_, _ = w.Write(m.data)
			}
			return
		}
	}
	http.Error(w, `{"errors":[{"code":"MANIFEST_UNKNOWN"}]}`, http.StatusNotFound)
}

// seen returns the requests so far.
func (g *registry) seen() []*http.Request {
	g.mu.Lock()
	defer g.mu.Unlock()
	return append([]*http.Request(nil), g.requests...)
}

// start serves a handler on loopback until the test ends. Connections that
// the handler keeps busy are cut then.
func start(t testing.TB, h http.Handler) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(func() { s.CloseClientConnections(); s.Close() })
	return s
}

func startTLS(t testing.TB, h http.Handler) *httptest.Server {
	t.Helper()
	s := httptest.NewUnstartedServer(h)
	quiet(s)
	s.StartTLS()
	t.Cleanup(func() { s.CloseClientConnections(); s.Close() })
	return s
}
