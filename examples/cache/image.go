package main

import (
	"fmt"
	"io"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/random"
	"github.com/google/go-containerregistry/pkg/v1/remote"
)

const (
	repository = "team/app"
	tag        = "1"
	layerBytes = 64 << 10
	layers     = 3
)

// push uploads an image of random layers and returns its digest.
func push(host string) (v1.Hash, error) {
	image, err := random.Image(layerBytes, layers)
	if err != nil {
		return v1.Hash{}, err
	}
	ref, err := name.ParseReference(host+"/"+repository+":"+tag, name.Insecure)
	if err != nil {
		return v1.Hash{}, err
	}
	if err := remote.Write(ref, image); err != nil {
		return v1.Hash{}, err
	}
	return image.Digest()
}

// pull downloads every layer of the image, as an engine without any does, and
// returns the image's digest. go-containerregistry checks each digest.
func pull(host string) (v1.Hash, error) {
	ref, err := name.ParseReference(host+"/"+repository+":"+tag, name.Insecure)
	if err != nil {
		return v1.Hash{}, err
	}
	image, err := remote.Image(ref)
	if err != nil {
		return v1.Hash{}, err
	}
	if _, err := image.RawConfigFile(); err != nil {
		return v1.Hash{}, err
	}
	all, err := image.Layers()
	if err != nil {
		return v1.Hash{}, err
	}
	for i, l := range all {
		body, err := l.Compressed()
		if err != nil {
			return v1.Hash{}, fmt.Errorf("layer %d: %w", i, err)
		}
		_, err = io.Copy(io.Discard, body)
		if closed := body.Close(); err == nil {
			err = closed
		}
		if err != nil {
			return v1.Hash{}, fmt.Errorf("layer %d: %w", i, err)
		}
	}
	return image.Digest()
}
