package containerd

import (
	"fmt"
	"testing"
	"testing/fstest"

	"github.com/mirrorcfg/mirrorcfg/mirror"
	"github.com/stretchr/testify/require"
)

// manyRegistries have three mirrors each, with capabilities.
func manyRegistries(n int) mirror.Config {
	var c mirror.Config
	for i := range n {
		r := mirror.Registry{Prefix: fmt.Sprintf("reg%d.example", i)}
		for j := range 3 {
			r.Mirrors = append(r.Mirrors, mirror.Endpoint{URL: fmt.Sprintf("https://m%d.mirror%d.example", j, i), Capabilities: mirror.Pull | mirror.Resolve})
		}
		c.Registries = append(c.Registries, r)
	}
	return c
}

// The budget is 1 ms and 2 allocations a registry for 1,000 registries, and
// time in proportion up to 100,000.
func BenchmarkRender(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 100_000} {
		want := manyRegistries(n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			start := cpuTime()
			for b.Loop() {
				files, ds, err := Engine{Version: "2.4"}.Render(want)
				if err != nil || len(ds) > 0 || len(files) != n {
					b.Fatal(err, ds)
				}
			}
			b.ReportMetric(float64(cpuTime()-start)/float64(b.N)/float64(n), "cpu-ns/registry")
		})
	}
}

// The budget is 1 µs among 10,000 registries.
func BenchmarkExplain(b *testing.B) {
	fsys := fstest.MapFS{}
	for i := range 10_000 {
		fsys[fmt.Sprintf("etc/containerd/certs.d/reg%d.example/hosts.toml", i)] = &fstest.MapFile{Data: []byte(
			"server = \"https://up.example\"\n[host.\"https://a.example\"]\n[host.\"https://b.example\"]\n[host.\"https://c.example\"]\n")}
	}
	v, err := atCerts("2.4").Read(fsys)
	require.NoError(b, err)
	ref, err := mirror.ParseReference("reg7777.example/team/app:1.2.3")
	require.NoError(b, err)
	require.Len(b, v.Explain(ref, mirror.OpPull).Attempts, 4)
	b.ReportAllocs()
	start := cpuTime()
	for b.Loop() {
		v.Explain(ref, mirror.OpPull)
	}
	b.ReportMetric(float64(cpuTime()-start)/float64(b.N), "cpu-ns/op")
}

func TestRenderAllocatesLittle(t *testing.T) {
	want := manyRegistries(1_000)
	engine := Engine{Version: "2.4"}
	perRegistry := testing.AllocsPerRun(5, func() {
		if _, _, err := engine.Render(want); err != nil {
			t.Fatal(err)
		}
	}) / 1_000
	require.LessOrEqual(t, perRegistry, 2.0)
}

func TestMarshalHostsAllocatesOnce(t *testing.T) {
	hosts, _, ok := RenderHosts(manyRegistries(1).Registries[0], "2.4")
	require.True(t, ok)
	require.LessOrEqual(t, testing.AllocsPerRun(100, func() {
		if _, err := MarshalHosts(hosts); err != nil {
			t.Fatal(err)
		}
	}), 1.0)
}
