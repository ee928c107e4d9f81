package corpus

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/containerd"
	"github.com/mirrorcfg/mirrorcfg/mirror"
	"github.com/mirrorcfg/mirrorcfg/mirror/fileset"
	"github.com/mirrorcfg/mirrorcfg/podman"
)

const hub = "docker.io"

// one is what most nodes want.
func one() mirror.Config {
	return mirror.Config{Registries: []mirror.Registry{{Prefix: hub, Mirrors: []mirror.Endpoint{
		{URL: "https://new.mirror.example", Capabilities: mirror.Pull | mirror.Resolve},
	}}}}
}

// several has an order of mirrors, one for digests alone, a repository
// prefix, and a registry with a port.
func several() mirror.Config {
	both := mirror.Pull | mirror.Resolve
	return mirror.Config{Registries: []mirror.Registry{
		{Prefix: hub, Mirrors: []mirror.Endpoint{
			{URL: "https://z.mirror.example", Capabilities: both},
			{URL: "https://digests.mirror.example", Capabilities: mirror.Pull},
			{URL: "https://a.mirror.example", Capabilities: both},
		}},
		{Prefix: "quay.io", Mirrors: []mirror.Endpoint{{URL: "https://harbor.corp.example", Repository: "quay", Capabilities: both}}},
		{Prefix: "reg.corp.example:5000", Mirrors: []mirror.Endpoint{{URL: "https://cache.corp.example", Capabilities: both}}},
	}}
}

// accepted takes on every loss: what is lost is not the question here.
func accepted() mirror.PlanOption {
	var codes []string
	for _, r := range mirror.LossRules() {
		codes = append(codes, r.Code)
	}
	return mirror.Accept(codes...)
}

// applied are the files after a plan.
func applied(files mirror.Files, plan mirror.Plan) mirror.Files {
	out := slices.DeleteFunc(slices.Clone(files), func(f mirror.File) bool {
		return slices.ContainsFunc(plan.Changes, func(c mirror.Change) bool { return c.Path == f.Path })
	})
	for _, c := range plan.Changes {
		if c.Kind != mirror.Delete {
			out = append(out, mirror.File{Path: c.Path, Mode: 0o644, Data: c.After})
		}
	}
	out.Sort()
	return out
}

// allowed are the values that a plan for registries may change in a file.
func allowed(k kind, name string) (kind, []string) {
	switch {
	case strings.HasSuffix(name, "hosts.toml"):
		return hostsKind, []string{"/server", "/host/", "/capabilities", "/ca", "/client", "/skip_verify", "/override_path", "/header", "/dial_timeout"}
	case strings.HasSuffix(name, ".json"):
		return daemonKind, []string{"/registry-mirrors", "/insecure-registries"}
	case k == registriesKind || k == registriesD:
		return k, []string{"/registry[", "/registries/", "/unqualified-search-registries"} // the old form is brought up to date
	}
	var paths []string
	for _, key := range []containerd.PluginKey{containerd.KeyImages, containerd.KeyGRPC, containerd.KeyCRI} {
		below := "/plugins/" + key.String() + "/registry/"
		paths = append(paths, below+"config_path", below+"mirrors", below+"configs/*/tls")
	}
	return configKind, paths
}

// outside checks what a plan left alone: values, and comments that do not
// stand at anything that went.
func outside(t *testing.T, k kind, plan mirror.Plan) {
	t.Helper()
	for _, c := range plan.Changes {
		if c.Kind != mirror.Update || len(plan.Diagnostics.WithCode("containerd/hosts-rewritten")) > 0 {
			continue
		}
		of, paths := allowed(k, c.Path)
		onlyBelow(t, of, c.Before, c.After, paths...)
		if err := newSeparators(c.Before, c.After); err != nil {
			t.Errorf("%s: %v\n%s", c.Path, err, c.After)
		}
		for _, text := range lostComments(c.Before, c.After) {
			t.Errorf("%s: a comment went by itself: %s\nbefore:\n%s\nafter:\n%s", c.Path, text, c.Before, c.After)
		}
	}
}

// lostComments are lines of comment that are gone although what they stand at
// is not: the two lines behind them or, at the end of a table, before them. A
// comment between blank lines stands at nothing.
func lostComments(before, after []byte) []string {
	var out []string
	all := lines(before)
	is := func(i int) bool {
		return i >= 0 && i < len(all) && strings.TrimSpace(all[i]) != "" && !strings.HasPrefix(strings.TrimSpace(all[i]), "#")
	}
	for i, l := range all {
		if l = strings.TrimSpace(l); !strings.HasPrefix(l, "#") || strings.Contains(string(after), l) {
			continue
		}
		begin, end := i, i
		for begin > 0 && strings.HasPrefix(strings.TrimSpace(all[begin-1]), "#") {
			begin--
		}
		for end < len(all) && strings.HasPrefix(strings.TrimSpace(all[end]), "#") {
			end++
		}
		switch {
		case is(end) && !strings.Contains(string(after), strings.Join(all[end:min(end+2, len(all))], "")):
		case !is(end) && is(begin-1) && !strings.Contains(string(after), strings.Join(all[max(begin-2, 0):begin], "")):
		default:
			out = append(out, l)
		}
	}
	return out
}

