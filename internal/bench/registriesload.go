package bench

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/containers/image/v5/pkg/sysregistriesv2"
	"github.com/containers/image/v5/types"
	gotoml "github.com/pelletier/go-toml/v2"
	"github.com/rancher/wharfie/pkg/registries"
	"github.com/sirupsen/logrus"

	"github.com/mirrorcfg/mirrorcfg/mirror"
	"github.com/mirrorcfg/mirrorcfg/podman"
)

func registryName(i int) string { return fmt.Sprintf("registry-%d.example.com", i) }

// registriesConf is a file of n registries with three mirrors each.
func registriesConf(n int) ([]byte, error) {
	r := podman.Registries{Registries: make([]podman.Registry, n)}
	for i := range r.Registries {
		name := registryName(i)
		r.Registries[i] = podman.Registry{Prefix: name, Location: name, Mirrors: []podman.Mirror{
			{Location: fmt.Sprintf("mirror-a.example.net/proxy-%d", i)},
			{Location: fmt.Sprintf("mirror-b.example.net:5000/proxy-%d", i), Insecure: mirror.On},
			{Location: fmt.Sprintf("mirror-c.example.net/proxy-%d", i), PullFromMirror: podman.PullDigestOnly},
		}}
	}
	return podman.MarshalRegistries(r)
}

// registriesNode writes the file where Podman reads it, below dir, and returns
// how the engine's library is told to read it and nothing else.
func registriesNode(dir string, n int) ([]byte, *types.SystemContext, error) {
	data, err := registriesConf(n)
	if err != nil {
		return nil, nil, err
	}
	etc := filepath.Join(dir, "etc", "containers")
	if err := os.MkdirAll(etc, 0o755); err != nil {
		return nil, nil, err
	}
	conf := filepath.Join(etc, "registries.conf")
	return data, &types.SystemContext{
		SystemRegistriesConfPath:    conf,
		SystemRegistriesConfDirPath: filepath.Join(etc, "registries.conf.d"),
		UserShortNameAliasConfPath:  filepath.Join(dir, "short-name-aliases.conf"),
	}, os.WriteFile(conf, data, 0o644)
}

// LoadRegistries reads a registries.conf of n registries so that questions can
// be asked.
func LoadRegistries(n int) Work {
	return Work{
		Name:  fmt.Sprintf("load-%d", n),
		Title: fmt.Sprintf("load a registries.conf of %s × 3", count(n)),
		Note:  "Loading: both read the file from tmpfs and are then ready to answer; ours also keeps what a linter needs.",
		Setup: func(dir string) ([]Entry, error) {
			data, sys, err := registriesNode(dir, n)
			if err != nil {
				return nil, err
			}
			node := os.DirFS(dir)
			var view mirror.View
			var conf *sysregistriesv2.V2RegistriesConf
			return []Entry{
				{Name: "podman.Engine.Read", Units: n,
					Op: func() (err error) { view, err = podman.Engine{}.Read(node); return err },
					Check: func() error {
						if got := len(view.Config().Registries); got != n || len(view.Diagnostics().AtLeast(mirror.Warning)) > 0 {
							return fmt.Errorf("%d registries, %v", got, view.Diagnostics().AtLeast(mirror.Warning))
						}
						return nil
					}},
				{Name: "containers/image 5.36.2 sysregistriesv2.TryUpdatingCache", Role: Peer, Units: n, AtLeast: 3.5, Target: 5,
					Op: func() (err error) { conf, err = sysregistriesv2.TryUpdatingCache(sys); return err },
					Check: func() error {
						if len(conf.Registries) != n {
							return fmt.Errorf("%d registries", len(conf.Registries))
						}
						return nil
					}},
				{Name: "go-toml 2.4.3 Unmarshal alone", Role: Yardstick, Units: n, AtLeast: 0.7, Op: func() error { return decodeAlone(data, n) }},
			}, nil
		},
	}
}

func decodeAlone(data []byte, n int) error {
	var conf struct {
		Registry []struct {
			Prefix, Location string
			Insecure         bool
			Blocked          bool
			Mirror           []struct {
				Location       string
				Insecure       bool
				PullFromMirror string `toml:"pull-from-mirror"`
			}
		}
	}
	if err := gotoml.Unmarshal(data, &conf); err != nil {
		return err
	}
	if len(conf.Registry) != n {
		return fmt.Errorf("%d registries", len(conf.Registry))
	}
	return nil
}

// LoadWharfie compares with the loader of k3s and rke2's registries.yaml.
func LoadWharfie(n int) Work {
	return Work{
		Name:  fmt.Sprintf("load-wharfie-%d", n),
		Title: fmt.Sprintf("load %s × 3 mirrors, each tool its own format", count(n)),
		Note:  "Formats differ beside wharfie: it reads registries.yaml, ours a registries.conf with the same hosts. The peer checks nothing and compiles nothing.",
		Setup: func(dir string) ([]Entry, error) {
			logrus.SetOutput(io.Discard) // it logs each load
			if _, _, err := registriesNode(dir, n); err != nil {
				return nil, err
			}
			var y bytes.Buffer
			y.WriteString("mirrors:\n")
			for i := range n {
				fmt.Fprintf(&y, "  %s:\n    endpoint:\n      - https://mirror-a.example.net/proxy-%d\n      - http://mirror-b.example.net:5000/proxy-%d\n      - https://mirror-c.example.net/proxy-%d\n", registryName(i), i, i, i)
			}
			file := filepath.Join(dir, "registries.yaml")
			if err := os.WriteFile(file, y.Bytes(), 0o644); err != nil {
				return nil, err
			}
			node := os.DirFS(dir)
			return []Entry{
				{Name: "podman.Engine.Read", Units: n, Op: func() error { _, err := podman.Engine{}.Read(node); return err }},
				{Name: "wharfie 0.7.1 registries.GetPrivateRegistries", Role: Peer, Units: n, AtLeast: 0.8,
					Op: func() error {
						r, err := registries.GetPrivateRegistries(file)
						if err == nil && len(r.Registry.Mirrors) != n {
							err = fmt.Errorf("%d mirrors", len(r.Registry.Mirrors))
						}
						return err
					}},
			}, nil
		},
	}
}
