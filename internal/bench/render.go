package bench

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"reflect"

	"github.com/spegel-org/spegel/pkg/oci"

	"github.com/mirrorcfg/mirrorcfg/containerd"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var renderTargets = []string{"https://mirror-a.example.net", "https://mirror-b.example.net", "https://mirror-c.example.net"}

// RenderHosts is a hosts.toml for each of n registries with three mirrors.
func RenderHosts(n int) Work {
	return Work{
		Name:  fmt.Sprintf("render-%d", n),
		Title: fmt.Sprintf("render %s registries × 3 mirrors to hosts.toml", count(n)),
		Note: "Rendering: ours renders to memory; spegel writes files, so that the time to remove and write the same files on tmpfs, " +
			"measured in the same run, is taken off. Spegel gives all registries the same three mirrors, so ours does as well.",
		Setup: func(dir string) ([]Entry, error) { return renderEntries(n, dir) },
	}
}

func renderEntries(n int, dir string) ([]Entry, error) {
	want := renderConfig(n)
	hosts := make([]containerd.Hosts, n)
	for i, r := range want.Registries {
		h, ds, ok := containerd.RenderHosts(r, "2.4")
		if !ok || len(ds) > 0 {
			return nil, fmt.Errorf("%s: %v", r.Prefix, ds)
		}
		hosts[i] = h
	}
	var files mirror.Files
	var last []byte
	engine := Entry{Name: "containerd.Engine.Render", Units: n, Limit: perThousand(n, millisecond), AllocsPerUnit: 2,
		Op:    func() (err error) { files, err = renderAll(want); return err },
		Check: func() error { return sameHosts(files[len(files)-1].Data, hosts[n-1]) },
	}
	marshal := Entry{Name: "containerd.MarshalHosts", Units: n, Limit: perThousand(n, millisecond), AllocsPerUnit: 2,
		Op: func() (err error) {
			for i := range hosts {
				if last, err = containerd.MarshalHosts(hosts[i]); err != nil {
					return err
				}
			}
			return nil
		},
		Check: func() error { return sameHosts(last, hosts[n-1]) },
	}

	registries := make([]string, n)
	for i, r := range want.Registries {
		registries[i] = "https://" + r.Prefix
	}
	certs := filepath.Join(dir, "certs.d")
	spegel := Entry{Name: "spegel 0.7.3 oci.AddMirrorConfiguration", Role: Peer, Units: n, Less: "remove and write the files", AtLeast: 15,
		Op: func() error {
			return oci.AddMirrorConfiguration(context.Background(), certs, registries, renderTargets, true, false, "", "")
		},
		Check: func() error { return spegelWrote(certs, want.Registries[n-1].Prefix) },
	}
	content, err := spegelSample(dir)
	if err != nil {
		return nil, err
	}
	floor := Entry{Name: "remove and write the files", Role: Floor, Units: n, Op: func() error { return rewriteTree(filepath.Join(dir, "floor"), want, content) }}
	return []Entry{engine, marshal, floor, spegel}, nil
}

// RenderGrowth is the time for one registry when there are many.
func RenderGrowth() Work {
	return growth("render-growth", "render hosts.toml, time for one registry", func(n int) (func() error, error) {
		want := renderConfig(n)
		return func() error { _, err := renderAll(want); return err }, nil
	})
}

func renderConfig(n int) mirror.Config {
	c := mirror.Config{Registries: make([]mirror.Registry, n)}
	for i := range c.Registries {
		r := mirror.Registry{Prefix: fmt.Sprintf("registry-%d.example.com", i)}
		for _, target := range renderTargets {
			r.Mirrors = append(r.Mirrors, mirror.Endpoint{URL: target, Capabilities: mirror.Pull | mirror.Resolve})
		}
		c.Registries[i] = r
	}
	return c
}

func renderAll(want mirror.Config) (mirror.Files, error) {
	files, ds, err := containerd.Engine{Version: "2.4"}.Render(want)
	if err == nil && (len(ds) > 0 || len(files) != len(want.Registries)) {
		err = fmt.Errorf("%d files of %d registries, %v", len(files), len(want.Registries), ds)
	}
	return files, err
}

func sameHosts(data []byte, want containerd.Hosts) error {
	got, err := containerd.UnmarshalHosts(data)
	if err != nil {
		return err
	}
	if len(got.Hosts) != len(renderTargets) || !reflect.DeepEqual(got.Hosts, want.Hosts) {
		return fmt.Errorf("rendered %v, not %v", got, want)
	}
	return nil
}

// spegelWrote tells whether the peer's file says what ours says.
func spegelWrote(certs, registry string) error {
	data, err := os.ReadFile(filepath.Join(certs, registry, "hosts.toml"))
	if err != nil {
		return err
	}
	got, err := containerd.UnmarshalHosts(data)
	if err != nil {
		return err
	}
	for i, target := range renderTargets {
		if len(got.Hosts) != len(renderTargets) || got.Hosts[i].URL != target {
			return fmt.Errorf("spegel wrote %v", got)
		}
	}
	return nil
}

// spegelSample is one file as the peer writes it.
func spegelSample(dir string) ([]byte, error) {
	certs := filepath.Join(dir, "sample")
	if err := oci.AddMirrorConfiguration(context.Background(), certs, []string{"https://registry-0.example.com"}, renderTargets, true, false, "", ""); err != nil {
		return nil, err
	}
	return os.ReadFile(filepath.Join(certs, "registry-0.example.com", "hosts.toml"))
}

// rewriteTree does to files what the peer does, and nothing else.
func rewriteTree(certs string, want mirror.Config, content []byte) error {
	if err := os.MkdirAll(certs, 0o755); err != nil {
		return err
	}
	old, err := os.ReadDir(certs)
	if err != nil {
		return err
	}
	for _, d := range old {
		if err := os.RemoveAll(filepath.Join(certs, d.Name())); err != nil {
			return err
		}
	}
	for _, r := range want.Registries {
		d := filepath.Join(certs, r.Prefix)
		if err := os.MkdirAll(d, 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(d, "hosts.toml"), content, 0o644); err != nil {
			return err
		}
	}
	return nil
}
