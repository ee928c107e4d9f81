package docker

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// Mirrors that never answer are asked all the same, as upstream's own lists of endpoints have them.
func TestMirrorsThatLintFindsAreAsked(t *testing.T) {
	graphdriver, store, builder26, builder24 := Engine{Version: "28.5", ImageStore: Graphdriver}, Engine{Version: "29", ImageStore: Containerd},
		Engine{Version: "26.1", ImageStore: Containerd}, Engine{Version: "24.0", ImageStore: Containerd}
	const rest, ns = "/library/alpine/manifests/3", "?ns=docker.io"
	for _, tc := range []struct {
		engine Engine
		mirror string
		want   string // of the mirror; empty where it is not asked
	}{
		{graphdriver, "https://<your_id>.mirror.aliyuncs.com", "https://<your_id>.mirror.aliyuncs.com/v2" + rest},
		{store, "https://<your_id>.mirror.aliyuncs.com", "https://<your_id>.mirror.aliyuncs.com/v2" + rest + ns},
		{builder24, "https://<your_id>.mirror.aliyuncs.com", "https://<your_id>.mirror.aliyuncs.com/v2" + rest + ns},
		{graphdriver, "https://中国.cn:5000", "https://%E4%B8%AD%E5%9B%BD.cn:5000/v2" + rest},
		{store, "https://中国.cn:5000", "https://%E4%B8%AD%E5%9B%BD.cn:5000/v2" + rest + ns},
		{builder26, "https://中国.cn:5000", "https://%E4%B8%AD%E5%9B%BD.cn:5000/v2" + rest + ns},
		{store, "https://h.example:99999", "https://h.example:99999/v2" + rest + ns},
		{graphdriver, "https://", "https:///v2" + rest},
		{store, "https://", "https://https/v2" + rest + ns},
		{builder26, "https:///x", "https://https/v2/x" + rest + ns},
		{builder24, "https://", ""},
		{store, "https://h.example/x%20y", "https://h.example/x%20y/v2" + rest + ns},
		{builder26, "https://h.example/x%20y", "https://h.example/v2/x%20y" + rest + ns},
		{store, "https://[fe80::1%25en0]:5000", ""},
		{builder24, "https://[fe80::1%25en0]:5000", ""},
	} {
		e := explain(t, tc.engine, list(`"`+tc.mirror+`"`), "alpine:3", mirror.OpPull)
		asked := ""
		if len(e.Attempts) == 2 {
			asked = e.Attempts[0].URL
		} else {
			assert.Len(t, e.Skipped, 1)
		}
		assert.Equal(t, tc.want, asked, "%s %s", tc.engine.Version, tc.mirror)
	}
}

func TestInternationalHostIsReached(t *testing.T) {
	_, ds := ValidateMirror("29", "https://中国.cn")
	assert.Equal(t, []string{"docker/mirror-idn"}, codes(ds))
	assert.Equal(t, mirror.Info, ds[0].Severity)
	_, ds = ValidateMirror("29", "https://中国.<id>.cn")
	assert.Equal(t, []string{"docker/mirror-host-name"}, codes(ds))
}

// A mirror that is listed twice is asked twice up to 24.0 (24.0.9 daemon/daemon.go RegistryHosts).
func TestBuilderAsksDuplicates(t *testing.T) {
	for version, want := range map[string]int{"20.10": 2, "24.0": 2, "25.0": 1, "28.5": 1} {
		e := explain(t, Engine{Version: version, Builder: true}, list(`"https://a", "https://a/"`), "alpine:3", mirror.OpPull)
		assert.Equal(t, want, strings.Count(strings.Join(lines(e), "\n"), "https://a/v2/library"), version)
	}
}

func TestIPv6LoopbackIsInsecureFrom28(t *testing.T) {
	for version, want := range map[string]mirror.TLSMode{"27.5": mirror.TLSVerified, "28.0": mirror.TLSSkipVerify} {
		e := explain(t, Engine{Version: version, ImageStore: Graphdriver}, list(`"https://[::1]:5000"`), "alpine:3", mirror.OpPull)
		assert.Equal(t, want, e.Attempts[0].TLS, version)
	}
}
