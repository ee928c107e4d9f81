package mirror_test

import (
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

func TestFixPlan(t *testing.T) {
	node := fstest.MapFS{"etc/a": {Data: []byte("one two three"), Mode: 0o640}}
	edit := func(start, end int, text string) mirror.Edit {
		return mirror.Edit{File: "/etc/a", Start: start, End: end, Text: text}
	}
	p, err := mirror.FixPlan(node, mirror.Diagnostics{
		{Code: "x/last", Edits: []mirror.Edit{edit(8, 13, "3")}},
		{Code: "x/first", Edits: []mirror.Edit{edit(0, 3, "1")}},
		{Code: "x/overlaps", Edits: []mirror.Edit{edit(9, 10, "no")}},
		{Code: "x/insert", Edits: []mirror.Edit{edit(4, 4, "and ")}},
	})
	require.NoError(t, err)
	require.Len(t, p.Changes, 1)
	assert.Equal(t, "1 and two 3", string(p.Changes[0].After))
	assert.Equal(t, "mends x/first, x/insert, x/last", p.Changes[0].Reason)
	assert.EqualValues(t, 0o640, p.Changes[0].Mode)

	_, err = mirror.FixPlan(node, mirror.Diagnostics{{Edits: []mirror.Edit{edit(0, 99, "")}}})
	assert.ErrorContains(t, err, "does not fit")
	_, err = mirror.FixPlan(node, mirror.Diagnostics{{Edits: []mirror.Edit{{File: "/etc/none"}}}})
	assert.ErrorContains(t, err, "does not exist")
}
