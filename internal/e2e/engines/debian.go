package engines

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// debianSuite unpacks packages of one Debian suite and all they depend on.
type debianSuite struct {
	Suite    string
	Packages []string
}

// debianKeyring is where the package debian-archive-keyring puts the keys. Without it apt uses the keys it trusts.
const debianKeyring = "/usr/share/keyrings/debian-archive-keyring.gpg"

// packageOf is the Debian package of each engine.
var packageOf = map[Kind]string{
	Containerd: "containerd", Dockerd: "docker.io", Skopeo: "skopeo", Podman: "podman", Buildah: "buildah",
}

func (d debianSuite) origin() string { return "Debian " + d.Suite }

func (d debianSuite) install(ctx context.Context, in *Installer, dir string) (map[Kind]string, error) {
	mirror, err := in.debianMirror(ctx, dir)
	if err != nil {
		return nil, err
	}
	apt, err := newApt(filepath.Join(dir, "apt"), mirror, d.Suite)
	if err != nil {
		return nil, err
	}
	if _, err := in.run(ctx, dir, nil, "apt-get", apt.arguments("update")...); err != nil {
		return nil, err
	}
	download := apt.arguments("--yes", "--download-only", "install")
	if _, err := in.run(ctx, dir, nil, "apt-get", append(download, d.Packages...)...); err != nil {
		return nil, err
	}
	archives, err := filepath.Glob(filepath.Join(apt.dir, "cache/archives/*.deb"))
	if err != nil {
		return nil, err
	}
	root := filepath.Join(dir, rootName)
	versions := map[Kind]string{}
	for _, archive := range archives {
		if _, err := in.run(ctx, dir, nil, "dpkg-deb", "--extract", archive, root); err != nil {
			return nil, err
		}
		name, version, _ := strings.Cut(filepath.Base(archive), "_")
		for kind, holder := range packageOf {
			if name == holder {
				version, _, _ = strings.Cut(version, "_")
				versions[kind] = upstreamVersion(version)
			}
		}
	}
	if err := mergeUsr(root); err != nil {
		return nil, err
	}
	return versions, os.RemoveAll(apt.dir)
}

// mergeUsr adds the links which a suite with merged /usr makes when it is installed, where unpacking made none.
func mergeUsr(root string) error {
	for _, name := range []string{"bin", "sbin", "lib", "lib64"} {
		if _, err := os.Lstat(filepath.Join(root, name)); errors.Is(err, os.ErrNotExist) {
			if err := os.Symlink("usr/"+name, filepath.Join(root, name)); err != nil {
				return err
			}
		}
	}
	return nil
}

// upstreamVersion is 20.10.24 for 1%3a20.10.24+dfsg1-1+deb12u1, and 1.6.20 for 1.6.20~ds1-1.
func upstreamVersion(debian string) string {
	if _, rest, ok := strings.Cut(debian, "%3a"); ok { // the epoch, as apt writes it in file names
		debian = rest
	}
	end := strings.IndexFunc(debian, func(r rune) bool { return r != '.' && (r < '0' || r > '9') })
	if end < 0 {
		return debian
	}
	return debian[:end]
}

// debianMirror is the archive which this machine's own apt sources name.
func (in *Installer) debianMirror(ctx context.Context, dir string) (string, error) {
	if in.DebianMirror != "" {
		return in.DebianMirror, nil
	}
	if mirror, err := in.listedMirror(ctx, dir); mirror != "" || err != nil {
		return mirror, err
	}
	// The machine's package lists may have been deleted, as images do to save space: read them into a
	// directory of our own. Other sources of the machine may fail without harm.
	state := filepath.Join(dir, "sources")
	if err := os.MkdirAll(filepath.Join(state, "lists/partial"), 0o755); err != nil {
		return "", err
	}
	options := []string{"-o", "Dir::State::lists=" + filepath.Join(state, "lists"), "-o", "Dir::Cache=" + state, "-o", "APT::Sandbox::User=root"}
	_, updated := in.run(ctx, dir, nil, "apt-get", append(options, "update")...)
	mirror, err := in.listedMirror(ctx, dir, options...)
	if mirror == "" {
		return "", errors.Join(errors.New("this machine's apt sources name no Debian archive: say which to use"), err, updated)
	}
	return mirror, os.RemoveAll(state)
}

func (in *Installer) listedMirror(ctx context.Context, dir string, options ...string) (string, error) {
	arguments := append(options, "indextargets", "--format", "$(ORIGIN) $(LABEL) $(REPO_URI)")
	listed, err := in.run(ctx, dir, nil, "apt-get", arguments...)
	if err != nil {
		return "", err
	}
	for line := range strings.Lines(listed) {
		if uri, ok := strings.CutPrefix(strings.TrimSpace(line), "Debian Debian "); ok {
			return uri, nil
		}
	}
	return "", nil
}

// apt is a state of apt's own: one source, no installed package.
type apt struct{ dir string }

func newApt(dir, mirror, suite string) (apt, error) {
	for _, sub := range []string{"lists/partial", "cache/archives/partial", "preferences.d"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o755); err != nil {
			return apt{}, err
		}
	}
	signed := ""
	if _, err := os.Stat(debianKeyring); err == nil {
		signed = "[signed-by=" + debianKeyring + "] "
	}
	source := fmt.Sprintf("deb %s%s %s main\n", signed, mirror, suite)
	a := apt{dir: dir}
	return a, errors.Join(
		os.WriteFile(filepath.Join(dir, "sources.list"), []byte(source), 0o644),
		os.WriteFile(filepath.Join(dir, "status"), nil, 0o644))
}

// arguments are apt-get's options for this state, followed by the command.
func (a apt) arguments(command ...string) []string {
	var arguments []string
	for _, option := range []string{
		"Dir::Etc::sourcelist=" + filepath.Join(a.dir, "sources.list"),
		"Dir::Etc::sourceparts=/dev/null",
		"Dir::Etc::preferences=/dev/null",
		"Dir::Etc::preferencesparts=" + filepath.Join(a.dir, "preferences.d"),
		"Dir::State=" + a.dir,
		"Dir::State::status=" + filepath.Join(a.dir, "status"),
		"Dir::State::lists=" + filepath.Join(a.dir, "lists"),
		"Dir::Cache=" + filepath.Join(a.dir, "cache"),
		"Debug::NoLocking=true",
		"APT::Sandbox::User=root",
		"APT::Install-Recommends=false",
		"Acquire::Languages=none",
		"Acquire::Check-Valid-Until=false", // a mirror of testing may be frozen for longer than its lists are valid
		"Acquire::Retries=3",
	} {
		arguments = append(arguments, "-o", option)
	}
	return append(append(arguments, "--quiet"), command...)
}
