package recorder

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"runtime"
	"sort"
)

// Media types of the OCI image specification 1.1.
const (
	typeIndex    = "application/vnd.oci.image.index.v1+json"
	typeManifest = "application/vnd.oci.image.manifest.v1+json"
	typeConfig   = "application/vnd.oci.image.config.v1+json"
	typeLayer    = "application/vnd.oci.image.layer.v1.tar+gzip"
)

// Tags of the image which NewImage builds.
const (
	TagSingle = "latest" // one manifest for this machine's architecture
	TagIndex  = "multi"  // an index of two platforms, this machine's first
)

// Image is what an endpoint serves: blobs and manifests by digest, digests by tag.
type Image struct {
	blobs     map[string][]byte
	manifests map[string]manifest
	tags      map[string]string
}

type manifest struct {
	mediaType string
	data      []byte
}

type descriptor struct {
	MediaType string    `json:"mediaType"`
	Digest    string    `json:"digest"`
	Size      int       `json:"size"`
	Platform  *platform `json:"platform,omitempty"`
}

type platform struct {
	OS           string `json:"os"`
	Architecture string `json:"architecture"`
}

// NewImage builds an image of one layer holding one file. The text ends up in that file, so that images
// with different text have different digests.
func NewImage(text string) (*Image, error) {
	image := &Image{blobs: map[string][]byte{}, manifests: map[string]manifest{}, tags: map[string]string{}}
	other := "arm64"
	if runtime.GOARCH == other {
		other = "amd64"
	}
	var platforms []descriptor
	for _, architecture := range []string{runtime.GOARCH, other} {
		d, err := image.addPlatform(text, platform{OS: "linux", Architecture: architecture})
		if err != nil {
			return nil, err
		}
		platforms = append(platforms, d)
	}
	image.tags[TagSingle] = platforms[0].Digest
	index, err := image.addManifest(typeIndex, map[string]any{
		"schemaVersion": 2, "mediaType": typeIndex, "manifests": platforms,
	})
	if err != nil {
		return nil, err
	}
	image.tags[TagIndex] = index.Digest
	return image, nil
}

// Digest is the digest of the manifest a tag stands for, or "" for a tag the image does not have.
func (i *Image) Digest(tag string) string { return i.tags[tag] }

// Tags are the image's tags in alphabetical order.
func (i *Image) Tags() []string {
	tags := make([]string, 0, len(i.tags))
	for tag := range i.tags {
		tags = append(tags, tag)
	}
	sort.Strings(tags)
	return tags
}

// lookup finds a manifest by tag or digest.
func (i *Image) lookup(reference string) (digest string, m manifest, ok bool) {
	digest = reference
	if d, isTag := i.tags[reference]; isTag {
		digest = d
	}
	m, ok = i.manifests[digest]
	return digest, m, ok
}

func (i *Image) addPlatform(text string, p platform) (descriptor, error) {
	plain, packed, err := layer("hello", text+" for "+p.Architecture+"\n")
	if err != nil {
		return descriptor{}, err
	}
	config, err := json.Marshal(map[string]any{
		"os": p.OS, "architecture": p.Architecture,
		"config": map[string]any{"Cmd": []string{"/hello"}},
		"rootfs": map[string]any{"type": "layers", "diff_ids": []string{digestOf(plain)}},
		"history": []map[string]any{{
			"created": "1970-01-01T00:00:00Z", "created_by": "mirrorcfg end-to-end tests",
		}},
	})
	if err != nil {
		return descriptor{}, err
	}
	d, err := i.addManifest(typeManifest, map[string]any{
		"schemaVersion": 2, "mediaType": typeManifest,
		"config": i.addBlob(typeConfig, config),
		"layers": []descriptor{i.addBlob(typeLayer, packed)},
	})
	d.Platform = &p
	return d, err
}

func (i *Image) addBlob(mediaType string, data []byte) descriptor {
	d := descriptor{MediaType: mediaType, Digest: digestOf(data), Size: len(data)}
	i.blobs[d.Digest] = data
	return d
}

func (i *Image) addManifest(mediaType string, content any) (descriptor, error) {
	data, err := json.Marshal(content)
	if err != nil {
		return descriptor{}, err
	}
	d := descriptor{MediaType: mediaType, Digest: digestOf(data), Size: len(data)}
	i.manifests[d.Digest] = manifest{mediaType: mediaType, data: data}
	return d, nil
}

// layer packs one file, and returns the tar archive both plain (its digest is the diff ID) and gzipped.
func layer(name, text string) (plain, packed []byte, err error) {
	var tarred, gzipped bytes.Buffer
	archive := tar.NewWriter(&tarred)
	header := &tar.Header{Name: name, Mode: 0o644, Size: int64(len(text)), Typeflag: tar.TypeReg}
	if err := archive.WriteHeader(header); err != nil {
		return nil, nil, fmt.Errorf("layer: %w", err)
	}
	if _, err := archive.Write([]byte(text)); err != nil {
		return nil, nil, fmt.Errorf("layer: %w", err)
	}
	if err := archive.Close(); err != nil {
		return nil, nil, fmt.Errorf("layer: %w", err)
	}
	zip := gzip.NewWriter(&gzipped)
	if _, err := zip.Write(tarred.Bytes()); err != nil {
		return nil, nil, fmt.Errorf("layer: %w", err)
	}
	if err := zip.Close(); err != nil {
		return nil, nil, fmt.Errorf("layer: %w", err)
	}
	return tarred.Bytes(), gzipped.Bytes(), nil
}

func digestOf(data []byte) string {
	sum := sha256.Sum256(data)
	return "sha256:" + hex.EncodeToString(sum[:])
}
