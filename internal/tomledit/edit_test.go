package tomledit

import (
	"testing"

	"github.com/stretchr/testify/require"
)

type editCase struct {
	name   string
	before string
	edit   func(e *Edit, root Node)
	after  string
}

func runEdits(t *testing.T, cases []editCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			doc, err := Parse([]byte(c.before))
			require.NoError(t, err)
			e := doc.Edit()
			c.edit(e, doc.Root())
			require.NoError(t, e.Apply())
			require.Equal(t, c.after, string(doc.Bytes()))
			require.NoError(t, doc.Err())
			require.Empty(t, doc.Faults())
		})
	}
}

const registries = `# head
unqualified-search-registries = ["docker.io"] # s

# first
[[registry]]
prefix = "a"

  [[registry.mirror]]
  location = 'm1' # one

  [[registry.mirror]]
  # two
  location = 'm2'

# orphan

[[registry]]
prefix = "b"
`

func TestEditRegistries(t *testing.T) {
	runEdits(t, []editCase{
		{"set in place", "a = 'x' # c\n", func(e *Edit, r Node) { e.Set(r, "a", StringValue("y")) }, "a = 'y' # c\n"},
		{"append mirror", registries, func(e *Edit, r Node) {
			e.AppendTable(r.Child("registry").First(), Section{Key: "mirror", Array: true, Fields: []Field{{Key: "location", Value: StringValue("m3")}}})
		}, `# head
unqualified-search-registries = ["docker.io"] # s

# first
[[registry]]
prefix = "a"

  [[registry.mirror]]
  location = 'm1' # one

  [[registry.mirror]]
  # two
  location = 'm2'

  [[registry.mirror]]
  location = "m3"

# orphan

[[registry]]
prefix = "b"
`},
		{"move mirror, drop registry, set key", registries, func(e *Edit, r Node) {
			m := r.Child("registry").First().Child("mirror")
			e.Move(m.At(1), Before(m.At(0)))
			e.Set(m.At(1), "insecure", BoolValue(true))
			e.Delete(r.Child("registry").At(1))
			e.AppendItem(r.Child("unqualified-search-registries"), StringValue("quay.io"))
		}, `# head
unqualified-search-registries = ["docker.io", "quay.io"] # s

# first
[[registry]]
prefix = "a"

  [[registry.mirror]]
  # two
  location = 'm2'
  insecure = true

  [[registry.mirror]]
  location = 'm1' # one

# orphan
`},
		{"path", "version = 2\n", func(e *Edit, r Node) {
			e.SetPath([]string{"plugins", "io.x.cri", "registry", "config_path"}, StringValue("/etc"))
		}, "version = 2\n\n[plugins.\"io.x.cri\".registry]\nconfig_path = \"/etc\"\n"},
		{"multi-line array", "a = [\n  'x', # c\n  'y' # d\n]\n", func(e *Edit, r Node) {
			e.AppendItem(r.Child("a"), StringValue("z"))
			e.Delete(r.Child("a").First())
		}, "a = [\n  'y', # d\n  'z'\n]\n"},
		{"inline", "a = { x = 1, y = 2 }\n", func(e *Edit, r Node) {
			e.Set(r.Child("a"), "z", IntValue(3))
			e.Delete(r.Child("a").First())
		}, "a = { y = 2, z = 3 }\n"},
		{"rename", "[a.b]\nx=1\n[a.b.c]\n[a]\nb2.x=1\n", func(e *Edit, r Node) {
			e.Rename(r.Child("a"), "q r")
			e.Rename(r.Get("a", "b2"), "b3")
		}, "[\"q r\".b]\nx=1\n[\"q r\".b.c]\n[\"q r\"]\nb3.x=1\n"},
	})
}
