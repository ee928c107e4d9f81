package node

import (
	"context"
	"errors"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	cri "k8s.io/cri-api/pkg/apis/runtime/v1"
)

// containerd pulls as the kubelet does: through the CRI service on containerd's socket. `ctr` can be used
// beside it with Node.Run.
type containerd struct {
	node       *Node
	daemon     daemon
	connection *grpc.ClientConn
}

// start waits for the socket. A containerd whose CRI plugin failed to load counts as started: pulls tell.
func (c *containerd) start(ctx context.Context) error {
	return c.daemon.start(ctx, c.node, func(ctx context.Context) error {
		if c.connection == nil {
			connection, err := grpc.NewClient("unix://"+c.node.root.Path("/run/containerd/containerd.sock"),
				grpc.WithTransportCredentials(insecure.NewCredentials()))
			if err != nil {
				return err
			}
			c.connection = connection
		}
		_, err := cri.NewRuntimeServiceClient(c.connection).Version(ctx, &cri.VersionRequest{}, grpc.WaitForReady(false))
		switch status.Code(err) {
		case codes.OK, codes.Unimplemented:
			return nil
		}
		c.connection.ResetConnectBackoff()
		return err
	}, "containerd", "--log-level", "debug")
}

func (c *containerd) stop() error {
	var closed error
	if c.connection != nil {
		closed, c.connection = c.connection.Close(), nil
	}
	return errors.Join(closed, c.daemon.stop())
}

func (c *containerd) reload(context.Context) error { return ErrNoReload }

func (c *containerd) pull(ctx context.Context, reference string) (string, error) {
	_, err := cri.NewImageServiceClient(c.connection).PullImage(ctx, &cri.PullImageRequest{Image: &cri.ImageSpec{Image: reference}})
	return "", err
}

func (c *containerd) forget(ctx context.Context, reference string) error {
	_, err := cri.NewImageServiceClient(c.connection).RemoveImage(ctx, &cri.RemoveImageRequest{Image: &cri.ImageSpec{Image: reference}})
	return err
}

func (c *containerd) log() string { return readLog(c.node) }
