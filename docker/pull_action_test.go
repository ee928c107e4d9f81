package docker

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestPullAction(t *testing.T) {
	assert.Equal(t, []string{"docker", "pull", "alpine:3.20"}, Engine{}.PullAction("alpine:3.20").Command)
}
