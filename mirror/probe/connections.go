package probe

import (
	"errors"
	"io"
	"net"
	"sync"
	"sync/atomic"
)

// connections are all that a session opened. Closing them ends every
// goroutine that net/http keeps for them.
type connections struct {
	mu     sync.Mutex
	open   []*clientFirst
	closed bool
}

func (c *connections) add(conn net.Conn) (net.Conn, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		_ = conn.Close()
		return nil, net.ErrClosed
	}
	gated := &clientFirst{Conn: conn, spoken: make(chan struct{})}
	c.open = append(c.open, gated)
	return gated, nil
}

func (c *connections) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
	for _, conn := range c.open {
		_ = conn.Close()
	}
	c.open = nil
}

// ended reports whether the server has closed its side of the connection that
// was opened last. net/http calls an answer malformed that ends in the middle
// of a header.
func (c *connections) ended() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.open) > 0 && c.open[len(c.open)-1].ended.Load()
}

// clientFirst reads nothing until something was written. A server that speaks
// first (SSH, SMTP) would make net/http write to the standard log, and end the
// request with an error that depends on which side was faster.
type clientFirst struct {
	net.Conn
	once   sync.Once
	spoken chan struct{}
	ended  atomic.Bool // the server has closed its side
}

func (c *clientFirst) Read(p []byte) (int, error) {
	<-c.spoken
	n, err := c.Conn.Read(p)
	if errors.Is(err, io.EOF) {
		c.ended.Store(true)
	}
	return n, err
}

func (c *clientFirst) Write(p []byte) (int, error) {
	c.once.Do(func() { close(c.spoken) })
	return c.Conn.Write(p)
}

// Close lets a reader that still waits find the connection closed.
func (c *clientFirst) Close() error {
	err := c.Conn.Close()
	c.once.Do(func() { close(c.spoken) })
	return err
}
