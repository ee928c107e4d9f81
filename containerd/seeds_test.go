package containerd

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/mirrorcfg/mirrorcfg/mirror"
	"github.com/stretchr/testify/require"
)

// TestSeeds reads the hosts.toml samples of five published guides as they are
// written there. The golden file of each has what lint says, the requests of
// a pull, and the file rendered from what was read.
func TestSeeds(t *testing.T) {
	files, err := filepath.Glob("testdata/seeds/*.toml")
	require.NoError(t, err)
	require.Len(t, files, 24)
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			data, err := os.ReadFile(file)
			require.NoError(t, err)
			parsed, err := ParseHosts("hosts.toml", data)
			require.NoError(t, err)
			require.Equal(t, data, parsed.Format())

			namespace := seedNamespace(file)
			fsys := node(map[string]string{certsDir + "/" + namespace + "/hosts.toml": string(data)})
			for _, cert := range []string{"mirror.pem", "test-1-ca.pem", "special.pem", "client.cert", "client.key", "client.pem", "client-1.pem", "client-2.pem"} {
				fsys["etc/certs/"+cert] = &fstest.MapFile{Data: []byte("x")}
			}
			view, err := atCerts("2.4").Read(fsys)
			require.NoError(t, err)
			var out bytes.Buffer
			for _, d := range view.Lint() {
				fmt.Fprintf(&out, "%d:%d %s %s\n", d.Line, d.Column, d.Severity, d.Code)
			}
			out.WriteString("-- pull --\n")
			ref, err := mirror.ParseReference(namespace + "/a/b:1")
			require.NoError(t, err)
			e := view.Explain(ref, mirror.OpPull)
			for _, a := range e.Attempts {
				fmt.Fprintf(&out, "%s %s %s:%d\n", a.Method, a.URL, filepath.Base(a.Source.File), a.Source.Line)
			}
			for _, d := range e.Diagnostics {
				fmt.Fprintf(&out, "%s %s\n", d.Severity, d.Code)
			}
			out.WriteString("-- rendered --\n")
			rendered, ds, err := Engine{Version: "2.4"}.Render(view.Config())
			require.NoError(t, err)
			for _, f := range rendered {
				fmt.Fprintf(&out, "%s\n%s", f.Path, f.Data)
			}
			for _, d := range ds {
				fmt.Fprintf(&out, "%s %s\n", d.Severity, d.Code)
			}
			golden(t, strings.TrimSuffix(file, ".toml")+".golden", out.Bytes())

			plan, err := Engine{Version: "2.4"}.Plan(fsys, view.Config())
			if mends := view.Lint().WithCode(ruleFileIsDirectory.Code); err == nil && len(mends) == 0 {
				require.Empty(t, hostsChanges(plan), "a plan of what was read changes nothing")
			}
		})
	}
}

// seedNamespace is the registry in a seed's file name.
func seedNamespace(file string) string {
	name := strings.TrimSuffix(filepath.Base(file), ".toml")
	for _, seed := range []string{"containerd-hosts-toml.", "docker-and-containerd-daocloud."} {
		if ns, ok := strings.CutPrefix(name, seed); ok && strings.Contains(ns, ".") {
			return ns
		}
	}
	return "docker.io"
}

// The log of the guide shows whom containerd asked for these images.
func TestSeedRequestsAreThoseOfTheLog(t *testing.T) {
	for reference, want := range map[string]string{
		"registry.k8s.io/sig-storage/csi-provisioner:v3.5.0": "https://k8s.m.daocloud.io/v2/sig-storage/csi-provisioner/manifests/v3.5.0?ns=registry.k8s.io",
		"k8s.gcr.io/kube-apiserver:v1.17.3":                  "https://k8s-gcr.m.daocloud.io/v2/kube-apiserver/manifests/v1.17.3?ns=k8s.gcr.io",
	} {
		ns, _, _ := strings.Cut(reference, "/")
		data, err := os.ReadFile("testdata/seeds/containerd-hosts-toml." + ns + ".toml")
		require.NoError(t, err)
		e := explain(t, Engine{Version: "1.7", Client: Nerdctl}, node(map[string]string{certsDir + "/" + ns + "/hosts.toml": string(data)}), reference, mirror.OpPull)
		require.Equal(t, "HEAD", e.Attempts[0].Method)
		require.Equal(t, want, e.Attempts[0].URL)
	}
}

func TestSeedFaultsAreTold(t *testing.T) {
	data, err := os.ReadFile("testdata/seeds/containerd-hosts-toml.docker.io.toml")
	require.NoError(t, err)
	broken := bytes.Replace(data, []byte(`"https://docker.io"`), []byte(`"https://docker.io`), 1)
	view, err := atCerts("2.4").Read(node(map[string]string{hubFile: string(broken)}))
	require.NoError(t, err)
	found := view.Lint().WithCode("containerd/hosts-syntax")
	require.Len(t, found, 1)
	require.Equal(t, 1, found[0].Line)

	view, err = atCerts("2.4").Read(node(map[string]string{hubFile: string(data)}))
	require.NoError(t, err)
	require.Len(t, view.Lint().WithCode("containerd/docker-io-endpoint"), 1)
}
