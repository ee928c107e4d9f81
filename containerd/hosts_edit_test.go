package containerd

import (
	"testing"

	"github.com/mirrorcfg/mirrorcfg/mirror"
	"github.com/stretchr/testify/require"
)

func TestEditVerbs(t *testing.T) {
	const two = "# head\n\n[host.\"https://a\"] # a\n  ca = 'x.pem'\n\n[host.\"https://b\"]\n  skip_verify = true\n  [host.\"https://b\".header]\n    k = \"v\"\n"
	for _, c := range []struct {
		name, file, want string
		edit             func(*HostsFile) error
	}{
		{"server behind the file's comment", two, "# head\n\nserver = \"https://u\"\n\n[host.\"https://a\"] # a\n  ca = 'x.pem'\n\n[host.\"https://b\"]\n  skip_verify = true\n  [host.\"https://b\".header]\n    k = \"v\"\n",
			func(f *HostsFile) error { return f.SetServer("https://u") }},
		{"server of an empty file", "", "server = \"https://u\"\n", func(f *HostsFile) error { return f.SetServer("https://u") }},
		{"server goes", "server = \"x\" # c\nca = \"y\"\n", "ca = \"y\"\n", func(f *HostsFile) error { return f.SetServer("") }},
		{"server changes", "server = 'x' # c\n", "server = 'https://u' # c\n", func(f *HostsFile) error { return f.SetServer("https://u") }},
		{"a key is set", two, "# head\n\n[host.\"https://a\"] # a\n  ca = 'x.pem'\n  override_path = true\n\n[host.\"https://b\"]\n  skip_verify = true\n  [host.\"https://b\".header]\n    k = \"v\"\n",
			func(f *HostsFile) error {
				return f.UpdateHost("https://a", Settings{CA: []string{"x.pem"}, OverridePath: mirror.On})
			}},
		{"keys are cleared", two, "# head\n\n[host.\"https://a\"] # a\n  ca = 'x.pem'\n\n[host.\"https://b\"]\n", func(f *HostsFile) error { return f.UpdateHost("https://b", Settings{}) }},
		{"a header value changes", two, "# head\n\n[host.\"https://a\"] # a\n  ca = 'x.pem'\n\n[host.\"https://b\"]\n  skip_verify = true\n  [host.\"https://b\".header]\n    k = \"w\"\n",
			func(f *HostsFile) error {
				return f.UpdateHost("https://b", Settings{SkipVerify: mirror.On, Header: []mirror.Header{{Name: "k", Values: secrets("w")}}})
			}},
		{"a host goes", two, "# head\n\n[host.\"https://a\"] # a\n  ca = 'x.pem'\n", func(f *HostsFile) error { return f.DropHost("https://b") }},
		{"a host moves", two, "# head\n\n[host.\"https://b\"]\n  skip_verify = true\n  [host.\"https://b\".header]\n    k = \"v\"\n\n[host.\"https://a\"] # a\n  ca = 'x.pem'\n", func(f *HostsFile) error { return f.MoveHost("https://b", 0) }},
		{"a host comes last", "[host.\"https://a\"]\n", "[host.\"https://a\"]\n\n[host.\"https://c\"]\ncapabilities = [\"pull\"]\n", func(f *HostsFile) error {
			return f.AddHost(Host{URL: "https://c", Settings: Settings{Capabilities: []string{"pull"}}})
		}},
		{"a host comes among inline ones", "host = { \"https://a\" = { ca = \"x\" } }\n", "host = { \"https://c\" = { header = { k = \"v\" } }, \"https://a\" = { ca = \"x\" } }\n", func(f *HostsFile) error {
			return f.InsertHost(0, Host{URL: "https://c", Settings: Settings{Header: []mirror.Header{{Name: "k", Values: secrets("v")}}}})
		}},
		{"a host comes behind dotted ones", "host.\"https://a\".ca = \"x\"\n", "host.\"https://a\".ca = \"x\"\nhost.\"https://c\" = { capabilities = [\"pull\"] }\n", func(f *HostsFile) error {
			return f.AddHost(Host{URL: "https://c", Settings: Settings{Capabilities: []string{"pull"}}})
		}},
		{"root keys", "server = \"x\"\n[host.\"https://a\"]\n", "server = \"x\"\nskip_verify = false\n[host.\"https://a\"]\n", func(f *HostsFile) error { return f.UpdateRoot(Settings{SkipVerify: mirror.Off}) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, err := ParseHosts("hosts.toml", []byte(c.file))
			require.NoError(t, err)
			require.NoError(t, c.edit(f))
			require.Equal(t, c.want, string(f.Format()))
		})
	}
	f, err := ParseHosts("hosts.toml", []byte(two))
	require.NoError(t, err)
	require.ErrorIs(t, f.DropHost("https://z"), ErrNoHost)
	require.ErrorIs(t, f.MoveHost("https://z", 0), ErrNoHost)
	require.ErrorIs(t, f.UpdateHost("https://z", Settings{}), ErrNoHost)
	require.Error(t, f.AddHost(Host{URL: "https://a"}))
	require.Error(t, f.AddHost(Host{URL: "\xff"}))
	require.Equal(t, two, string(f.Format()), "an edit that fails changes nothing")
}
