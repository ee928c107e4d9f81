package podman

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestMachine(t *testing.T) {
	mac := Machine{Version: "5.8", Home: "/Users/me", Name: "dev"}
	win := Machine{Version: "5.8", Host: Windows, Home: `C:\Users\me`}
	assert.Equal(t, "/Users/me/.config/containers", mac.HostDir())
	assert.Equal(t, `C:\Users\me\AppData\Roaming\containers`, win.HostDir())
	assert.Equal(t, "/mnt/c/Users/me/AppData/Roaming/containers", win.Inside(win.HostDir()))
	assert.Equal(t, "/Users/me/x", mac.Inside("/Users/me/x"))

	for version, want := range map[string]string{"5.8": "podman/machine-unread", "": "podman/machine-overmount", "6.0": "podman/machine-overmount"} {
		ds, err := Machine{Version: version, Home: "/Users/me"}.Check()
		require.NoError(t, err)
		require.Len(t, ds, 1)
		assert.Equal(t, want, ds[0].Code, version)
	}
	_, err := Machine{Version: "x"}.Check()
	assert.Error(t, err)

	actions, err := mac.Copy("/Users/me/my conf", "50-a.conf")
	require.NoError(t, err)
	assert.Equal(t, []string{"podman", "machine", "cp", "/Users/me/my conf", "dev:/tmp/50-a.conf"}, actions[0].Command)
	assert.Equal(t, []string{"podman", "machine", "ssh", "dev", "sudo install -D -m 0644 /tmp/50-a.conf /etc/containers/registries.conf.d/50-a.conf"}, actions[1].Command)

	actions, err = win.Link(`C:\Users\O'Hara me\registries.conf`, "999-host.conf")
	require.NoError(t, err)
	assert.Equal(t, `sudo ln -snf '/mnt/c/Users/O'\''Hara me/registries.conf' /etc/containers/registries.conf.d/999-host.conf`, actions[1].Command[4])

	assert.Equal(t, `mkdir -p ~/.config/containers && ln -snf '/Users/a b/registries.conf' ~/.config/containers/registries.conf`,
		mac.LinkUser("/Users/a b/registries.conf")[0].Command[4])

	for _, bad := range []string{"", "a/b.conf", "../a.conf", "a.txt"} {
		_, err := mac.Link("/x", bad)
		assert.Error(t, err, bad)
	}

	file, action, err := mac.Playbook("/Users/it's/registries.conf", "50-a.conf", "/tmp/p.yml")
	require.NoError(t, err)
	assert.Contains(t, string(file.Data), "src: '/Users/it''s/registries.conf'\n")
	assert.Equal(t, []string{"podman", "machine", "init", "--playbook", "/tmp/p.yml", "dev"}, action.Command)
	_, _, err = Machine{Version: "5.3"}.Playbook("/x", "50-a.conf", "/tmp/p.yml")
	assert.Error(t, err)
}

// A shell makes of a quoted word the word itself.
func TestShellQuote(t *testing.T) {
	shell, err := exec.LookPath("sh")
	if err != nil {
		t.Fatal("no POSIX shell to check against")
	}
	for _, s := range []string{"plain", "", "a b", "it's", "$HOME", "`id`", `"x"`, `a\b`, "x;y&z|<>", "~", "*"} {
		out, err := exec.Command(shell, "-c", "printf %s "+shellQuote(s)).Output()
		require.NoError(t, err)
		assert.Equal(t, s, strings.TrimSuffix(string(out), "\n"))
	}
}
