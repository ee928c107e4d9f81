package containerd

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

func TestMalformedNumbers(t *testing.T) {
	const host = "[host.\"https://a.example\"]\n"
	for _, text := range []string{"server = .", "x = 1.2.3", "x = 1__2", "x = [1, ., 2]"} {
		for version, read := range map[string]bool{"2.0": true, "2.2": true, "2.3": true, "2.4": false} {
			view, err := atCerts(version).Read(certsNode(hostsOf(host + text + "\n")))
			require.NoError(t, err)
			attempts, err := mirror.Attempts(view, "alpine", mirror.OpPull)
			require.NoError(t, err)
			assert.Equal(t, read, attempts[0].Host == "a.example", "%s on %s", text, version)
			assert.NotEmpty(t, view.Lint().AtLeast(mirror.Warning), "%s on %s", text, version)
		}
	}
	// A known key takes no number.
	view, err := atCerts("2.2").Read(certsNode(hostsOf(host + "skip_verify = .\n")))
	require.NoError(t, err)
	attempts, err := mirror.Attempts(view, "alpine", mirror.OpPull)
	require.NoError(t, err)
	assert.Equal(t, "registry-1.docker.io", attempts[0].Host)
}

// containerd 1 takes host.… keys at the root and a [host] header behind them
// for one table: a key that both have makes the file invalid.
func TestHostTableAgain(t *testing.T) {
	const dotted = "host.\"https://a.example\".capabilities = [\"pull\", \"resolve\"]\n[host]\n"
	for text, read := range map[string]bool{
		dotted: true,
		dotted + "\"https://a.example\".skip_verify = true\n":        true,
		dotted + "\"https://a.example\".capabilities = [\"pull\"]\n": false,
		dotted + "\"https://a.example\" = {skip_verify = true}\n":    false,
	} {
		view, err := atCerts("1.7").Read(certsNode(hostsOf(text)))
		require.NoError(t, err)
		attempts, err := mirror.Attempts(view, "alpine", mirror.OpPull)
		require.NoError(t, err)
		assert.Equal(t, read, attempts[0].Host == "a.example", text)
	}
}

// containerd 1 knows a repeated header by its spelling alone: two spellings of
// one host are one table.
func TestHostUnderTwoSpellings(t *testing.T) {
	const text = "[host.\"https://a.example\"]\n[host.\"https://b.example\"]\n[host.'https://a.example']\nskip_verify = true\n"
	for version, want := range map[string]string{"1.6": "a.example", "1.7": "a.example", "2.0": "registry-1.docker.io", "2.4": "registry-1.docker.io"} {
		view, err := atCerts(version).Read(certsNode(hostsOf(text)))
		require.NoError(t, err)
		attempts, err := mirror.Attempts(view, "alpine", mirror.OpPull)
		require.NoError(t, err)
		assert.Equal(t, want, attempts[0].Host, version)
		if want == "a.example" {
			assert.Equal(t, mirror.TLSSkipVerify, attempts[0].TLS, version)
		}
	}
}
