package tables

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/mirror/verify/internal/upstream"
)

// Check puts a case to one of upstream's parsers.
func Check(t *testing.T, parser upstream.Parser, c Case) {
	t.Helper()
	answers := parser.Explain(upstream.Question{
		Files: c.Files, Roots: []string{CertsRoot}, References: []string{c.Reference},
		Operation: c.Operation, Docker: c.Store,
	})
	require.Len(t, answers, 1, c.Source)
	a := answers[0]
	assert.Empty(t, a.Panic, c.Source)
	if c.Err != "" {
		assert.Contains(t, a.Err, c.Err, c.Source)
		return
	}
	assert.Empty(t, a.Err, c.Source)
	assert.Equal(t, c.Want, Requests(a), c.Source)
	if c.TLS != nil {
		assert.Equal(t, c.TLS, Settings(a), c.Source)
	}
	if c.Logged != "" {
		var log strings.Builder
		for _, line := range a.Logged {
			log.WriteString(line.Message + "\n")
		}
		assert.Contains(t, log.String(), c.Logged, c.Source)
	}
}
