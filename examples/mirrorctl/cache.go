package main

import (
	"time"

	"github.com/mirrorcfg/mirrorcfg/docker/distribution"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

type cacheCommand struct {
	inputFlags
	outputFlags
	Distribution string         `default:"3.1" help:"Version of Distribution, such as 2.8 (Debian's docker-registry, registry:2) or 3.1 (registry:3)." placeholder:"VERSION"`
	Runner       string         `enum:"compose,docker,systemd" default:"compose" help:"What starts the caches: compose, docker or systemd."`
	Host         string         `default:"127.0.0.1" help:"Address that the caches listen on and clients ask."`
	Port         int            `default:"5000" help:"Port of the first cache; the next ones follow."`
	TTL          *time.Duration `name:"ttl" help:"How long content is kept, such as 168h; 0 for ever (version 3)." placeholder:"DURATION"`
	Redis        string         `help:"Keep blob descriptors in this Redis instead of in memory." placeholder:"HOST:PORT"`
}

// clientsPath is where the clients' configuration is put, in the shape of
// mirrors.toml: render it for the engines with -f.
const clientsPath = "/clients.toml"

// Run writes the files of one cache for each upstream, and the configuration
// of their clients.
func (c cacheCommand) Run(t *terminal) error {
	want, err := c.config(t)
	if err != nil {
		return err
	}
	plan, err := c.plan(want)
	return c.write(t, plan, err)
}

func (c cacheCommand) plan(want mirror.Config) (mirror.Plan, error) {
	runner, err := distribution.ParseRunner(c.Runner)
	if err != nil {
		return mirror.Plan{}, err
	}
	options := distribution.Options{Version: c.Distribution, Host: c.Host, FirstPort: c.Port, TTL: c.TTL}
	if c.Redis != "" {
		options.Redis = &distribution.Redis{Addresses: []string{c.Redis}}
	}
	d, err := distribution.NewDeployment(want, options)
	plan := mirror.Plan{Diagnostics: d.Diagnostics}
	if err != nil {
		return plan, err
	}
	files, ds, err := d.Files(runner)
	plan.Diagnostics = append(plan.Diagnostics, ds...)
	if err != nil {
		return plan, err
	}
	clients := d.Clients()
	data, err := (mirror.Encoder{RevealSecrets: true}).TOML(clients)
	if err != nil {
		return plan, err
	}
	files = append(files, mirror.File{Path: clientsPath, Mode: modeOf(clients), Data: data})
	files.Sort()
	for _, f := range files {
		plan.Changes = append(plan.Changes, mirror.Change{
			Path: f.Path, Kind: mirror.Create, After: f.Data, Mode: f.Mode, Secret: f.Mode == 0o600, Reason: "pull-through cache",
		})
	}
	plan.Actions = d.Actions(runner)
	return plan, nil
}
