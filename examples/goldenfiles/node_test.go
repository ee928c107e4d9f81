package goldenfiles_test

import (
	"flag"
	"io/fs"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/containerd"
	"github.com/mirrorcfg/mirrorcfg/examples/goldenfiles"
	"github.com/mirrorcfg/mirrorcfg/mirror"
	"github.com/mirrorcfg/mirrorcfg/mirror/mirrortest"
)

// go test ./goldenfiles -update writes the golden files anew; look at the
// difference before it is committed.
var _ = flag.Bool("update", false, "write the golden files anew")

var fresh = fstest.MapFS{}

// lived is a machine that others have configured.
var lived = fstest.MapFS{
	"etc/containerd/config.toml": {Mode: 0o644, Data: []byte(`version = 3

[plugins.'io.containerd.cri.v1.images']
  snapshotter = 'overlayfs' # ours

[plugins.'io.containerd.cri.v1.images'.registry]
  config_path = '/etc/containerd/certs.d'
`)},
	"etc/containerd/certs.d/quay.io/hosts.toml": {Mode: 0o644, Data: []byte(`# by hand, 2021
server = "https://quay.io"

[host."https://old.example"]
  capabilities = ["pull"] # retired?
`)},
	"etc/containers/registries.conf": {Mode: 0o644, Data: []byte(`# See man 5 containers-registries.conf
unqualified-search-registries = ["registry.fedoraproject.org"]

[[registry]]
location = "lab.example:5000" # the lab's
insecure = true
`)},
}

func TestProvision(t *testing.T) {
	for _, tt := range []struct {
		golden string
		node   fs.FS
		site   goldenfiles.Site
	}{
		{"fresh", fresh, goldenfiles.Site{Harbor: "harbor.berlin.example"}},
		{"lived", lived, goldenfiles.Site{Harbor: "harbor.berlin.example"}},
		{"offline", fresh, goldenfiles.Site{Harbor: "harbor.ship.example", Offline: true}},
		{"token", fresh, goldenfiles.Site{Harbor: "harbor.berlin.example", Token: mirror.NewSecret("Basic c2VjcmV0")}},
	} {
		t.Run(tt.golden, func(t *testing.T) {
			plan, err := goldenfiles.Provision(tt.node, tt.site)
			require.NoError(t, err)
			mirrortest.Plan(t, "testdata/"+tt.golden+".txtar", plan)
		})
	}
}

func TestWorkstation(t *testing.T) {
	plan, err := goldenfiles.Workstation(lived)
	require.NoError(t, err)
	mirrortest.Plan(t, "testdata/workstation.txtar", plan)
}

// A golden file says what is written; this says what it is for.
func TestShipsNeverAskTheInternet(t *testing.T) {
	plan, err := goldenfiles.Provision(fresh, goldenfiles.Site{Harbor: "harbor.ship.example", Offline: true})
	require.NoError(t, err)
	node := fstest.MapFS{}
	for _, f := range plan.Files() {
		node[f.Path[1:]] = &fstest.MapFile{Data: f.Data, Mode: f.Mode}
	}
	view, err := containerd.Engine{Version: "2.4"}.Read(node)
	require.NoError(t, err)
	for _, image := range []string{"alpine:3.20", "quay.io/team/app:1", "registry.k8s.io/pause:3.10"} {
		attempts, err := mirror.Attempts(view, image, mirror.OpPull)
		require.NoError(t, err)
		require.NotEmpty(t, attempts, image)
		for _, a := range attempts {
			assert.Equal(t, "harbor.ship.example", a.Host, "%s asks %s", image, a.URL)
		}
	}
}
