package e2e_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/docker"
	"github.com/mirrorcfg/mirrorcfg/internal/e2e/engines"
	"github.com/mirrorcfg/mirrorcfg/internal/e2e/matrix"
	"github.com/mirrorcfg/mirrorcfg/internal/e2e/node"
	"github.com/mirrorcfg/mirrorcfg/internal/e2e/recorder"
)

// oddDaemonFiles are what people, editors and templates make of daemon.json.
var oddDaemonFiles = []string{
	"", " \n\t", "{}", "null", "[]", "\"x\"", "{", "{}}", "{} {}", "{\"debug\" true}",
	"{\n  // why\n  \"debug\": true\n}", "{\n  \"debug\": true,\n}", "{\"group\": \"\xff\"}", "\ufeff{}", "\xff\xfe{\x00}\x00", "\xfe\xff\x00{\x00}",
	"{“debug”: true}", `{'debug': true}`, `{"mtu": 0x10}`, `{"mtu": 1e3}`, `{"builder": {"a": [1e400]}}`,
	`{"foo": 1}`, `{"foo": {}}`, `{"foo": {"bar": 1}}`, `{"foo": {"debug": true}}`, `{"foo": {"proxies": {}}}`, `{"registry": {"registry-mirrors": ["https://m.example.com"]}}`,
	`{"x": {"bogus": 1}, "x": {}}`, `{"proxies": {"bogus": 1}, "proxies": {}}`, `{"proxies": {"http-proxy": 1}, "proxies": {}}`,
	`{"registry_mirrors": []}`, `{"Registry-Mirrors": ["https://m.example.com"]}`, `{"mirrors": []}`, `{"registry-mirorrs": []}`, `{"graph": "/x"}`,
	`{"registry-mirror": ["https://m.example.com"]}`, `{"insecure-registry": ["a"]}`, `{"http-proxy": "http://p.example.com"}`, `{"help": true}`, `{"x": {"label": "a"}}`,
	`{"feature": "x"}`, `{"add-host": "x:1.1.1.1"}`, `{"containerd-plugins-namespace": "x"}`, `{"default-init": "/x"}`,
	`{"allow-nondistributable-artifacts": ["x.example.com"]}`, `{"min-api-version": "1.44"}`, `{"api-cors-header": "*"}`, `{"bip6": ""}`, `{"ip-forward-no-drop": false}`, `{"cluster-store": "x"}`,
	`{"proxies": null}`, `{"proxies": {"http-proxy": "http://p.example.com", "no-proxy": "x"}}`, `{"proxies": {"http-proxy": 1}}`, `{"proxies": {"all-proxy": "x"}}`, `{"Proxies": {"http-proxy": "http://p.example.com"}}`,
	`{"debug": null}`, `{"debug": "true"}`, `{"debug": 1}`, `{"d\u0065bug": true, "debug": false}`, `{"mtu": 1500.0}`, `{"mtu": "1500"}`, `{"default-shm-size": 64}`, `{"default-shm-size": "64M"}`, `{"default-shm-size": null}`,
	`{"log-opts": {"max-file": 3}}`, `{"log-opts": {"max-file": "3"}}`, `{"log-opts": []}`, `{"features": {"containerd-snapshotter": "true"}}`, `{"features": {"whatever": true}}`, `{"features": []}`,
	`{"dns": ["1.1.1.1", "x"]}`, `{"ip": "nope"}`, `{"host-gateway-ip": ""}`, `{"host-gateway-ip": "1.1.1.1"}`, `{"host-gateway-ip": "1.1.1.1", "host-gateway-ips": ["1.1.1.1"]}`,
	`{"default-address-pools": [{"base": "10.0.0.0/8", "size": 24}]}`, `{"default-address-pools": ["x"]}`, `{"labels": ["a=b"]}`, `{"labels": "a=b"}`,
	`{"registry-mirrors": null}`, `{"registry-mirrors": []}`, `{"registry-mirrors": "https://m.example.com"}`, `{"registry-mirrors": ["https://m.example.com", 1]}`, `{"registry-mirrors": {}}`, `{"registry-mirrors": [null]}`,
	`{"registry-mirrors": ["https://a.example.com"], "registry-mirrors": ["https://b.example.com"]}`, `{"registry-mirrors": ["https://m.example.com", "https://m.example.com/"]}`,
	`{"registry-mirrors": ["m.example.com:5000"]}`, `{"registry-mirrors": ["m.example.com"]}`, `{"registry-mirrors": [""]}`, `{"registry-mirrors": ["ftp://m.example.com"]}`, `{"registry-mirrors": ["://m"]}`,
	`{"registry-mirrors": ["https://m.example.com/hub"]}`, `{"registry-mirrors": ["https://m.example.com/a%2fb/"]}`, `{"registry-mirrors": ["https://m.example.com?q"]}`, `{"registry-mirrors": ["https://m.example.com?"]}`,
	`{"registry-mirrors": ["https://m.example.com#f"]}`, `{"registry-mirrors": ["https://m.example.com#"]}`, `{"registry-mirrors": ["https://user@m.example.com"]}`, `{"registry-mirrors": ["http://u:p@m.example.com"]}`,
	`{"registry-mirrors": ["https://m.example.com "]}`, `{"registry-mirrors": [" https://m.example.com"]}`, `{"registry-mirrors": ["https://m.example.com:abc"]}`, `{"registry-mirrors": ["https://m.example.com:99999"]}`,
	`{"registry-mirrors": ["https://"]}`, `{"registry-mirrors": ["http:///foo"]}`, `{"registry-mirrors": ["HTTPS://M"]}`, `{"registry-mirrors": ["https://a.example.com,https://b.example.com"]}`, `{"registry-mirrors": ["https://[::1]:5000"]}`,
	`{"registry-mirrors": ["https://$MIRROR"]}`, `{"registry-mirrors": ["https://m.example.com//"]}`, `{"registry-mirrors": ["https://docker.io"]}`, `{"registry-mirrors": ["https://%41.example.com"]}`,
	`{"insecure-registries": ["10.0.0.0/8", "reg.example.com:5000"]}`, `{"insecure-registries": "a"}`, `{"insecure-registries": ["bad host"]}`, `{"insecure-registries": ["*.internal"]}`, `{"insecure-registries": ["10.0.0.0/33"]}`,
	`{"insecure-registries": ["reg.example.com:5000/"]}`, `{"insecure-registries": ["-x"]}`, `{"insecure-registries": ["reg:500000"]}`, `{"insecure-registries": ["http://reg.example.com"]}`, `{"insecure-registries": ["https://x.example.com/path"]}`,
	`{"insecure-registries": ["svn://x"]}`, `{"insecure-registries": ["docker.io"]}`, `{"insecure-registries": [""]}`, `{"insecure-registries": ["a", "a"]}`,
}

