package docker

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// Plans and readings of many insecure mirrors take time by their number, not by its square, which would be 64 times as
// much here.
func TestManyInsecureMirrors(t *testing.T) {
	if testing.Short() {
		t.Skip("measures time")
	}
	e := Engine{Version: "27.5"}
	cost := func(n int) int64 {
		var mirrors []mirror.Endpoint
		for i := range n {
			mirrors = append(mirrors, mirror.Endpoint{URL: fmt.Sprintf("https://m%d.example", i), TLS: mirror.TLS{SkipVerify: mirror.On}})
		}
		best := int64(0)
		for range 2 {
			start := cpuTime()
			plan, err := e.Plan(onNode(), hubOf(mirrors...))
			require.NoError(t, err)
			node := apply(onNode(), plan)
			view, err := e.Read(node)
			require.NoError(t, err)
			require.Len(t, view.Config().Registries[0].Mirrors, n)
			view.Lint()
			plan, err = e.Plan(node, hubOf(at("https://x")), mirror.Own(mirror.Exclusive))
			require.NoError(t, err)
			require.Len(t, plan.Changes, 1)
			if took := int64(cpuTime() - start); best == 0 || took < best {
				best = took
			}
		}
		return best
	}
	few, many := cost(1000), cost(8000)
	require.Less(t, many, 24*few, "8 times as many mirrors took %d times as long", many/few)
}
