package authfile_test

import (
	"fmt"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/mirrorcfg/mirrorcfg/podman"
	"github.com/mirrorcfg/mirrorcfg/podman/authfile"
)

func TestNames(t *testing.T) {
	for text, want := range map[string][]string{
		`{"auths": {"quay.io/team": {}, "docker.io": {"auth": "c2VjcmV0"}, "https://index.docker.io/v1/": null}}`: {"docker.io", "https://index.docker.io/v1/", "quay.io/team"},
		`{"credHelpers": {"a.test": "x"}}`: nil,
		`{"auths": {"a": []}}`:             nil,
		`{"auths": {"a": {}}`:              nil,
		``:                                 nil,
	} {
		assert.Equal(t, want, authfile.Names([]byte(text)), text)
	}
}

// A linter gives the engine the reader of logins.
func ExampleNames() {
	engine := podman.Engine{Logins: authfile.Names}
	view, err := engine.Read(os.DirFS("testdata/node"))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, d := range view.Lint().WithCode("podman/mirror-credentials") {
		fmt.Println(d.File, d.Line, d.Message)
	}
	// Output:
	// /etc/containers/registries.conf 5 there is a login for "quay.io" and none for "mirror.test"
}
