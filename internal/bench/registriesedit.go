package bench

import (
	"bytes"
	"fmt"
	"time"

	"github.com/BurntSushi/toml"
	"github.com/containers/image/v5/pkg/sysregistriesv2"
	openshift "github.com/openshift/api/config/v1"
	policy "github.com/openshift/runtime-utils/pkg/registries"
	"github.com/pelletier/go-toml/v2/unstable"

	"github.com/mirrorcfg/mirrorcfg/podman"
)

// EditRegistries adds one mirror to one registry of n.
func EditRegistries(n int) Work {
	return Work{
		Name:  fmt.Sprintf("edit-registries-%d", n),
		Title: fmt.Sprintf("add a mirror to a registries.conf of %s × 3", count(n)),
		Note: "registries.conf: bytes to bytes. runtime-utils edits a struct: decoding and encoding around it are those of OpenShift's machine-config-operator, " +
			"which loses comments and unknown keys. Ours keeps every byte.",
		Setup: func(string) ([]Entry, error) {
			data, err := registriesConf(n)
			if err != nil {
				return nil, err
			}
			prefix := registryName(n / 2)
			set := mirrorSet(prefix, "added.example.net")
			var ours, theirs []byte
			return []Entry{
				{Name: "podman.RegistriesFile.AddMirror", Units: n, Limit: perThousand(n, 1500*time.Microsecond),
					Op:    func() (err error) { ours, err = addToRegistry(data, prefix); return err },
					Check: func() error { return mirrorsOf(ours, prefix, 4) }},
				{Name: "runtime-utils 7bdb5b9 decode, EditRegistriesConfig, encode", Role: Peer, Units: n, AtLeast: 8,
					Op:    func() (err error) { theirs, err = applySet(data, set); return err },
					Check: func() error { return mirrorsOf(theirs, prefix, 4) }},
				{Name: "go-toml unstable.Parser alone", Role: Yardstick, Units: n, AtLeast: 0.15, Op: func() error { return scan(data) }},
			}, nil
		},
	}
}

// EditRegistriesGrowth is the time for one registry that is in the file.
func EditRegistriesGrowth() Work {
	return growth("edit-registries-growth", "add a mirror to a registries.conf, time for one registry in it", func(n int) (func() error, error) {
		data, err := registriesConf(n)
		if err != nil {
			return nil, err
		}
		prefix := registryName(n / 2)
		return func() error { _, err := addToRegistry(data, prefix); return err }, nil
	})
}

// ApplyPolicy adds two mirrors to each of n registries of a file, all at once.
func ApplyPolicy(n int) Work {
	return Work{
		Name:  fmt.Sprintf("policy-%d", n),
		Title: fmt.Sprintf("add two mirrors to each registry of a registries.conf of %s × 3", count(n)),
		Note:  "Two mirrors to each registry: the whole file changes; EditRegistriesConfig alone is quadratic in the number of registries.",
		Setup: func(string) ([]Entry, error) {
			data, err := registriesConf(n)
			if err != nil {
				return nil, err
			}
			set := &openshift.ImageDigestMirrorSet{}
			for i := range n {
				one := mirrorSet(registryName(i), "added-a.example.net", "added-b.example.net")
				set.Spec.ImageDigestMirrors = append(set.Spec.ImageDigestMirrors, one.Spec.ImageDigestMirrors...)
			}
			last := registryName(n - 1)
			var ours, theirs []byte
			return []Entry{
				{Name: "podman.RegistriesFile.SetRegistries", Units: n,
					Op:    func() (err error) { ours, err = addToAll(data); return err },
					Check: func() error { return mirrorsOf(ours, last, 5) }},
				{Name: "runtime-utils 7bdb5b9 decode, EditRegistriesConfig, encode", Role: Peer, Units: n, AtLeast: 2,
					Op:    func() (err error) { theirs, err = applySet(data, set); return err },
					Check: func() error { return mirrorsOf(theirs, last, 5) }},
			}, nil
		},
	}
}

func addToRegistry(data []byte, prefix string) ([]byte, error) {
	f, err := podman.ParseRegistries("registries.conf", data)
	if err != nil {
		return nil, err
	}
	if err := f.AddMirror(prefix, podman.Mirror{Location: "added.example.net", PullFromMirror: podman.PullDigestOnly}); err != nil {
		return nil, err
	}
	return f.Format(), nil
}

func addToAll(data []byte) ([]byte, error) {
	f, err := podman.ParseRegistries("registries.conf", data)
	if err != nil {
		return nil, err
	}
	list := f.Value().Clone().Registries
	for i := range list {
		for _, location := range []string{"added-a.example.net", "added-b.example.net"} {
			list[i].Mirrors = append(list[i].Mirrors, podman.Mirror{Location: location, PullFromMirror: podman.PullDigestOnly})
		}
	}
	if err := f.SetRegistries(list...); err != nil {
		return nil, err
	}
	return f.Format(), nil
}

func mirrorSet(source string, mirrors ...openshift.ImageMirror) *openshift.ImageDigestMirrorSet {
	return &openshift.ImageDigestMirrorSet{Spec: openshift.ImageDigestMirrorSetSpec{
		ImageDigestMirrors: []openshift.ImageDigestMirrors{{Source: source, Mirrors: mirrors}},
	}}
}

func applySet(data []byte, set *openshift.ImageDigestMirrorSet) ([]byte, error) {
	var conf sysregistriesv2.V2RegistriesConf
	if _, err := toml.Decode(string(data), &conf); err != nil {
		return nil, err
	}
	if err := policy.EditRegistriesConfig(&conf, nil, nil, nil, []*openshift.ImageDigestMirrorSet{set}, nil); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := toml.NewEncoder(&out).Encode(conf); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// mirrorsOf reads a result with the engine's own types.
func mirrorsOf(data []byte, prefix string, want int) error {
	var conf sysregistriesv2.V2RegistriesConf
	if _, err := toml.Decode(string(data), &conf); err != nil {
		return err
	}
	for _, r := range conf.Registries {
		if r.Prefix == prefix {
			if len(r.Mirrors) != want {
				return fmt.Errorf("%s has %d mirrors, not %d", prefix, len(r.Mirrors), want)
			}
			return nil
		}
	}
	return fmt.Errorf("%s is not there", prefix)
}

// scan is the parser below ours, and nothing done with what it finds.
func scan(data []byte) error {
	var p unstable.Parser
	p.Reset(data)
	for p.NextExpression() {
	}
	return p.Error()
}
