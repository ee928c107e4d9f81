package containerd

import (
	"fmt"
	"testing"

	"github.com/mirrorcfg/mirrorcfg/mirror"
	"github.com/stretchr/testify/require"
)

func secrets(values ...string) []mirror.Secret {
	var out []mirror.Secret
	for _, v := range values {
		out = append(out, mirror.NewSecret(v))
	}
	return out
}

func ptr[T any](v T) *T { return &v }

// everyKey is a value that sets all there is.
func everyKey() Hosts {
	return Hosts{
		Server: "https://registry-1.docker.io",
		Settings: Settings{
			Capabilities: []string{"pull"}, CA: []string{"up.pem"}, SkipVerify: mirror.Off,
			Header: []mirror.Header{{Name: "X-Root", Values: secrets("r")}}, OverridePath: mirror.Off, DialTimeout: "5s",
		},
		Hosts: []Host{
			{URL: "https://a.example", Settings: Settings{
				Capabilities: []string{}, CA: []string{"/a.pem", "b.pem"},
				Client:     []ClientCert{{Cert: "both.pem"}, {Cert: "c.cert", Key: ptr("c.key")}},
				SkipVerify: mirror.On, Header: []mirror.Header{{Name: "Authorization", Values: secrets("Basic eA==")}, {Name: "x two", Values: secrets("1", "2")}},
			}},
			{URL: "http://b.example:5000/v2/hub", Settings: Settings{OverridePath: mirror.On, Client: []ClientCert{{Cert: "one.pem"}}, CA: []string{}}},
			{URL: "https://c.example"},
			{URL: "https://[::1]:5000", Settings: Settings{Client: []ClientCert{}, Header: []mirror.Header{}}},
		},
	}
}

func TestMarshalHostsWritesEveryKey(t *testing.T) {
	out, err := MarshalHosts(everyKey())
	require.NoError(t, err)
	require.Equal(t, `server = "https://registry-1.docker.io"
capabilities = ["pull"]
ca = "up.pem"
skip_verify = false
override_path = false
dial_timeout = "5s"
[header]
X-Root = "r"

[host."https://a.example"]
  capabilities = []
  ca = ["/a.pem", "b.pem"]
  client = ["both.pem", ["c.cert", "c.key"]]
  skip_verify = true
  [host."https://a.example".header]
    Authorization = "Basic eA=="
    "x two" = ["1", "2"]

[host."http://b.example:5000/v2/hub"]
  ca = []
  client = "one.pem"
  override_path = true

[host."https://c.example"]

[host."https://[::1]:5000"]
  client = []
  [host."https://[::1]:5000".header]
`, string(out))
	back, err := UnmarshalHosts(out)
	require.NoError(t, err)
	require.Equal(t, everyKey(), back)
}

func TestMarshalHostsEscapes(t *testing.T) {
	for _, s := range []string{"\"]\n[host.\"evil", "a\\", "\x00\x1f\x7f", "ü\u2028", "'''", "\r\n", "#", "{{.}}"} {
		h := Hosts{Server: s, Hosts: []Host{{URL: s, Settings: Settings{CA: []string{s}, Capabilities: []string{s},
			Client: []ClientCert{{Cert: s, Key: &s}}, Header: []mirror.Header{{Name: s, Values: secrets(s)}}, DialTimeout: s}}}}
		out, err := MarshalHosts(h)
		require.NoError(t, err)
		back, err := UnmarshalHosts(out)
		require.NoError(t, err, "%s", out)
		require.Equal(t, h, back)
	}
}

func TestMarshalHostsRefuses(t *testing.T) {
	for name, h := range map[string]Hosts{
		"host twice":   {Hosts: []Host{{URL: "a"}, {URL: "a"}}},
		"header twice": {Settings: Settings{Header: []mirror.Header{{Name: "a"}, {Name: "a"}}}},
		"not UTF-8":    {Server: "\xff"},
		"secret not UTF-8": {Hosts: []Host{{URL: "a", Settings: Settings{Header: []mirror.Header{
			{Name: "a", Values: secrets("hunter2\xff")}}}}}},
	} {
		t.Run(name, func(t *testing.T) {
			out, err := AppendHosts([]byte("kept"), h)
			require.Error(t, err)
			require.NotContains(t, err.Error(), "hunter2")
			require.Equal(t, "kept", string(out))
		})
	}
	many := Hosts{}
	for i := range 40 {
		many.Hosts = append(many.Hosts, Host{URL: fmt.Sprint("https://h", i%39)})
	}
	_, err := MarshalHosts(many)
	require.ErrorContains(t, err, "https://h0")
}
