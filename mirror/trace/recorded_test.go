package trace_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/mirror/trace"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// read reads a log of testdata.
func read(t *testing.T, name string) *trace.Report {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", name))
	require.NoError(t, err)
	defer f.Close()
	report, err := trace.Read(f)
	require.NoError(t, err)
	return report
}

// readString reads a log that is written out in a test.
func readString(t *testing.T, log string) *trace.Report {
	t.Helper()
	report, err := trace.Read(strings.NewReader(log))
	require.NoError(t, err)
	return report
}

// onlyPull returns the one pull of a report.
func onlyPull(t *testing.T, r *trace.Report) trace.Pull {
	t.Helper()
	require.Len(t, r.Pulls, 1)
	return r.Pulls[0]
}

// TestRecordedPulls holds what people read off these logs by eye.
func TestRecordedPulls(t *testing.T) {
	for _, tc := range []struct {
		log, image, servedBy, speed string
		bytes                       int64
		exact                       bool
		seconds                     float64
		blobs, blobsFromServer      int
	}{
		{
			log: "podman-on-mac.log", image: "docker.io/library/alpine:latest", servedBy: "docker.1ms.run",
			speed: "2.0 MiB/s", bytes: 4 << 20, seconds: 2, blobs: 2, blobsFromServer: 2,
		},
		{
			log: "podman-crio.log", image: "registry.k8s.io/coredns:1.6.5", servedBy: "k8s.alduin.net",
			speed: "3.2 MiB/s", bytes: 122266 + 12.5*(1<<20), seconds: 4, blobs: 3, blobsFromServer: 3,
		},
		{
			log: "nerdctl-registry-k8s-io.log", image: "registry.k8s.io/sig-storage/csi-provisioner:v3.5.0", servedBy: "k8s.m.daocloud.io",
			speed: "4.9 MiB/s", bytes: 28350157, exact: true, seconds: 5.5, blobs: 11, blobsFromServer: 9,
		},
		{
			log: "nerdctl-k8s-gcr-io.log", image: "k8s.gcr.io/kube-apiserver:v1.17.3", servedBy: "k8s-gcr.m.daocloud.io",
			speed: "371.8 KiB/s", bytes: 50633771, exact: true, seconds: 133, blobs: 3, blobsFromServer: 1,
		},
		{
			log: "nerdctl-docker-io.log", image: "docker.io/library/ubuntu:20.04", servedBy: "hub-mirror.c.163.com",
			speed: "10.5 MiB/s", bytes: 28626125, seconds: 2.6, blobs: 2,
		},
	} {
		t.Run(tc.log, func(t *testing.T) {
			report := read(t, tc.log)
			pull := onlyPull(t, report)
			assert.Equal(t, tc.image, pull.Image)
			assert.Equal(t, tc.servedBy, pull.ServedBy)
			assert.Equal(t, trace.Served, pull.Outcome)
			assert.Equal(t, tc.bytes, pull.Transfer.Bytes)
			assert.Equal(t, tc.exact, pull.Transfer.Exact)
			assert.Equal(t, tc.seconds, pull.Transfer.Seconds)
			assert.Equal(t, tc.speed, trace.FormatRate(pull.Transfer.BytesPerSecond))
			require.Len(t, pull.Endpoints, 1)
			assert.True(t, pull.Endpoints[0].Mirror)
			assert.Equal(t, 200, pull.Endpoints[0].Status)
			assert.Len(t, pull.Blobs, tc.blobs)
			fromServer := 0
			for _, b := range pull.Blobs {
				if b.Host == tc.servedBy {
					fromServer++
				}
			}
			assert.Equal(t, tc.blobsFromServer, fromServer)
			text := report.String()
			assert.Contains(t, text, tc.servedBy)
			assert.Contains(t, text, tc.speed)
		})
	}
}

// TestPodmanOnMacLayer follows the sum the recipe does by hand: from the
// request for the layer at 9 s to "Applying tar" at 11 s, 4.0 MiB.
func TestPodmanOnMacLayer(t *testing.T) {
	report := read(t, "podman-on-mac.log")
	pull := onlyPull(t, report)
	layer := pull.Blobs[1]
	assert.Equal(t, trace.KindLayer, layer.Kind)
	assert.True(t, strings.HasPrefix(layer.Digest, "sha256:f6b4fb944634"))
	assert.Equal(t, int64(4<<20), layer.Bytes)
	assert.False(t, layer.Exact, "the bar shows one decimal")
	assert.Equal(t, 2.0, layer.Seconds)
	require.NotEmpty(t, report.Files)
	assert.Equal(t, "/var/home/core/.config/containers/registries.conf", report.Files[0].Path)
	assert.Equal(t, trace.RegistriesConf, report.Files[0].Kind)
	assert.Equal(t, "2.0 MiB/s (4.0 MiB in 2 s)", pull.Transfer.String())
}

func TestUndecodedKeys(t *testing.T) {
	report := read(t, "podman-crio.log")
	var loaded []string
	for _, f := range report.Files {
		if f.Kind == trace.RegistriesConf {
			loaded = append(loaded, f.Path)
		}
	}
	assert.Equal(t, []string{
		"/etc/containers/registries.conf",
		"/etc/containers/registries.conf.d/shortnames.conf",
		"/etc/containers/registries.conf.d/zz-mirror.conf",
	}, loaded)
	assert.Equal(t, []trace.UndecodedKey{{Key: "registry.mirror.prefix", Count: 6}}, report.Files[2].Undecoded)
	found := report.Findings.WithCode("trace/undecoded-keys")
	require.Len(t, found, 1)
	assert.Contains(t, found[0].Message, "zz-mirror.conf: the key registry.mirror.prefix is not known and was ignored (6 times)")
}

func TestReportMarshalsBothWays(t *testing.T) {
	logs, err := filepath.Glob("testdata/*.log")
	require.NoError(t, err)
	require.NotEmpty(t, logs)
	for _, log := range logs {
		t.Run(filepath.Base(log), func(t *testing.T) {
			report := read(t, filepath.Base(log))
			data, err := json.MarshalIndent(report, "", "  ")
			require.NoError(t, err)
			var back trace.Report
			require.NoError(t, json.Unmarshal(data, &back))
			assert.Equal(t, *report, back)
			golden(t, strings.TrimSuffix(log, ".log")+".json", append(data, '\n'))
			golden(t, strings.TrimSuffix(log, ".log")+".txt", []byte(report.String()))
		})
	}
}

func golden(t *testing.T, path string, got []byte) {
	t.Helper()
	if *update {
		require.NoError(t, os.WriteFile(path, got, 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, string(want), string(got))
}
