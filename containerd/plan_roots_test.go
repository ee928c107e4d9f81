package containerd

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// TestPlanKeepsRootsThatWork: a config_path by which pulls find what is planned
// is left alone, and nothing needs a restart.
func TestPlanKeepsRootsThatWork(t *testing.T) {
	const (
		grpc   = "version = 2\n" + grpcRegistry
		images = "version = 3\n" + imagesRegistry
		both   = "config_path = '/etc/containerd/certs.d:/etc/docker/certs.d'\n"
		turned = "config_path = '/etc/docker/certs.d:/etc/containerd/certs.d'\n"
		local  = "[plugins.'io.containerd.cri.v1.images']\nuse_local_image_pull = true\n"
		inHub  = "/etc/docker/certs.d/docker.io/hosts.toml"
		hosts  = "[host.'https://old.example']\n"
	)
	tests := []struct {
		name, version, config string
		beside                string // another file
		own                   mirror.Ownership
		prefix                string
		rewritten             bool
	}{
		{name: "1.7", version: "1.7", config: grpc + both, beside: inHub},
		{name: "2.0", version: "2.0", config: images + both, beside: inHub},
		{name: "the plugin's own pull", version: "2.4", config: images + both + local, beside: inHub},
		{name: "the default, by the plugin's own pull", version: "2.4", config: "version = 3\n" + local, beside: inHub},
		{name: "a slash at the end", version: "1.7", config: grpc + "config_path = '/etc/containerd/certs.d/'\n"},
		{name: "the second root", version: "1.7", config: grpc + turned, beside: "/etc/docker/certs.d/other.example/hosts.toml"},
		{name: "a root before that is not there", version: "1.7", config: grpc + turned},
		{name: "hidden by the first root", version: "1.7", config: grpc + turned, beside: inHub, rewritten: true},
		{name: "hidden by the first root's default", version: "1.7", config: grpc + turned, beside: "/etc/docker/certs.d/_default/hosts.toml", rewritten: true},
		{name: "1.6.0 has no default directory", version: "1.6.0", config: grpc + turned, beside: "/etc/docker/certs.d/_default/hosts.toml"},
		{name: "exclusive", version: "1.7", config: grpc + both, beside: inHub, own: mirror.Exclusive, rewritten: true},
		{name: "every registry", version: "1.7", config: grpc + both, beside: inHub, prefix: "*", rewritten: true},
		{name: "other roots alone", version: "1.7", config: grpc + "config_path = '/a:/b'\n", rewritten: true},
		{name: "the transfer service", version: "2.4", config: images + both, beside: inHub, rewritten: true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			files := map[string]string{configName: tt.config}
			if tt.beside != "" {
				files[tt.beside[1:]] = hosts
			}
			want, e := hub(at("https://m.example")), Engine{Version: tt.version}
			if tt.prefix != "" {
				want.Registries[0].Prefix = tt.prefix
			}
			before := configNode(files)
			plan, err := e.Plan(before, want, mirror.Own(tt.own))
			require.NoError(t, err)
			rewritten := slices.ContainsFunc(plan.Changes, func(c mirror.Change) bool { return c.Path == "/"+configName })
			require.Equal(t, tt.rewritten, rewritten)
			require.Equal(t, tt.rewritten, len(plan.Actions) > 0)
			after := applied(before, plan)
			require.Contains(t, attemptsOf(t, e, after, "docker.io/library/alpine")[0], "https://m.example/")
			if !tt.rewritten {
				require.Equal(t, attemptsOf(t, e, before, "other.example/a"), attemptsOf(t, e, after, "other.example/a"))
			}
		})
	}
}
