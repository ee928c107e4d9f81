package cimage5

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The two libraries are one code base under two names, and so are their
// wrappers: this one is written from the other with
//
//	go generate ./internal/cimage5
func TestSameAsPodmanio5(t *testing.T) {
	for _, name := range []string{"explain.go", "explain_test.go"} {
		theirs, err := os.ReadFile("../podmanio5/" + name)
		require.NoError(t, err)
		ours, err := os.ReadFile(name)
		require.NoError(t, err)
		want := strings.NewReplacer(
			"package podmanio5", "package cimage5",
			"Package podmanio5 asks go.podman.io/image, the library of Podman 6,", "Package cimage5 asks containers/image, the library of Podman 5,",
			"\t\"go.podman.io/image/v5", "\t\"github.com/containers/image/v5",
			`const module = "go.podman.io`, `const module = "github.com/containers`,
		).Replace(string(theirs))
		assert.Equal(t, want, string(ours), name)
	}
}
