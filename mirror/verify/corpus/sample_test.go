package corpus

import (
	"flag"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/containerd"
	"github.com/mirrorcfg/mirrorcfg/docker"
	"github.com/mirrorcfg/mirrorcfg/mirror"
	"github.com/mirrorcfg/mirrorcfg/mirror/verify"
	"github.com/mirrorcfg/mirrorcfg/mirror/verify/internal/tables"
	"github.com/mirrorcfg/mirrorcfg/podman"
)

var allVersions = flag.Bool("corpus.all", false, "hold what config.toml means against every version of containerd, not just some")

// kind is what a file is; its name is the folder below testdata.
type kind string

const (
	hostsKind      kind = "hosts"
	configKind     kind = "config"
	dropInKind     kind = "dropin"
	registriesKind kind = "registries"
	registriesD    kind = "registries.d"
	daemonKind     kind = "daemon"
)

// sample is one file of the corpus.
type sample struct {
	name string
	kind kind
	// path is where it stands on the node.
	path string
	data []byte
	// real is set for a file that was not made for this corpus.
	real bool
	// by is the version of the engine that printed the file; empty for all.
	by string
}

// files is a node with the sample's file as given, and what belongs beside it.
func (s sample) files(data []byte) mirror.Files {
	files := mirror.Files{{Path: s.path, Mode: 0o644, Data: data}}
	if s.kind == dropInKind {
		main := fmt.Sprintf("version = %d\nimports = [\"/etc/containerd/conf.d/*.toml\"]\n", s.version())
		files = append(files, mirror.File{Path: "/etc/containerd/config.toml", Mode: 0o644, Data: []byte(main)})
	}
	pair := tables.Certificate()
	files = append(files,
		mirror.File{Path: "/etc/ssl/corp/ca.pem", Mode: 0o644, Data: pair.Cert}, mirror.File{Path: "/etc/ssl/new/ca.pem", Mode: 0o644, Data: pair.Cert},
		mirror.File{Path: "/etc/ssl/node/node.pem", Mode: 0o644, Data: pair.Cert}, mirror.File{Path: "/etc/ssl/node/node.key", Mode: 0o600, Data: pair.Key})
	files.Sort()
	return files
}

var versionLine = regexp.MustCompile(`(?m)^version = ([0-9]+)`)

// version is the schema version of a config.toml.
func (s sample) version() int {
	if m := versionLine.FindSubmatch(s.data); m != nil {
		return int(m[1][0] - '0')
	}
	return 0
}

// key is the plugin key that the file's schema version has.
func (s sample) key() containerd.PluginKey {
	switch s.version() {
	case 0, 1:
		return containerd.KeyCRI
	case 2:
		return containerd.KeyGRPC
	default:
		return containerd.KeyImages
	}
}

// namespace is the registry that a hosts.toml is for.
func (s sample) namespace() string {
	return containerd.NamespaceOf(path.Base(path.Dir(s.path)))
}

// engines are those that read the file.
func (s sample) engines() []mirror.Engine {
	var out []mirror.Engine
	switch s.kind {
	case hostsKind:
		for _, v := range []string{"1.7", "2.4"} {
			if strings.Contains(s.name, "inline") && v == "1.7" {
				continue // it orders hosts by line, and these are on one: its order is random
			}
			out = append(out, containerd.Engine{Version: v, Client: containerd.Ctr, Paths: containerd.Paths{HostsDirs: []string{"/etc/containerd/certs.d"}}})
		}
	case configKind, dropInKind:
		for _, v := range s.containerdVersions() {
			out = append(out, containerd.Engine{Version: v})
		}
	case registriesKind, registriesD:
		for _, lib := range []string{"5.36.2", "5.42.0"} {
			out = append(out, podman.Engine{Library: lib})
		}
	case daemonKind:
		for _, store := range []docker.ImageStore{docker.Containerd, docker.Graphdriver} {
			out = append(out, docker.Engine{Version: "29.7", ImageStore: store})
		}
	}
	return out
}

