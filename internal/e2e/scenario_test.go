package e2e_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/internal/e2e/engines"
	"github.com/mirrorcfg/mirrorcfg/internal/e2e/matrix"
	"github.com/mirrorcfg/mirrorcfg/internal/e2e/node"
	"github.com/mirrorcfg/mirrorcfg/internal/e2e/recorder"
	"github.com/mirrorcfg/mirrorcfg/internal/release"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// scenario is one configuration, and what an engine is known to ask because of it.
type scenario struct {
	name string
	// want is planned for and applied, after files were written.
	want   mirror.Config
	accept []string // losses
	files  files
	// in limits the scenario to versions; the zero value is all.
	in release.Span
	// pulls are the references to pull, each by a tag and a digest that no registry has. One of
	// docker.io/library/alpine where there is none.
	pulls []pull
	// dead hosts are predicted, and see no request because no connection comes about.
	dead []string
	// refuses says that the pull fails without a request, and with which words in the engine's output.
	refuses string
	// unserved leaves out the pull of an image that is there.
	unserved bool
	// check looks at the requests of the pull of an image that is there.
	check func(*testing.T, recorder.Requests)
	// serving is the place in the order of the host that delivers the image that is there; 0 is the first.
	serving int
	// aside are hosts whose requests are left out of the comparison: a mirror sent the engine there.
	aside []string
	// tagAlone leaves out the pull by digest, where pulls are slow.
	tagAlone bool
	// facts are departures of the engine from the prediction.
	facts []fact
}

// pull is a repository, and the hosts asked for a tag and for a digest in it. Hosts are written down besides
// being predicted so that prediction and engine cannot be wrong together; digest is as tag where it is nil.
type pull struct {
	name        string
	tag, digest []string
}

// fact is a departure of an engine from the prediction, and a line of its log that shows it.
type fact struct {
	holds func(engines.Engine) bool
	why   string
	log   string
	// recorded turns the predicted lines into those that are seen.
	recorded func(predicted []string) []string
}

type files map[string]string

const alpine = "docker.io/library/alpine"

// asks is the one pull of a scenario about docker.io.
func asks(hosts ...string) []pull { return []pull{{name: alpine, tag: hosts}} }

// results counts what all scenarios showed.
var results matrix.Matrix

// row is the line of the matrix for an engine.
func row(engine engines.Engine, remark string) matrix.Engine {
	name := string(engine.Kind)
	if remark != "" {
		name += " (" + remark + ")"
	}
	return matrix.Engine{Name: name, Version: engine.Version, Origin: engine.Origin}
}

// runScenarios runs those that are for the engine's version, on one node.
func runScenarios(t *testing.T, s *subject, remark string, scenarios []scenario) {
	version := release.MustParse(s.Engine.Version)
	names := map[string]bool{}
	for _, c := range scenarios {
		if c.in != (release.Span{}) && !(release.Feature{In: []release.Span{c.in}}).Has(version) {
			continue
		}
		require.False(t, names[c.name], "two scenarios are called %q", c.name)
		names[c.name] = true
		outcome, pulls := matrix.Wrong, 0
		ok := t.Run(c.name, func(t *testing.T) {
			s.reset(t)
			t.Cleanup(func() {
				if t.Failed() {
					t.Logf("configuration:\n%s", s.written(t))
				}
			})
			outcome, pulls = s.play(t, c)
		})
		if !ok {
			outcome = matrix.Wrong
		}
		results.Add(row(s.Engine, remark), outcome, pulls)
	}
}

// play brings the scenario about and compares.
func (s *subject) play(t *testing.T, c scenario) (matrix.Outcome, int) {
	for name, content := range c.files {
		s.Write(name, content)
		if content == "" { // stands for an empty directory
			s.Remove(name)
			s.mkdir(t, name)
		}
	}
	if c.want.Registries != nil || c.want.Search != nil {
		s.apply(t, c.want, mirror.Accept(c.accept...))
	}
	s.settle(t)
	pulls := c.pulls
	if pulls == nil {
		pulls = []pull{{name: alpine}}
	}
	outcome := matrix.Equal
	compared := 0
	for _, p := range pulls {
		for _, object := range []string{noTag, noDigest} {
			if c.tagAlone && object == noDigest {
				continue
			}
			compared++
			if s.compare(t, c, p, object) == matrix.Different {
				outcome = matrix.Different
			}
		}
		if c.refuses == "" && !c.unserved {
			compared++
			s.serve(t, c, p)
		}
	}
	return outcome, compared
}

