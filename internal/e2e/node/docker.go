package node

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"time"

	"github.com/distribution/reference"
)

// dockerd is driven through its API on the usual socket. Which image store it uses is up to its version and
// its daemon.json.
type dockerd struct {
	node   *Node
	daemon daemon
	client *http.Client
}

func newDockerd(n *Node) *dockerd {
	socket := n.root.Path("/run/docker.sock")
	return &dockerd{node: n, client: &http.Client{Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "unix", socket)
		},
	}}}
}

func (d *dockerd) start(ctx context.Context) error {
	return d.daemon.start(ctx, d.node, func(ctx context.Context) error {
		_, err := d.call(ctx, http.MethodGet, "/_ping", nil)
		return err
	}, "dockerd", "--iptables=false", "--ip6tables=false", "--bridge=none", "--debug")
}

func (d *dockerd) stop() error { return d.daemon.stop() }

// reload sends SIGHUP and waits for the line by which dockerd says what became of it.
func (d *dockerd) reload(ctx context.Context) error {
	before := len(d.log())
	if err := d.daemon.signal(syscall.SIGHUP); err != nil {
		return err
	}
	for {
		for line := range strings.Lines(d.log()[before:]) {
			if strings.Contains(line, "Error reconfiguring") || strings.Contains(line, "Error reloading configuration") { // until, and since, 28
				return errors.New(strings.TrimSpace(line))
			}
			if strings.Contains(line, "Reloaded configuration") {
				return nil
			}
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("reload: %w", ctx.Err())
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func (d *dockerd) pull(ctx context.Context, name string) (string, error) {
	named, err := reference.ParseNormalizedNamed(name)
	if err != nil {
		return "", err
	}
	query := url.Values{"fromImage": {reference.FamiliarName(named)}}
	switch full := reference.TagNameOnly(named).(type) {
	case reference.Digested:
		query.Set("tag", full.Digest().String())
	case reference.Tagged:
		query.Set("tag", full.Tag())
	}
	progress, err := d.call(ctx, http.MethodPost, "/images/create", query)
	if err != nil {
		return progress, err
	}
	for decoder := json.NewDecoder(strings.NewReader(progress)); ; {
		var message struct{ Error string }
		if err := decoder.Decode(&message); errors.Is(err, io.EOF) {
			return progress, nil
		} else if err != nil {
			return progress, err
		}
		if message.Error != "" {
			return progress, errors.New(message.Error)
		}
	}
}

func (d *dockerd) forget(ctx context.Context, name string) error {
	named, err := reference.ParseNormalizedNamed(name)
	if err != nil {
		return err
	}
	_, err = d.call(ctx, http.MethodDelete, "/images/"+reference.FamiliarString(named), url.Values{"force": {"1"}})
	return err
}

func (d *dockerd) log() string { return readLog(d.node) }

func (d *dockerd) call(ctx context.Context, method, path string, query url.Values) (string, error) {
	request, err := http.NewRequestWithContext(ctx, method, "http://docker"+path+"?"+query.Encode(), nil)
	if err != nil {
		return "", err
	}
	response, err := d.client.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode >= 300 {
		err = fmt.Errorf("%s %s: %s: %s", method, path, response.Status, body)
	}
	return string(body), err
}
