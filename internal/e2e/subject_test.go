package e2e_test

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/containerd"
	"github.com/mirrorcfg/mirrorcfg/docker"
	"github.com/mirrorcfg/mirrorcfg/internal/e2e/engines"
	"github.com/mirrorcfg/mirrorcfg/internal/e2e/node"
	"github.com/mirrorcfg/mirrorcfg/internal/e2e/recorder"
	"github.com/mirrorcfg/mirrorcfg/mirror"
	"github.com/mirrorcfg/mirrorcfg/mirror/fileset"
	"github.com/mirrorcfg/mirrorcfg/podman"
)

// library is this project's engine for an installed one, at exactly its version.
func library(engine engines.Engine) mirror.Engine {
	switch engine.Kind {
	case engines.Containerd:
		return containerd.Engine{Version: engine.Version}
	case engines.Podman:
		return podman.Engine{Tool: podman.Podman, Version: engine.Version}
	case engines.Buildah:
		return podman.Engine{Tool: podman.Buildah, Version: engine.Version}
	case engines.Skopeo:
		return podman.Engine{Tool: podman.Skopeo, Version: engine.Version}
	default:
		return docker.Engine{Version: engine.Version}
	}
}

// configurationDirs are what scenarios change and reset.
var configurationDirs = []string{"/etc/containerd", "/etc/docker", "/etc/containers", "/usr/share/containers", "/root"}

// subject is a node that goes through many scenarios, one after the other, and starts its daemon anew only
// when a file has changed that is read at the start.
type subject struct {
	*node.Node
	library    mirror.Engine
	registries *recorder.Recorder
	pristine   map[string][]byte
	started    string // digest of the files the running daemon was started with
}

// newSubject makes a node; base are files that it has from the beginning.
func newSubject(t *testing.T, engine engines.Engine, base files) *subject {
	t.Helper()
	r := stage(t)
	s := &subject{Node: node.New(t, engine, r), library: library(engine), registries: r}
	s.Write("/etc/mirrors/ca.pem", string(r.PrivateCA()))
	for name, content := range base {
		s.Write(name, content)
	}
	s.pristine = s.files(t)
	return s
}

// files are the configuration files of the node by name.
func (s *subject) files(t *testing.T) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	for _, dir := range configurationDirs {
		err := filepath.WalkDir(filepath.Join(s.Dir(), dir), func(name string, entry fs.DirEntry, err error) error {
			if err != nil || !entry.Type().IsRegular() {
				return err
			}
			data, err := os.ReadFile(name)
			files[strings.TrimPrefix(name, s.Dir())] = data
			return err
		})
		if err != nil && !os.IsNotExist(err) {
			require.NoError(t, err)
		}
	}
	return files
}

// reset makes the configuration that of the fresh node.
func (s *subject) reset(t *testing.T) {
	t.Helper()
	for name := range s.files(t) {
		if _, keep := s.pristine[name]; !keep {
			s.Remove(name)
		}
	}
	for _, dir := range []string{"/etc/containerd/certs.d", "/etc/containerd/conf.d", "/etc/docker/certs.d"} {
		s.Remove(dir)
	}
	for name, data := range s.pristine {
		if now, err := os.ReadFile(filepath.Join(s.Dir(), name)); err != nil || string(now) != string(data) {
			s.Write(name, string(data))
		}
	}
	if s.Engine.Kind == engines.Dockerd && s.started != "" {
		s.forgetMirrors(t)
	}
}

// forgetMirrors makes a running dockerd forget what it was told, which a reload without the keys does not.
func (s *subject) forgetMirrors(t *testing.T) {
	t.Helper()
	file, err := docker.ParseDaemonFile(daemonFile, s.pristine[daemonFile])
	require.NoError(t, err)
	require.NoError(t, file.ClearMirrors())
	require.NoError(t, file.ClearInsecureRegistries())
	s.Write(daemonFile, string(file.Format()))
	require.NoError(t, s.Reload())
	if data, found := s.pristine[daemonFile]; found {
		s.Write(daemonFile, string(data))
	} else {
		s.Remove(daemonFile)
	}
	s.started = "nothing that a scenario has"
}

// apply plans for the node as it is, demands changes, and makes them.
func (s *subject) apply(t *testing.T, want mirror.Config, options ...mirror.PlanOption) (mirror.Plan, *fileset.Undo) {
	t.Helper()
	plan, err := s.library.Plan(os.DirFS(s.Dir()), want, options...)
	require.NoError(t, err, "%v", plan.Diagnostics)
	require.False(t, plan.Empty(), "a plan that changes nothing shows nothing")
	undo, err := fileset.Apply(s.Dir(), plan)
	require.NoError(t, err)
	return plan, undo
}

// settle makes changed files take effect: it reloads dockerd, and stops another daemon whose start files
// changed; the next pull starts it.
func (s *subject) settle(t *testing.T) {
	t.Helper()
	if now := s.startFiles(t); now != s.started {
		if s.Engine.Kind == engines.Dockerd && s.started != "" {
			require.NoError(t, s.Reload())
			s.started = now
			return
		}
		require.NoError(t, s.Stop())
		s.started = now
	}
}

// startFiles is a digest of the files that a daemon reads when it starts.
func (s *subject) startFiles(t *testing.T) string {
	t.Helper()
	files := s.files(t)
	names := make([]string, 0, len(files))
	for name := range files {
		if strings.HasPrefix(name, "/etc/containerd/certs.d/") || strings.HasPrefix(name, "/etc/docker/certs.d/") || strings.HasPrefix(name, "/etc/containers/") {
			continue
		}
		names = append(names, name)
	}
	sort.Strings(names)
	sum := sha256.New()
	for _, name := range names {
		fmt.Fprintf(sum, "%s %d\n%s\n", name, len(files[name]), files[name])
	}
	return fmt.Sprintf("%x", sum.Sum(nil))
}

// explain is what the library predicts for a reference with the files as they are.
func (s *subject) explain(t *testing.T, reference string) mirror.Explanation {
	t.Helper()
	view, err := s.library.Read(os.DirFS(s.Dir()))
	require.NoError(t, err)
	ref, err := mirror.ParseReference(reference)
	require.NoError(t, err)
	return view.Explain(ref, mirror.OpPull)
}