// TestDaemonFileVerdicts holds what the library says of a daemon.json against `dockerd --validate`. Where the
// library refuses what --validate lets pass, dockerd is started: --validate does not look at everything that
// keeps dockerd from starting.
func TestDaemonFileVerdicts(t *testing.T) {
	node.Each(t, func(t *testing.T, engine engines.Engine) {
		if !atLeast("23")(engine) {
			t.Skip("has no --validate")
		}
		image, err := recorder.NewImage(t.Name())
		require.NoError(t, err)
		r, err := recorder.Start(image)
		require.NoError(t, err)
		defer r.Close()
		n := node.New(t, engine, r)
		for i, content := range oddDaemonFiles {
			name := fmt.Sprintf("%d %.60q", i, content)
			ok := t.Run(name, func(t *testing.T) {
				n.Write(daemonFile, content)
				refusal := refusalOf(engine, content)
				validated := n.Run("dockerd", "--validate", "--userland-proxy=false", "--config-file", daemonFile)
				switch {
				case validated.Err == nil && refusal != nil:
					started := n.Start()
					assert.NoError(t, n.Stop())
					assert.Error(t, started, "the library refuses what dockerd starts with: %v", refusal)
				case validated.Err != nil && refusal == nil:
					t.Errorf("dockerd refuses, and the library does not: %s", validated.Output)
				}
			})
			outcome := matrix.Equal
			if !ok {
				outcome = matrix.Wrong
			}
			results.Add(row(engine, "daemon.json accepted or refused"), outcome, 0)
		}
	}, engines.Dockerd)
}

// refusalOf is why, by the library, dockerd does not take a daemon.json.
func refusalOf(engine engines.Engine, content string) error {
	file, err := docker.ParseDaemonFile(daemonFile, []byte(content))
	if err != nil {
		return err
	}
	return file.Check(engine.Version).Err()
}
