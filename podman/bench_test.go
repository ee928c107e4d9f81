package podman

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// manyRegistries is a file of n registries with three mirrors each.
func manyRegistries(n int) []byte {
	r := Registries{Registries: make([]Registry, n)}
	for i := range r.Registries {
		name := fmt.Sprintf("registry-%d.example.com", i)
		r.Registries[i] = Registry{Prefix: name, Location: name, Mirrors: []Mirror{
			{Location: fmt.Sprintf("mirror-a.example.net/proxy-%d", i)},
			{Location: fmt.Sprintf("mirror-b.example.net:5000/proxy-%d", i), Insecure: mirror.On},
			{Location: fmt.Sprintf("mirror-c.example.net/proxy-%d", i), PullFromMirror: PullDigestOnly},
		}}
	}
	data, err := MarshalRegistries(r)
	if err != nil {
		panic(err)
	}
	return data
}

func nodeWith(main []byte) fstest.MapFS {
	return fstest.MapFS{"etc/containers/registries.conf": {Data: main}}
}

// The budget for 1,000 registries is 1.5 ms from bytes to bytes.
func BenchmarkEdit(b *testing.B) {
	for _, n := range []int{1000, 10000, 100000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			data := manyRegistries(n)
			prefix := fmt.Sprintf("registry-%d.example.com", n/2)
			b.ReportAllocs()
			for b.Loop() {
				f, err := ParseRegistries("r.conf", data)
				if err != nil {
					b.Fatal(err)
				}
				if err := f.InsertMirror(prefix, 0, Mirror{Location: "new.example.net"}); err != nil {
					b.Fatal(err)
				}
				f.Format()
			}
		})
	}
}

// sysregistriesv2 takes 240 ms for 10,000 registries; a fifth is the budget.
func BenchmarkLoad(b *testing.B) {
	for _, n := range []int{1, 100, 10000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			fsys := nodeWith(manyRegistries(n))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := (Engine{}).Read(fsys); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// The budget is 1 µs, whatever the number of registries.
func BenchmarkExplain(b *testing.B) {
	for _, n := range []int{100, 10000} {
		view, err := Engine{}.Read(nodeWith(manyRegistries(n)))
		require.NoError(b, err)
		for kind, image := range map[string]string{
			"hit":    fmt.Sprintf("registry-%d.example.com/team/app:v1", n/2),
			"digest": fmt.Sprintf("registry-%d.example.com/team/app%s", n/2, sum),
			"miss":   "other.example.com/team/app:v1",
		} {
			ref, err := mirror.ParseReference(image)
			require.NoError(b, err)
			b.Run(fmt.Sprintf("%d/%s", n, kind), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					view.Explain(ref, mirror.OpPull)
				}
			})
		}
	}
}

func BenchmarkMarshal(b *testing.B) {
	data := manyRegistries(1000)
	r, err := UnmarshalRegistries(data)
	require.NoError(b, err)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := MarshalRegistries(r); err != nil {
			b.Fatal(err)
		}
	}
}

// Loading allocates lists and maps for the whole file, and next to nothing for
// each registry.
func TestReadAllocates(t *testing.T) {
	fsys := nodeWith(manyRegistries(1000))
	perRegistry := testing.AllocsPerRun(5, func() {
		_, err := Engine{}.Read(fsys)
		require.NoError(t, err)
	}) / 1000
	assert.LessOrEqual(t, perRegistry, 0.5)
}

// An answer allocates its texts and its list, and nothing per registry.
func TestExplainAllocates(t *testing.T) {
	view, err := Engine{}.Read(nodeWith(manyRegistries(1000)))
	require.NoError(t, err)
	ref, err := mirror.ParseReference("registry-7.example.com/team/app" + sum)
	require.NoError(t, err)
	e := view.Explain(ref, mirror.OpPull)
	require.Len(t, e.Attempts, 4)
	assert.True(t, strings.HasPrefix(e.Attempts[0].URL, "https://mirror-a.example.net/v2/proxy-7/team/app/manifests/sha256:"))
	assert.LessOrEqual(t, testing.AllocsPerRun(100, func() { view.Explain(ref, mirror.OpPull) }), 4.0)
}
