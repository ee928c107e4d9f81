package containerd

import (
	"strings"
	"testing"

	"github.com/mirrorcfg/mirrorcfg/mirror"
	"github.com/stretchr/testify/require"
)

// oddFiles are the forms that containerd's versions read differently.
var oddFiles = []string{
	"", "# only a comment\n", "\ufeffserver = \"https://a\"\n",
	"server = \"https://registry-1.docker.io\"\r\n\r\n[host.\"https://a\"]\r\n\tcapabilities = [\"pull\",]\r\n",
	"[host.\"http://[fd00::1]:5000\"]\n", "[host]\n  \"http://[fd00::1]:5000\".capabilities = [\"pull\"]\n",
	"host.\"https://a\".capabilities = [\"pull\"]\n", "[host]\n\"https://a\" = { ca = \"x\" }\n\"https://b\" = {}\n", "host = {\"https://a\" = {}}\n",
	"[host.\"a\"]\n[host.\"b\"]\n[host.\"a\".header]\nx = \"1\"\n", "[host.\"a\".header]\n[host.b]\n[host.\"a\"]\n",
	"[host.\"a\"]\n[host.\"a\"]\n", "[host.\"a\".host.\"b\"]\n", "[host.mirror.local]\n", "[host.\"\"]\n", "[[host.a]]\n[[host.b]]\n", "[host]\na = 1\nb = 2\n",
	"[Host.\"x\"]\n[host.'https://a']\nCAPABILITIES = ['pull']\n", "[host.\"https://\\u0061\"]\n", "server = 5\n[host]\n",
	"[host.\"a\"]\nclient = [\"x\", [\"c\", \"\"], [\"c\"], 5]\nca = \"\"\nheader.x = 'y'\n", "[hosts.\"a\"]\ncapability = [\"pull\"]\n",
	"[host.\"a\"]\ncapabilities = [\"pul\", \"referrers\"]\ndial_timeout = \"5\"\nserver = \"x\"\n", "server = \"HTTP://up.io\"\n[host.\"httpd.local:5000\"]\n[host.\"ftp://u:p@x/?q#f\"]\n",
	"a = " + strings.Repeat("[", 2000) + strings.Repeat("]", 2000) + "\n", "a" + strings.Repeat(".a", 2000) + " = 1\n", "server = \"https://docker.io\n",
	"[host.\"a\"] # c\n  header = { \"x\" = [\"1\", \"2\"] }\n", "[host.\"\".header]\nx = \"1\"\n", "host.\"a\".ca = \"x\"\n[host]\nb = 1\n", "[host.\"https://u:p@a@b/x\"]\nq = 1\n", "\x00", "[host", "host.a = 1\n[host.b]\n",
}

func FuzzParseHosts(f *testing.F) {
	for _, s := range oddFiles {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := ParseHosts("/etc/containerd/certs.d/x/hosts.toml", data)
		if err != nil {
			d, ok := err.(mirror.Diagnostic)
			require.True(t, ok)
			require.NotZero(t, d.Line)
			return
		}
		require.Equal(t, string(data), string(file.Format()))
		for _, v := range []string{"1.6.10", "1.7.31", "1.7", "2.0", "2.4"} {
			endpoints, ok, err := file.Endpoints(v)
			require.NoError(t, err)
			require.Equal(t, ok, len(endpoints) > 0)
			ds, err := file.Check(v)
			require.NoError(t, err)
			if !ok && len(data) > 0 {
				require.Error(t, ds.Err(), "a file that is refused is reported")
			}
		}
		// What can be written again says the same.
		h := file.Hosts()
		out, err := MarshalHosts(h)
		if err != nil {
			return
		}
		back, err := UnmarshalHosts(out)
		require.NoError(t, err)
		require.Equal(t, h, back)
	})
}

func FuzzMarshalHosts(f *testing.F) {
	f.Add("https://up", "https://a", "https://b", "pull", "ca.pem", "key", "x-h", "v", uint8(5))
	f.Add("", "http://[::1]:5000", "\"]\n", "\x00", "", "", "", "\\", uint8(0xff))
	f.Fuzz(func(t *testing.T, server, a, b, capability, cert, key, name, value string, bits uint8) {
		s := Settings{SkipVerify: mirror.Toggle(bits & 3 % 3), OverridePath: mirror.Toggle(bits >> 2 & 3 % 3), DialTimeout: value}
		if bits&16 != 0 {
			s.Capabilities = []string{capability}
			s.CA = []string{cert, key}
		}
		if bits&32 != 0 {
			s.Client = []ClientCert{{Cert: cert}, {Cert: cert, Key: &key}}
		}
		if bits&64 != 0 {
			s.Header = []mirror.Header{{Name: name, Values: secrets(value, capability)}, {Name: name + "2", Values: secrets(value)}}
		}
		h := Hosts{Server: server, Settings: s, Hosts: []Host{{URL: a, Settings: s.Clone()}, {URL: b}}}
		out, err := MarshalHosts(h)
		if err != nil {
			return
		}
		back, err := UnmarshalHosts(out)
		require.NoError(t, err, "%s", out)
		require.Equal(t, h, back)
		file, err := ParseHosts("hosts.toml", out)
		require.NoError(t, err)
		require.Empty(t, file.doc.Faults())
	})
}
