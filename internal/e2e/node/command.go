package node

import (
	"context"
	"os"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/internal/e2e/engines"
)

// command is an engine without a daemon: skopeo, podman, buildah. Each reads its files at each pull.
type command struct {
	node   *Node
	output strings.Builder
}

func (c *command) start(context.Context) error  { return nil }
func (c *command) stop() error                  { return nil }
func (c *command) reload(context.Context) error { return ErrNoReload }
func (c *command) log() string                  { return c.output.String() }

// skopeoTarget is where skopeo, which has no store of its own, puts the image it copies.
const skopeoTarget = "/tmp/image"

func (c *command) pull(ctx context.Context, reference string) (string, error) {
	switch c.node.Engine.Kind {
	case engines.Skopeo:
		return c.run(ctx, "copy", "docker://"+reference, "dir:"+skopeoTarget)
	default:
		return c.run(ctx, "pull", reference)
	}
}

func (c *command) forget(ctx context.Context, reference string) error {
	if c.node.Engine.Kind == engines.Skopeo {
		return os.RemoveAll(c.node.root.Path(skopeoTarget))
	}
	_, err := c.run(ctx, "rmi", "--force", reference)
	return err
}

func (c *command) run(ctx context.Context, arguments ...string) (string, error) {
	all := append([]string{string(c.node.Engine.Kind), "--log-level=debug"}, c.node.Flags...)
	if c.node.Engine.Kind == engines.Skopeo {
		all = append([]string{string(c.node.Engine.Kind), "--debug"}, c.node.Flags...)
	}
	output, err := c.node.run(ctx, append(all, arguments...)...)
	c.output.WriteString(output)
	return output, err
}
