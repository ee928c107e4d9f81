package trace_test

import (
	"io"
	"testing"

	"github.com/mirrorcfg/mirrorcfg/mirror/trace"
)

// BenchmarkReadEverNew is the worst log: each line tells something, and
// nothing comes twice.
func BenchmarkReadEverNew(b *testing.B) {
	const size = 64 << 20
	block, err := io.ReadAll(&everNew{left: size, watch: func() {}})
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(size)
	defer perCPU(b, size)()
	for b.Loop() {
		if _, err := trace.Read(&stream{block: block, left: size}); err != nil {
			b.Fatal(err)
		}
	}
}
