package verify

import (
	"io/fs"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"

	"github.com/mirrorcfg/mirrorcfg/containerd"
	"github.com/mirrorcfg/mirrorcfg/mirror"
	"github.com/mirrorcfg/mirrorcfg/podman"
)

// broken is an engine whose encoder was changed on purpose.
type broken struct {
	mirror.Engine
	change func(path string, data []byte) (string, []byte)
}

func (b broken) Plan(fsys fs.FS, want mirror.Config, opts ...mirror.PlanOption) (mirror.Plan, error) {
	plan, err := b.Engine.Plan(fsys, want, opts...)
	for i := range plan.Changes {
		plan.Changes[i].Path, plan.Changes[i].After = b.change(plan.Changes[i].Path, plan.Changes[i].After)
	}
	return plan, err
}

// text makes a change of a file's text.
func text(change func(string) string) func(string, []byte) (string, []byte) {
	return func(path string, data []byte) (string, []byte) { return path, []byte(change(string(data))) }
}

var (
	hostTable  = regexp.MustCompile(`(?m)^\s*\[host\."[^\n]*"\]\n`)
	firstHosts = regexp.MustCompile(`(?s)^(.*?)(\[host\."[^\n]*"\]\n.*?)(\[host\."[^\n]*"\]\n.*)$`)
)

// swapHosts puts the first host after all others.
func swapHosts(s string) string {
	m := firstHosts.FindStringSubmatch(s)
	if m == nil {
		return s
	}
	return m[1] + strings.TrimRight(m[3], "\n") + "\n" + m[2]
}

// mutations are mistakes that an encoder could make. The suite has to see
// each of them.
func mutations() map[string]broken {
	ctr := func(version string) mirror.Engine {
		return containerd.Engine{Version: version, Client: containerd.Ctr, Paths: containerd.Paths{HostsDirs: []string{"/etc/containerd/certs.d"}}}
	}
	image := podman.Engine{Library: "5.42.0"}
	without := func(line string) func(string, []byte) (string, []byte) {
		re := regexp.MustCompile(`(?m)^\s*` + line + `.*\n`)
		return text(func(s string) string { return re.ReplaceAllString(s, "") })
	}
	return map[string]broken{
		"drop the [host] stub": {ctr("1.6"), without(`\[host\]`)},
		"reorder hosts":        {ctr("2.4"), text(swapHosts)},
		"skip override_path":   {ctr("2.4"), without("override_path")},
		"lose capabilities":    {ctr("2.4"), without("capabilities")},
		"lose skip_verify":     {ctr("1.7"), without("skip_verify")},
		"lose server":          {ctr("2.0"), without("server")},
		"drop a host":          {ctr("2.4"), text(func(s string) string { return hostTable.ReplaceAllString(s, "[host.\"https://x.example\"]\n") })},
		"forget _port_":        {ctr("1.7"), func(path string, data []byte) (string, []byte) { return forgetPort(path), data }},
		"prefix in a mirror": {image, text(func(s string) string {
			return strings.ReplaceAll(s, "[[registry.mirror]]\n", "[[registry.mirror]]\nprefix = \"x.example\"\n")
		})},
		"reorder mirrors":       {image, text(swapMirrors)},
		"lose pull-from-mirror": {image, without("pull-from-mirror")},
		"lose blocked":          {image, without("blocked")},
		"lose insecure":         {image, without("insecure")},
	}
}

var portDirectory = regexp.MustCompile(`_([0-9]+)_/hosts\.toml$`)

func forgetPort(path string) string { return portDirectory.ReplaceAllString(path, "/hosts.toml") }

var twoMirrors = regexp.MustCompile(`(?s)(\[\[registry\.mirror\]\]\n(?:[a-z][^\n]*\n)+\s*)(\[\[registry\.mirror\]\]\n(?:[a-z][^\n]*\n)+)`)

func swapMirrors(s string) string { return twoMirrors.ReplaceAllString(s, "$2\n$1") }

// TestMutations: an encoder with a mistake in it does not pass. The files of
// a broken engine are read back by the same engine, which reads well; so it
// is upstream and the model that notice.
func TestMutations(t *testing.T) {
	for name, mutated := range mutations() {
		t.Run(name, func(t *testing.T) {
			p := parserFor(t, target{engine: mutated.Engine})
			p.engine = mutated
			found := 0
			for seed := range 400 {
				config := rapid.Custom(drawConfig).Example(seed)
				if config.Validate().Err() != nil {
					continue
				}
				if _, err := writeCase(p, config); err != nil {
					found++
					break
				}
			}
			assert.Positive(t, found, "400 random configurations, and nobody noticed")
		})
	}
}
