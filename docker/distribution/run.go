package distribution

import (
	"fmt"
	"net"
	"strconv"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// Runner is what starts the caches.
type Runner uint8

const (
	// Compose is a compose.yaml of containers.
	Compose Runner = iota
	// Containers are single docker run commands.
	Containers
	// Systemd is a unit for each cache, with Debian's docker-registry.
	Systemd
)

// String returns "compose", "docker" or "systemd".
func (r Runner) String() string { return [...]string{"compose", "docker", "systemd"}[min(int(r), 2)] }

// ParseRunner returns the runner of a name.
func ParseRunner(name string) (Runner, error) {
	for _, r := range []Runner{Compose, Containers, Systemd} {
		if r.String() == name {
			return r, nil
		}
	}
	return 0, fmt.Errorf("unknown runner %q: known are compose, docker, systemd", name)
}

const (
	containerRoot = "/srv/registry-cache"
	systemdRoot   = "/etc/registry-cache"
)

// Files returns the files that the runner needs, ordered by path: config.yml
// for each cache, and a compose.yaml or unit.
func (d Deployment) Files(r Runner) (mirror.Files, mirror.Diagnostics, error) {
	var files mirror.Files
	var found mirror.Diagnostics
	for _, c := range d.Caches {
		config, path := c.Config, containerRoot+"/"+c.Name+"/config.yml"
		if r == Systemd {
			path = systemdRoot + "/" + c.Name + ".yml"
			config.HTTP.Addr = d.listen(c)
			config.Storage.Parameters = []Entry{{Key: "rootdirectory", Value: plainValue("/var/lib/registry-cache/" + c.Name)}}
		}
		data, ds, err := config.Encode(d.options.Version)
		if err != nil {
			return nil, nil, err
		}
		for i := range ds {
			ds[i].Field = c.Name + ": " + ds[i].Field
		}
		found = append(found, ds...)
		mode := mirror.File{Path: path, Mode: 0o644, Data: data}
		if config.Secret() {
			mode.Mode = 0o600
		}
		files = append(files, mode)
	}
	switch r {
	case Compose:
		files = append(files, mirror.File{Path: containerRoot + "/compose.yaml", Mode: 0o644, Data: d.compose()})
	case Systemd:
		files = append(files, mirror.File{Path: "/etc/systemd/system/registry-cache@.service", Mode: 0o644, Data: []byte(unit)})
	}
	files.Sort()
	return files, found, nil
}

// Actions returns the commands that start the caches.
func (d Deployment) Actions(r Runner) []mirror.Action {
	var out []mirror.Action
	switch r {
	case Compose:
		out = append(out, mirror.Action{
			Command: []string{"docker", "compose", "-f", containerRoot + "/compose.yaml", "up", "--detach"}, Reason: "starts the caches",
		})
	case Systemd:
		out = append(out, mirror.Action{Command: []string{"systemctl", "daemon-reload"}, Reason: "makes the unit known"})
		for _, c := range d.Caches {
			out = append(out, mirror.Action{
				Command: []string{"systemctl", "enable", "--now", "registry-cache@" + c.Name}, Reason: "starts the cache of " + c.Registry,
			})
		}
	default:
		for _, c := range d.Caches {
			out = append(out, mirror.Action{
				Command: []string{
					"docker", "run", "--detach", "--name", containerName(c), "--restart", "always",
					"--publish", d.listen(c) + ":5000/tcp",
					"--volume", containerRoot + "/" + c.Name + "/config.yml:" + d.configPath() + ":ro",
					"--volume", containerRoot + "/" + c.Name + "/data:/var/lib/registry",
					d.image(),
				},
				Reason: "starts the cache of " + c.Registry + "; it does not start while " + c.Upstream + " cannot be reached",
			})
		}
	}
	return out
}

func containerName(c Cache) string { return "registry-cache-" + c.Name }

func (d Deployment) listen(c Cache) string {
	return net.JoinHostPort(strings.Trim(d.options.Host, "[]"), strconv.Itoa(c.Port))
}

func (d Deployment) configPath() string {
	p, _ := ConfigPath(d.options.Version) // NewDeployment has checked the version
	return p
}

// image is that of the version's major: registry:2 or registry:3.
func (d Deployment) image() string {
	v, _ := parseVersion(d.options.Version)
	return fmt.Sprintf("registry:%d", v.Major)
}

func (d Deployment) compose() []byte {
	services := &mapping{}
	for _, c := range d.Caches {
		s := &mapping{}
		s.text("image", d.image())
		s.text("container_name", containerName(c))
		s.text("restart", "always")
		quoted := func(items ...string) Value {
			list := Value{Kind: List}
			for _, i := range items {
				list.Items = append(list.Items, Value{Kind: Scalar, Text: i, Quoted: true})
			}
			return list
		}
		s.add("ports", quoted(d.listen(c)+":5000/tcp"))
		s.add("volumes", quoted("./"+c.Name+"/config.yml:"+d.configPath()+":ro", "./"+c.Name+"/data:/var/lib/registry"))
		services.add(strings.ReplaceAll(containerName(c), ".", "-"), Value{Kind: Mapping, Entries: s.entries})
	}
	return appendYAML(nil, Value{Kind: Mapping, Entries: []Entry{
		{Key: "name", Value: plainValue("registry-cache")},
		{Key: "services", Value: Value{Kind: Mapping, Entries: services.entries}},
	}}, 0)
}

// unit runs one cache under a user of its own. The configuration is passed as
// a credential, so that it may hold secrets and be readable by root alone.
const unit = `[Unit]
Description=Pull-through cache of %i
Documentation=https://distribution.github.io/distribution/
After=network-online.target
Wants=network-online.target

[Service]
DynamicUser=yes
StateDirectory=registry-cache/%i
LoadCredential=config.yml:/etc/registry-cache/%i.yml
ExecStart=/usr/bin/docker-registry serve ${CREDENTIALS_DIRECTORY}/config.yml
Restart=always
RestartSec=5
NoNewPrivileges=yes
ProtectHome=yes

[Install]
WantedBy=multi-user.target
`
