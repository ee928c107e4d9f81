package verify

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/mirrorcfg/mirrorcfg/containerd"
	"github.com/mirrorcfg/mirrorcfg/podman"
)

// The properties as native fuzz targets, for the parsers that are linked in.

var (
	fuzzedContainerd = target{"containerd", "2.4 ctr", containerd.Engine{
		Version: "2.4", Client: containerd.Ctr, Paths: containerd.Paths{HostsDirs: []string{"/etc/containerd/certs.d"}},
	}, 1}
	fuzzedPodman = target{"podman", "c/image 5.42.0", podman.Engine{Library: "5.42.0"}, 1}
)

func fuzzWrite(f *testing.F, target target) {
	p := parserFor(f, target)
	f.Fuzz(rapid.MakeFuzz(func(t *rapid.T) {
		config := drawConfig(t)
		if config.Validate().Err() != nil {
			t.Skip("not a valid configuration")
		}
		if _, err := writeCase(p, config); err != nil {
			t.Fatalf("%v", err)
		}
	}))
}

func fuzzRead(f *testing.F, target target) {
	p := parserFor(f, target)
	f.Fuzz(rapid.MakeFuzz(func(t *rapid.T) {
		if _, err := readFiles(p, drawFiles(t, target)); err != nil {
			t.Fatalf("%v", err)
		}
	}))
}

func fuzzRoundTrip(f *testing.F, target target) {
	p := parserFor(f, target)
	f.Fuzz(rapid.MakeFuzz(func(t *rapid.T) {
		if _, err := roundTripCase(p, drawFiles(t, target)); err != nil {
			t.Fatalf("%v", err)
		}
	}))
}

func FuzzWriteContainerd(f *testing.F)     { fuzzWrite(f, fuzzedContainerd) }
func FuzzWritePodman(f *testing.F)         { fuzzWrite(f, fuzzedPodman) }
func FuzzReadContainerd(f *testing.F)      { fuzzRead(f, fuzzedContainerd) }
func FuzzReadPodman(f *testing.F)          { fuzzRead(f, fuzzedPodman) }
func FuzzRoundTripContainerd(f *testing.F) { fuzzRoundTrip(f, fuzzedContainerd) }
func FuzzRoundTripPodman(f *testing.F)     { fuzzRoundTrip(f, fuzzedPodman) }
