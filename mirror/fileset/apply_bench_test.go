package fileset

import (
	"fmt"
	"testing"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// One apply and its restore, for trees of several sizes: the time for a file
// must not grow with their number.
func BenchmarkApplyAndRestore(b *testing.B) {
	for _, n := range []int{30, 300, 3000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			root := fastDir(b)
			var plan mirror.Plan
			for i := range n {
				p := fmt.Sprintf("etc/certs.d/old%d.io/hosts.toml", i)
				write(b, root, p, "old\n", 0o644)
				plan.Changes = append(plan.Changes, create(fmt.Sprintf("/etc/certs.d/new%d.io/hosts.toml", i), "new\n"), remove("/"+p, "old\n"))
			}
			for b.Loop() {
				undo, err := Apply(root, plan)
				if err != nil {
					b.Fatal(err)
				}
				if err := undo.Restore(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/float64(2*n), "µs/file")
		})
	}
}
