package verify

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// readReferences are asked of every mutated file.
var readReferences = []string{
	"reg.example/team/app:1",
	"reg.example/team/app@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
	"reg.example/team/app:1@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
	"reg.example:5000/app:1", "sub.reg.example/app:1", "docker.io/library/alpine:3", "m.example/app:1", "other.example/app:1",
}

// drawFiles are a node's files for a family of engines.
func drawFiles(t *rapid.T, target target) mirror.Files {
	files := certificates()
	if target.family == "podman" {
		add := func(path string) {
			files = append(files, mirror.File{Path: path, Mode: 0o644, Data: []byte(drawMutated(t, registriesSeeds, registriesWords))})
		}
		add("/etc/containers/registries.conf")
		if rapid.IntRange(0, 3).Draw(t, "has drop-in") == 0 {
			add("/etc/containers/registries.conf.d/" + rapid.SampledFrom([]string{"50-a.conf", "b.ignored", ".c.conf"}).Draw(t, "drop-in"))
		}
		return files
	}
	root := "/etc/containerd/certs.d/"
	if target.family == "docker" {
		root = "/etc/docker/certs.d/"
		files = append(files, mirror.File{Path: "/etc/docker/daemon.json", Mode: 0o644, Data: []byte(drawMutated(t, daemonSeeds, daemonWords))})
		if rapid.Bool().Draw(t, "no certs.d") {
			return files
		}
	}
	dir := rapid.SampledFrom([]string{"reg.example", "reg.example", "reg.example", "_default", "reg.example_5000_", "reg.example:5000", "docker.io"}).Draw(t, "directory")
	files = append(files,
		mirror.File{Path: root + dir + "/hosts.toml", Mode: 0o644, Data: []byte(drawMutated(t, hostsSeeds, hostsWords))},
		mirror.File{Path: "/etc/containerd/config.toml", Mode: 0o644, Data: []byte("version = 2\n[plugins.\"io.containerd.grpc.v1.cri\".registry]\nconfig_path = \"/etc/containerd/certs.d\"\n")},
		mirror.File{Path: root + "reg.example/both.pem", Mode: 0o600, Data: append(append([]byte{}, files[1].Data...), files[2].Data...)})
	return files
}

// TestRead: files in odd and broken forms mean the same to the engine and to
// upstream's parser.
func TestRead(t *testing.T) {
	conform(t, "read", func(t *rapid.T, p *Parser, target target) (counts, error) {
		return readFiles(p, drawFiles(t, target))
	})
}

func readFiles(p *Parser, files mirror.Files) (counts, error) {
	c := counts{references: len(readReferences)}
	problems, err := readCase(p, files)
	if err == nil && len(problems) > 0 {
		err = errors.New(list(problems))
	}
	if err != nil {
		return c, fmt.Errorf("%w\n\nfiles:\n%s", err, showFiles(files))
	}
	return c, nil
}

// attempts is how often upstream is asked when it differs: some of its
// decoders walk maps, and give one of several answers.
const attempts = 12

// readCase compares once, and again where there is a difference. A file that
// upstream reads now so, now so, is right if one of the readings is ours.
func readCase(p *Parser, files mirror.Files) ([]string, error) {
	var problems []string
	for range attempts {
		var err error
		if problems, err = readOnce(p, files); err != nil || len(problems) == 0 {
			return problems, err
		}
	}
	return problems, nil
}

func readOnce(p *Parser, files mirror.Files) ([]string, error) {
	differences, err := p.compare(files.FS(), p.operations(), readReferences)
	if err != nil {
		return nil, err
	}
	var problems []string
	for _, d := range differences {
		problems = append(problems, fmt.Sprint(d))
	}
	return problems, nil
}

// TestReadKeysInOtherCase: the library matches keys in any case. Two keys of
// one table that differ in case alone are read in no certain order, which is
// why this form is not among the seeds.
func TestReadKeysInOtherCase(t *testing.T) {
	files := mirror.Files{{Path: "/etc/containers/registries.conf", Data: []byte(
		"[[Registry]]\nPREFIX = \"reg.example\"\nLocation = \"reg.example\"\n[[Registry.Mirror]]\nlocation = \"m.example\"\nINSECURE = true\n")}}
	for _, target := range targets() {
		if target.family == "podman" {
			problems, err := readCase(parserFor(t, target), files)
			require.NoError(t, err)
			assert.Empty(t, problems)
		}
	}
}
