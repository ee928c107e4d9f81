package e2e_test

import (
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/containerd"
	"github.com/mirrorcfg/mirrorcfg/docker"
	"github.com/mirrorcfg/mirrorcfg/internal/e2e/engines"
	"github.com/mirrorcfg/mirrorcfg/internal/e2e/matrix"
	"github.com/mirrorcfg/mirrorcfg/internal/e2e/node"
	"github.com/mirrorcfg/mirrorcfg/mirror"
	"github.com/mirrorcfg/mirrorcfg/mirror/fileset"
	"github.com/mirrorcfg/mirrorcfg/podman"
)

// same pulls what no registry has by tag and by digest, and an image that is there. It checks all three
// against the prediction, and the hosts against those given.
func (s *subject) same(t *testing.T, reference string, hosts ...string) {
	t.Helper()
	s.compare(t, scenario{}, pull{name: reference, tag: hosts}, noTag)
	s.compare(t, scenario{}, pull{name: reference, tag: hosts}, noDigest)
	s.serve(t, scenario{}, pull{name: reference, tag: hosts})
}

// counted runs one case that is not in a table, and counts it.
func counted(t *testing.T, engine engines.Engine, pulls int, test func()) {
	t.Helper()
	defer func() {
		outcome := matrix.Equal
		if t.Failed() {
			outcome = matrix.Wrong
		}
		results.Add(row(engine, remark(engine)), outcome, pulls)
	}()
	test()
}

// TestEditWhileRunning changes mirrors between two pulls of one daemon, doing what the plan says must be done:
// nothing for hosts.toml, a reload for daemon.json. An undo between two pulls brings the old ones back.
func TestEditWhileRunning(t *testing.T) {
	node.Each(t, func(t *testing.T, engine engines.Engine) {
		counted(t, engine, 9, func() {
			s := newSubject(t, engine, nil)
			s.apply(t, config(registry("docker.io", "http://"+plainA)))
			require.NoError(t, s.Start())
			s.same(t, alpine, plainA, hub)

			plan, undo := s.apply(t, config(registry("docker.io", "http://"+plainB, "http://"+plainC)))
			s.follow(t, plan)
			s.same(t, alpine, plainB, plainC, hub)

			require.NoError(t, undo.Restore())
			s.follow(t, plan)
			s.same(t, alpine, plainA, hub)
		})
	})
}

// follow does what a plan says must be done: nothing for files that are read at each pull, such as hosts.toml,
// and a reload for daemon.json. A restart is not among it here.
func (s *subject) follow(t *testing.T, plan mirror.Plan) {
	t.Helper()
	actions := plan.Actions
	if !slices.ContainsFunc(plan.Changes, func(c mirror.Change) bool { return c.Path == daemonFile }) {
		assert.Empty(t, actions)
		return
	}
	require.Len(t, actions, 1)
	assert.Equal(t, []string{"systemctl", "reload", "docker"}, actions[0].Command)
	require.NoError(t, s.Reload())
}

// TestMigrateBetweenPulls moves endpoint lists of config.toml to a certs.d tree: the same is asked before and
// after.
func TestMigrateBetweenPulls(t *testing.T) {
	node.Each(t, func(t *testing.T, engine engines.Engine) {
		counted(t, engine, 21, func() {
			s := newSubject(t, engine, nil)
			s.Write(configFile, registryTable(2, "")+
				mirrorsTable(2, "docker.io", `"http://`+plainA+`", "https://`+secureA+`/v2/hub"`)+
				mirrorsTable(2, "quay.io", `"http://`+plainB+`"`)+mirrorsTable(2, "*", `"http://`+plainC+`"`))
			require.NoError(t, s.Start())
			everything := func() {
				s.same(t, alpine, plainA, secureA, hub)
				s.same(t, "quay.io/team/app", plainB, quay)
				s.same(t, "ghcr.io/a/b/c", plainC, ghcr)
			}
			everything()
			plan, err := s.library.(containerd.Engine).Migrate(os.DirFS(s.Dir()))
			require.NoError(t, err, "%v", plan.Diagnostics)
			require.NotEmpty(t, plan.Changes)
			require.NotEmpty(t, plan.Actions, "config.toml is read at the start")
			undo, err := fileset.Apply(s.Dir(), plan)
			require.NoError(t, err)
			require.FileExists(t, s.Dir()+hostsFile)
			require.NoError(t, s.Stop())
			everything()
			require.NoError(t, undo.Restore())
			require.NoFileExists(t, s.Dir()+hostsFile)
			require.NoError(t, s.Stop())
			s.same(t, alpine, plainA, secureA, hub)
		})
	}, engines.Containerd)
}

// TestMigrateV1 turns the old form of registries.conf into the new one.
func TestMigrateV1(t *testing.T) {
	node.Each(t, func(t *testing.T, engine engines.Engine) {
		counted(t, engine, 6, func() {
			s := newSubject(t, engine, nil)
			s.Write(registriesFile, "[registries.search]\nregistries = ['quay.io']\n[registries.insecure]\nregistries = ['"+plainA+"']\n[registries.block]\nregistries = ['ghcr.io']\n")
			s.same(t, plainA+"/app", plainA)
			plan, err := s.library.(podman.Engine).Migrate(os.DirFS(s.Dir()))
			require.NoError(t, err, "%v", plan.Diagnostics)
			require.NotEmpty(t, plan.Changes)
			_, err = fileset.Apply(s.Dir(), plan)
			require.NoError(t, err)
			s.same(t, plainA+"/app", plainA)
			blocked := s.Pull("ghcr.io/a/b:" + noTag)
			assert.ErrorContains(t, blocked.Err, "blocked")
			assert.Empty(t, blocked.Requests)
		})
	}, engines.Podman, engines.Skopeo, engines.Buildah)
}

