package probe

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
)

// manifestTypes are what engines accept, lists first.
var manifestTypes = []string{
	"application/vnd.oci.image.index.v1+json",
	"application/vnd.docker.distribution.manifest.list.v2+json",
	"application/vnd.oci.image.manifest.v1+json",
	"application/vnd.docker.distribution.manifest.v2+json",
}

type descriptor struct {
	Digest   string   `json:"digest"`
	Size     int64    `json:"size"`
	URLs     []string `json:"urls"`
	Platform struct {
		OS           string `json:"os"`
		Architecture string `json:"architecture"`
	} `json:"platform"`
}

// manifest is what an image manifest and an index have that matters here.
type manifest struct {
	Config    descriptor   `json:"config"`
	Layers    []descriptor `json:"layers"`
	Manifests []descriptor `json:"manifests"`
}

func parseManifest(data []byte) (manifest, error) {
	var m manifest
	if err := json.Unmarshal(data, &m); err != nil {
		return manifest{}, errors.New("not a manifest: it is not JSON of that shape")
	}
	return m, nil
}

// platform returns the manifest to go on with where m is an index:
// linux/amd64, which almost every image has, or the first for a known
// platform.
func (m manifest) platform() (descriptor, bool) {
	usable := slices.DeleteFunc(slices.Clone(m.Manifests), func(d descriptor) bool {
		return !isDigest(d.Digest) || d.Platform.OS == "unknown"
	})
	if len(usable) == 0 {
		return descriptor{}, false
	}
	common := func(d descriptor) bool { return d.Platform.OS == "linux" && d.Platform.Architecture == "amd64" }
	return usable[max(slices.IndexFunc(usable, common), 0)], true
}

// largestLayer returns the layer that throughput is measured with, or the
// configuration where there is none. Layers with URLs are fetched elsewhere.
func (m manifest) largestLayer() (descriptor, bool) {
	best := descriptor{}
	for _, l := range m.Layers {
		if isDigest(l.Digest) && len(l.URLs) == 0 && l.Size > best.Size {
			best = l
		}
	}
	if best.Digest == "" && isDigest(m.Config.Digest) {
		best = m.Config
	}
	return best, best.Digest != ""
}

// isDigest checks algorithm:hex, as it goes into a URL.
func isDigest(s string) bool {
	algorithm, sum, ok := strings.Cut(s, ":")
	if !ok || algorithm == "" || len(sum) < 32 || len(sum) > 128 {
		return false
	}
	for _, r := range algorithm + sum {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') {
			return false
		}
	}
	return true
}
