package tomledit

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/pelletier/go-toml/v2/unstable"
)

// manyRegistries is a registries.conf of n registries with three mirrors each.
func manyRegistries(n int) []byte {
	var b bytes.Buffer
	b.WriteString("unqualified-search-registries = [\"docker.io\"]\n")
	for i := range n {
		fmt.Fprintf(&b, "\n[[registry]]\nprefix = \"r%d.example.com\"\nlocation = \"r%d.example.com\"\n", i, i)
		for j := range 3 {
			fmt.Fprintf(&b, "\n[[registry.mirror]]\nlocation = \"m%d.mirror.local:5000/r%d\"\n", j, i)
		}
	}
	return b.Bytes()
}

func setOne(b *testing.B, src []byte) {
	doc, err := Parse(src)
	if err != nil {
		b.Fatal(err)
	}
	reg := doc.Lookup("registry").At(500)
	e := doc.Edit()
	e.Set(reg.Child("mirror").First(), "location", StringValue("new.example.com"))
	if err := e.Apply(); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkParser is go-toml's parser alone, as the yardstick.
func BenchmarkParser(b *testing.B) {
	src := manyRegistries(1000)
	b.SetBytes(int64(len(src)))
	b.ReportAllocs()
	for b.Loop() {
		var p unstable.Parser
		p.Reset(src)
		for p.NextExpression() {
		}
	}
}

func BenchmarkParse(b *testing.B) {
	for _, n := range []int{1000, 10_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			src := manyRegistries(n)
			b.SetBytes(int64(len(src)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Parse(src); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkParseEdit is the budget: at most 1.5 ms for 1000 registries.
func BenchmarkParseEdit(b *testing.B) {
	src := manyRegistries(1000)
	b.Run("set", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			setOne(b, src)
		}
	})
	b.Run("append", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			doc, _ := Parse(src)
			e := doc.Edit()
			e.AppendTable(doc.Root(), Section{Key: "registry", Array: true, Fields: []Field{{Key: "prefix", Value: StringValue("x")}}})
			if err := e.Apply(); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("delete", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			doc, _ := Parse(src)
			e := doc.Edit()
			e.Delete(doc.Lookup("registry").At(500))
			if err := e.Apply(); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkEditAll shows that a batch takes time in proportion to its size.
func BenchmarkEditAll(b *testing.B) {
	for _, n := range []int{1000, 10_000, 100_000} {
		src := manyRegistries(n)
		run := func(name string, edit func(e *Edit, regs Node)) {
			b.Run(fmt.Sprint(name, "/", n), func(b *testing.B) {
				for b.Loop() {
					doc, err := Parse(src)
					if err != nil {
						b.Fatal(err)
					}
					e := doc.Edit()
					edit(e, doc.Lookup("registry"))
					if err := e.Apply(); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/registry")
			})
		}
		run("delete", func(e *Edit, regs Node) {
			for r := range regs.Children() {
				e.Delete(r)
			}
		})
		run("append", func(e *Edit, regs Node) {
			for range n {
				e.AppendTable(regs.Parent(), Section{Key: "registry", Array: true, Fields: []Field{{Key: "prefix", Value: StringValue("x")}}})
			}
		})
		run("newkey", func(e *Edit, regs Node) {
			for r := range regs.Children() {
				e.Set(r, "blocked", BoolValue(true))
			}
		})
		run("set", func(e *Edit, regs Node) {
			for r := range regs.Children() {
				e.Set(r, "prefix", StringValue("y"))
			}
		})
		run("reverse", func(e *Edit, regs Node) {
			for r := range regs.Children() {
				e.Move(r, First())
			}
		})
	}
}

func BenchmarkAppendString(b *testing.B) {
	buf := make([]byte, 0, 256)
	b.ReportAllocs()
	for b.Loop() {
		buf = AppendHeader(buf[:0], "host", "https://mirror.example.com")
		buf = append(buf, "capabilities = "...)
		buf, _ = AppendStringArray(buf, []string{"pull", "resolve"})
	}
}
