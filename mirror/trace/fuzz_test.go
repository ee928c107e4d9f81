package trace_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"testing/iotest"

	"github.com/mirrorcfg/mirrorcfg/mirror/trace"
)

// FuzzRead: any bytes give a report that marshals, and the same one however
// the reader hands them out.
func FuzzRead(f *testing.F) {
	logs, _ := filepath.Glob("testdata/*.log")
	for _, log := range logs {
		data, err := os.ReadFile(log)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
		for i, line := range bytes.SplitAfter(data, []byte("\n")) {
			if i%9 == 0 {
				f.Add(line)
			}
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		whole, err := trace.Read(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		first, err := json.Marshal(whole)
		if err != nil {
			t.Fatal(err)
		}
		_ = whole.String()
		halves, err := trace.Read(iotest.HalfReader(bytes.NewReader(data)))
		if err != nil {
			t.Fatal(err)
		}
		second, err := json.Marshal(halves)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(first, second) {
			t.Fatalf("the report depends on how the log is handed out:\n%s\n%s", first, second)
		}
		if whole.Bytes != int64(len(data)) {
			t.Fatalf("%d bytes read of %d", whole.Bytes, len(data))
		}
	})
}