// TestConvert reads one engine's files and writes them for another: the same hosts are asked.
func TestConvert(t *testing.T) {
	view, err := podman.Engine{Tool: podman.Podman, Version: "5.4"}.Read(os.DirFS("testdata/convert"))
	require.NoError(t, err)
	require.NoError(t, view.Diagnostics().Err())
	written := view.Config()
	require.Len(t, written.Registries, 2)
	node.Each(t, func(t *testing.T, engine engines.Engine) {
		if engine.Kind == engines.Dockerd && !atLeast("29")(engine) {
			t.Skip("daemon.json says nothing of quay.io")
		}
		counted(t, engine, 6, func() {
			s := newSubject(t, engine, nil)
			s.apply(t, written)
			s.same(t, alpine, secureA, secureB, hub)
			s.same(t, "quay.io/team/app", privateA, quay)
			back, err := s.library.Read(os.DirFS(s.Dir()))
			require.NoError(t, err)
			assert.Equal(t, hostsPerRegistry(written), hostsPerRegistry(back.Config()))
		})
	})
}

// hostsPerRegistry are the mirrors' URLs and repositories by prefix.
func hostsPerRegistry(c mirror.Config) map[string][]string {
	all := map[string][]string{}
	for _, r := range c.Registries {
		for _, m := range r.Mirrors {
			all[r.Prefix] = append(all[r.Prefix], m.URL+" "+m.Repository)
		}
	}
	return all
}

// TestCtr pulls with ctr, which reads no config.toml, and a tree only when told.
func TestCtr(t *testing.T) {
	node.Each(t, func(t *testing.T, engine engines.Engine) {
		s := newSubject(t, engine, nil)
		s.apply(t, config(registry("docker.io", "http://"+plainA, "https://"+secureA), registry(onPort, "http://"+plainB)))
		require.NoError(t, s.Start())
		for _, test := range []struct {
			name  string
			dirs  []string
			flags []string
			ref   string
			hosts []string
		}{
			{"with --hosts-dir", []string{"/etc/containerd/certs.d"}, []string{"--hosts-dir", "/etc/containerd/certs.d"}, alpine, []string{plainA, secureA, hub}},
			{"registry with a port", []string{"/etc/containerd/certs.d"}, []string{"--hosts-dir", "/etc/containerd/certs.d"}, onPort + "/app", []string{plainB, onPort}},
			{"without --hosts-dir", nil, nil, alpine, []string{hub}},
		} {
			t.Run(test.name, func(t *testing.T) {
				view, err := containerd.Engine{Version: engine.Version, Client: containerd.Ctr, Paths: containerd.Paths{HostsDirs: test.dirs}}.Read(os.DirFS(s.Dir()))
				require.NoError(t, err)
				attempts, err := mirror.Attempts(view, test.ref+":"+noTag, mirror.OpPull)
				require.NoError(t, err)
				predicted := predictedLines(attempts)
				assert.Equal(t, test.hosts, hostsOf(predicted))
				pulled := s.Run(append(append([]string{"ctr", "images", "pull"}, test.flags...), test.ref+":"+noTag)...)
				require.Error(t, pulled.Err)
				assert.Equal(t, predicted, recordedLines(pulled.Requests, noTag), "%s", pulled.Requests)
				results.Add(row(engine, "ctr"), outcomeOf(t), 1)
			})
		}
	}, engines.Containerd)
}

func outcomeOf(t *testing.T) matrix.Outcome {
	if t.Failed() {
		return matrix.Wrong
	}
	return matrix.Equal
}

// TestReloadThatFails: dockerd keeps what it had when it reloads a file that it refuses.
func TestReloadThatFails(t *testing.T) {
	node.Each(t, func(t *testing.T, engine engines.Engine) {
		s := newSubject(t, engine, nil)
		before := `{"registry-mirrors": ["http://` + plainA + `"]}`
		s.Write(daemonFile, before)
		require.NoError(t, s.Start())
		s.same(t, alpine, plainA, hub)
		bad := []byte(`{"registry-mirrors": ["http://` + plainB + `", "ftp://` + plainC + `"]}`)
		s.Write(daemonFile, string(bad))
		file, err := docker.ParseDaemonFile(daemonFile, bad)
		require.NoError(t, err)
		assert.Error(t, file.Check(engine.Version).Err(), "the library says so before the reload")
		assert.ErrorContains(t, s.Reload(), "ftp")
		pulled := s.Pull(alpine + ":" + noTag)
		assert.Equal(t, []string{plainA, hub}, hostsOf(recordedLines(pulled.Requests, noTag)), "what held before holds still")
		s.Write(daemonFile, before)
		require.NoError(t, s.Reload())
	}, engines.Dockerd)
}
