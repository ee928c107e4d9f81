package verify

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/docker"
	"github.com/mirrorcfg/mirrorcfg/mirror/verify/internal/oracle"
	"github.com/mirrorcfg/mirrorcfg/mirror/verify/internal/tables"
	"github.com/mirrorcfg/mirrorcfg/mirror/verify/internal/upstream"
)

func TestOlderDockerTables(t *testing.T) {
	stores := map[upstream.DockerStore]docker.ImageStore{upstream.ContainerdStore: docker.Containerd, upstream.GraphDriver: docker.Graphdriver}
	for table, version := range map[string]string{
		"20": "20.10", "23": "23.0", "24.0.7": "24.0.7", "24": "24.0", "25": "25.0", "26": "26.1", "27": "27.5", "28": "28.5",
	} {
		t.Run(version, func(t *testing.T) {
			for _, c := range tables.Docker() {
				checkTable(t, docker.Engine{Version: version, ImageStore: stores[c.Store]}, table, []tables.Case{c})
			}
		})
	}
}

func TestDockerProgram(t *testing.T) {
	for name, want := range map[string]string{
		"20.10": "20", "20.10.24": "20", "23.0.1": "23", "24.0": "24", "24.0.7": "24.0.7", "24.0.0": "24.0.7", "24.0.8": "24",
		"25.0": "25", "26.0.2": "26", "27.3": "27", "28.0.1": "28", "29": "29", "29.7.2": "29", "30.1": "29",
	} {
		program, _, err := dockerProgram("docker@" + name)
		require.NoError(t, err, name)
		wanted, ok := oracle.Docker(want)
		require.True(t, ok, want)
		assert.Equal(t, wanted, program, name)
	}
	for _, name := range []string{"19.03", "20.04", "21.0", "17.06.2", "x"} {
		_, _, err := dockerProgram("docker@" + name)
		assert.ErrorContains(t, err, "no parser for docker@"+name)
	}
}
