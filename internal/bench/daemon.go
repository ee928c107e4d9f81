package bench

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	nvidia "github.com/NVIDIA/nvidia-container-toolkit/pkg/config/engine/docker"
	"github.com/tailscale/hujson"

	"github.com/mirrorcfg/mirrorcfg/docker"
)

const addedMirror = "https://added.example.com"

// EditDaemon adds one mirror to a daemon.json that has n.
func EditDaemon(n int) Work {
	return Work{
		Name:  fmt.Sprintf("edit-daemon-%d", n),
		Title: fmt.Sprintf("edit a daemon.json of %s mirrors", count(n)),
		Note: "daemon.json: ours adds a mirror, from bytes to bytes. The toolkit has no verb for mirrors: it loads the same file, adds a runtime and saves; " +
			"the time to read and write the same file is taken off. It loses comments and the order of keys, ours keeps every byte.",
		Setup: func(dir string) ([]Entry, error) { return daemonEntries(n, dir) },
	}
}

// EditDaemonGrowth is the time for one mirror that was there before.
func EditDaemonGrowth() Work {
	return growth("edit-daemon-growth", "edit a daemon.json, time for one mirror in it", func(n int) (func() error, error) {
		data := daemonFile(n)
		return func() error { _, err := addMirror(data); return err }, nil
	})
}

func daemonFile(n int) []byte {
	mirrors := make([]string, n)
	for i := range mirrors {
		mirrors[i] = fmt.Sprintf("https://mirror-%d.example.com", i)
	}
	return docker.MarshalDaemon(docker.Daemon{Mirrors: mirrors, InsecureRegistries: []string{"10.0.0.0/8"}})
}

func addMirror(data []byte) ([]byte, error) {
	f, err := docker.ParseDaemonFile("/etc/docker/daemon.json", data)
	if err != nil {
		return nil, err
	}
	if err := f.AddMirror(addedMirror); err != nil {
		return nil, err
	}
	return f.Format(), nil
}

func daemonEntries(n int, dir string) ([]Entry, error) {
	data := daemonFile(n)
	in, out := filepath.Join(dir, "daemon.json"), filepath.Join(dir, "out.json")
	if err := os.WriteFile(in, data, 0o644); err != nil {
		return nil, err
	}
	limit := 8 * time.Microsecond
	nvidiaAtLeast, hujsonAtLeast := 1.5, 0.25
	if n >= 1_000 {
		limit = perThousand(n, 480*time.Microsecond)
		nvidiaAtLeast, hujsonAtLeast = 1.0, 0.4
	}
	var got []byte
	return []Entry{
		{Name: "read and write the file", Role: Floor, Units: n, Op: func() error { return copyFile(in, out) }},
		{Name: "docker.DaemonFile.AddMirror", Units: n, Limit: limit,
			Op: func() (err error) { got, err = addMirror(data); return err },
			Check: func() error {
				if !bytes.Contains(got, []byte(addedMirror)) || !json.Valid(got) {
					return fmt.Errorf("edited to %s", got)
				}
				return nil
			}},
		{Name: "nvidia-container-toolkit 1.20.1 load, AddRuntime, Save", Role: Peer, Units: n, Less: "read and write the file", AtLeast: nvidiaAtLeast,
			Op: func() error { return addRuntime(in, out) },
			Check: func() error {
				saved, err := os.ReadFile(out)
				if err == nil && (!bytes.Contains(saved, []byte("nvidia-container-runtime")) || len(saved) < len(data)) {
					err = fmt.Errorf("saved %s", saved)
				}
				return err
			}},
		{Name: "hujson.Parse alone", Role: Yardstick, Units: n, AtLeast: hujsonAtLeast,
			Op: func() error { _, err := hujson.Parse(data); return err }},
	}, nil
}

func addRuntime(in, out string) error {
	cfg, err := nvidia.New(nvidia.WithPath(in), nvidia.WithLogger(silent{}))
	if err != nil {
		return err
	}
	if err := cfg.AddRuntime("nvidia", "/usr/bin/nvidia-container-runtime", false); err != nil {
		return err
	}
	_, err = cfg.Save(out)
	return err
}

func copyFile(in, out string) error {
	if _, err := os.Stat(in); err != nil {
		return err
	}
	data, err := os.ReadFile(in)
	if err != nil {
		return err
	}
	return os.WriteFile(out, data, 0o644)
}

// silent takes what the toolkit logs, which would be measured as well.
type silent struct{}

func (silent) Debugf(string, ...any)   {}
func (silent) Errorf(string, ...any)   {}
func (silent) Infof(string, ...any)    {}
func (silent) Warningf(string, ...any) {}
func (silent) Tracef(string, ...any)   {}
