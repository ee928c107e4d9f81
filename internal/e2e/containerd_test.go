package e2e_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/mirrorcfg/mirrorcfg/internal/e2e/engines"
	"github.com/mirrorcfg/mirrorcfg/internal/e2e/node"
)

// least is how many scenarios each version of an engine must have gone through.
const leastContainerd = 25

func TestContainerdScenarios(t *testing.T) {
	node.Each(t, func(t *testing.T, engine engines.Engine) {
		s := newSubject(t, engine, nil)
		runScenarios(t, s, "CRI", planned())
		runScenarios(t, s, "CRI", plannedContainerd())
		runScenarios(t, s, "CRI", handwrittenHosts())
		runScenarios(t, s, "CRI", handwrittenConfig(engine))
		assert.GreaterOrEqual(t, results.Cases(row(engine, "CRI")), leastContainerd)
	}, engines.Containerd)
}
