package jsonedit

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tailscale/hujson"
)

func daemonFile(mirrors int) []byte {
	var b strings.Builder
	b.WriteString("{\n  \"log-driver\": \"json-file\",\n  \"registry-mirrors\": [\n")
	for i := range mirrors {
		comma := ","
		if i == mirrors-1 {
			comma = ""
		}
		fmt.Fprintf(&b, "    \"https://mirror-%d.example.com\"%s\n", i, comma)
	}
	b.WriteString("  ],\n  \"live-restore\": true\n}\n")
	return []byte(b.String())
}

func BenchmarkEdit(b *testing.B) {
	for _, n := range []int{3, 1000, 10000, 100000} {
		src := daemonFile(n)
		b.Run(fmt.Sprintf("mirrors=%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				d, err := Parse(src)
				if err != nil {
					b.Fatal(err)
				}
				o, _ := d.Object()
				a, _ := o.Array("registry-mirrors")
				a.Insert(0, String("https://first.example.com"))
				a.Remove(a.Len() / 2)
				o.Set("debug", Fragment{hujson.Bool(true)})
				if len(d.Bytes()) < len(src)/2 {
					b.Fatal("short")
				}
			}
		})
	}
}

func BenchmarkHujsonParse(b *testing.B) {
	for _, n := range []int{3, 1000} {
		src := daemonFile(n)
		b.Run(fmt.Sprintf("mirrors=%d", n), func(b *testing.B) {
			for b.Loop() {
				if _, err := hujson.Parse(src); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkAppend(b *testing.B) {
	for _, n := range []int{1000, 100000} {
		b.Run(fmt.Sprintf("mirrors=%d", n), func(b *testing.B) {
			for b.Loop() {
				d, _ := Parse([]byte("{}"))
				o, _ := d.EnsureObject()
				o.Set("m", EmptyArray())
				a, _ := o.Array("m")
				for range n {
					a.Append(String("https://mirror.example.com"))
				}
				d.Bytes()
			}
		})
	}
}
