package docker

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// A mirror is dead whatever scheme and path it is written with: recipes of old write http://hub-mirror.c.163.com.
func TestDeadMirrorBySchemeAndPath(t *testing.T) {
	for _, mirror := range []string{"https://hub-mirror.c.163.com", "https://hub-mirror.c.163.com/", "http://hub-mirror.c.163.com"} {
		assert.NotEmpty(t, linted(t, v29, list(`"`+mirror+`"`)).WithCode("docker/dead-mirror"), mirror)
	}
}