// containerdVersions are those that take the schema version as their own or
// bring it up to date.
func (s sample) containerdVersions() []string {
	versions := []string{"1.7", "2.2", "2.4"}
	if *allVersions {
		versions = everyContainerd
	}
	if s.by != "" { // of these, the first that is not older
		i := slices.IndexFunc(versions, func(v string) bool { return v >= s.by })
		return versions[i : i+1]
	}
	since := map[int]string{3: "2.0", 4: "2.3"}[s.version()]
	return slices.DeleteFunc(slices.Clone(versions), func(v string) bool {
		return v < since || s.version() < 2 && v >= "2.0" && v < "2.3" // CRI's settings are lost there
	})
}

var everyContainerd = []string{"1.6", "1.7", "2.0", "2.1", "2.2", "2.3", "2.4"}

// samples are the files of testdata, of the kinds asked for.
func samples(t testing.TB, kinds ...kind) []sample {
	t.Helper()
	var out []sample
	for _, k := range kinds {
		files, err := filepath.Glob(filepath.Join("testdata", string(k), "*"))
		require.NoError(t, err)
		require.NotEmpty(t, files, "testdata/%s", k)
		for _, f := range files {
			data, err := os.ReadFile(f)
			require.NoError(t, err)
			base := filepath.Base(f)
			out = append(out, sample{name: string(k) + "/" + base, kind: k, path: nodePath(k, base), data: data})
		}
	}
	for _, s := range realSamples(t) {
		if slices.Contains(kinds, s.kind) {
			out = append(out, s)
		}
	}
	return out
}

func nodePath(k kind, base string) string {
	switch k {
	case hostsKind:
		dir, _, _ := strings.Cut(base, "+")
		return "/etc/containerd/certs.d/" + dir + "/hosts.toml"
	case configKind:
		return "/etc/containerd/config.toml"
	case dropInKind:
		return "/etc/containerd/conf.d/" + base
	case registriesKind:
		return "/etc/containers/registries.conf"
	case registriesD:
		return "/etc/containers/registries.conf.d/" + base
	default:
		return "/etc/docker/daemon.json"
	}
}

func TestMain(m *testing.M) {
	flag.Parse()
	// Each question to a parser lays files on disk; memory is quicker.
	if dir, err := os.MkdirTemp("/dev/shm", "mirrorcfg-corpus-"); err == nil {
		defer os.RemoveAll(dir)
		_ = os.Setenv("TMPDIR", dir)
	}
	code := m.Run()
	if err := verify.Close(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = max(code, 1)
	}
	os.Exit(code)
}

// TestCorpus: the files are many, their line ends were kept by whatever
// brought them here, and each formats to its own bytes.
func TestCorpus(t *testing.T) {
	own, crlf, bare := 0, 0, 0
	for _, s := range samples(t, hostsKind, configKind, dropInKind, registriesKind, registriesD, daemonKind) {
		if !s.real {
			own++
		}
		if strings.Contains(string(s.data), "\r\n") {
			crlf++
		}
		if !strings.HasSuffix(string(s.data), "\n") {
			bare++
		}
		require.Equal(t, string(s.data), string(s.format(t)), s.name)
	}
	require.GreaterOrEqual(t, own, 40)
	require.GreaterOrEqual(t, crlf, 4)
	require.GreaterOrEqual(t, bare, 4)
}

// format parses the file and gives its bytes back.
func (s sample) format(t testing.TB) []byte {
	t.Helper()
	var doc interface{ Format() []byte }
	var err error
	switch s.kind {
	case hostsKind:
		doc, err = containerd.ParseHosts(s.path, s.data)
	case configKind, dropInKind:
		doc, err = containerd.ParseConfig(s.path, s.data)
	case registriesKind, registriesD:
		doc, err = podman.ParseRegistries(s.path, s.data)
	default:
		doc, err = docker.ParseDaemonFile(s.path, s.data)
	}
	require.NoError(t, err, s.name)
	return doc.Format()
}