// compare pulls an object that no registry has, and holds prediction, knowledge and record against each other.
func (s *subject) compare(t *testing.T, c scenario, p pull, object string) matrix.Outcome {
	t.Helper()
	reference, known := p.name+":"+object, p.tag
	if object == noDigest {
		reference = p.name + "@" + object
		if p.digest != nil {
			known = p.digest
		}
	}
	explanation := s.explain(t, reference)
	predicted := predictedLines(explanation.Attempts)
	pulled := s.Pull(reference)
	recorded := recordedLines(pulled.Requests, object, c.aside...)
	require.Error(t, pulled.Err, "no registry has it")
	if c.refuses != "" {
		assert.Empty(t, predicted, reference)
		assert.Error(t, explanation.Diagnostics.Err(), reference)
		assert.Empty(t, recorded, reference)
		assert.Contains(t, pulled.Output+pulled.Err.Error()+s.Log(), c.refuses)
		return matrix.Equal
	}
	if len(known) > 0 || p.digest != nil && object == noDigest {
		assert.Equal(t, known, hostsOf(predicted), "predicted for %s: %s", reference, explanation.Diagnostics)
	} else {
		assert.NotEmpty(t, predicted, reference)
	}
	expected := without(predicted, c.dead...)
	for _, f := range c.facts {
		if f.holds(s.Engine) {
			changed := f.recorded(expected)
			assert.NotEqual(t, expected, changed, "a fact that makes no difference: %s", f.why)
			assert.Contains(t, pulled.Output+s.Log(), f.log)
			assert.Equal(t, changed, recorded, "recorded for %s; %s\n%s\n%s", reference, f.why, pulled.Requests, lastOf(pulled))
			return matrix.Different
		}
	}
	assert.Equal(t, expected, recorded, "recorded for %s; all requests:\n%s\noutput:\n%s", reference, pulled.Requests, lastOf(pulled))
	return matrix.Equal
}

// serve pulls an image that every registry has: the first that is asked delivers it.
func (s *subject) serve(t *testing.T, c scenario, p pull) {
	t.Helper()
	reference := p.name + ":" + recorder.TagSingle
	predicted := without(predictedLines(s.explain(t, reference).Attempts), c.dead...)
	require.NotEmpty(t, predicted)
	pulled := s.Pull(reference)
	require.NoError(t, pulled.Err, "%s", pulled.Requests)
	expected := predicted[:c.serving+1]
	for _, f := range c.facts {
		if f.holds(s.Engine) {
			expected = f.recorded(expected)
		}
	}
	assert.Equal(t, expected, recordedLines(pulled.Requests, recorder.TagSingle, c.aside...), "recorded for %s; all requests:\n%s", reference, pulled.Requests)
	if c.check != nil {
		c.check(t, pulled.Requests)
	}
	_ = s.Forget(reference) // engines without a store, and images that share theirs, have nothing to remove
}

// written are the files that differ from those of a fresh node.
func (s *subject) written(t *testing.T) string {
	t.Helper()
	now := s.files(t)
	names := make([]string, 0, len(now))
	for name, data := range now {
		if old, was := s.pristine[name]; !was || string(old) != string(data) {
			names = append(names, name)
		}
	}
	sort.Strings(names)
	var text strings.Builder
	for _, name := range names {
		fmt.Fprintf(&text, "-- %s --\n%s\n", name, now[name])
	}
	return text.String()
}

func lastOf(p node.Pull) string {
	lines := strings.Split(strings.TrimSpace(p.Output), "\n")
	return strings.Join(lines[max(0, len(lines)-25):], "\n")
}

// atLeast limits a fact or scenario to versions from one on.
func atLeast(version string) func(engines.Engine) bool {
	return func(e engines.Engine) bool {
		return release.MustParse(e.Version).AtLeast(release.MustParse(version).Oldest())
	}
}

// hub adds docker.io's own registry to mirrors.
func thenHub(hosts ...string) []string { return append(slices.Clip(hosts), hub) }

func (s *subject) mkdir(t *testing.T, name string) {
	t.Helper()
	require.NoError(t, os.MkdirAll(filepath.Join(s.Dir(), name), 0o755))
}