// planned puts a plan to a node, checks what every plan promises, and returns
// the node as it is then.
func planned(t *testing.T, s sample, engine mirror.Engine, files mirror.Files, want mirror.Config, own mirror.Ownership) mirror.Files {
	t.Helper()
	plan, err := engine.Plan(files.FS(), want, mirror.Own(own), accepted())
	require.NoError(t, err, show(files))
	outside(t, s.kind, plan)
	after := applied(files, plan)
	again, err := engine.Plan(after.FS(), want, mirror.Own(own), accepted())
	require.NoError(t, err, show(after))
	require.Empty(t, again.Changes, "a second plan has changes\n%s", show(after))
	agrees(t, engine, after, files)
	undone(t, files, plan)
	return after
}

// undone applies a plan to a directory and takes it back.
func undone(t *testing.T, files mirror.Files, plan mirror.Plan) {
	t.Helper()
	root := t.TempDir()
	require.NoError(t, fileset.WriteDir(root, files))
	before := tree(t, root)
	undo, err := fileset.Apply(root, plan, fileset.JournalAt("/journal"))
	require.NoError(t, err)
	require.NoError(t, undo.Restore())
	require.Equal(t, before, tree(t, root), "apply and undo do not restore the files")
}

func tree(t *testing.T, root string) map[string]string {
	t.Helper()
	out := map[string]string{}
	require.NoError(t, filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.Contains(p, "/journal") {
			return err
		}
		data, err := os.ReadFile(p)
		out[strings.TrimPrefix(p, root)] = string(data)
		return err
	}))
	return out
}

// TestPlan: merge, exclusive and remove on every file.
func TestPlan(t *testing.T) {
	for _, s := range samples(t, hostsKind, configKind, dropInKind, registriesKind, registriesD, daemonKind) {
		for _, engine := range s.engines() {
			t.Run(s.name+"/"+engine.Name(), func(t *testing.T) {
				files := s.files(s.data)
				merged := planned(t, s, engine, files, one(), mirror.Merge)
				require.Equal(t, []string{"https://new.mirror.example", "https://registry-1.docker.io"}, hubNames(asked(t, engine, merged, "docker.io/team/app:1")), show(merged))
				more := planned(t, s, engine, merged, several(), mirror.Merge)
				if s.kind != daemonKind {
					require.Equal(t, []string{"https://z.mirror.example", "https://a.mirror.example", "https://registry-1.docker.io"}, hubNames(asked(t, engine, more, "docker.io/team/app:1")), show(more))
				}
				planned(t, s, engine, files, several(), mirror.Exclusive)
				planned(t, s, engine, more, one(), mirror.Exclusive)
				bare := planned(t, s, engine, files, mirror.Config{Registries: []mirror.Registry{{Prefix: hub}}}, mirror.Remove)
				assert.NotContains(t, asked(t, engine, bare, "docker.io/team/app:1"), "https://hub.mirror.example", show(bare))
				gone := planned(t, s, engine, more, mirror.Config{Registries: []mirror.Registry{{Prefix: hub}}}, mirror.Remove)
				hosts := asked(t, engine, gone, "docker.io/team/app:1")
				assert.NotContains(t, hosts, "https://z.mirror.example", show(gone))
			})
		}
	}
}

// refused: containers/image 5.40 and later refuse the old form.
func (s sample) refused(engine mirror.Engine) bool {
	e, ok := engine.(podman.Engine)
	return ok && e.Library >= "5.40" && strings.Contains(s.name, "v1")
}

// hubNames makes one of the two names that docker.io's own host has.
func hubNames(hosts []string) []string {
	for i := range hosts {
		if hosts[i] == "https://docker.io" {
			hosts[i] = "https://registry-1.docker.io"
		}
	}
	return hosts
}

// migrator is an engine with an old form to leave.
type migrator func(fs.FS) (mirror.Plan, error)

func migratorOf(engine mirror.Engine) migrator {
	e, ok := engine.(interface {
		Migrate(fs.FS, ...mirror.PlanOption) (mirror.Plan, error)
	})
	if !ok {
		return func(fs.FS) (mirror.Plan, error) { return mirror.Plan{}, errors.New("no migration") }
	}
	return func(fsys fs.FS) (mirror.Plan, error) { return e.Migrate(fsys, accepted()) }
}

// TestMigrate: upstream asks the same of what was migrated, and there is
// nothing to migrate then.
func TestMigrate(t *testing.T) {
	migrated := 0
	for _, s := range samples(t, configKind, registriesKind, daemonKind) {
		for _, engine := range s.engines() {
			t.Run(s.name+"/"+engine.Name(), func(t *testing.T) {
				files := s.files(s.data)
				plan, err := migratorOf(engine)(files.FS())
				require.NoError(t, err)
				if plan.Empty() {
					return
				}
				migrated++
				after := applied(files, plan)
				again, err := migratorOf(engine)(after.FS())
				require.NoError(t, err)
				require.Empty(t, again.Changes, show(after))
				agrees(t, engine, after, files)
				undone(t, files, plan)
				if s.kind == configKind {
					outside(t, s.kind, plan)
				}
				for _, ref := range []string{"docker.io/team/app:1", "quay.io/team/app:1", "registry.k8s.io/app:1", "reg.corp.example:5000/app:1", "untrusted.example/app:1", "lab.corp.example:5000/app:1"} {
					if s.refused(engine) { // it was refused before
						continue
					}
					// A list that ends in the registry's own host is followed by it once more.
					require.Equal(t, slices.Compact(asked(t, engine, files, ref)), slices.Compact(asked(t, engine, after, ref)), "%s\n%s", ref, show(after))
				}
			})
		}
	}
	require.GreaterOrEqual(t, migrated, 20, "files with something to migrate")
}
