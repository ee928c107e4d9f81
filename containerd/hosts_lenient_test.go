package containerd

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// Files that are no TOML, which go-toml v1 reads all the same. The URLs are
// what containerd 1.7.35 asks for them; 2.x ignores each file.
func TestFilesThatOnlyOldReleasesRead(t *testing.T) {
	own := "https://reg.example/v2/lib/x/manifests/1"
	at := func(host string) string { return "https://" + host + "/v2/lib/x/manifests/1?ns=reg.example" }
	for file, want := range map[string][]string{
		"[host.\"https://a.example\"] skip_verify = true\n":                            {at("a.example"), own},
		"[host.\"https://a.example\"]capabilities = [\"pull\", \"resolve\"]\n":         {at("a.example"), own},
		"\"PULL\"override_path = true\n[host.\"https://a.example\"]\n":                 {at("a.example"), own},
		"[host.\"https://a.example\"]\n.capabilities = [\"pull\", \"resolve\"]\n":      {at("a.example"), own},
		"[host.\"https://a.example\"]\r[host.\"https://b.example\"]\n":                 {at("a.example"), at("b.example"), own},
		"[host.\"https://a.example\"]\n.\n":                                            {own},
		". x = 1\n[host.\"https://a.example\"]\n":                                      {own},
		"# one\rline\n[host.\"https://a.example\"]\n":                                  {at("a.example"), own},
		"[host.\"https://a.example\"]\n\"x\" capabilities = [\"pull\", \"resolve\"]\n": {own},
		"[host.\"https://a.example\"]\ncapabilities \r= [\"pull\", \"resolve\"]\n":     {own},
		"[host.\"https://a.example\"]\ncapabilities\"x\" = [\"pull\", \"resolve\"]\n":  {own},
		"[host.\"https://a.example\"]\nskip_verify = true override_path = true\n":      {own},
	} {
		fsys := node(map[string]string{certsDir + "/reg.example/hosts.toml": file})
		view, err := atCerts("1.7.35").Read(fsys)
		require.NoError(t, err)
		require.Equal(t, want, urls(explain(t, atCerts("1.7.35"), fsys, "reg.example/lib/x:1", mirror.OpPull)), "%q", file)
		require.NotEmpty(t, view.Lint().AtLeast(mirror.Warning), "%q", file)
		require.Equal(t, []string{own}, urls(explain(t, atCerts("2.4"), fsys, "reg.example/lib/x:1", mirror.OpPull)), "%q", file)
	}
}

func FuzzStrictTOML(f *testing.F) {
	for _, seed := range []string{"", "[", "\"", "'''", "a\"b", "[[host.\"x", "# \r", "a = [\r\n", "a = \"\\", "a = 1\r\nb = '''\r\n'''"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		once := strictTOML(data)
		if _, err := ParseHosts("hosts.toml", data); err == nil {
			require.Equal(t, string(data), string(once), "what is TOML stays as it is")
		}
	})
}
