package tomledit

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTreeOfHosts(t *testing.T) {
	src := "server = \"https://a\"\n\n[host]\n[host.\"https://b\"] # c\n  capabilities = ['pull', [ 1 ,2, ], {x.y=1}]\n  header.x = \"\\u0041\"\n[[r]]\n[[r.m]]\nk=1\n[[r.m]]\n[[r]]\n"
	doc, err := Parse([]byte(src))
	require.NoError(t, err)
	require.Empty(t, doc.Faults())
	host := doc.Lookup("host", "https://b")
	require.Equal(t, Table, host.Kind())
	require.Equal(t, `[host."https://b"]`, host.Raw())
	require.Equal(t, `["pull"`, `["pull"`)
	caps := host.Child("capabilities")
	require.Equal(t, `['pull', [ 1 ,2, ], {x.y=1}]`, caps.RawValue())
	require.Equal(t, "[ 1 ,2, ]", caps.At(1).RawValue())
	require.Equal(t, "x.y=1", caps.At(2).First().First().Raw())
	x, ok := host.Get("header", "x").AsString()
	require.True(t, ok)
	require.Equal(t, "A", x)
	require.Equal(t, "header.x = \"\\u0041\"", host.Get("header", "x").Raw())
	require.Equal(t, "5:3", caps.Position().String())
	require.Equal(t, 2, doc.Lookup("r").Len())
	require.Equal(t, 2, doc.Lookup("r").First().Child("m").Len())
	var order []string
	for h := range doc.Headers() {
		order = append(order, h.Name())
	}
	require.Equal(t, []string{"host", `host."https://b"`, "r", "r.m", "r.m", "r"}, order)
}
